/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-search-words.h"
#include "kam-test-store.h"

static void
fill (TestStore *test)
{
  KamRow *spice = test_lead (1, "Spice Garden", "Pune");
  KamRow *cafe = test_lead (2, "Café Noël & <Söhne>", "São Paulo");
  KamRow *hindi = test_lead (3, "दिल्ली दरबार", "दिल्ली");
  KamRow *garden = test_lead (4, "Garden of Spices", "Goa");
  KamRow *quoted = test_lead (5, "O'Brien's \"Grill\" AND Bar", "Cork");
  KamRow *contact = test_contact (11, 4, "Ramesh Kumar");
  KamRow *call = test_call (12, 3, "reached");

  kam_row_set_text (spice, KAM_LEAD_PHONE, "+919876543210");
  kam_row_set_text (spice, KAM_LEAD_TAGS, "late payer\nvip");
  kam_row_set_text (cafe, KAM_LEAD_NOTES, "Closed on Mondays\nAsk for <Zoë>");
  kam_row_set_text (cafe, KAM_LEAD_ADDRESS, "12 MG Road");
  kam_row_set_text (contact, KAM_CONTACT_PHONE, "+442071838750");
  kam_row_set_text (call, KAM_INTERACTION_SUMMARY, "Wants basmati next week");
  test_store_publish (test, 1, NULL);
  test_store_publish (test, 2, test_line_row (spice, 2), test_line_row (cafe, 2), test_line_row (hindi, 2), test_line_row (garden, 2),
                      test_line_row (quoted, 2),
                      test_line_row (contact, 2), test_line_row (call, 2), NULL);
}

typedef struct
{
  const char *search;
  const char *found;
  const char *match; /* of the first hit */
} Case;

static const Case cases[] = {
  { "spice", "Spice Garden|Garden of Spices", NULL },
  { "gard", "Garden of Spices|Spice Garden", NULL },
  { "spi gar", "Spice Garden|Garden of Spices", NULL },
  { "gar pune", "Spice Garden", "City: <b>Pune</b>" },
  { "CAFE noel", "Café Noël & <Söhne>", NULL },
  { "cafe\xcc\x81", "Café Noël & <Söhne>", NULL },
  { "sao", "Café Noël & <Söhne>", "City: <b>São</b> Paulo" },
  { "दिल्", "दिल्ली दरबार", NULL },
  { "दरबा", "दिल्ली दरबार", NULL },
  { "बार", "", NULL },
  { "ram", "Garden of Spices", "Contact: <b>Ram</b>esh Kumar" },
  { "kum", "Garden of Spices", "Contact: Ramesh <b>Kum</b>ar" },
  { "ra", "", NULL },
  { "go", "Garden of Spices", "City: <b>Go</b>a" },
  { "s", "Spice Garden|Café Noël & <Söhne>|Garden of Spices|O'Brien's \"Grill\" AND Bar", NULL },
  { "basm", "दिल्ली दरबार", "Timeline: Wants <b>basm</b>ati next week" },
  { "zoe", "Café Noël & <Söhne>", "Notes: …on Mondays Ask for &lt;<b>Zoë</b>&gt;" },
  { "payer", "Spice Garden", "Tags: late <b>payer</b> vip" },
  { "mg road", "Café Noël & <Söhne>", "Address: 12 <b>MG</b> Road" },
  { "+91 98765 43210", "Spice Garden", "Phone: <b>+919876543210</b>" },
  { "098765-43210", "Spice Garden", "Phone: <b>+919876543210</b>" },
  { "98765", "Spice Garden", "Phone: <b>+919876543210</b>" },
  { "020 7183 8750", "Garden of Spices", "Phone: <b>+442071838750</b>" },
  { "o'brien", "O'Brien's \"Grill\" AND Bar", NULL },
  { "grill and", "O'Brien's \"Grill\" AND Bar", NULL },
  { "\"grill", "O'Brien's \"Grill\" AND Bar", NULL },
  { "spice OR cafe", "", NULL },
  { "NOT spice", "", NULL },
  { "NEAR(spice garden)", "", NULL },
  { "name:spice", "", NULL },
  { "spice*", "Spice Garden|Garden of Spices", NULL },
  { "^spice", "Spice Garden|Garden of Spices", NULL },
  { "\" OR 1=1 --", "", NULL },
  { "'; DROP TABLE lead; --", "", NULL },
  { "---", "", NULL },
  { "\xff\xfe", "", NULL },
  { "xyz", "", NULL },
};

static void
test_leads (void)
{
  g_autoptr (TestStore) test = test_store_new ();

  fill (test);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      KamListQuery query = { .entity = KAM_ENTITY_LEAD, .search = cases[i].search };
      g_autofree char *titles = test_store_titles (test, &query);
      g_autoptr (GPtrArray) rows = NULL;
      guint n;

      g_test_message ("search %s", g_utf8_validate (cases[i].search, -1, NULL) ? cases[i].search : "(not UTF-8)");
      g_assert_cmpstr (titles, ==, cases[i].found);
      rows = test_store_start (test, &query, 1, &n);

      if (rows->len > 0)
        g_assert_cmpstr (((KamListRow *) rows->pdata[0])->match, ==, cases[i].match);
    }
}

static void
test_contacts (void)
{
  static const Case found[] = {
    { "ram", "Ramesh Kumar", NULL }, { "kumar garden", "Ramesh Kumar", NULL }, { "020 7183", "Ramesh Kumar", NULL }, { "pune", "", NULL }, { "xyz", "", NULL },
  };
  g_autoptr (TestStore) test = test_store_new ();

  fill (test);

  for (guint i = 0; i < G_N_ELEMENTS (found); i++)
    {
      KamListQuery query = { .entity = KAM_ENTITY_CONTACT, .search = found[i].search };
      g_autofree char *titles = test_store_titles (test, &query);

      g_test_message ("search %s", found[i].search);
      g_assert_cmpstr (titles, ==, found[i].found);
    }
}

static void
assert_found (TestStore  *test,
              const char *search,
              const char *expected)
{
  KamListQuery query = { .entity = KAM_ENTITY_LEAD, .search = search };
  g_autofree char *titles = test_store_titles (test, &query);

  g_assert_cmpstr (titles, ==, expected);
}

/* Every edit and every pull is searchable at once; what is gone is not. */
static void
test_follows (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (1, "Tandoor", "Pune");
  g_autoptr (KamRow) contact = test_contact (2, 1, "Sita");
  g_autofree char *scope = kam_scope_of_leads (TEST_USER);

  test_store_save (test, test_create (lead), NULL);
  assert_found (test, "tand", "Tandoor");
  test_store_save (test, test_create (contact), NULL);
  assert_found (test, "sita", "Tandoor");
  test_store_save (test, test_change (contact, KAM_CONTACT_NAME, "Gita"), NULL);
  assert_found (test, "sita", "");
  assert_found (test, "gita", "Tandoor");
  test_store_save (test, test_delete (contact), NULL);
  assert_found (test, "gita", "");
  test_store_save (test, test_delete (lead), NULL);
  assert_found (test, "tand", "");
  test_store_publish (test, 5, test_line_row (test_lead (3, "Paratha", "Goa"), 5), NULL);
  test_store_publish (test, 6, test_line_evict (KAM_ENTITY_LEAD, 3, 6, scope, TRUE), NULL);
  assert_found (test, "para", "");
}

/* The first sync leaves the index to idle time, which comes, also after a restart. */
static void
test_backlog (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  KamListQuery query = { .entity = KAM_ENTITY_LEAD, .search = "kebab" };
  g_autofree char *titles = NULL;

  test_store_stage (test, test_line_row (test_lead (1, "Kebab House", "Pune"), 1), NULL);
  g_assert_true (test_store_commit (test, 1, FALSE, NULL));
  test_store_reopen (test);

  for (guint i = 0; i < 200 && (titles == NULL || titles[0] == '\0'); i++)
    {
      g_free (titles);
      titles = test_store_titles (test, &query);
      g_usleep (10000);
    }

  g_assert_cmpstr (titles, ==, "Kebab House");
}

static void
test_limit (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  KamListQuery query = { .entity = KAM_ENTITY_LEAD, .search = "din" };
  g_autoptr (GArray) keys = NULL;

  test_store_publish (test, 1, NULL);

  for (guint i = 1; i <= 300; i++)
    test_store_stage (test, test_line_row (test_lead (i, i == 300 ? "Diner" : "The Diner", "Pune"), 2), NULL);

  g_assert_true (test_store_commit (test, 2, FALSE, NULL));
  keys = test_store_keys (test, &query);
  g_assert_cmpuint (keys->len, ==, 200);

  {
    g_autoptr (GPtrArray) rows = test_store_rows (test, &query, (const gint64 *) (gpointer) keys->data, 1);

    g_assert_cmpstr (kam_row_text (((KamListRow *) rows->pdata[0])->row, KAM_LEAD_NAME), ==, "Diner");
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/search/leads", test_leads);
  g_test_add_func ("/store/search/contacts", test_contacts);
  g_test_add_func ("/store/search/follows", test_follows);
  g_test_add_func ("/store/search/backlog", test_backlog);
  g_test_add_func ("/store/search/limit", test_limit);

  return g_test_run ();
}
