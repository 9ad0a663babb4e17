/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-picker.h"

#include "kam-store-query.h"
#include "kam-words.h"

#include <string.h>

#define MOST_CHOICES 100
#define ZONE_TABLE "/usr/share/zoneinfo/zone1970.tab"

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Names of zones as the system lists them; those of Kam's own countries where it lists none. */
static char **
read_zones (void)
{
  g_autofree char *table = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GPtrArray) zones = g_ptr_array_new_with_free_func (g_free);

  if (g_file_get_contents (ZONE_TABLE, &table, NULL, NULL))
    lines = g_strsplit (table, "\n", -1);
  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    {
      g_auto (GStrv) columns = lines[i][0] != '#' ? g_strsplit (lines[i], "\t", -1) : NULL;

      if (columns != NULL && g_strv_length (columns) >= 3)
        g_ptr_array_add (zones, g_strdup (columns[2]));
    }
  if (zones->len == 0)
    {
      static const char *const few[] = { "Asia/Kolkata", "Asia/Kathmandu", "Asia/Dhaka",     "Asia/Colombo",
                                         "Asia/Dubai",   "Asia/Singapore", "Europe/London", "UTC" };

      for (guint i = 0; i < G_N_ELEMENTS (few); i++)
        g_ptr_array_add (zones, g_strdup (few[i]));
    }
  g_ptr_array_sort (zones, compare_names);
  g_ptr_array_add (zones, NULL);

  return (char **) g_ptr_array_free (g_steal_pointer (&zones), FALSE);
}

static gboolean
zone_matches (const char *zone,
              const char *needle)
{
  g_autofree char *spaced = g_strdelimit (g_ascii_strdown (zone, -1), "_", ' ');

  return strstr (spaced, needle) != NULL;
}

static void
search_zones_cb (KamPicker  *picker,
                 const char *text,
                 gpointer    user_data)
{
  g_auto (GStrv) zones = read_zones ();
  g_autofree char *needle = g_ascii_strdown (text, -1);
  g_autoptr (GPtrArray) choices = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; zones[i] != NULL; i++)
    {
      g_autofree char *city = kam_words_zone (zones[i]);

      if (zone_matches (zones[i], g_strstrip (needle)))
        g_ptr_array_add (choices, kam_choice_new (zones[i], city, zones[i]));
    }

  kam_picker_take_choices (picker, choices);
}

/**
 * kam_zone_picker_new:
 *
 * Returns: (transfer floating): a picker of IANA time zones
 */
GtkWidget *
kam_zone_picker_new (KamDraft *draft,
                     guint     field)
{
  return kam_picker_new (draft, field, FALSE, search_zones_cb, NULL);
}

static void
leads_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (KamPicker) picker = KAM_PICKER (user_data);
  g_autoptr (GPtrArray) rows = kam_store_list_start_finish (KAM_STORE (source), result, NULL, NULL);
  g_autoptr (GPtrArray) choices = g_ptr_array_new_with_free_func (g_object_unref);
  KamDraft *draft = kam_picker_get_draft (picker);

  if (rows == NULL || draft == NULL)
    return;

  for (guint i = 0; i < rows->len; i++)
    {
      KamListRow *row = g_ptr_array_index (rows, i);

      if (row != NULL && strcmp (kam_row_id (row->row), kam_draft_get_id (draft)) != 0)
        g_ptr_array_add (choices, kam_choice_new (kam_row_id (row->row), kam_row_text (row->row, KAM_LEAD_NAME), kam_row_text (row->row, KAM_LEAD_CITY)));
    }

  kam_picker_take_choices (picker, choices);
}

static void
search_leads_cb (KamPicker  *picker,
                 const char *text,
                 gpointer    user_data)
{
  KamDraft *draft = kam_picker_get_draft (picker);
  KamListQuery query = { .entity = KAM_ENTITY_LEAD, .sort = KAM_SORT_NAME, .search = *text != '\0' ? text : NULL };

  kam_store_list_start_async (kam_workspace_get_store (kam_draft_get_workspace (draft)), &query, MOST_CHOICES, NULL, leads_cb, g_object_ref (picker));
}

static void
chosen_lead_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (KamPicker) picker = KAM_PICKER (user_data);
  g_autoptr (KamRow) lead = kam_store_get_row_finish (KAM_STORE (source), result, NULL);

  if (lead != NULL && kam_picker_get_draft (picker) != NULL)
    kam_picker_set_title (picker, kam_row_text (lead, KAM_LEAD_NAME));
}

/**
 * kam_lead_picker_new:
 *
 * Returns: (transfer floating): a picker of leads
 */
GtkWidget *
kam_lead_picker_new (KamDraft *draft,
                     guint     field)
{
  GtkWidget *picker = kam_picker_new (draft, field, TRUE, search_leads_cb, NULL);
  const KamValue *value = kam_draft_get_value (draft, field);

  if (value->kind == KAM_VALUE_TEXT)
    {
      kam_picker_set_title (KAM_PICKER (picker), "…");
      kam_store_get_row_async (kam_workspace_get_store (kam_draft_get_workspace (draft)), KAM_ENTITY_LEAD, value->text, NULL, chosen_lead_cb,
                               g_object_ref_sink (picker));
    }

  return picker;
}
