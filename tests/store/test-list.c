/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-store.h"

static KamRow *
make_lead (guint       n,
           const char *name,
           const char *city,
           const char *status,
           const char *tier,
           const char *owner)
{
  KamRow *row = test_lead (n, name, city);

  kam_row_set_text (row, KAM_LEAD_STATUS, status);
  kam_row_set_text (row, KAM_LEAD_TIER, tier);
  kam_row_set_text (row, KAM_LEAD_KAM, owner);

  return row;
}

static KamRow *
call_ago (guint n,
          guint lead,
          guint days)
{
  KamRow *row = test_call (n, lead, "reached");

  kam_row_set_int (row, KAM_INTERACTION_STARTS_AT, TEST_NOW - days * G_TIME_SPAN_DAY);

  return row;
}

static void
fill (TestStore *test)
{
  test_store_publish (test, 1, test_line_row (test_user (TEST_USER, "Zoya"), 1), test_line_row (test_user (TEST_OTHER_USER, "Asha"), 1), NULL);
  test_store_publish (test, 2,
                      test_line_row (make_lead (1, "émile 2", "Pune", "active", "b", TEST_USER), 2),
                      test_line_row (make_lead (2, "Emile 10", "Goa", "new", "a", TEST_USER), 2),
                      test_line_row (make_lead (3, "Zaika", NULL, "contacted", NULL, TEST_OTHER_USER), 2),
                      test_line_row (make_lead (4, "Zaika", "pune", "new", "c", TEST_OTHER_USER), 2),
                      test_line_row (test_contact (11, 1, "Zubin"), 2), test_line_row (test_contact (12, 3, "Anita"), 2),
                      test_line_row (test_contact (13, 1, "Bina"), 2),
                      test_line_row (call_ago (21, 1, 30), 2), test_line_row (call_ago (22, 1, 9), 2), test_line_row (call_ago (23, 4, 20), 2),
                      test_line_row (test_call (24, 2, "no_answer"), 2), test_line_row (test_plan (25, 2, "2026-12-01"), 2),
                      test_line_row (test_plan (26, 2, "2026-11-30"), 2), NULL);
}

typedef struct
{
  KamEntityKind entity;
  KamSort       sort;
  gboolean      descending;
  guint         statuses;
  const char   *expected;
} Order;

#define LEADS KAM_ENTITY_LEAD
#define PEOPLE KAM_ENTITY_CONTACT

static void
test_orders (void)
{
  static const Order orders[] = {
    { LEADS, KAM_SORT_NAME, FALSE, 0, "émile 2|Emile 10|Zaika|Zaika" },
    { LEADS, KAM_SORT_NAME, TRUE, 0, "Zaika|Zaika|Emile 10|émile 2" },
    { LEADS, KAM_SORT_CITY, FALSE, 0, "Zaika|Emile 10|émile 2|Zaika" },
    { LEADS, KAM_SORT_CITY, TRUE, 0, "Zaika|émile 2|Emile 10|Zaika" },
    { LEADS, KAM_SORT_STATUS, FALSE, 0, "Emile 10|Zaika|Zaika|émile 2" },
    { LEADS, KAM_SORT_STATUS, TRUE, 0, "émile 2|Zaika|Zaika|Emile 10" },
    { LEADS, KAM_SORT_OWNER, FALSE, 0, "Zaika|Zaika|émile 2|Emile 10" },
    { LEADS, KAM_SORT_OWNER, TRUE, 0, "Emile 10|émile 2|Zaika|Zaika" },
    { LEADS, KAM_SORT_TIER, FALSE, 0, "Zaika|Emile 10|émile 2|Zaika" },
    { LEADS, KAM_SORT_TIER, TRUE, 0, "Zaika|émile 2|Emile 10|Zaika" },
    { LEADS, KAM_SORT_LAST_CONTACT, FALSE, 0, "Zaika|émile 2|Emile 10|Zaika" },
    { LEADS, KAM_SORT_LAST_CONTACT, TRUE, 0, "émile 2|Zaika|Zaika|Emile 10" },
    { LEADS, KAM_SORT_NAME, FALSE, 1, "Emile 10|Zaika" },
    { LEADS, KAM_SORT_NAME, FALSE, 1 | 4, "émile 2|Emile 10|Zaika" },
    { LEADS, KAM_SORT_LAST_CONTACT, FALSE, 1, "Zaika|Emile 10" },
    { LEADS, KAM_SORT_NAME, FALSE, 8, "" },
    { PEOPLE, KAM_SORT_NAME, FALSE, 0, "Anita|Bina|Zubin" },
    { PEOPLE, KAM_SORT_NAME, TRUE, 0, "Zubin|Bina|Anita" },
    { PEOPLE, KAM_SORT_OWNER, FALSE, 0, "Bina|Zubin|Anita" },
    { PEOPLE, KAM_SORT_NAME, FALSE, 4, "Bina|Zubin" },
  };
  g_autoptr (TestStore) test = test_store_new ();

  fill (test);

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      const Order *order = &orders[i];
      KamListQuery query = { .entity = order->entity, .sort = order->sort, .descending = order->descending, .statuses = order->statuses };
      g_autofree char *titles = test_store_titles (test, &query);
      g_auto (GStrv) parts = g_strsplit (order->expected, "|", -1);
      g_autoptr (GPtrArray) first = NULL;
      guint n;

      g_test_message ("order %u", i);
      g_assert_cmpstr (titles, ==, order->expected);
      first = test_store_start (test, &query, 2, &n);
      g_assert_cmpuint (n, ==, g_strv_length (parts));
      g_assert_cmpuint (first->len, ==, MIN (n, 2));
    }
}

static void
test_row (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  KamListQuery query = { .entity = KAM_ENTITY_LEAD }, people = { .entity = KAM_ENTITY_CONTACT };
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GPtrArray) contacts = NULL;
  g_autoptr (GPtrArray) some = NULL;
  gint64 keys[2] = { 0, 4711 };
  KamListRow *row;
  guint n;

  fill (test);
  rows = test_store_start (test, &query, 4, &n);
  row = rows->pdata[0];
  g_assert_cmpstr (row->owner, ==, "Zoya");
  g_assert_cmpint (row->last_contact_us, ==, TEST_NOW - 9 * G_TIME_SPAN_DAY);
  g_assert_null (row->next_on);
  g_assert_false (row->pending);
  row = rows->pdata[1];
  g_assert_cmpstr (row->next_on, ==, "2026-11-30");
  g_assert_cmpint (row->last_contact_us, ==, 0);
  test_store_save (test, test_change (row->row, KAM_LEAD_CITY, "Panjim"), NULL);

  keys[0] = row->key;
  some = test_store_rows (test, &query, keys, 2);
  g_assert_true (((KamListRow *) some->pdata[0])->pending);
  g_assert_cmpstr (kam_row_text (((KamListRow *) some->pdata[0])->row, KAM_LEAD_CITY), ==, "Panjim");
  g_assert_null (some->pdata[1]);

  contacts = test_store_start (test, &people, 1, &n);
  row = contacts->pdata[0];
  g_assert_cmpstr (row->subtitle, ==, "Zaika");
  g_assert_cmpstr (row->owner, ==, "Asha");
}

/* Renaming a lead or a person moves what is sorted by them. */
static void
test_renamed (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  KamListQuery by_owner = { .entity = KAM_ENTITY_LEAD, .sort = KAM_SORT_OWNER }, by_lead = { .entity = KAM_ENTITY_CONTACT, .sort = KAM_SORT_OWNER };
  g_autofree char *leads = NULL;
  g_autofree char *contacts = NULL;

  fill (test);
  test_store_publish (test, 3, test_line_row (test_user (TEST_USER, "Aaron"), 3), test_line_row (make_lead (3, "Aap", NULL, "new", NULL,
                                                                                                            TEST_OTHER_USER), 3), NULL);
  leads = test_store_titles (test, &by_owner);
  g_assert_cmpstr (leads, ==, "émile 2|Emile 10|Aap|Zaika");
  contacts = test_store_titles (test, &by_lead);
  g_assert_cmpstr (contacts, ==, "Anita|Bina|Zubin");
}

static void
test_timeline (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamLeadPage) page = NULL;
  g_autoptr (GString) order = g_string_new (NULL);
  g_autofree char *scope = kam_scope_of_leads (TEST_USER);
  g_autofree char *event_id = test_id (9);
  g_autofree char *lead_id = test_id (1);
  KamRow *event = kam_row_new (KAM_ENTITY_LEAD_EVENT, event_id);

  kam_row_set_scope (event, scope);
  kam_row_set_text (event, KAM_LEAD_EVENT_LEAD, lead_id);
  kam_row_set_text (event, KAM_LEAD_EVENT_KIND, "status");
  kam_row_set_int (event, KAM_LEAD_EVENT_AT, TEST_NOW - 15 * G_TIME_SPAN_DAY);
  test_store_publish (test, 2, test_line_row (test_lead (1, "Spice", "Pune"), 2), test_line_row (event, 2), test_line_row (call_ago (3, 1, 30), 2),
                      test_line_row (call_ago (4, 1, 3), 2), test_line_row (test_plan (5, 1, "2026-12-24"), 2),
                      test_line_row (test_plan (6, 1, "2026-11-24"), 2), NULL);
  page = test_store_page (test, 1);

  for (guint i = 0; i < page->timeline->len; i++)
    g_string_append_c (order, kam_row_id (page->timeline->pdata[i])[KAM_ID_LENGTH - 1]);

  g_assert_cmpstr (order->str, ==, "65493");
  g_assert_cmpuint (page->n_timeline, ==, 5);
}

static void
test_similar (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (1, "Café Spice", "Pune");
  g_autoptr (KamRow) same_name = test_lead (2, "cafe spice", "PUNE");
  g_autoptr (KamRow) same_phone = test_lead (3, "Other", "Goa");
  g_autoptr (KamRow) elsewhere = test_lead (4, "Café Spice", "Goa");
  g_autoptr (GPtrArray) by_name = NULL;
  g_autoptr (GPtrArray) by_phone = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GPtrArray) itself = NULL;

  kam_row_set_text (lead, KAM_LEAD_PHONE, "+919876543210");
  kam_row_set_text (same_phone, KAM_LEAD_PHONE, "+919876543210");
  test_store_publish (test, 2, test_line_row (kam_row_ref (lead), 2), NULL);
  by_name = test_store_similar (test, same_name);
  g_assert_cmpuint (by_name->len, ==, 1);
  by_phone = test_store_similar (test, same_phone);
  g_assert_cmpuint (by_phone->len, ==, 1);
  none = test_store_similar (test, elsewhere);
  g_assert_cmpuint (none->len, ==, 0);
  itself = test_store_similar (test, lead);
  g_assert_cmpuint (itself->len, ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/list/orders", test_orders);
  g_test_add_func ("/store/list/row", test_row);
  g_test_add_func ("/store/list/renamed", test_renamed);
  g_test_add_func ("/store/list/timeline", test_timeline);
  g_test_add_func ("/store/list/similar", test_similar);

  return g_test_run ();
}
