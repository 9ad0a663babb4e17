/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-check.h"

#include "kam-codes.h"
#include "kam-phone-digits.h"
#include "kam-text.h"
#include "kam-time.h"

#include <glib/gi18n.h>
#include <string.h>

/* A value that has a form of its own: what is asked of it, and what a person is told. */
typedef struct
{
  gboolean  (*is_valid) (const char *text);
  const char *code;
  const char *wanted; /* what it must be */
} Form;

static const Form forms[] = {
  [KAM_TYPE_EMAIL] = { kam_email_is_valid, "bad_email", N_("one mail address, like name@example.com") },
  [KAM_TYPE_PHONE] = { kam_phone_is_e164, "bad_phone", N_("a whole number with its country code, like +91 98765 43210") },
  [KAM_TYPE_COUNTRY] = { kam_country_is_valid, "bad_country", N_("the two letters of a country, like IN") },
  [KAM_TYPE_CURRENCY] = { kam_currency_is_valid, "bad_currency", N_("the three letters of a currency, like INR") },
  [KAM_TYPE_LANGUAGE] = { kam_language_is_valid, "bad_language", N_("the code of a language, like hi or en-GB") },
  [KAM_TYPE_TIME_ZONE] = { kam_zone_is_valid, "bad_zone", N_("the name of a time zone, like Asia/Kolkata") },
  [KAM_TYPE_ID] = { kam_id_is_valid, "bad_id", N_("an id; choose it from the list") },
  [KAM_TYPE_DATE] = { kam_date_is_valid, "bad_date", N_("a day of the calendar, like 2026-11-02") },
  [KAM_TYPE_TIME] = { kam_time_is_valid, "bad_time", N_("a time of day, like 09:30") },
};

/**
 * kam_problem_new:
 * @field: index in the entity, or -1 for the row as a whole
 * @code: static
 * @format: translated already
 *
 * Returns: (transfer full)
 */
KamProblem *
kam_problem_new (int         field,
                 const char *code,
                 const char *format,
                 ...)
{
  KamProblem *self = g_new0 (KamProblem, 1);
  va_list args;

  self->field = field;
  self->code = code;
  va_start (args, format);
  self->message = g_strdup_vprintf (format, args);
  va_end (args);

  return self;
}

void
kam_problem_free (KamProblem *self)
{
  g_free (self->message);
  g_free (self);
}

static gboolean
is_forbidden (gunichar c,
              gboolean has_lines)
{
  if (has_lines && (c == '\n' || c == '\t' || c == 0x2028 || c == 0x2029))
    return FALSE;

  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029;
}

static gboolean
has_forbidden (const char *text,
               gboolean    has_lines)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      if (is_forbidden (g_utf8_get_char (text), has_lines))
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_canonical (const KamField *field,
              const char     *text)
{
  g_autofree char *canonical = NULL;

  if (field->type == KAM_TYPE_TAGS)
    {
      g_auto (GStrv) tags = kam_tags_split (text);

      canonical = kam_tags_join ((const char *const *) tags);
    }
  else
    {
      canonical = kam_text_normalise (text);
    }

  return text[0] != '\0' && g_strcmp0 (text, canonical) == 0;
}

static KamProblem *
check_length (guint           index,
              const KamField *field,
              const char     *text)
{
  const char *label = _(field->label);
  glong length = g_utf8_strlen (text, -1);
  int most = (int) field->most;
  int least = (int) field->least;

  if (most > 0 && length > most)
    return kam_problem_new ((int) index, "too_long", ngettext ("“%s” has at most %d character; this has %ld. Shorten it.",
                                                               "“%s” has at most %d characters; this has %ld. Shorten it.", (gulong) most),
                            label, most, length);

  if (length < least)
    return kam_problem_new ((int) index, "too_short", ngettext ("“%s” needs at least %d character; this has %ld.",
                                                                "“%s” needs at least %d characters; this has %ld.", (gulong) least),
                            label, least, length);

  return NULL;
}

static KamProblem *
check_text (guint           index,
            const KamField *field,
            const char     *text)
{
  const char *label = _(field->label);
  const Form *form = (gsize) field->type < G_N_ELEMENTS (forms) ? &forms[field->type] : NULL;
  gboolean has_lines = field->type == KAM_TYPE_LONG_TEXT || field->type == KAM_TYPE_TAGS;

  if (!g_utf8_validate (text, -1, NULL) || has_forbidden (text, has_lines))
    return kam_problem_new ((int) index, "bad_text", _("“%s” holds characters that are not text. Type it again instead of pasting it."), label);

  if (field->type == KAM_TYPE_ENUM && kam_field_find_choice (field, text) < 0)
    return kam_problem_new ((int) index, "not_a_choice", _("“%s” cannot be “%s”. Choose one of those offered."), label, text);

  if (form != NULL && form->is_valid != NULL && !form->is_valid (text))
    return kam_problem_new ((int) index, form->code, _("“%s” must be %s."), label, _(form->wanted));

  if (!is_canonical (field, text))
    return kam_problem_new ((int) index, "bad_text", _("“%s” must be text without space around it, in Unicode's composed form (NFC)."), label);

  return check_length (index, field, text);
}

static KamProblem *
check_number (guint           index,
              const KamField *field,
              gint64          number)
{
  gboolean is_instant = field->type == KAM_TYPE_INSTANT;
  gint64 least = is_instant ? KAM_INSTANT_MIN : field->least;
  gint64 most = is_instant ? KAM_INSTANT_MAX : field->most;

  if (number >= least && number <= most)
    return NULL;

  if (is_instant)
    return kam_problem_new ((int) index, "out_of_range", _("“%s” must be between the years 1 and 9999."), _(field->label));

  if (field->type == KAM_TYPE_DAYS)
    return kam_problem_new ((int) index, "out_of_range", _("“%s” must be one or more days of the week."), _(field->label));

  return kam_problem_new ((int) index, "out_of_range", _("“%s” must be a number from %lld to %lld."), _(field->label), (long long) least, (long long) most);
}

/**
 * kam_field_check:
 * @field: index in @entity
 *
 * Returns: (transfer full) (nullable): what is wrong with the value, NULL when nothing is
 */
KamProblem *
kam_field_check (const KamEntity *entity,
                 guint            field,
                 const KamValue  *value)
{
  const KamField *it = &entity->fields[field];

  if (value->kind == KAM_VALUE_NULL)
    return NULL;

  if ((value->kind == KAM_VALUE_INT) != kam_field_is_number (it))
    return kam_problem_new ((int) field, "bad_type", kam_field_is_number (it) ? _("“%s” must be a number.") : _("“%s” must be text."), _(it->label));

  return value->kind == KAM_VALUE_INT ? check_number (field, it, value->number) : check_text (field, it, value->text);
}
