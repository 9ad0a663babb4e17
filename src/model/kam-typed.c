/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-typed.h"

#include "kam-format.h"
#include "kam-phone.h"
#include "kam-text.h"
#include "kam-words.h"

#include <glib/gi18n.h>
#include <string.h>

static char *
print_tags (const char *tags)
{
  g_auto (GStrv) split = kam_tags_split (tags);

  return g_strjoinv (", ", split);
}

static char *
print_phone (const KamTyped *self,
             const char     *phone)
{
  char *shown = kam_phone_format_for (phone, self->country);

  return shown != NULL ? shown : g_strdup (phone);
}

/**
 * kam_typed_print:
 *
 * Returns: (transfer full): the text to edit; empty for null
 */
char *
kam_typed_print (const KamTyped  *self,
                 const KamEntity *entity,
                 guint            field,
                 const KamValue  *value)
{
  if (value->kind == KAM_VALUE_NULL)
    return g_strdup ("");

  if (value->kind == KAM_VALUE_INT)
    {
      if (entity->fields[field].type == KAM_TYPE_MONEY)
        return kam_words_money_plain (value->number, self->currency);
      return g_strdup_printf ("%" G_GINT64_FORMAT, value->number);
    }
  if (entity->fields[field].type == KAM_TYPE_TAGS)
    return print_tags (value->text);
  if (entity->fields[field].type == KAM_TYPE_PHONE)
    return print_phone (self, value->text);

  return g_strdup (value->text);
}

static KamProblem *
parse_date (const KamTyped *self,
            guint           field,
            const char     *text,
            KamValue       *value)
{
  g_autofree char *date = kam_when_parse_date (text, self->today, self->side);

  if (date == NULL)
    {
      kam_value_set_text (value, text);
      return kam_problem_new ((int) field, "bad_date", _("Type a date such as 24/11, fri, +3 or 2026-11-24"));
    }
  kam_value_take_text (value, g_steal_pointer (&date));

  return NULL;
}

static KamProblem *
parse_time (guint       field,
            const char *text,
            KamValue   *value)
{
  g_autofree char *time = kam_when_parse_time (text);

  if (time == NULL)
    {
      kam_value_set_text (value, text);
      return kam_problem_new ((int) field, "bad_time", _("Type a time such as 9:30 or 930"));
    }
  kam_value_take_text (value, g_steal_pointer (&time));

  return NULL;
}

static KamProblem *
parse_money (const KamTyped *self,
             guint           field,
             const char     *text,
             KamValue       *value)
{
  gint64 minor = 0;

  if (!kam_money_parse (text, self->currency, &minor))
    {
      kam_value_set_text (value, text);
      return kam_problem_new ((int) field, "bad_type", _("Type an amount such as 12,500 or 99.50"));
    }
  kam_value_set_int (value, minor);

  return NULL;
}

static KamProblem *
parse_tags (const char *text,
            KamValue   *value)
{
  g_auto (GStrv) split = g_strsplit_set (text, ",;\n", -1);
  g_autofree char *tags = kam_tags_join ((const char *const *) split);

  if (tags == NULL || *tags == '\0')
    kam_value_set_null (value);
  else
    kam_value_take_text (value, g_steal_pointer (&tags));

  return NULL;
}

static KamProblem *
parse_phone (const KamTyped *self,
             guint           field,
             const char     *text,
             KamValue       *value)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *phone = kam_phone_parse (text, self->country, &error);

  if (phone == NULL)
    {
      kam_value_set_text (value, text);
      return kam_problem_new ((int) field, "bad_phone", "%s", error->message);
    }
  kam_value_take_text (value, g_steal_pointer (&phone));

  return NULL;
}

/* Its limits are in minor units, in which nobody types. */
static KamProblem *
check_money (const KamTyped  *self,
             const KamEntity *entity,
             guint            field,
             const KamValue  *value)
{
  const KamField *it = &entity->fields[field];
  g_autoptr (KamProblem) problem = kam_field_check (entity, field, value);
  g_autofree char *least = problem != NULL ? kam_format_money (it->least, self->currency) : NULL;
  g_autofree char *most = problem != NULL ? kam_format_money (it->most, self->currency) : NULL;

  /* TRANSLATORS: two amounts with their currency */
  return problem != NULL ? kam_problem_new ((int) field, problem->code, _("Type an amount from %s to %s"), least, most) : NULL;
}

/**
 * kam_typed_parse:
 *
 * Returns: (transfer full) (nullable): NULL, or why the text cannot be the field's value
 */
KamProblem *
kam_typed_parse (const KamTyped  *self,
                 const KamEntity *entity,
                 guint            field,
                 const char      *text,
                 KamValue        *value)
{
  g_autofree char *trimmed = kam_text_normalise (text);
  KamProblem *problem = NULL;

  if (trimmed == NULL || *trimmed == '\0')
    return kam_field_parse (entity, field, text, value);

  switch (entity->fields[field].type)
    {
    case KAM_TYPE_DATE:
      problem = parse_date (self, field, trimmed, value);
      break;
    case KAM_TYPE_TIME:
      problem = parse_time (field, trimmed, value);
      break;
    case KAM_TYPE_MONEY:
      problem = parse_money (self, field, trimmed, value);
      if (problem == NULL)
        problem = check_money (self, entity, field, value);
      break;
    case KAM_TYPE_TAGS:
      problem = parse_tags (trimmed, value);
      break;
    case KAM_TYPE_PHONE:
      problem = parse_phone (self, field, trimmed, value);
      break;
    default:
      return kam_field_parse (entity, field, text, value);
    }

  return problem != NULL ? problem : kam_field_check (entity, field, value);
}

/**
 * kam_typed_meaning:
 *
 * Returns: (transfer full) (nullable): a date in full, a time, a phone as it will be dialled, an amount with its sign
 */
char *
kam_typed_meaning (const KamTyped  *self,
                   const KamEntity *entity,
                   guint            field,
                   const char      *text,
                   const KamValue  *value)
{
  g_autofree char *meaning = NULL;

  switch (entity->fields[field].type)
    {
    case KAM_TYPE_DATE:
      meaning = value->kind == KAM_VALUE_TEXT ? kam_format_date_full (value->text) : NULL;
      break;
    case KAM_TYPE_TIME:
      meaning = value->kind == KAM_VALUE_TEXT ? g_strdup (value->text) : NULL;
      break;
    case KAM_TYPE_MONEY:
      meaning = value->kind == KAM_VALUE_INT ? kam_format_money (value->number, self->currency) : NULL;
      break;
    default:
      break;
    }

  return g_strcmp0 (meaning, text) != 0 ? g_steal_pointer (&meaning) : NULL;
}
