/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-field-cases.h"

#include "kam-json.h"

#define NOBODY "01890000-0000-7000-8000-00000000dead"
#define MIXED "“Chai” & 'Samosa' <b>\\\" 🍛👨‍👩‍👧 अन्नपूर्णा ‏שלום‎ مطعم"

typedef struct
{
  const char *text;
  const char *code;
} TextCase;

static void
case_free (gpointer data)
{
  KamFieldCase *self = data;

  g_free (self->json);
  g_free (self);
}

static void
add (GPtrArray  *cases,
     const char *json,
     const char *code)
{
  KamFieldCase *self = g_new0 (KamFieldCase, 1);

  self->json = g_strdup (json);
  self->code = code;
  g_ptr_array_add (cases, self);
}

static void
add_text (GPtrArray  *cases,
          const char *text,
          const char *code)
{
  g_autoptr (GString) json = g_string_new (NULL);

  kam_json_append_string (json, text);
  add (cases, json->str, code);
}

static void
add_texts (GPtrArray      *cases,
           const TextCase *texts)
{
  for (; texts->text != NULL; texts++)
    add_text (cases, texts->text, texts->code);
}

char *
kam_field_cases_fill (const char *pattern,
                      glong       n)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const char *c = pattern;

  for (glong i = 0; i < n; i++)
    {
      g_string_append_unichar (text, g_utf8_get_char (c));
      c = g_utf8_next_char (c);
      if (*c == '\0')
        c = pattern;
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
add_filled (GPtrArray  *cases,
            const char *pattern,
            glong       n,
            const char *code)
{
  g_autofree char *text = kam_field_cases_fill (pattern, n);

  add_text (cases, text, code);
}

static void
add_long (GPtrArray      *cases,
          const KamField *field)
{
  const char *const patterns[] = { "a", "🍛", "क्षमा", "שלום", "\"'\\" };

  for (gsize i = 0; i < G_N_ELEMENTS (patterns); i++)
    {
      add_filled (cases, patterns[i], field->most, NULL);
      add_filled (cases, patterns[i], field->most + 1, "too_long");
      add_filled (cases, patterns[i], field->most * 2, "too_long");
    }
}

static void
add_plain_text (GPtrArray      *cases,
                const KamField *field)
{
  const TextCase texts[] = {
    { "x", NULL },          { "", "bad_text" },      { " ", "bad_text" },         { " x", "bad_text" },       { "x ", "bad_text" },
    { "e\xcc\x81", "bad_text" }, { "a\x01", "bad_text" }, { "a\xc2\x85z", "bad_text" }, { "a\x7fz", "bad_text" }, { "a\r\nz", "bad_text" },
    { NULL, NULL },
  };
  const char *code = field->type == KAM_TYPE_LONG_TEXT ? NULL : "bad_text";

  add_texts (cases, texts);
  add_text (cases, "a\nz", code);
  add_text (cases, "a\tz", code);
  add_long (cases, field);
  if (field->most >= g_utf8_strlen (MIXED, -1))
    add_text (cases, MIXED, NULL);
}

static void
add_email (GPtrArray *cases)
{
  const TextCase texts[] = {
    { "a@b.in", NULL },         { "first.last+tag@mail.example.com", NULL }, { "अन्न@example.in", NULL },    { "", "bad_email" },
    { "a@", "bad_email" },      { "@b.in", "bad_email" },                    { "a@b", "bad_email" },        { "a b@c.in", "bad_email" },
    { " a@b.in", "bad_email" }, { "a@b.in ", "bad_email" },                  { "a@b.in, c@d.in", "bad_email" }, { "a@b..in", "bad_email" },
    { "a@b@c.in", "bad_email" }, { "a@b.in\nBcc: x@y.in", "bad_text" },      { NULL, NULL },
  };
  g_autofree char *label = g_strnfill (62, 'b');
  g_autofree char *local = g_strnfill (64, 'a');
  g_autofree char *at = g_strdup_printf ("%s@%s.%s.%.60s.in", local, label, label, label);
  g_autofree char *over = g_strdup_printf ("%s@%s.%s.%.61s.in", local, label, label, label);

  add_texts (cases, texts);
  g_assert_cmpuint (strlen (at), ==, 254);
  add_text (cases, at, NULL);
  add_text (cases, over, "bad_email");
}

static void
add_codes (GPtrArray      *cases,
           const KamField *field)
{
  static const TextCase phones[] = {
    { "+919812345678", NULL },    { "+1234567", NULL },      { "+123456789012345", NULL }, { "+1234567890123456", "bad_phone" },
    { "+123456", "bad_phone" },
    { "919812345678", "bad_phone" }, { "+0919812345678", "bad_phone" }, { "+91 98123 45678", "bad_phone" }, { "", "bad_phone" },
    { "+९१९८१२३४५६७८", "bad_phone" },
    { NULL, NULL },
  };
  static const TextCase countries[] = {
    { "IN", NULL }, { "US", NULL }, { "in", "bad_country" }, { "ZZ", "bad_country" }, { "IND", "bad_country" }, { "I", "bad_country" },
    { "", "bad_country" }, { "🇮🇳", "bad_country" }, { NULL, NULL },
  };
  static const TextCase currencies[] = {
    { "INR", NULL }, { "JPY", NULL }, { "inr", "bad_currency" }, { "INRR", "bad_currency" }, { "ZZZ", "bad_currency" }, { "", "bad_currency" },
    { "₹", "bad_currency" },
    { NULL, NULL },
  };
  static const TextCase languages[] = {
    { "hi", NULL }, { "en-GB", NULL }, { "zh-Hant-TW", NULL }, { "en-x-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaa", NULL },
    { "en-x-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaaa", "too_long" }, { "e", "bad_language" }, { "abcdefghi", "bad_language" }, { "EN", "bad_language" },
    { "", "bad_language" }, { "हिन्दी", "bad_language" }, { NULL, NULL },
  };
  static const TextCase zones[] = {
    { "Asia/Kolkata", NULL }, { "UTC", NULL }, { "America/Argentina/ComodRivadavia", NULL }, { "Nowhere/Land", "bad_zone" },
    { "asia/kolkata", "bad_zone" },
    { "../../etc/passwd", "bad_zone" }, { "/usr/share/zoneinfo/UTC", "bad_zone" }, { "", "bad_zone" }, { "+05:30", "bad_zone" }, { NULL, NULL },
  };
  static const TextCase ids[] = {
    { "", "bad_id" }, { "x", "bad_id" }, { "01890000-0000-7000-8000-00000000000", "bad_id" }, { "01890000-0000-7000-8000-0000000000011", "bad_id" },
    { "01890000-0000-7000-8000-00000000DEAD", "bad_id" }, { "{01890000-0000-7000-8000-000000000001}", "bad_id" }, { NULL, NULL },
  };
  const TextCase *const tables[] = {
    [KAM_TYPE_PHONE] = phones,       [KAM_TYPE_COUNTRY] = countries, [KAM_TYPE_CURRENCY] = currencies,
    [KAM_TYPE_LANGUAGE] = languages, [KAM_TYPE_TIME_ZONE] = zones,   [KAM_TYPE_ID] = ids,
  };

  add_texts (cases, tables[field->type]);
}

static void
add_clock (GPtrArray      *cases,
           const KamField *field)
{
  static const TextCase dates[] = {
    { "2026-11-22", NULL }, { "0001-01-01", NULL }, { "9999-12-31", NULL }, { "2024-02-29", NULL }, { "2026-02-29", "bad_date" },
    { "2026-13-01", "bad_date" },
    { "0000-12-31", "bad_date" }, { "10000-01-01", "bad_date" }, { "2026-1-1", "bad_date" }, { "22/11/2026", "bad_date" }, { "", "bad_date" },
    { "2026-11-22T00:00:00.000000Z", "bad_date" }, { NULL, NULL },
  };
  static const TextCase times[] = {
    { "00:00", NULL }, { "23:59", NULL }, { "09:30", NULL }, { "24:00", "bad_time" }, { "23:60", "bad_time" }, { "9:30", "bad_time" },
    { "09:30:00", "bad_time" },
    { "-1:00", "bad_time" }, { "", "bad_time" }, { NULL, NULL },
  };
  static const TextCase instants[] = {
    { "0001-01-01T00:00:00.000000Z", NULL }, { "2020-02-29T23:59:59.999999Z", NULL }, { "1969-12-31T23:59:59.999999Z", NULL },
    { "2019-02-29T00:00:00.000000Z", "bad_value" }, { "0000-12-31T23:59:59.999999Z", "bad_value" }, { "10000-01-01T00:00:00.000000Z", "bad_value" },
    { "2020-01-01T24:00:00.000000Z", "bad_value" }, { "2020-01-01T23:59:60.000000Z", "bad_value" },
    { "2020-01-01T00:00:00.000000+05:30", "bad_value" },
    { "yesterday", "bad_value" }, { "", "bad_value" }, { NULL, NULL },
  };

  add_texts (cases, field->type == KAM_TYPE_DATE ? dates : field->type == KAM_TYPE_TIME ? times : instants);
}

static void
add_choices (GPtrArray      *cases,
             const KamField *field)
{
  g_autofree char *upper = g_ascii_strup (field->choices[0], -1);
  g_autofree char *padded = g_strconcat (field->choices[0], " ", NULL);

  for (guint i = 0; field->choices[i] != NULL; i++)
    add_text (cases, field->choices[i], NULL);

  add_text (cases, upper, "not_a_choice");
  add_text (cases, padded, "not_a_choice");
  add_text (cases, "", "not_a_choice");
  add_text (cases, "dragon", "not_a_choice");
  add_filled (cases, "🍛", 200, "not_a_choice");
}

static void
add_tags (GPtrArray      *cases,
          const KamField *field)
{
  const char *const patterns[] = { "a", "🍛", "क्षमा" };

  add (cases, "[\"a\",\"b\",\"अन्न\",\"🍛\"]", NULL);
  add (cases, "[\"a\\nb\"]", "bad_value");
  add (cases, "[1]", "bad_value");
  add (cases, "[null]", "bad_value");
  add (cases, "[[\"a\"]]", "bad_value");
  add (cases, "\"a\"", "bad_value");
  add (cases, "[\"a\\u0001b\"]", "bad_text");
  for (gsize i = 0; i < G_N_ELEMENTS (patterns); i++)
    {
      g_autofree char *most = kam_field_cases_fill (patterns[i], field->most);
      g_autofree char *at = g_strdup_printf ("[\"%s\"]", most);
      g_autofree char *over = g_strdup_printf ("[\"%s%s\"]", most, "x");
      g_autofree char *two = g_strdup_printf ("[\"%s\",\"zz\"]", most);

      add (cases, at, NULL);
      add (cases, over, "too_long");
      add (cases, two, "too_long");
    }
}

static void
add_numbers (GPtrArray      *cases,
             const KamField *field)
{
  const struct
  {
    gint64      number;
    const char *code;
  } numbers[] = {
    { field->least, NULL },
    { field->most, NULL },
    { field->least - 1, "out_of_range" },
    { field->most + 1, "out_of_range" },
    { G_MININT64, "out_of_range" },
    { G_MAXINT64, "out_of_range" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autofree char *json = g_strdup_printf ("%" G_GINT64_FORMAT, numbers[i].number);

      add (cases, json, numbers[i].code);
    }

  add (cases, "1.0", "bad_value");
  add (cases, "1e2", "bad_value");
}

/* JSON of a type that the field does not have. */
static void
add_wrong_types (GPtrArray      *cases,
                 const KamField *field)
{
  gboolean is_text = !kam_field_is_number (field) || field->type == KAM_TYPE_INSTANT;

  add (cases, "{}", "bad_value");
  add (cases, "{\"a\":[1]}", "bad_value");
  if (field->type != KAM_TYPE_TAGS)
    add (cases, "[\"x\"]", "bad_value");
  if (field->type != KAM_TYPE_BOOL)
    add (cases, "true", "bad_value");
  if (is_text || field->type == KAM_TYPE_BOOL)
    add (cases, "1", "bad_value");
  if (!is_text)
    add (cases, "\"1\"", "bad_value");
}

static void
add_by_type (GPtrArray      *cases,
             const KamField *field)
{
  switch (field->type)
    {
    case KAM_TYPE_TEXT:
    case KAM_TYPE_LONG_TEXT:
      add_plain_text (cases, field);
      break;
    case KAM_TYPE_EMAIL:
      add_email (cases);
      break;
    case KAM_TYPE_DATE:
    case KAM_TYPE_TIME:
    case KAM_TYPE_INSTANT:
      add_clock (cases, field);
      break;
    case KAM_TYPE_ENUM:
      add_choices (cases, field);
      break;
    case KAM_TYPE_TAGS:
      add_tags (cases, field);
      break;
    case KAM_TYPE_BOOL:
      add (cases, "true", NULL);
      add (cases, "false", NULL);
      break;
    case KAM_TYPE_INT:
    case KAM_TYPE_MONEY:
    case KAM_TYPE_DAYS:
      add_numbers (cases, field);
      break;
    case KAM_TYPE_PHONE:
    case KAM_TYPE_COUNTRY:
    case KAM_TYPE_CURRENCY:
    case KAM_TYPE_LANGUAGE:
    case KAM_TYPE_TIME_ZONE:
    case KAM_TYPE_ID:
    default:
      add_codes (cases, field);
      break;
    }
}

GPtrArray *
kam_field_cases_new (const KamField *field,
                     const char     *reference)
{
  GPtrArray *cases = g_ptr_array_new_with_free_func (case_free);

  add_by_type (cases, field);
  add_wrong_types (cases, field);
  add (cases, "null", (field->flags & KAM_FIELD_REQUIRED) != 0 ? "required" : NULL);
  if (field->refers >= 0)
    add_text (cases, NOBODY, "not_found");
  if (reference != NULL)
    add_text (cases, reference, NULL);

  return cases;
}
