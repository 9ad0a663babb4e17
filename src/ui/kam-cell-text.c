/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-cell-text.h"

#include "kam-format.h"
#include "kam-words.h"

#include <glib/gi18n.h>

/* As in style.css; one that has none is dimmed. */
static const char *const status_colors[] = { "accent_color", "warning_color", "success_color", NULL };

static gboolean
is_lead (const KamListRow *row)
{
  return kam_row_kind (row->row) == KAM_ENTITY_LEAD;
}

static const char *
choice_text (const KamListRow *row,
             guint             field)
{
  const char *word = kam_row_text (row->row, field);

  return word != NULL ? kam_field_choice_label (&kam_row_entity (row->row)->fields[field], word) : NULL;
}

static char *
status_text (const KamListRow *row)
{
  const char *status = is_lead (row) ? choice_text (row, KAM_LEAD_STATUS) : NULL;

  return status != NULL ? g_strdup_printf ("● %s", status) : NULL;
}

static char *
last_text (const KamListRow *row,
           KamWorkspace     *workspace)
{
  if (!is_lead (row) || row->last_contact_us == 0)
    return NULL;

  return kam_format_instant_near (row->last_contact_us, kam_clock_now (kam_workspace_get_clock (workspace)), kam_row_text (row->row, KAM_LEAD_TIME_ZONE));
}

static char *
next_text (const KamListRow *row,
           KamWorkspace     *workspace)
{
  g_autofree char *today = NULL;

  if (!is_lead (row) || row->next_on == NULL)
    return NULL;

  today = kam_format_today (kam_clock_now (kam_workspace_get_clock (workspace)), kam_row_text (row->row, KAM_LEAD_TIME_ZONE));

  return kam_format_date_near (row->next_on, today);
}

static char *
phone_text (const KamListRow *row)
{
  const char *phone = kam_row_text (row->row, is_lead (row) ? KAM_LEAD_PHONE : KAM_CONTACT_PHONE);

  return phone != NULL ? kam_format_phone (phone, row->country) : NULL;
}

char *
kam_cell_text (KamColumn         column,
               const KamListRow *row,
               KamWorkspace     *workspace)
{
  switch (column)
    {
    case KAM_COLUMN_NAME:
    case KAM_COLUMN_COMPACT:
      return g_strdup (kam_row_text (row->row, is_lead (row) ? KAM_LEAD_NAME : KAM_CONTACT_NAME));

    case KAM_COLUMN_CITY:
      return g_strdup (is_lead (row) ? kam_row_text (row->row, KAM_LEAD_CITY) : NULL);

    case KAM_COLUMN_STATUS:
      return status_text (row);

    case KAM_COLUMN_OWNER:
      return g_strdup (row->owner);

    case KAM_COLUMN_TIER:
      return g_strdup (is_lead (row) ? choice_text (row, KAM_LEAD_TIER) : NULL);

    case KAM_COLUMN_LAST_CONTACT:
      return last_text (row, workspace);

    case KAM_COLUMN_NEXT_CALL:
      return next_text (row, workspace);

    case KAM_COLUMN_ROLE:
      return g_strdup (is_lead (row) ? NULL : kam_words_role (kam_row_text (row->row, KAM_CONTACT_ROLE)));

    case KAM_COLUMN_LEAD:
      return g_strdup (row->subtitle);

    case KAM_COLUMN_PHONE:
      return phone_text (row);

    default:
      return NULL;
    }
}

char *
kam_cell_tooltip (KamColumn         column,
                  const KamListRow *row)
{
  if (column == KAM_COLUMN_LAST_CONTACT && row->last_contact_us != 0)
    return kam_format_instant_full (row->last_contact_us, kam_row_text (row->row, KAM_LEAD_TIME_ZONE));
  if (column == KAM_COLUMN_NEXT_CALL && row->next_on != NULL)
    return kam_format_date_full (row->next_on);

  return NULL;
}

static void
add_part (GString    *text,
          const char *part)
{
  if (part == NULL || *part == '\0')
    return;

  if (text->len > 0)
    g_string_append (text, " · ");
  g_string_append (text, part);
}

char *
kam_cell_detail (const KamListRow *row,
                 KamWorkspace     *workspace)
{
  GString *text = g_string_new (NULL);
  g_autofree char *next = NULL;
  g_autofree char *role = NULL;

  if (!is_lead (row))
    {
      role = kam_cell_text (KAM_COLUMN_ROLE, row, workspace);
      add_part (text, role);
      add_part (text, row->subtitle);
      return g_string_free (text, FALSE);
    }

  add_part (text, row->subtitle);
  add_part (text, kam_row_text (row->row, KAM_LEAD_CITY));
  if (g_strcmp0 (kam_workspace_get_role (workspace), "kam") != 0)
    add_part (text, row->owner);
  next = next_text (row, workspace);
  if (next != NULL)
    {
      /* Translators: when the next call or visit is, such as "in 2 days" */
      g_autofree char *call = g_strdup_printf (_("next %s"), next);

      add_part (text, call);
    }

  return g_string_free (text, FALSE);
}

const char *
kam_cell_status_color (const KamListRow *row,
                       gboolean         *is_dim)
{
  int choice = -1;

  if (row != NULL && is_lead (row) && kam_row_text (row->row, KAM_LEAD_STATUS) != NULL)
    choice = kam_field_find_choice (&kam_row_entity (row->row)->fields[KAM_LEAD_STATUS], kam_row_text (row->row, KAM_LEAD_STATUS));

  if (choice < 0 || choice >= (int) G_N_ELEMENTS (status_colors))
    return NULL;

  *is_dim = status_colors[choice] == NULL;

  return status_colors[choice];
}
