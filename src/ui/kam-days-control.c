/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-field-controls.h"

#include "kam-words.h"

#define N_DAYS 7

typedef struct
{
  KamDraft  *draft; /* (owned) */
  guint      field;
  GtkWidget *buttons[N_DAYS]; /* (not owned) */
  gboolean   following;
} Days;

static void
days_free (gpointer  data,
           GClosure *closure)
{
  Days *days = data;

  g_object_unref (days->draft);
  g_free (days);
}

static void
toggled_cb (Days *days)
{
  g_auto (KamValue) value = KAM_VALUE_INIT;
  gint64 mask = 0;

  if (days->following)
    return;

  for (guint i = 0; i < N_DAYS; i++)
    {
      if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (days->buttons[i])))
        mask |= (gint64) 1 << i;
    }
  /* No day at all is the same as not saying. */
  if (mask != 0)
    kam_value_set_int (&value, mask);
  kam_draft_set_value (days->draft, days->field, &value);
}

static void
follow_cb (KamDraft *draft,
           guint     field,
           Days     *days)
{
  const KamValue *value = kam_draft_get_value (draft, days->field);
  gint64 mask = value->kind == KAM_VALUE_INT ? value->number : 0;

  if (field != days->field)
    return;

  days->following = TRUE;
  for (guint i = 0; i < N_DAYS; i++)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (days->buttons[i]), (mask & ((gint64) 1 << i)) != 0);
  days->following = FALSE;
}

/**
 * kam_days_control_new:
 *
 * Returns: (transfer floating): seven buttons, one a day; they wrap where it is narrow
 */
GtkWidget *
kam_days_control_new (KamDraft *draft,
                      guint     field)
{
  GtkWidget *box = gtk_flow_box_new ();
  Days *days = g_new0 (Days, 1);
  GClosure *closure;

  days->draft = g_object_ref (draft);
  days->field = field;
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (box), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (box), N_DAYS);
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (box), 4);
  for (guint i = 0; i < N_DAYS; i++)
    {
      g_autofree char *name = kam_words_weekday (i);

      days->buttons[i] = gtk_toggle_button_new_with_label (name);
      gtk_widget_add_css_class (days->buttons[i], "kam-day");
      gtk_flow_box_append (GTK_FLOW_BOX (box), days->buttons[i]);
      gtk_widget_set_focusable (gtk_widget_get_parent (days->buttons[i]), FALSE);
    }
  follow_cb (draft, field, days);
  for (guint i = 0; i < N_DAYS; i++)
    g_signal_connect_swapped (days->buttons[i], "toggled", G_CALLBACK (toggled_cb), days);

  closure = g_cclosure_new (G_CALLBACK (follow_cb), days, days_free);
  g_object_watch_closure (G_OBJECT (box), closure);
  g_signal_connect_closure (draft, "field-changed", closure, FALSE);

  return box;
}
