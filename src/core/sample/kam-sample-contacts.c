/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sample-private.h"

#include "kam-text.h"
#include "kam-time.h"

/* Who there is in a restaurant, from the top: who reports to whom, and what their word weighs. A role of NULL is in their own words. */
static const struct
{
  const char *role;
  guint       reports_to;
  const char *influence;
} posts[] = {
  { "owner", 0, "decides" },
  { "manager", 0, "influences" },
  { "purchase", 1, "influences" },
  { "chef", 1, "uses" },
  { "accounts", 1, "blocks" },
  { NULL, 1, "uses" },
};

static char *
make_email (KamSampleLead *self,
            const char    *name)
{
  g_autofree char *folded = kam_text_fold (name);
  g_autoptr (GString) local = g_string_new (NULL);

  for (const char *c = folded; *c != '\0'; c++)
    {
      if (g_ascii_isalnum (*c))
        g_string_append_c (local, *c);
      else if (*c == ' ' && local->len > 0)
        g_string_append_c (local, '.');
    }

  if (local->len < 3 || local->str[local->len - 1] == '.')
    g_string_assign (local, "office");

  return kam_sample_random_chance (&self->random, 80) ? g_strdup_printf ("%s@%s.example", local->str, self->site)
                                                      : g_strdup_printf ("%s@example.com", local->str);
}

static KamRow *
make_contact (KamSampleLead *self,
              guint          post)
{
  KamSampleRandom *random = &self->random;
  KamSampleWords *words = self->world->words;
  gboolean is_native = self->is_native || kam_sample_random_chance (random, 5);
  const char *native = is_native ? kam_sample_words_pick_in (words, "person", self->city->language, random) : NULL;
  const char *role = posts[post].role != NULL ? posts[post].role : kam_sample_words_pick (words, "role.other", random);
  g_autofree char *name = native != NULL ? g_strdup (native) : kam_sample_words_fill (words, "{given} {surname}", random);
  g_autofree char *id = kam_sample_random_id (random, self->created_at + (gint64) (self->contacts->len + 1) * 60000000);
  g_autofree char *phone = kam_sample_phone (self->city, TRUE, random);
  g_autofree char *email = make_email (self, name);
  KamRow *row = kam_row_new (KAM_ENTITY_CONTACT, id);

  kam_row_set_scope (row, kam_row_scope (self->lead));
  kam_row_set_text (row, KAM_CONTACT_LEAD, kam_row_id (self->lead));
  kam_row_set_text (row, KAM_CONTACT_NAME, name);
  kam_row_set_text (row, KAM_CONTACT_ROLE, role);
  kam_row_set_text (row, KAM_CONTACT_INFLUENCE, posts[post].influence);

  if (kam_sample_random_chance (random, 90))
    kam_row_set_text (row, KAM_CONTACT_PHONE, phone);

  if (kam_sample_random_chance (random, 55))
    kam_row_set_text (row, KAM_CONTACT_EMAIL, email);

  return row;
}

static void
add_habits (KamSampleLead *self,
            KamRow        *row,
            gboolean       is_primary)
{
  static const char *const times[] = { "10:00", "11:30", "15:00", "16:30", "18:00" };
  KamSampleRandom *random = &self->random;
  gboolean has_mail = is_primary && !kam_row_is_null (row, KAM_CONTACT_EMAIL);

  kam_row_set_int (row, KAM_CONTACT_PRIMARY, is_primary ? 1 : 0);
  kam_row_set_int (row, KAM_CONTACT_NOTIFY, has_mail && kam_sample_random_chance (random, 20) ? 1 : 0);

  if (kam_sample_random_chance (random, 40))
    kam_row_set_text (row, KAM_CONTACT_LANGUAGE, kam_sample_random_chance (random, 60) ? self->city->language : "en");

  if (kam_sample_random_chance (random, 20))
    kam_row_set_text (row, KAM_CONTACT_PREFERRED_TIME, times[kam_sample_random_below (random, G_N_ELEMENTS (times))]);

  if (kam_sample_random_chance (random, 12))
    kam_row_set_text (row, KAM_CONTACT_NOTES, kam_sample_words_pick (self->world->words, "note.contact", random));

  if (!is_primary && self->first_day < -60 && kam_sample_random_chance (random, 6))
    {
      g_autofree char *left_on = kam_date_add_days (self->city->today, -kam_sample_random_between (random, 5, 50));

      kam_row_set_text (row, KAM_CONTACT_LEFT_ON, left_on);
    }
}

/**
 * kam_sample_make_contacts:
 *
 * One to six people, one of them primary, each below the next higher post that is filled.
 */
void
kam_sample_make_contacts (KamSampleLead *self)
{
  guint place[G_N_ELEMENTS (posts)] = { 0 }; /* of the contact with each post, or of who stands in for it */
  guint primary_post = kam_sample_random_chance (&self->random, 70) ? 0 : 1;

  for (guint post = 0; post < G_N_ELEMENTS (posts); post++)
    {
      guint likely = post == 0 ? 100 : post == primary_post ? 100 : post == 1 ? 55 : 25;
      guint above = place[posts[post].reports_to];
      KamRow *row;

      place[post] = above;

      if (!kam_sample_random_chance (&self->random, likely))
        continue;

      row = make_contact (self, post);

      if (self->contacts->len > 0)
        kam_row_set_text (row, KAM_CONTACT_REPORTS_TO, kam_row_id (g_ptr_array_index (self->contacts, above)));

      add_habits (self, row, post == primary_post);
      place[post] = self->contacts->len;
      g_ptr_array_add (self->contacts, row);
    }
}
