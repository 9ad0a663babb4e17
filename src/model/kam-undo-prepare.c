/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-undo-prepare.h"

gboolean
kam_undo_is_creation (const KamMutation *mutation)
{
  const KamEntity *entity = kam_entity_get (mutation->entity);

  if (mutation->op != KAM_OP_PUT || mutation->base_rev != 0)
    return FALSE;

  for (guint i = 0; i < mutation->changes->len; i++)
    {
      const KamChange *change = &g_array_index (mutation->changes, KamChange, i);

      if ((entity->fields[change->field].flags & KAM_FIELD_REQUIRED) != 0 && change->old.kind == KAM_VALUE_NULL)
        return TRUE;
    }

  return FALSE;
}

/* A delete or a restore, whichever changes the row as it is now. */
static KamMutation *
prepare_presence (const KamRow *current,
                  gboolean      present,
                  gint64        now_us)
{
  const KamEntity *entity = kam_row_entity (current);
  KamMutation *mutation = NULL;
  g_auto (KamValue) deletion = KAM_VALUE_INIT;
  const KamValue none = KAM_VALUE_INIT;

  if (entity->delete_field < 0 || kam_row_is_deleted (current) != present)
    return NULL;

  mutation = kam_mutation_new (entity->kind, kam_row_id (current), present ? KAM_OP_RESTORE : KAM_OP_DELETE, kam_row_rev (current), now_us);
  if (present)
    kam_mutation_add (mutation, (guint) entity->delete_field, kam_row_get (current, (guint) entity->delete_field), &none);
  else
    {
      kam_value_take_text (&deletion, kam_id_new (now_us));
      kam_mutation_add (mutation, (guint) entity->delete_field, &none, &deletion);
    }

  return mutation;
}

KamMutation *
kam_undo_prepare (const KamMutation *mutation,
                  const KamRow      *current,
                  gboolean           again,
                  gint64             now_us)
{
  g_autoptr (KamMutation) result = NULL;

  if (mutation->op == KAM_OP_DELETE)
    return prepare_presence (current, !again, now_us);
  if (mutation->op == KAM_OP_RESTORE || kam_undo_is_creation (mutation))
    return prepare_presence (current, again, now_us);
  if (kam_row_is_deleted (current))
    return NULL;

  result = kam_mutation_new (mutation->entity, mutation->id, KAM_OP_PUT, kam_row_rev (current), now_us);
  for (guint i = 0; i < mutation->changes->len; i++)
    {
      const KamChange *change = &g_array_index (mutation->changes, KamChange, i);
      const KamValue *from = again ? &change->old : &change->new;
      const KamValue *to = again ? &change->new : &change->old;

      if (kam_value_equal (kam_row_get (current, change->field), from))
        kam_mutation_add (result, change->field, from, to);
    }

  return result->changes->len > 0 ? g_steal_pointer (&result) : NULL;
}
