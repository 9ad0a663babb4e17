/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sample-private.h"

#include "kam-time.h"

#include <string.h>

#define PEOPLE_STREAM (G_GUINT64_CONSTANT (1) << 41)
#define KAMS_PER_MANAGER 8
#define EVERY_DAY_BUT_SUNDAY 63
#define MONDAY_TO_FRIDAY 31
#define DAYS_IN_SERVICE 900

void
kam_sample_person_free (gpointer data)
{
  KamSamplePerson *self = data;

  kam_row_unref (self->row);
  g_free (self->scope);
  g_free (self);
}

/**
 * kam_sample_fill_signs:
 * @pattern: text in which # stands for a digit and @ for a letter
 *
 * Returns: (transfer full)
 */
char *
kam_sample_fill_signs (const char      *pattern,
                       KamSampleRandom *random)
{
  char *text = g_strdup (pattern);

  for (char *c = text; *c != '\0'; c++)
    {
      if (*c == '#')
        *c = (char) ('0' + kam_sample_random_below (random, 10));
      else if (*c == '@')
        *c = "ABDEFGHJLNPQRSTUWXYZ"[kam_sample_random_below (random, 20)];
    }

  return text;
}

/**
 * kam_sample_phone:
 *
 * Returns: (transfer full): a number of the country's form, in E.164. British ones are of the ranges kept free for films.
 */
char *
kam_sample_phone (const KamSampleCity *city,
                  gboolean             is_mobile,
                  KamSampleRandom     *random)
{
  static const struct
  {
    const char *country;
    const char *mobile;
    const char *fixed;
  } patterns[] = {
    { "IN", "+919#########", "" },
    { "AE", "+97150#######", "+97143######" },
    { "SG", "+659#######", "+6562######" },
    { "GB", "+447700900###", "+442079460###" },
    { "NP", "+977984#######", "+97714######" },
  };
  g_autofree char *fixed = g_strconcat ("+91", city->area_code, "2#######", NULL);

  for (guint i = 1; i < G_N_ELEMENTS (patterns); i++)
    {
      if (g_str_equal (city->country, patterns[i].country))
        return kam_sample_fill_signs (is_mobile ? patterns[i].mobile : patterns[i].fixed, random);
    }

  fixed[MIN (strlen (fixed), 13)] = '\0';

  return kam_sample_fill_signs (is_mobile ? patterns[0].mobile : fixed, random);
}

/* Cities at home in turn, the largest first; now and then somebody abroad. */
static guint
choose_home (KamSampleWorld *world,
             guint           index)
{
  guint n = kam_sample_words_n_cities (world->words);
  guint abroad = 4;

  return index % 7 == 6 ? n - abroad + index / 7 % abroad : index % (n - abroad);
}

static KamRow *
add_user (KamSampleWorld  *world,
          KamSampleRandom *random,
          const char      *role,
          guint            number,
          guint            home,
          const char      *manager_id)
{
  const KamSampleCity *city = kam_sample_words_city (world->words, home);
  g_autofree char *id = kam_sample_random_id (random, world->options->now_us - DAYS_IN_SERVICE * KAM_US_PER_DAY);
  g_autofree char *name = kam_sample_words_fill (world->words, "{given} {surname}", random);
  g_autofree char *email = number > 0 ? g_strdup_printf ("%s%u@kam.test", role, number) : g_strdup_printf ("%s@kam.test", role);
  g_autofree char *phone = kam_sample_phone (city, TRUE, random);
  g_autofree char *scope = kam_scope_directory ();
  KamRow *row = kam_row_new (KAM_ENTITY_USER, id);

  kam_row_set_scope (row, scope);
  kam_row_set_text (row, KAM_USER_NAME, name);
  kam_row_set_text (row, KAM_USER_EMAIL, email);
  kam_row_set_text (row, KAM_USER_PHONE, phone);
  kam_row_set_text (row, KAM_USER_ROLE, role);
  kam_row_set_text (row, KAM_USER_MANAGER, manager_id);
  kam_row_set_text (row, KAM_USER_TIME_ZONE, city->zone);
  kam_row_set_int (row, KAM_USER_WORK_DAYS, g_str_equal (city->country, "IN") ? EVERY_DAY_BUT_SUNDAY : MONDAY_TO_FRIDAY);
  kam_row_set_int (row, KAM_USER_ACTIVE, 1);
  g_ptr_array_add (world->people, row);

  return row;
}

static void
add_leave (KamSampleWorld  *world,
           KamSampleRandom *random,
           guint            index,
           int              from_day,
           int              n_days)
{
  KamSamplePerson *person = g_ptr_array_index (world->kams, index);
  guint other = index % KAMS_PER_MANAGER == 0 ? index + 1 : index - 1; /* of the same team */
  KamSamplePerson *cover = other < world->kams->len ? g_ptr_array_index (world->kams, other) : NULL;
  const char *today = kam_sample_words_city (world->words, person->city)->today;
  g_autofree char *id = kam_sample_random_id (random, world->options->now_us - 100 * KAM_US_PER_DAY);
  g_autofree char *from = kam_date_add_days (today, from_day);
  g_autofree char *to = kam_date_add_days (today, from_day + n_days - 1);
  KamRow *row = kam_row_new (KAM_ENTITY_LEAVE, id);

  kam_row_set_scope (row, kam_row_scope (person->row));
  kam_row_set_text (row, KAM_LEAVE_USER, kam_row_id (person->row));
  kam_row_set_text (row, KAM_LEAVE_FROM_ON, from);
  kam_row_set_text (row, KAM_LEAVE_TO_ON, to);
  kam_row_set_text (row, KAM_LEAVE_COVER, cover != NULL ? kam_row_id (cover->row) : NULL);
  g_ptr_array_add (world->people, row);
}

/**
 * kam_sample_make_people:
 *
 * One admin, a manager for up to eight key account managers, those, and their leave: some past, some to come, none today.
 */
void
kam_sample_make_people (KamSampleWorld *world)
{
  guint n = world->options->kams;
  KamSampleRandom random;
  KamRow *admin, *manager = NULL;

  kam_sample_random_init (&random, world->options->seed, PEOPLE_STREAM);
  admin = add_user (world, &random, "admin", 0, 2, NULL);

  for (guint i = 0; i < n; i++)
    {
      KamSamplePerson *person = g_new0 (KamSamplePerson, 1);

      if (i % KAMS_PER_MANAGER == 0)
        manager = add_user (world, &random, "manager", i / KAMS_PER_MANAGER + 1, choose_home (world, i / KAMS_PER_MANAGER * 3), kam_row_id (admin));

      person->city = choose_home (world, i);
      person->row = kam_row_ref (add_user (world, &random, "kam", i + 1, person->city, kam_row_id (manager)));
      person->scope = kam_scope_of_leads (kam_row_id (person->row));
      g_ptr_array_add (world->kams, person);
    }

  for (guint i = 0; i < n; i++)
    {
      if (i % 3 == 1)
        add_leave (world, &random, i, -kam_sample_random_between (&random, 30, 90), kam_sample_random_between (&random, 2, 10));

      if (i % 4 == 2)
        add_leave (world, &random, i, kam_sample_random_between (&random, 9, 40), kam_sample_random_between (&random, 3, 12));
    }
}
