/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-store.h"

#define DELETION "019a2b3c-0000-7000-8000-0000000000dd"

char *
test_id (guint n)
{
  return g_strdup_printf ("019a2b3c-1111-7000-8000-%012u", n);
}

static KamRow *
make (KamEntityKind entity,
      guint         n,
      guint         lead)
{
  g_autofree char *id = test_id (n);
  g_autofree char *lead_id = test_id (lead);
  g_autofree char *scope = kam_scope_of_leads (TEST_USER);
  KamRow *row = kam_row_new (entity, id);

  kam_row_set_scope (row, scope);

  if (lead != 0)
    kam_row_set_text (row, (guint) kam_entity_get (entity)->lead_field, lead_id);

  return row;
}

KamRow *
test_user (const char *id,
           const char *name)
{
  g_autofree char *scope = kam_scope_directory ();
  g_autofree char *email = g_strconcat (id, "@kam.test", NULL);
  KamRow *row = kam_row_new (KAM_ENTITY_USER, id);

  kam_row_set_scope (row, scope);
  kam_row_set_text (row, KAM_USER_NAME, name);
  kam_row_set_text (row, KAM_USER_EMAIL, email);
  kam_row_set_text (row, KAM_USER_ROLE, "kam");
  kam_row_set_text (row, KAM_USER_TIME_ZONE, "Asia/Kolkata");
  kam_row_set_int (row, KAM_USER_WORK_DAYS, 63);
  kam_row_set_int (row, KAM_USER_ACTIVE, 1);

  return row;
}

KamRow *
test_lead (guint       n,
           const char *name,
           const char *city)
{
  KamRow *row = make (KAM_ENTITY_LEAD, n, 0);

  kam_row_set_text (row, KAM_LEAD_NAME, name);
  kam_row_set_text (row, KAM_LEAD_CITY, city);
  kam_row_set_text (row, KAM_LEAD_STATUS, "new");
  kam_row_set_text (row, KAM_LEAD_KAM, TEST_USER);
  kam_row_set_text (row, KAM_LEAD_TIME_ZONE, "Asia/Kolkata");

  return row;
}

KamRow *
test_contact (guint       n,
              guint       lead,
              const char *name)
{
  KamRow *row = make (KAM_ENTITY_CONTACT, n, lead);

  kam_row_set_text (row, KAM_CONTACT_NAME, name);

  return row;
}

KamRow *
test_call (guint       n,
           guint       lead,
           const char *outcome)
{
  KamRow *row = make (KAM_ENTITY_INTERACTION, n, lead);

  kam_row_set_text (row, KAM_INTERACTION_KIND, "call");
  kam_row_set_text (row, KAM_INTERACTION_STATE, "done");
  kam_row_set_int (row, KAM_INTERACTION_STARTS_AT, TEST_NOW - n * G_TIME_SPAN_HOUR);
  kam_row_set_text (row, KAM_INTERACTION_OUTCOME, outcome);

  return row;
}

KamRow *
test_plan (guint       n,
           guint       lead,
           const char *date)
{
  KamRow *row = make (KAM_ENTITY_INTERACTION, n, lead);

  kam_row_set_text (row, KAM_INTERACTION_KIND, "call");
  kam_row_set_text (row, KAM_INTERACTION_STATE, "planned");
  kam_row_set_text (row, KAM_INTERACTION_LOCAL_DATE, date);
  kam_row_set_text (row, KAM_INTERACTION_TIME_ZONE, "Asia/Kolkata");
  kam_row_set_text (row, KAM_INTERACTION_DATED_BY, "person");

  return row;
}

KamRow *
test_conflict (guint       n,
               guint       lead,
               const char *theirs,
               const char *mine)
{
  g_autofree char *target = test_id (lead);
  KamRow *row = make (KAM_ENTITY_CONFLICT, n, lead);

  kam_row_set_text (row, KAM_CONFLICT_TARGET_ENTITY, "lead");
  kam_row_set_text (row, KAM_CONFLICT_TARGET, target);
  kam_row_set_text (row, KAM_CONFLICT_FIELD, "name");
  kam_row_set_text (row, KAM_CONFLICT_BASE, "\"Before\"");
  kam_row_set_text (row, KAM_CONFLICT_THEIRS, theirs);
  kam_row_set_text (row, KAM_CONFLICT_MINE, mine);
  kam_row_set_text (row, KAM_CONFLICT_AUTHOR, TEST_USER);
  kam_row_set_int (row, KAM_CONFLICT_AT, TEST_NOW + n);

  return row;
}

KamMutation *
test_settlement (const KamRow *conflict,
                 const char   *wanted)
{
  KamMutation *mutation = kam_mutation_new (KAM_ENTITY_CONFLICT, kam_row_id (conflict), KAM_OP_PUT, kam_row_rev (conflict), TEST_NOW);
  g_auto (KamValue) value = KAM_VALUE_INIT;

  kam_value_set_text (&value, wanted);
  kam_mutation_add (mutation, KAM_CONFLICT_THEIRS, kam_row_get (conflict, KAM_CONFLICT_THEIRS), &value);

  return mutation;
}

KamMutation *
test_create (const KamRow *row)
{
  return kam_mutation_between (NULL, row, TEST_NOW);
}

KamMutation *
test_change (const KamRow *row,
             guint         field,
             const char   *text)
{
  g_autoptr (KamRow) after = kam_row_copy (row);

  kam_row_set_text (after, field, text);

  return kam_mutation_between (row, after, TEST_NOW);
}

static KamMutation *
make_deletion (const KamRow *row,
               KamOp         op,
               const char   *from,
               const char   *to)
{
  KamMutation *mutation = kam_mutation_new (kam_row_kind (row), kam_row_id (row), op, kam_row_rev (row), TEST_NOW);
  g_auto (KamValue) before = KAM_VALUE_INIT;
  g_auto (KamValue) after = KAM_VALUE_INIT;

  kam_value_set_text (&before, from);
  kam_value_set_text (&after, to);
  kam_mutation_add (mutation, (guint) kam_row_entity (row)->delete_field, &before, &after);

  return mutation;
}

KamMutation *
test_delete (const KamRow *row)
{
  return make_deletion (row, KAM_OP_DELETE, NULL, DELETION);
}

KamMutation *
test_restore (const KamRow *row)
{
  return make_deletion (row, KAM_OP_RESTORE, DELETION, NULL);
}

KamLine *
test_line_row (KamRow *row,
               gint64  rev)
{
  KamLine *line = g_new0 (KamLine, 1);

  kam_row_set_rev (row, rev);
  line->kind = KAM_LINE_ROW;
  line->entity = kam_row_kind (row);
  line->rev = rev;
  line->scope = g_strdup (kam_row_scope (row));
  line->row = row;

  return line;
}

KamLine *
test_line_evict (KamEntityKind  entity,
                 guint          n,
                 gint64         rev,
                 const char    *scope,
                 gboolean       moved)
{
  KamLine *line = g_new0 (KamLine, 1);

  line->kind = KAM_LINE_EVICT;
  line->entity = entity;
  line->rev = rev;
  line->scope = g_strdup (scope);
  line->id = test_id (n);
  line->moved = moved;

  return line;
}

KamLine *
test_line_drop (const char *scope)
{
  KamLine *line = g_new0 (KamLine, 1);

  line->kind = KAM_LINE_DROP;
  line->scope = g_strdup (scope);

  return line;
}
