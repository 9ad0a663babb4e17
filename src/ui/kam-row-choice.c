/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-row-choice.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct
{
  KamDraft    *draft;    /* (owned) */
  guint        field;
  GtkDropDown *control;  /* (not owned) */
  GPtrArray   *ids;      /* (owned) (element-type utf8): NULL first where nothing may be chosen */
} RowChoice;

static void
row_choice_free (gpointer  data,
                 GClosure *closure)
{
  RowChoice *choice = data;

  g_object_unref (choice->draft);
  g_ptr_array_unref (choice->ids);
  g_free (choice);
}

static void
selected_cb (GtkDropDown *control,
             GParamSpec  *pspec,
             RowChoice   *choice)
{
  guint selected = gtk_drop_down_get_selected (control);
  g_auto (KamValue) value = KAM_VALUE_INIT;

  if (selected >= choice->ids->len)
    return;
  if (g_ptr_array_index (choice->ids, selected) != NULL)
    kam_value_set_text (&value, g_ptr_array_index (choice->ids, selected));

  kam_draft_set_value (choice->draft, choice->field, &value);
}

static void
follow_cb (KamDraft  *draft,
           guint      field,
           RowChoice *choice)
{
  const KamValue *value = kam_draft_get_value (draft, choice->field);
  const char *id = value->kind == KAM_VALUE_TEXT ? value->text : NULL;

  if (field != choice->field)
    return;

  for (guint i = 0; i < choice->ids->len; i++)
    {
      if (g_strcmp0 (g_ptr_array_index (choice->ids, i), id) == 0)
        {
          gtk_drop_down_set_selected (choice->control, i);
          return;
        }
    }
  gtk_drop_down_set_selected (choice->control, GTK_INVALID_LIST_POSITION);
}

/**
 * kam_row_choice_new:
 *
 * Returns: (transfer floating): a drop-down; the row that the draft edits is not among the choices
 */
GtkWidget *
kam_row_choice_new (KamDraft  *draft,
                    guint      field,
                    GPtrArray *rows,
                    guint      name_field,
                    gboolean   optional)
{
  GtkStringList *names = gtk_string_list_new (NULL);
  RowChoice *choice = g_new0 (RowChoice, 1);
  GtkWidget *control;
  GClosure *closure;

  choice->draft = g_object_ref (draft);
  choice->field = field;
  choice->ids = g_ptr_array_new_with_free_func (g_free);
  if (optional)
    {
      gtk_string_list_append (names, _("None"));
      g_ptr_array_add (choice->ids, NULL);
    }
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      KamRow *row = g_ptr_array_index (rows, i);

      if (strcmp (kam_row_id (row), kam_draft_get_id (draft)) == 0)
        continue;
      gtk_string_list_append (names, kam_row_text (row, name_field));
      g_ptr_array_add (choice->ids, g_strdup (kam_row_id (row)));
    }

  control = gtk_drop_down_new (G_LIST_MODEL (names), NULL);
  choice->control = GTK_DROP_DOWN (control);
  follow_cb (draft, field, choice);
  g_signal_connect_data (control, "notify::selected", G_CALLBACK (selected_cb), choice, row_choice_free, 0);
  closure = g_cclosure_new (G_CALLBACK (follow_cb), choice, NULL);
  g_object_watch_closure (G_OBJECT (control), closure);
  g_signal_connect_closure (draft, "field-changed", closure, FALSE);

  return control;
}
