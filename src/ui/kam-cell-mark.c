/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-cell-mark.h"

#include "kam-changes-model.h"

#include <glib/gi18n.h>

gboolean
kam_cell_mark_applies (KamWorkspace     *workspace,
                       const KamListRow *row)
{
  const char *lead_id = row != NULL ? kam_row_lead_id (row->row) : NULL;

  return lead_id != NULL && kam_changes_model_has_lead (kam_workspace_get_changes (workspace), lead_id);
}

void
kam_cell_mark_draw (GtkWidget   *widget,
                    GtkSnapshot *snapshot,
                    int          y,
                    int          height)
{
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gtk_widget_get_display (widget));
  GtkTextDirection direction = gtk_widget_get_direction (widget);
  g_autoptr (GtkIconPaintable) icon = gtk_icon_theme_lookup_icon (theme, "dialog-warning-symbolic", NULL, KAM_CELL_MARK_SIZE,
                                                                  gtk_widget_get_scale_factor (widget), direction, 0);
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  int x = direction == GTK_TEXT_DIR_RTL ? gtk_widget_get_width (widget) - KAM_CELL_MARK_SIZE : 0;
  GdkRGBA colors[4];

  for (guint i = 0; i < G_N_ELEMENTS (colors); i++)
    {
      gtk_style_context_get_color (style, &colors[i]);
      gtk_style_context_lookup_color (style, "warning_color", &colors[i]);
    }
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y + (height - KAM_CELL_MARK_SIZE) / 2));
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), snapshot, KAM_CELL_MARK_SIZE, KAM_CELL_MARK_SIZE, colors, G_N_ELEMENTS (colors));
  gtk_snapshot_restore (snapshot);
}

void
kam_cell_mark_speak (GtkWidget  *row,
                     const char *name,
                     gboolean    marked)
{
  if (row != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name != NULL ? name : "", GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                    marked ? _("A change needs you") : "", -1);
}
