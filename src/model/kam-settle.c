/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-settle.h"

KamMutation *
kam_settle_mutation (const KamRow *conflict,
                     KamSettle     how,
                     const char   *wanted,
                     gint64        now_us)
{
  const KamValue *theirs = kam_row_get (conflict, KAM_CONFLICT_THEIRS);
  KamMutation *mutation = kam_mutation_new (KAM_ENTITY_CONFLICT, kam_row_id (conflict), KAM_OP_PUT, kam_row_rev (conflict), now_us);
  g_auto (KamValue) value = KAM_VALUE_INIT;

  if (how == KAM_SETTLE_KEEP)
    kam_value_copy (&value, theirs);
  else if (how == KAM_SETTLE_MINE)
    kam_value_copy (&value, kam_row_get (conflict, KAM_CONFLICT_MINE));
  else
    kam_value_set_text (&value, wanted);
  kam_mutation_add (mutation, KAM_CONFLICT_THEIRS, theirs, &value);

  return mutation;
}

gboolean
kam_settle_target (const KamRow  *conflict,
                   KamEntityKind *entity,
                   guint         *field)
{
  const char *name = kam_row_text (conflict, KAM_CONFLICT_TARGET_ENTITY);
  const KamEntity *found = name != NULL ? kam_entity_by_name (name) : NULL;
  int index = found != NULL ? kam_entity_find_field (found, kam_row_text (conflict, KAM_CONFLICT_FIELD)) : -1;

  if (index < 0)
    return FALSE;

  *entity = found->kind;
  *field = (guint) index;

  return TRUE;
}
