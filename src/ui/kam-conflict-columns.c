/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-conflict-columns.h"

#include "kam-format.h"
#include "kam-settle.h"
#include "kam-value-text.h"
#include "kam-wrap-box.h"

#include <glib/gi18n.h>

#define COLUMN_WIDTH 150 /* px; with less for each they stand one below the other */
#define MOST_LINES 12

gboolean
kam_conflict_is_own (KamWorkspace     *workspace,
                     const KamPending *pending)
{
  const char *author = kam_row_text (pending->conflict, KAM_CONFLICT_AUTHOR);

  return author == NULL || g_strcmp0 (author, kam_workspace_get_user_id (workspace)) == 0;
}

static GtkWidget *
new_label (const char *text,
           const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);

  return label;
}

/* Where it is longer than a row can show, the rest is in the tooltip. */
static GtkWidget *
new_value (const char *text)
{
  GtkWidget *label = new_label (text, NULL);

  gtk_label_set_lines (GTK_LABEL (label), MOST_LINES);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_tooltip_text (label, text);

  return label;
}

static void
add_column (KamWrapBox *columns,
            const char *heading,
            const char *value,
            const char *by,
            const char *style)
{
  GtkWidget *column = g_object_new (GTK_TYPE_BOX, "orientation", GTK_ORIENTATION_VERTICAL, "spacing", 3, "accessible-role", GTK_ACCESSIBLE_ROLE_GROUP, NULL);
  g_autofree char *spoken = g_strdup_printf ("%s: %s", heading, value);

  gtk_widget_add_css_class (column, "kam-value");
  if (style != NULL)
    gtk_widget_add_css_class (column, style);
  gtk_box_append (GTK_BOX (column), new_label (heading, "caption-heading"));
  gtk_box_append (GTK_BOX (column), new_value (value));
  if (by != NULL)
    {
      GtkWidget *label = new_label (by, "caption");

      gtk_widget_add_css_class (label, "dim-label");
      gtk_box_append (GTK_BOX (column), label);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (column), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  kam_wrap_box_append (columns, column);
}

static char *
author_of (KamWorkspace     *workspace,
           const KamPending *pending)
{
  const char *name = kam_workspace_get_person_name (workspace, kam_row_text (pending->conflict, KAM_CONFLICT_AUTHOR));
  g_autofree char *when = kam_format_instant_full (kam_row_int (pending->conflict, KAM_CONFLICT_AT, 0), NULL);

  if (name == NULL || kam_conflict_is_own (workspace, pending))
    return g_steal_pointer (&when);

  return g_strdup_printf ("%s · %s", name, when);
}

static char *
value_at (KamWorkspace     *workspace,
          const KamPending *pending,
          guint             at)
{
  KamEntityKind entity;
  guint field;
  KamRow *row = NULL;
  const char *json = kam_row_text (pending->conflict, at);

  if (!kam_settle_target (pending->conflict, &entity, &field))
    return g_strdup (json != NULL ? json : _("empty"));

  row = kam_row_cache_get (kam_workspace_get_rows (workspace), entity, kam_row_text (pending->conflict, KAM_CONFLICT_TARGET));

  return kam_value_text_wire (workspace, entity, field, json, row);
}

GtkWidget *
kam_conflict_columns_new (KamWorkspace     *workspace,
                          const KamPending *pending,
                          const char       *whose)
{
  GtkWidget *columns = kam_wrap_box_new (COLUMN_WIDTH);
  gboolean own = kam_conflict_is_own (workspace, pending);
  g_autofree char *base = value_at (workspace, pending, KAM_CONFLICT_BASE);
  g_autofree char *mine = value_at (workspace, pending, KAM_CONFLICT_MINE);
  g_autofree char *by = author_of (workspace, pending);

  add_column (KAM_WRAP_BOX (columns), _("Before"), base, NULL, NULL);
  if (!pending->mine_only)
    {
      g_autofree char *theirs = value_at (workspace, pending, KAM_CONFLICT_THEIRS);

      add_column (KAM_WRAP_BOX (columns), own ? _("Theirs") : _("Saved Now"), theirs, whose != NULL ? whose : own ? _("This is what is saved now") : NULL,
                  "kam-current");
    }
  add_column (KAM_WRAP_BOX (columns), own ? _("Mine") : _("Not Taken"), mine, by, NULL);

  return columns;
}
