/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-rows.h"

#include "kam-text.h"

#include <string.h>

static const char *const texts[] = {
  "Sharma Bhojnalaya",
  "स्वाद अनुसार 🍛",
  "مطعم الشام ‏(فرع ٢)‏",
  "O'Brien's \"Grill\" \\ Bar",
  "a",
  "👩‍👩‍👧‍👦 Café Noël",
  "<b>&amp;</b>; DROP TABLE lead; --",
  "日本橋 寿司",
};

static const char *const lines[] = {
  "Asked for a sample.\nCall again.\n\tIndented",
  "पहली पंक्ति\nदूसरी पंक्ति",
  "one",
  "two",
};

static char *
random_id (GRand *rand)
{
  guint8 random[10];

  for (guint i = 0; i < sizeof random; i++)
    random[i] = (guint8) g_rand_int_range (rand, 0, 256);

  return kam_id_new_from (G_GINT64_CONSTANT (1793700000000000), random);
}

static char *
random_tags (GRand *rand)
{
  static const char *const words[] = { "vip", "Café", "शाकाहारी", "🍕", "late payer", "\"x\"" };
  const char *tags[G_N_ELEMENTS (words) + 1] = { NULL };
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (g_rand_boolean (rand))
        tags[n++] = words[i];
    }

  return n > 0 ? kam_tags_join (tags) : NULL;
}

static char *
random_text (GRand          *rand,
             const KamField *field)
{
  static const char *const zones[] = { "Asia/Kolkata", "America/New_York" };
  static const char *const countries[] = { "IN", "AE", "NP" };
  const char *text = NULL;
  guint n_choices = field->choices != NULL ? g_strv_length ((char **) field->choices) : 0;

  switch (field->type)
    {
    case KAM_TYPE_ID:
      return random_id (rand);
    case KAM_TYPE_ENUM:
      return g_strdup (field->choices[g_rand_int_range (rand, 0, (int) n_choices)]);
    case KAM_TYPE_TAGS:
      return random_tags (rand);
    case KAM_TYPE_DATE:
      return g_strdup_printf ("2026-%02d-%02d", g_rand_int_range (rand, 1, 13), g_rand_int_range (rand, 1, 29));
    case KAM_TYPE_TIME:
      return g_strdup_printf ("%02d:%02d", g_rand_int_range (rand, 0, 24), g_rand_int_range (rand, 0, 60));
    case KAM_TYPE_EMAIL:
      return g_strdup_printf ("person%d@example.com", g_rand_int_range (rand, 0, 100));
    case KAM_TYPE_PHONE:
      return g_strdup_printf ("+91%d", g_rand_int_range (rand, 600000000, 999999999));
    case KAM_TYPE_COUNTRY:
      return g_strdup (countries[g_rand_int_range (rand, 0, G_N_ELEMENTS (countries))]);
    case KAM_TYPE_CURRENCY:
      return g_strdup (g_rand_boolean (rand) ? "INR" : "AED");
    case KAM_TYPE_LANGUAGE:
      return g_strdup (g_rand_boolean (rand) ? "hi" : "ar-AE");
    case KAM_TYPE_TIME_ZONE:
      return g_strdup (zones[g_rand_int_range (rand, 0, G_N_ELEMENTS (zones))]);
    case KAM_TYPE_LONG_TEXT:
      return g_strdup (lines[g_rand_int_range (rand, 0, G_N_ELEMENTS (lines))]);
    default:
      text = texts[g_rand_int_range (rand, 0, G_N_ELEMENTS (texts))];
      return g_strdup (g_utf8_strlen (text, -1) <= field->most ? text : "x");
    }
}

/* A value that its field accepts, or null. */
void
kam_test_random_value (GRand          *rand,
                       const KamField *field,
                       KamValue       *value)
{
  if (g_rand_int_range (rand, 0, 4) == 0)
    kam_value_set_null (value);
  else if (field->type == KAM_TYPE_INSTANT)
    kam_value_set_int (value, (gint64) g_rand_int_range (rand, 0, 2000000000) * 1000000 + g_rand_int_range (rand, 0, 1000000));
  else if (field->type == KAM_TYPE_MONEY)
    kam_value_set_int (value, (gint64) g_rand_int_range (rand, 0, 1000000000) * 100);
  else if (kam_field_is_number (field))
    kam_value_set_int (value, g_rand_int_range (rand, (int) field->least, (int) field->most + 1));
  else
    kam_value_take_text (value, random_text (rand, field));
}

/* Every field by itself is one that the field table accepts; what must go together is left to chance. */
KamRow *
kam_test_random_row (GRand         *rand,
                     KamEntityKind  kind)
{
  const KamEntity *entity = kam_entity_get (kind);
  g_autofree char *id = random_id (rand);
  g_autofree char *scope = random_id (rand);
  KamRow *row = kam_row_new (kind, id);

  kam_row_set_rev (row, g_rand_int_range (rand, 1, G_MAXINT));
  kam_row_set_scope (row, scope);

  for (guint i = 0; i < entity->n_fields; i++)
    {
      g_auto (KamValue) value = KAM_VALUE_INIT;

      kam_test_random_value (rand, &entity->fields[i], &value);
      kam_row_set (row, i, &value);
    }

  return row;
}
