/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-check.h"
#include "kam-test-rows.h"

#include <string.h>

#define LEAD "019a2b3c-0000-7000-8000-000000000002"
#define OTHER "019a2b3c-0000-7000-8000-000000000003"
#define NOW G_GINT64_CONSTANT (1793700000000000)
#define MINUTE (60 * G_GINT64_CONSTANT (1000000))

static void
assert_text_code (const KamEntity *entity,
                  guint            field,
                  const char      *text,
                  const char      *code)
{
  g_auto (KamValue) value = KAM_VALUE_INIT;
  g_autoptr (KamProblem) problem = NULL;

  kam_value_set_text (&value, text);
  problem = kam_field_check (entity, field, &value);
  g_assert_cmpstr (problem != NULL ? problem->code : NULL, ==, code);

  if (problem != NULL)
    {
      g_assert_cmpint (problem->field, ==, (int) field);
      g_assert_nonnull (strstr (problem->message, entity->fields[field].label));
    }
}

static void
assert_int_code (const KamEntity *entity,
                 guint            field,
                 gint64           number,
                 const char      *code)
{
  g_auto (KamValue) value = KAM_VALUE_INIT;
  g_autoptr (KamProblem) problem = NULL;

  kam_value_set_int (&value, number);
  problem = kam_field_check (entity, field, &value);
  g_assert_cmpstr (problem != NULL ? problem->code : NULL, ==, code);
}

/* One- and four-byte characters count alike. */
static void
check_text_limits (const KamEntity *entity,
                   guint            field)
{
  static const char *const letters[] = { "x", "य", "🍛" };
  const KamField *it = &entity->fields[field];

  for (guint l = 0; l < G_N_ELEMENTS (letters); l++)
    {
      for (gint64 length = it->most - 1; length <= it->most + 1; length++)
        {
          g_autoptr (GString) text = g_string_new (NULL);

          for (gint64 i = 0; i < length; i++)
            g_string_append (text, letters[l]);

          assert_text_code (entity, field, text->len > 0 ? text->str : NULL, length <= it->most ? NULL : "too_long");
        }
    }

  if (it->least > 1)
    assert_text_code (entity, field, "x", "too_short");

  assert_int_code (entity, field, 1, "bad_type");
  assert_text_code (entity, field, "", "bad_text");
  assert_text_code (entity, field, " x", "bad_text");
  assert_text_code (entity, field, "x\x07", "bad_text");
  assert_text_code (entity, field, "x\x7f", "bad_text");
  assert_text_code (entity, field, "\xc2\x85x", "bad_text");
  assert_text_code (entity, field, "e\xcc\x81", "bad_text"); /* not composed */
  assert_text_code (entity, field, "\xff", "bad_text");
}

static void
check_number_limits (const KamEntity *entity,
                     guint            field)
{
  const KamField *it = &entity->fields[field];

  assert_int_code (entity, field, it->least, NULL);
  assert_int_code (entity, field, it->most, NULL);
  assert_int_code (entity, field, it->least - 1, "out_of_range");
  assert_int_code (entity, field, it->most + 1, "out_of_range");
  assert_int_code (entity, field, G_MININT64, "out_of_range");
  assert_int_code (entity, field, G_MAXINT64, "out_of_range");
  assert_text_code (entity, field, "1", "bad_type");
}

static void
check_limits (const KamEntity *entity,
              guint            field)
{
  switch (entity->fields[field].type)
    {
    case KAM_TYPE_TEXT:
    case KAM_TYPE_LONG_TEXT:
      check_text_limits (entity, field);
      break;
    case KAM_TYPE_INT:
    case KAM_TYPE_MONEY:
    case KAM_TYPE_DAYS:
    case KAM_TYPE_BOOL:
      check_number_limits (entity, field);
      break;
    default:
      break;
    }
}

/* Every field of every entity at, below and over its limits. */
static void
test_limits (void)
{
  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      const KamEntity *entity = kam_entity_get ((KamEntityKind) i);

      for (guint field = 0; field < entity->n_fields; field++)
        {
          g_autoptr (KamProblem) problem = NULL;
          const KamValue nothing = KAM_VALUE_INIT;

          check_limits (entity, field);
          problem = kam_field_check (entity, field, &nothing);
          g_assert_null (problem);
        }
    }
}

static void
test_random_values (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (17);

  for (guint round = 0; round < 5000; round++)
    {
      const KamEntity *entity = kam_entity_get ((KamEntityKind) (round % KAM_N_ENTITIES));
      guint field = (guint) g_rand_int_range (rand, 0, (int) entity->n_fields);
      g_auto (KamValue) value = KAM_VALUE_INIT;
      g_autoptr (KamProblem) problem = NULL;

      kam_test_random_value (rand, &entity->fields[field], &value);
      problem = kam_field_check (entity, field, &value);
      g_assert_cmpstr (problem != NULL ? problem->message : NULL, ==, NULL);
    }
}

typedef struct
{
  KamEntityKind entity;
  guint         field;
  const char   *text;
  const char   *code; /* NULL: fine */
} Form;

static const Form forms[] = {
  { KAM_ENTITY_LEAD, KAM_LEAD_EMAIL, "a@b.in", NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_EMAIL, "a@b", "bad_email" },
  { KAM_ENTITY_LEAD, KAM_LEAD_PHONE, "+919876543210", NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_PHONE, "9876543210", "bad_phone" },
  { KAM_ENTITY_LEAD, KAM_LEAD_PHONE, "+91 98765 43210", "bad_phone" },
  { KAM_ENTITY_LEAD, KAM_LEAD_PHONE, "+0123456789", "bad_phone" },
  { KAM_ENTITY_LEAD, KAM_LEAD_COUNTRY, "IN", NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_COUNTRY, "ZZ", "bad_country" },
  { KAM_ENTITY_INTERACTION, KAM_INTERACTION_CURRENCY, "INR", NULL },
  { KAM_ENTITY_INTERACTION, KAM_INTERACTION_CURRENCY, "ABC", "bad_currency" },
  { KAM_ENTITY_CONTACT, KAM_CONTACT_LANGUAGE, "hi", NULL },
  { KAM_ENTITY_CONTACT, KAM_CONTACT_LANGUAGE, "Hindi!", "bad_language" },
  { KAM_ENTITY_LEAD, KAM_LEAD_TIME_ZONE, "Asia/Kolkata", NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_TIME_ZONE, "Asia/Bombai", "bad_zone" },
  { KAM_ENTITY_LEAD, KAM_LEAD_TIME_ZONE, "../../etc/passwd", "bad_zone" },
  { KAM_ENTITY_LEAD, KAM_LEAD_KAM, LEAD, NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_KAM, "019A2B3C-0000-7000-8000-000000000002", "bad_id" },
  { KAM_ENTITY_LEAD, KAM_LEAD_KAM, "1", "bad_id" },
  { KAM_ENTITY_LEAD, KAM_LEAD_STATUS, "active", NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_STATUS, "Active", "not_a_choice" },
  { KAM_ENTITY_LEAD, KAM_LEAD_CALL_TIME, "23:59", NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_CALL_TIME, "24:00", "bad_time" },
  { KAM_ENTITY_LEAD, KAM_LEAD_CALL_TIME, "9:30", "bad_time" },
  { KAM_ENTITY_CONTACT, KAM_CONTACT_LEFT_ON, "2024-02-29", NULL },
  { KAM_ENTITY_CONTACT, KAM_CONTACT_LEFT_ON, "2026-02-29", "bad_date" },
  { KAM_ENTITY_LEAD, KAM_LEAD_TAGS, "a\nb", NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_TAGS, "b\na", "bad_text" },
  { KAM_ENTITY_LEAD, KAM_LEAD_TAGS, "a\nA", "bad_text" },
  { KAM_ENTITY_LEAD, KAM_LEAD_TAGS, "a\n", "bad_text" },
  { KAM_ENTITY_LEAD, KAM_LEAD_NAME, "two\nlines", "bad_text" },
  { KAM_ENTITY_LEAD, KAM_LEAD_NAME, "tab\ttab", "bad_text" },
  { KAM_ENTITY_LEAD, KAM_LEAD_NAME, "‏مطعم‎ 👩‍👩‍👧‍👦 e\xcc\xa3", "bad_text" }, /* the last letter has a composed form */
  { KAM_ENTITY_LEAD, KAM_LEAD_NAME, "مطعم ‏الشام‎ 👩‍👩‍👧‍👦 ẹ", NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_NOTES, "two\nlines\tand tab", NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_NOTES, "carriage\r\nreturn", "bad_text" },
};

static void
test_forms (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    assert_text_code (kam_entity_get (forms[i].entity), forms[i].field, forms[i].text, forms[i].code);

  assert_int_code (kam_entity_get (KAM_ENTITY_LEAD), KAM_LEAD_ALLOCATED_AT, G_MAXINT64, "out_of_range");
  assert_int_code (kam_entity_get (KAM_ENTITY_LEAD), KAM_LEAD_ALLOCATED_AT, G_MININT64, "out_of_range");
  assert_int_code (kam_entity_get (KAM_ENTITY_LEAD), KAM_LEAD_ALLOCATED_AT, 0, NULL);
  assert_int_code (kam_entity_get (KAM_ENTITY_LEAD), KAM_LEAD_STATUS, 0, "bad_type");
}

static void
test_message (void)
{
  g_autofree char *name = g_strnfill (214, 'x');
  g_auto (KamValue) value = KAM_VALUE_INIT;
  g_autoptr (KamProblem) problem = kam_field_parse (kam_entity_get (KAM_ENTITY_LEAD), KAM_LEAD_NAME, name, &value);

  g_assert_cmpstr (problem->message, ==, "“Name” has at most 200 characters; this has 214. Shorten it.");
  g_assert_cmpstr (value.text, ==, name);
}

/* What was typed, what becomes of it, and what is wrong with it. Numbers are shown as text. */
typedef struct
{
  KamEntityKind entity;
  guint         field;
  const char   *typed;
  const char   *value;
  const char   *code;
} Parse;

static const Parse parses[] = {
  { KAM_ENTITY_LEAD, KAM_LEAD_NAME, NULL, NULL, NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_NAME, "", NULL, NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_NAME, " \t\n\xc2\xa0 ", NULL, NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_NAME, "  Cafe\xcc\x81\tNoel\n ", "Café Noel", NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_NAME, "a\xff", "a\xef\xbf\xbd", "bad_text" },
  { KAM_ENTITY_LEAD, KAM_LEAD_NAME, "bell\x07", "bell\x07", "bad_text" },
  { KAM_ENTITY_LEAD, KAM_LEAD_NAME, "स्वाद 🍛 ‏מסעדה‎ \"x\" \\", "स्वाद 🍛 ‏מסעדה‎ \"x\" \\", NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_NOTES, "\r\none\r\ntwo\rthree\n\n", "one\ntwo\nthree", NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_PHONE, " +91 (98765) 432-10 ", "+919876543210", NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_PHONE, "0091 98765.43210", "+919876543210", NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_PHONE, "98765 43210", "9876543210", "bad_phone" },
  { KAM_ENTITY_LEAD, KAM_LEAD_PHONE, "call Asha", "call Asha", "bad_phone" },
  { KAM_ENTITY_LEAD, KAM_LEAD_PHONE, " ( ) ", NULL, NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_EMAIL, " A@B.in ", "A@B.in", NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_EMAIL, "a@b", "a@b", "bad_email" },
  { KAM_ENTITY_LEAD, KAM_LEAD_COUNTRY, " in ", "IN", NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_COUNTRY, "India", "INDIA", "bad_country" },
  { KAM_ENTITY_INTERACTION, KAM_INTERACTION_CURRENCY, "inr", "INR", NULL },
  { KAM_ENTITY_CONTACT, KAM_CONTACT_LANGUAGE, "ZH_hANT-tw", "zh-Hant-TW", NULL },
  { KAM_ENTITY_CONTACT, KAM_CONTACT_LANGUAGE, "Hindi (India)", "hindi (india)", "bad_language" },
  { KAM_ENTITY_LEAD, KAM_LEAD_KAM, "019A2B3C-0000-7000-8000-000000000002", LEAD, NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_STATUS, " Active ", "active", NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_STATUS, "asleep", "asleep", "not_a_choice" },
  { KAM_ENTITY_INTERACTION, KAM_INTERACTION_OUTCOME, "No answer", "no_answer", NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_CALL_TIME, "9:30", "09:30", NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_CALL_TIME, "half past", "half past", "bad_time" },
  { KAM_ENTITY_CONTACT, KAM_CONTACT_LEFT_ON, "2026-11-31", "2026-11-31", "bad_date" },
  { KAM_ENTITY_LEAD, KAM_LEAD_TAGS, "vip, late payer ,VIP\n\n,", "late payer\nVIP", NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_TAGS, " , ,", NULL, NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_CALL_INTERVAL, " 14 ", "14", NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_CALL_INTERVAL, "366", "366", "out_of_range" },
  { KAM_ENTITY_LEAD, KAM_LEAD_CALL_INTERVAL, "7.5", "7.5", "bad_type" },
  { KAM_ENTITY_LEAD, KAM_LEAD_CALL_INTERVAL, "99999999999999999999", "99999999999999999999", "bad_type" },
  { KAM_ENTITY_LEAD, KAM_LEAD_OPEN_DAYS, "63", "63", NULL },
  { KAM_ENTITY_LEAD, KAM_LEAD_OPEN_DAYS, "0", "0", "out_of_range" },
  { KAM_ENTITY_CONTACT, KAM_CONTACT_PRIMARY, "Yes", "1", NULL },
  { KAM_ENTITY_CONTACT, KAM_CONTACT_PRIMARY, "false", "0", NULL },
  { KAM_ENTITY_CONTACT, KAM_CONTACT_PRIMARY, "perhaps", "perhaps", "bad_type" },
  { KAM_ENTITY_INTERACTION, KAM_INTERACTION_STARTS_AT, "2026-11-02T09:30:00.000000Z", "1793611800000000", NULL },
  { KAM_ENTITY_INTERACTION, KAM_INTERACTION_STARTS_AT, "tomorrow", "tomorrow", "bad_time" },
};

static void
test_parse (gconstpointer data)
{
  const Parse *it = data;
  g_auto (KamValue) value = KAM_VALUE_INIT;
  g_autoptr (KamProblem) problem = kam_field_parse (kam_entity_get (it->entity), it->field, it->typed, &value);
  g_autofree char *shown = NULL;

  if (value.kind == KAM_VALUE_INT)
    shown = g_strdup_printf ("%" G_GINT64_FORMAT, value.number);
  else if (value.kind == KAM_VALUE_TEXT)
    shown = g_strdup (value.text);

  g_assert_cmpstr (problem != NULL ? problem->code : NULL, ==, it->code);
  g_assert_cmpstr (shown, ==, it->value);
}

/* What has been parsed and found fine parses to itself. */
static void
test_parse_again (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (parses); i++)
    {
      const KamEntity *entity = kam_entity_get (parses[i].entity);
      g_auto (KamValue) value = KAM_VALUE_INIT;
      g_autoptr (KamProblem) problem = NULL;

      if (parses[i].code != NULL || kam_field_is_number (&entity->fields[parses[i].field]))
        continue;

      problem = kam_field_parse (entity, parses[i].field, parses[i].value, &value);
      g_assert_null (problem);
      g_assert_cmpstr (value.kind == KAM_VALUE_TEXT ? value.text : NULL, ==, parses[i].value);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/check/limits", test_limits);
  g_test_add_func ("/check/random-values", test_random_values);
  g_test_add_func ("/check/forms", test_forms);
  g_test_add_func ("/check/message", test_message);
  g_test_add_func ("/check/parse-again", test_parse_again);

  for (guint i = 0; i < G_N_ELEMENTS (parses); i++)
    {
      g_autofree char *path = g_strdup_printf ("/check/parse/%u", i);

      g_test_add_data_func (path, &parses[i], test_parse);
    }

  return g_test_run ();
}
