/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-value-text.h"

#include "kam-format.h"
#include "kam-json.h"
#include "kam-text.h"
#include "kam-wire.h"
#include "kam-words.h"

#include <glib/gi18n.h>
#include <string.h>

static const char *
text_at (KamRow *row,
         guint   field)
{
  return row != NULL ? kam_row_text (row, field) : NULL;
}

char *
kam_value_row_name (KamWorkspace *workspace,
                    KamRow       *row)
{
  g_autofree char *today = NULL, *near = NULL;
  const char *kind = NULL;

  if (row == NULL)
    return NULL;
  if (kam_row_kind (row) == KAM_ENTITY_LEAD)
    return g_strdup (kam_row_text (row, KAM_LEAD_NAME));
  if (kam_row_kind (row) == KAM_ENTITY_CONTACT)
    return g_strdup (kam_row_text (row, KAM_CONTACT_NAME));
  if (kam_row_kind (row) == KAM_ENTITY_USER)
    return g_strdup (kam_row_text (row, KAM_USER_NAME));
  if (kam_row_kind (row) != KAM_ENTITY_INTERACTION || kam_row_is_null (row, KAM_INTERACTION_KIND))
    return NULL;

  kind = kam_field_choice_label (&kam_row_entity (row)->fields[KAM_INTERACTION_KIND], kam_row_text (row, KAM_INTERACTION_KIND));
  if (kam_row_is_null (row, KAM_INTERACTION_LOCAL_DATE))
    return g_strdup (kind);

  today = kam_format_today (kam_clock_now (kam_workspace_get_clock (workspace)), kam_row_text (row, KAM_INTERACTION_TIME_ZONE));
  near = kam_format_date_near (kam_row_text (row, KAM_INTERACTION_LOCAL_DATE), today);

  /* TRANSLATORS: what and when: "Call, yesterday" */
  return g_strdup_printf (_("%s, %s"), kind, near);
}

static char *
name_of (KamWorkspace   *workspace,
         const KamField *field,
         const char     *id)
{
  char *name = NULL;

  if (field->refers == KAM_ENTITY_USER)
    name = g_strdup (kam_workspace_get_person_name (workspace, id));
  else if (field->refers >= 0)
    name = kam_value_row_name (workspace, kam_row_cache_get (kam_workspace_get_rows (workspace), (KamEntityKind) field->refers, id));

  if (name != NULL)
    return name;
  if (field->refers == KAM_ENTITY_LEAD)
    return g_strdup (_("another lead"));

  return g_strdup (field->refers == KAM_ENTITY_USER || field->refers == KAM_ENTITY_CONTACT ? _("somebody") : _("another entry"));
}

static char *
number_text (KamEntityKind   entity,
             guint           field,
             gint64          number,
             KamRow         *row)
{
  switch (kam_entity_get (entity)->fields[field].type)
    {
    case KAM_TYPE_BOOL:
      return g_strdup (number != 0 ? _("Yes") : _("No"));
    case KAM_TYPE_DAYS:
      return kam_words_days (number);
    case KAM_TYPE_INSTANT:
      return kam_format_instant_full (number, NULL);
    case KAM_TYPE_MONEY:
      return kam_format_money (number, entity == KAM_ENTITY_INTERACTION ? text_at (row, KAM_INTERACTION_CURRENCY) : NULL);
    default:
      break;
    }

  if (entity == KAM_ENTITY_LEAD && field == KAM_LEAD_CALL_INTERVAL)
    return kam_words_interval (number);
  if (entity == KAM_ENTITY_INTERACTION && field == KAM_INTERACTION_DURATION)
    return g_strdup_printf (_("%d min"), (int) number);

  return g_strdup_printf ("%" G_GINT64_FORMAT, number);
}

static char *
tags_text (const char *tags)
{
  g_auto (GStrv) split = kam_tags_split (tags);

  return g_strjoinv (", ", split);
}

/* As one dials it where the lead is. */
static char *
phone_text (KamWorkspace *workspace,
            const char   *phone,
            KamRow       *row)
{
  KamRow *lead = row != NULL ? kam_row_cache_get (kam_workspace_get_rows (workspace), KAM_ENTITY_LEAD, kam_row_lead_id (row)) : NULL;

  if (lead == NULL && row != NULL && kam_row_kind (row) == KAM_ENTITY_LEAD)
    lead = row;

  return kam_format_phone (phone, text_at (lead, KAM_LEAD_COUNTRY));
}

char *
kam_value_text (KamWorkspace   *workspace,
                KamEntityKind   entity,
                guint           field,
                const KamValue *value,
                KamRow         *row)
{
  const KamField *it = &kam_entity_get (entity)->fields[field];

  if ((int) field == kam_entity_get (entity)->delete_field)
    return g_strdup (value->kind == KAM_VALUE_NULL ? _("Kept") : _("Deleted"));
  if (value->kind == KAM_VALUE_NULL)
    /* TRANSLATORS: nothing stands in a field */
    return g_strdup (_("empty"));
  if (value->kind == KAM_VALUE_INT)
    return number_text (entity, field, value->number, row);

  switch (it->type)
    {
    case KAM_TYPE_ID:
      return name_of (workspace, it, value->text);
    case KAM_TYPE_ENUM:
      return g_strdup (kam_field_find_choice (it, value->text) >= 0 ? kam_field_choice_label (it, value->text) : value->text);
    case KAM_TYPE_TAGS:
      return tags_text (value->text);
    case KAM_TYPE_DATE:
      return kam_format_date_full (value->text);
    case KAM_TYPE_PHONE:
      return phone_text (workspace, value->text, row);
    case KAM_TYPE_TIME_ZONE:
      return kam_words_zone (value->text);
    default:
      break;
    }
  if (entity == KAM_ENTITY_CONTACT && field == KAM_CONTACT_ROLE)
    return g_strdup (kam_words_role (value->text));

  return g_strdup (value->text);
}

gboolean
kam_value_from_wire (KamEntityKind  entity,
                     guint          field,
                     const char    *json,
                     KamValue      *value)
{
  g_autoptr (JsonNode) node = NULL;

  kam_value_set_null (value);
  if (json == NULL)
    return TRUE;

  node = kam_json_parse (json, strlen (json), NULL);

  return node != NULL && kam_wire_value_from_json (&kam_entity_get (entity)->fields[field], node, value, NULL);
}

char *
kam_value_to_wire (KamEntityKind   entity,
                   guint           field,
                   const KamValue *value)
{
  GString *json = NULL;

  if (value->kind == KAM_VALUE_NULL)
    return NULL;

  json = g_string_new (NULL);
  kam_wire_append_value (json, &kam_entity_get (entity)->fields[field], value);

  return g_string_free (json, FALSE);
}

char *
kam_value_text_wire (KamWorkspace  *workspace,
                     KamEntityKind  entity,
                     guint          field,
                     const char    *json,
                     KamRow        *row)
{
  g_auto (KamValue) value = KAM_VALUE_INIT;

  if (!kam_value_from_wire (entity, field, json, &value))
    return g_strdup (json);

  return kam_value_text (workspace, entity, field, &value, row);
}

char *
kam_value_isolate (const char *text)
{
  /* U+2068 and U+2069 */
  return g_strdup_printf ("\342\201\250%s\342\201\251", text);
}
