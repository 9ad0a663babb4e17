/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-engine-support.h"

static const char *lane_names[] = { "hello", "push", "pull", "poke" };
static const char *state_names[] = { "signed out", "offline", "syncing", "synced", "attention" };

static const char *errand_names[] = { "", " verify", " ranges", " quarantine" };

static void
append_status (GString               *out,
               const KamEngineStatus *status)
{
  g_string_append_printf (out, "is %s", state_names[status->state]);
  if (status->attention != KAM_ATTENTION_NONE)
    g_string_append_printf (out, " %d", status->attention);
  if (status->n_waiting > 0)
    g_string_append_printf (out, " %u waiting", status->n_waiting);
  if (status->rows > 0)
    g_string_append_printf (out, " %u rows", status->rows);
  if (status->checking)
    g_string_append (out, " checking");
  if (status->permille >= 0)
    g_string_append_printf (out, " %d/1000", status->permille);
}

static void
append_action (GString         *out,
               const KamAction *action)
{
  const char *lane = lane_names[action->lane];

  switch (action->kind)
    {
    case KAM_ACTION_LOAD_STATE: g_string_append (out, "state"); break;
    case KAM_ACTION_SETTLE: g_string_append (out, "settle"); break;
    case KAM_ACTION_STAGE: g_string_append (out, "stage"); break;
    case KAM_ACTION_COMMIT_PAGE:
      g_string_append_printf (out, "commit%s%s", errand_names[action->errand], action->all ? " all" : "");
      break;
    case KAM_ACTION_DISCARD_PAGE: g_string_append (out, "discard"); break;
    case KAM_ACTION_FORGET_STAGE: g_string_append (out, "forget"); break;
    case KAM_ACTION_DIGEST: g_string_append (out, "digest"); break;
    case KAM_ACTION_FORK: g_string_append (out, action->all ? "fork all" : "fork"); break;
    case KAM_ACTION_ERASE: g_string_append (out, "erase"); break;
    case KAM_ACTION_NOTE_DURABLE: g_string_append_printf (out, "durable %" G_GINT64_FORMAT, action->durable); break;
    case KAM_ACTION_NOTE_CHECKED: g_string_append_printf (out, "checked %u", action->count); break;
    case KAM_ACTION_READ_PAGE: g_string_append (out, "read"); break;
    case KAM_ACTION_CANCEL: g_string_append_printf (out, "cancel %s", lane); break;
    case KAM_ACTION_CLEAR_TIMER: g_string_append_printf (out, "clear %s", lane); break;
    case KAM_ACTION_SET_TIMER: g_string_append_printf (out, "timer %s %" G_GINT64_FORMAT, lane, action->delay_us / 1000); break;
    case KAM_ACTION_PUBLISH: append_status (out, &action->status); break;
    case KAM_ACTION_SEND:
      g_string_append_printf (out, "send %s%s", lane, errand_names[action->errand]);
      if (action->lane == KAM_LANE_POKE)
        g_string_append_printf (out, " since %" G_GINT64_FORMAT, action->since);
      break;
    case KAM_ACTION_TAKE_OUTBOX:
      if (action->errand == KAM_ERRAND_QUARANTINE)
        g_string_append (out, "take all");
      else
        g_string_append_printf (out, "take %u", action->max);
      if (action->after_mid >= 0)
        g_string_append_printf (out, " after %" G_GINT64_FORMAT, action->after_mid);
      break;
    default: g_assert_not_reached ();
    }
}

char *
test_actions_to_text (GArray *actions)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < actions->len; i++)
    {
      if (i > 0)
        g_string_append (out, ", ");
      append_action (out, &g_array_index (actions, KamAction, i));
    }

  return g_string_free (out, FALSE);
}

void
test_run_steps (const Step *steps,
                guint       n_steps)
{
  g_autoptr (KamEngine) engine = kam_engine_new ();
  g_autoptr (GArray) actions = g_array_new (FALSE, FALSE, sizeof (KamAction));

  for (guint i = 0; i < n_steps; i++)
    {
      g_autofree char *text = NULL;

      g_array_set_size (actions, 0);
      kam_engine_feed (engine, &steps[i].event, actions);
      text = test_actions_to_text (actions);

      if (g_strcmp0 (text, steps[i].actions) != 0)
        {
          g_test_fail_printf ("step %u (event %d): expected [%s], got [%s]", i, steps[i].event.kind, steps[i].actions, text);
          return;
        }
    }
}

static void
test_step_case (gconstpointer data)
{
  const StepCase *step_case = data;

  test_run_steps (step_case->steps, step_case->n_steps);
}

/* The name of a case is its path, with “-” for “_”. */
void
test_add_step_cases (const char     *prefix,
                     const StepCase *cases,
                     guint           n_cases)
{
  for (guint i = 0; i < n_cases; i++)
    {
      g_autofree char *path = g_strconcat (prefix, cases[i].name, NULL);

      g_test_add_data_func (g_strdelimit (path, "_", '-'), &cases[i], test_step_case);
    }
}
