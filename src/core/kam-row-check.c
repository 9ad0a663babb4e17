/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-check.h"

#include <glib/gi18n.h>
#include <string.h>

/* How far a device's clock may be ahead before it is called wrong. */
#define CLOCK_TOLERANCE_US (G_GINT64_CONSTANT (120) * G_USEC_PER_SEC)

static gboolean
has_problem (GPtrArray *problems,
             guint      field)
{
  for (guint i = 0; i < problems->len; i++)
    {
      if (((KamProblem *) g_ptr_array_index (problems, i))->field == (int) field)
        return TRUE;
    }

  return FALSE;
}

/* The first thing that is wrong with a field is enough. */
static void
add (GPtrArray  *problems,
     guint       field,
     const char *code,
     const char *message)
{
  if (!has_problem (problems, field))
    g_ptr_array_add (problems, kam_problem_new ((int) field, code, "%s", message));
}

static void
demand (GPtrArray    *problems,
        const KamRow *row,
        guint         field)
{
  const KamField *it = &kam_row_entity (row)->fields[field];
  g_autofree char *message = NULL;

  if (!kam_row_is_null (row, field))
    return;

  message = g_strdup_printf (_("Fill in “%s”."), _(it->label));
  add (problems, field, "required", message);
}

static void
check_fields (GPtrArray    *problems,
              const KamRow *row)
{
  const KamEntity *entity = kam_row_entity (row);

  for (guint i = 0; i < entity->n_fields; i++)
    {
      KamProblem *problem = kam_field_check (entity, i, kam_row_get (row, i));

      if (problem != NULL)
        g_ptr_array_add (problems, problem);

      if (entity->fields[i].flags & KAM_FIELD_REQUIRED)
        demand (problems, row, i);
    }
}

static gboolean
names_itself (const KamRow *row,
              guint         field)
{
  return kam_row_is (row, field, kam_row_id (row));
}

static void
check_user (GPtrArray    *problems,
            const KamRow *row)
{
  if (names_itself (row, KAM_USER_MANAGER))
    add (problems, KAM_USER_MANAGER, "cycle", _("Nobody reports to themselves. Choose another manager, or none."));
}

static void
check_leave (GPtrArray    *problems,
             const KamRow *row)
{
  const char *from = kam_row_text (row, KAM_LEAVE_FROM_ON);
  const char *to = kam_row_text (row, KAM_LEAVE_TO_ON);
  const char *cover = kam_row_text (row, KAM_LEAVE_COVER);

  if (from != NULL && to != NULL && strcmp (from, to) > 0)
    add (problems, KAM_LEAVE_TO_ON, "out_of_range", _("The leave ends before it begins. Choose a later last day."));

  if (cover != NULL && kam_row_is (row, KAM_LEAVE_USER, cover))
    add (problems, KAM_LEAVE_COVER, "not_allowed", _("Nobody covers for themselves. Choose somebody else, or nobody."));
}

static void
check_lead (GPtrArray    *problems,
            const KamRow *row)
{
  if (kam_row_is (row, KAM_LEAD_STATUS, "inactive") && kam_row_is_null (row, KAM_LEAD_STATUS_REASON))
    add (problems, KAM_LEAD_STATUS_REASON, "required", _("Say why the lead is inactive."));

  if (names_itself (row, KAM_LEAD_PARENT))
    add (problems, KAM_LEAD_PARENT, "cycle", _("A lead is not part of itself. Choose another, or none."));

  if (names_itself (row, KAM_LEAD_MERGED_INTO))
    add (problems, KAM_LEAD_MERGED_INTO, "cycle", _("A lead is not merged into itself."));
}

static void
check_contact (GPtrArray    *problems,
               const KamRow *row)
{
  if (names_itself (row, KAM_CONTACT_REPORTS_TO))
    add (problems, KAM_CONTACT_REPORTS_TO, "cycle", _("Nobody reports to themselves. Choose another contact, or none."));
}

static void
check_planned (GPtrArray    *problems,
               const KamRow *row)
{
  demand (problems, row, KAM_INTERACTION_LOCAL_DATE);
  demand (problems, row, KAM_INTERACTION_TIME_ZONE);
  demand (problems, row, KAM_INTERACTION_DATED_BY);
}

static void
check_done (GPtrArray    *problems,
            const KamRow *row,
            gint64        now_us)
{
  gboolean is_order = kam_row_is (row, KAM_INTERACTION_KIND, "order");

  demand (problems, row, KAM_INTERACTION_STARTS_AT);

  if (is_order)
    demand (problems, row, KAM_INTERACTION_ORDER_VALUE);
  else
    demand (problems, row, KAM_INTERACTION_OUTCOME);

  if (kam_row_int (row, KAM_INTERACTION_STARTS_AT, now_us) > now_us + CLOCK_TOLERANCE_US)
    add (problems, KAM_INTERACTION_STARTS_AT, "in_future", _("What is done cannot lie in the future. Correct the time, or plan it instead."));
}

static void
check_interaction (GPtrArray    *problems,
                   const KamRow *row,
                   gint64        now_us)
{
  if (kam_row_is (row, KAM_INTERACTION_STATE, "planned"))
    check_planned (problems, row);
  else if (kam_row_is (row, KAM_INTERACTION_STATE, "done"))
    check_done (problems, row, now_us);

  if (!kam_row_is_null (row, KAM_INTERACTION_ORDER_VALUE))
    demand (problems, row, KAM_INTERACTION_CURRENCY);

  if (!kam_row_is_null (row, KAM_INTERACTION_CURRENCY))
    demand (problems, row, KAM_INTERACTION_ORDER_VALUE);

  if (names_itself (row, KAM_INTERACTION_PLAN))
    add (problems, KAM_INTERACTION_PLAN, "cycle", _("An interaction does not answer itself."));
}

/**
 * kam_row_check:
 * @now_us: µs since 1970 UTC
 *
 * Returns: (transfer full) (element-type KamProblem): by field, at most one each; empty when all is well
 */
GPtrArray *
kam_row_check (const KamRow *row,
               gint64        now_us)
{
  GPtrArray *problems = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_problem_free);

  check_fields (problems, row);

  switch (kam_row_kind (row))
    {
    case KAM_ENTITY_USER:
      check_user (problems, row);
      break;
    case KAM_ENTITY_LEAVE:
      check_leave (problems, row);
      break;
    case KAM_ENTITY_LEAD:
      check_lead (problems, row);
      break;
    case KAM_ENTITY_CONTACT:
      check_contact (problems, row);
      break;
    case KAM_ENTITY_INTERACTION:
      check_interaction (problems, row, now_us);
      break;
    case KAM_ENTITY_LEAD_EVENT:
    case KAM_ENTITY_CONFLICT:
    default:
      break;
    }

  return problems;
}
