/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sample-words.h"

#include "kam-error.h"
#include "kam-sample-resources.h"
#include "kam-text.h"
#include "kam-time.h"

#include <stdlib.h>
#include <string.h>

#define FOLDER "/org/udaan/Kam/sample/"
#define HOME "IN"

struct _KamSampleWords
{
  GHashTable *lists;  /* (owned) (element-type utf8 GPtrArray): key → its lines */
  GPtrArray  *cities; /* (owned) (element-type KamSampleCity) */
};

static void
city_free (gpointer data)
{
  KamSampleCity *self = data;

  g_free (self->name);
  g_free (self->state);
  g_free (self->country);
  g_free (self->zone);
  g_free (self->postcode);
  g_free (self->area_code);
  g_free (self->language);
  g_strfreev (self->localities);
  g_free (self->streets);
  g_free (self->today);
  g_free (self);
}

/* "name|state|country|zone|postcode|area code|weight|language|localities" */
static gboolean
add_city (KamSampleWords *self,
          const char     *line,
          gint64          now_us,
          GError        **error)
{
  g_auto (GStrv) parts = g_strsplit (line, "|", -1);
  g_autofree char *time = NULL;
  KamSampleCity *city;

  if (g_strv_length (parts) != 9)
    {
      g_set_error (error, KAM_ERROR, KAM_ERROR_INVALID_VALUE, "The sample city “%s” has not nine parts", line);
      return FALSE;
    }

  city = g_new0 (KamSampleCity, 1);
  g_ptr_array_add (self->cities, city);
  city->name = g_strdup (parts[0]);
  city->state = g_strdup (parts[1]);
  city->country = g_strdup (parts[2]);
  city->zone = g_strdup (parts[3]);
  city->postcode = g_strdup (parts[4]);
  city->area_code = g_strdup (parts[5]);
  city->weight = (guint) atoi (parts[6]);
  city->language = g_strdup (parts[7]);
  city->localities = g_strsplit (parts[8], ",", -1);
  city->streets = g_strconcat ("street.", parts[2], NULL);

  if (!kam_instant_to_local (now_us, city->zone, &city->today, &time, error))
    return FALSE;

  city->now_minute = atoi (time) * 60 + atoi (time + 3);

  return TRUE;
}

static gboolean
add_line (KamSampleWords *self,
          const char     *line,
          gint64          now_us,
          GError        **error)
{
  const char *colon = strchr (line, ':');
  g_autofree char *key = NULL;
  g_autofree char *value = NULL;
  GPtrArray *list;

  if (*line == '\0' || *line == '#')
    return TRUE;

  value = colon != NULL ? kam_text_normalise (colon + 1) : NULL;

  if (value == NULL)
    {
      g_set_error (error, KAM_ERROR, KAM_ERROR_INVALID_VALUE, "The sample line “%s” is not a key and a text", line);
      return FALSE;
    }

  key = g_strndup (line, (gsize) (colon - line));

  if (g_str_equal (key, "city"))
    return add_city (self, value, now_us, error);

  list = g_hash_table_lookup (self->lists, key);

  if (list == NULL)
    {
      list = g_ptr_array_new_with_free_func (g_free);
      g_hash_table_insert (self->lists, g_steal_pointer (&key), list);
    }

  g_ptr_array_add (list, g_steal_pointer (&value));

  return TRUE;
}

static gboolean
add_file (KamSampleWords *self,
          const char     *name,
          gint64          now_us,
          GError        **error)
{
  g_autofree char *path = g_strconcat (FOLDER, name, NULL);
  g_autoptr (GBytes) bytes = g_resource_lookup_data (kam_sample_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (bytes == NULL)
    return FALSE;

  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (!add_line (self, lines[i], now_us, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * kam_sample_words_new:
 * @now_us: what the clocks of the cities show
 *
 * Returns: (transfer full)
 */
KamSampleWords *
kam_sample_words_new (gint64   now_us,
                      GError **error)
{
  static const char *const files[] = { "cities.txt", "people.txt", "phrases.txt", "restaurants.txt" };
  g_autoptr (KamSampleWords) self = g_new0 (KamSampleWords, 1);

  self->lists = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  self->cities = g_ptr_array_new_with_free_func (city_free);

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      if (!add_file (self, files[i], now_us, error))
        return NULL;
    }

  return g_steal_pointer (&self);
}

void
kam_sample_words_free (KamSampleWords *self)
{
  g_hash_table_unref (self->lists);
  g_ptr_array_unref (self->cities);
  g_free (self);
}

/**
 * kam_sample_words_pick:
 *
 * Returns: (nullable): NULL where there is no such list
 */
const char *
kam_sample_words_pick (KamSampleWords  *self,
                       const char      *key,
                       KamSampleRandom *random)
{
  GPtrArray *list = g_hash_table_lookup (self->lists, key);

  return list != NULL ? g_ptr_array_index (list, kam_sample_random_below (random, list->len)) : NULL;
}

/**
 * kam_sample_words_pick_in:
 * @language: BCP 47
 *
 * Returns: (nullable): NULL where there is no such list in English either
 */
const char *
kam_sample_words_pick_in (KamSampleWords  *self,
                          const char      *key,
                          const char      *language,
                          KamSampleRandom *random)
{
  char full[64];
  const char *line;

  g_snprintf (full, sizeof full, "%s.%s", key, language);
  line = kam_sample_words_pick (self, full, random);

  if (line != NULL)
    return line;

  g_snprintf (full, sizeof full, "%s.en", key);

  return kam_sample_words_pick (self, full, random);
}

/**
 * kam_sample_words_fill:
 * @pattern: text with `{key}` and `{n}` in it
 *
 * Returns: (transfer full)
 */
char *
kam_sample_words_fill (KamSampleWords  *self,
                       const char      *pattern,
                       KamSampleRandom *random)
{
  g_autoptr (GString) out = g_string_sized_new (96);
  const char *rest = pattern;

  for (const char *open = strchr (rest, '{'); open != NULL; open = strchr (rest, '{'))
    {
      g_autofree char *key = g_strndup (open + 1, strcspn (open + 1, "}"));
      const char *word = kam_sample_words_pick (self, key, random);

      g_string_append_len (out, rest, open - rest);

      if (word != NULL)
        g_string_append (out, word);
      else
        g_string_append_printf (out, "%d", kam_sample_random_between (random, 2, g_str_equal (key, "n") ? 12 : 180));

      rest = open + strlen (key) + 2;
    }

  g_string_append (out, rest);

  return g_string_free (g_steal_pointer (&out), FALSE);
}

guint
kam_sample_words_n_cities (KamSampleWords *self)
{
  return self->cities->len;
}

const KamSampleCity *
kam_sample_words_city (KamSampleWords *self,
                       guint           city)
{
  return g_ptr_array_index (self->cities, city);
}

static gboolean
is_within (const KamSampleCity *city,
           const char          *country)
{
  return country != NULL ? g_str_equal (city->country, country) : !g_str_equal (city->country, HOME);
}

/**
 * kam_sample_words_pick_city:
 * @country: (nullable): NULL for one abroad
 *
 * Returns: the number of a city; 0 where the country has none
 */
guint
kam_sample_words_pick_city (KamSampleWords  *self,
                            const char      *country,
                            KamSampleRandom *random)
{
  guint total = 0;
  guint left;

  for (guint i = 0; i < self->cities->len; i++)
    total += is_within (kam_sample_words_city (self, i), country) ? kam_sample_words_city (self, i)->weight : 0;

  left = kam_sample_random_below (random, MAX (total, 1));

  for (guint i = 0; i < self->cities->len; i++)
    {
      const KamSampleCity *city = kam_sample_words_city (self, i);

      if (!is_within (city, country))
        continue;

      if (left < city->weight)
        return i;

      left -= city->weight;
    }

  return 0;
}
