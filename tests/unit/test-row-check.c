/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-check.h"

#include <string.h>

#define ROW "019a2b3c-0000-7000-8000-000000000002"
#define OTHER "019a2b3c-0000-7000-8000-000000000003"
#define NOW G_GINT64_CONSTANT (1793700000000000)
#define SECOND G_GINT64_CONSTANT (1000000)

static void
set (KamRow     *row,
     const char *name,
     const char *text)
{
  const KamEntity *entity = kam_row_entity (row);
  int field = kam_entity_find_field (entity, name);
  g_auto (KamValue) value = KAM_VALUE_INIT;
  g_autoptr (KamProblem) problem = NULL;

  g_assert_cmpint (field, >=, 0);
  problem = kam_field_parse (entity, (guint) field, text, &value);
  kam_row_set (row, (guint) field, &value);
}

/* The problems of a row as "field:code field:code", in the order found. */
static char *
describe (const KamRow *row)
{
  g_autoptr (GPtrArray) problems = kam_row_check (row, NOW);
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < problems->len; i++)
    {
      const KamProblem *problem = g_ptr_array_index (problems, i);

      g_assert_cmpint (problem->field, >=, 0);
      g_assert_cmpuint (strlen (problem->message), >, 10);
      g_string_append_printf (out, "%s%s:%s", i > 0 ? " " : "", kam_row_entity (row)->fields[problem->field].name, problem->code);
    }

  return g_string_free (out, FALSE);
}

/* A good row of the entity, some of its values set otherwise ("field=value; field="), and what is then wrong. */
typedef struct
{
  const char *entity;
  const char *changes;
  const char *problems;
} Case;

static const struct
{
  const char *entity;
  const char *values;
} good[] = {
  { "user", "name=Asha; email=asha@kam.test; role=kam; time_zone=Asia/Kolkata; work_days=63; active=yes" },
  { "leave", "user_id=" OTHER "; from_on=2026-11-02; to_on=2026-11-02" },
  { "lead", "name=Annapurna; status=new; kam_id=" OTHER "; time_zone=Asia/Kolkata" },
  { "lead_event", "lead_id=" OTHER "; kind=status; at=2026-11-02T09:30:00.000000Z" },
  { "contact", "lead_id=" OTHER "; name=Bina" },
  { "interaction", "lead_id=" OTHER "; kind=call; state=planned; local_date=2026-11-02; time_zone=Asia/Kolkata; dated_by=person" },
  { "conflict", "target_entity=lead; target_id=" OTHER "; field=name; at=2026-11-02T09:30:00.000000Z" },
};

#define DONE "state=done; local_date=; time_zone=; dated_by=; outcome=reached; starts_at=2026-11-02T09:30:00.000000Z"
#define ORDER "kind=order; " DONE "; outcome=; order_value=125000; currency=INR"

static const Case cases[] = {
  { "user", "", "" },
  { "user", "name=; email=; role=; time_zone=; work_days=; active=",
    "name:required email:required role:required time_zone:required work_days:required active:required" },
  { "user", "manager_id=" ROW, "manager_id:cycle" },
  { "user", "manager_id=" OTHER, "" },
  { "user", "email=x", "email:bad_email" },
  { "leave", "", "" },
  { "leave", "to_on=2026-11-01", "to_on:out_of_range" },
  { "leave", "from_on=", "from_on:required" },
  { "leave", "cover_id=" OTHER, "cover_id:not_allowed" },
  { "leave", "cover_id=" ROW, "" },
  { "lead", "", "" },
  { "lead", "name=; kam_id=", "name:required kam_id:required" },
  { "lead", "status=inactive", "status_reason:required" },
  { "lead", "status=inactive; status_reason=Closed", "" },
  { "lead", "status=asleep; phone=1", "phone:bad_phone status:not_a_choice" },
  { "lead", "parent_id=" ROW, "parent_id:cycle" },
  { "lead", "merged_into_id=" ROW, "merged_into_id:cycle" },
  { "lead_event", "", "" },
  { "contact", "", "" },
  { "contact", "reports_to_id=" ROW, "reports_to_id:cycle" },
  { "contact", "reports_to_id=" OTHER, "" },
  { "contact", "lead_id=; name=", "lead_id:required name:required" },
  { "interaction", "", "" },
  { "interaction", "local_date=; time_zone=; dated_by=", "local_date:required time_zone:required dated_by:required" },
  { "interaction", "local_time=10:00", "" },
  { "interaction", "kind=; state=", "kind:required state:required" },
  { "interaction", DONE, "" },
  { "interaction", DONE "; starts_at=", "starts_at:required" },
  { "interaction", DONE "; outcome=", "outcome:required" },
  { "interaction", "kind=visit; " DONE "; outcome=", "outcome:required" },
  { "interaction", DONE "; order_value=100", "currency:required" },
  { "interaction", DONE "; currency=INR", "order_value:required" },
  { "interaction", DONE "; currency=XYZ; order_value=-1", "order_value:out_of_range currency:bad_currency" },
  { "interaction", ORDER, "" },
  { "interaction", ORDER "; order_value=", "order_value:required" },
  { "interaction", ORDER "; currency=", "currency:required" },
  { "interaction", ORDER "; order_value=; currency=", "order_value:required" },
  { "interaction", ORDER "; order_value=0", "" },
  { "interaction", "kind=order", "" },
  { "interaction", "state=missed; local_date=; time_zone=; dated_by=", "" },
  { "interaction", "state=cancelled", "" },
  { "interaction", "plan_id=" ROW, "plan_id:cycle" },
  { "conflict", "", "" },
};

static void
set_all (KamRow     *row,
         const char *values)
{
  g_auto (GStrv) pairs = g_strsplit (values, "; ", -1);

  for (guint i = 0; pairs[i] != NULL && pairs[i][0] != '\0'; i++)
    {
      g_auto (GStrv) pair = g_strsplit (pairs[i], "=", 2);

      set (row, pair[0], pair[1]);
    }
}

static KamRow *
make_good (const char *entity)
{
  KamRow *row = kam_row_new (kam_entity_by_name (entity)->kind, ROW);

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      if (strcmp (good[i].entity, entity) == 0)
        set_all (row, good[i].values);
    }

  return row;
}

static void
test_case (gconstpointer data)
{
  const Case *it = data;
  g_autoptr (KamRow) row = make_good (it->entity);
  g_autofree char *problems = NULL;

  set_all (row, it->changes);
  problems = describe (row);
  g_assert_cmpstr (problems, ==, it->problems);
}

/* Two minutes are forgiven, no more; and no instant is so far away that the sum wraps. */
static void
test_future (void)
{
  static const struct
  {
    gint64      at;
    const char *problems;
  } times[] = {
    { NOW - SECOND, "" },
    { NOW, "" },
    { NOW + 120 * SECOND, "" },
    { NOW + 120 * SECOND + 1, "starts_at:in_future" },
    { G_MAXINT64, "starts_at:out_of_range" },
    { G_MININT64, "starts_at:out_of_range" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autoptr (KamRow) row = make_good ("interaction");
      g_autofree char *problems = NULL;

      set_all (row, DONE);
      kam_row_set_int (row, KAM_INTERACTION_STARTS_AT, times[i].at);
      problems = describe (row);
      g_assert_cmpstr (problems, ==, times[i].problems);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/row-check/%s/%u", cases[i].entity, i);

      g_test_add_data_func (path, &cases[i], test_case);
    }

  g_test_add_func ("/row-check/future", test_future);

  return g_test_run ();
}
