/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-digest.h"
#include "kam-error.h"
#include "kam-json.h"
#include "kam-test-rows.h"
#include "kam-wire.h"

#include <string.h>

#define SCOPE "019a2b3c-0000-7000-8000-000000000001"
#define CONTACT "019a2b3c-0000-7000-8000-0000000003fe"

static GPtrArray *
random_rows (guint32       seed,
             KamEntityKind kind,
             guint         n)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (rows, kam_test_random_row (rand, kind));

  return rows;
}

static void
add_all (KamDigest *digest,
         GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    kam_digest_add (digest, g_ptr_array_index (rows, i));
}

/* The one range that differs is that of this row. */
static void
expect_range_of (const KamDigest *a,
                 const KamDigest *b,
                 const KamRow    *row)
{
  g_autoptr (GPtrArray) ranges = kam_digest_compare (a, b);

  g_assert_cmpuint (ranges->len, ==, 1);
  g_assert_true (kam_range_has_id (g_ptr_array_index (ranges, 0), kam_row_id (row)));
  g_assert_cmpuint (strlen (g_ptr_array_index (ranges, 0)), ==, kam_digest_digits (a));
}

static void
expect_same (const KamDigest *a,
             const KamDigest *b)
{
  g_autoptr (GPtrArray) ranges = kam_digest_compare (a, b);

  g_assert_cmpuint (ranges->len, ==, 0);
}

/* A change of any field, of the rev, of the scope; a row too many, a row too few. */
static void
test_differences (gconstpointer data)
{
  guint digits = GPOINTER_TO_UINT (data);
  g_autoptr (GPtrArray) rows = random_rows (5, KAM_ENTITY_INTERACTION, 300);
  g_autoptr (KamDigest) whole = kam_digest_new (KAM_ENTITY_INTERACTION, digits);
  g_autoptr (KamDigest) other = kam_digest_new_like (whole);
  const KamEntity *entity = kam_entity_get (KAM_ENTITY_INTERACTION);

  add_all (whole, rows);
  add_all (other, rows);

  for (guint i = 0; i < entity->n_fields + 2; i++)
    {
      const KamRow *row = g_ptr_array_index (rows, i);
      g_autoptr (KamRow) changed = kam_row_copy (row);

      if (i == entity->n_fields)
        kam_row_set_rev (changed, kam_row_rev (row) + 1);
      else if (i == entity->n_fields + 1)
        kam_row_set_scope (changed, CONTACT);
      else if (!kam_row_is_null (row, i))
        kam_row_set_null (changed, i);
      else if (kam_field_is_number (&entity->fields[i]))
        kam_row_set_int (changed, i, 1);
      else
        kam_row_set_text (changed, i, "x");

      kam_digest_remove (other, row);
      expect_range_of (whole, other, row);
      kam_digest_add (other, changed);
      expect_range_of (whole, other, row);
      kam_digest_remove (other, changed);
      kam_digest_add (other, row);
      expect_same (whole, other);
    }

  kam_digest_add (other, g_ptr_array_index (rows, 7));
  expect_range_of (whole, other, g_ptr_array_index (rows, 7));
}

/* The order of the rows does not matter. */
static void
test_order (void)
{
  g_autoptr (GPtrArray) rows = random_rows (6, KAM_ENTITY_LEAD, 200);
  g_autoptr (KamDigest) forwards = kam_digest_new (KAM_ENTITY_LEAD, 2);
  g_autoptr (KamDigest) backwards = kam_digest_new_like (forwards);

  add_all (forwards, rows);

  for (guint i = rows->len; i > 0; i--)
    kam_digest_add (backwards, g_ptr_array_index (rows, i - 1));

  expect_same (forwards, backwards);
}

/* Another client can compute them: a sum by hand. */
static void
test_definition (void)
{
  static const char line[] = "[\"contact\",9,\"" SCOPE "\",[\"" CONTACT "\",\"Asha\",true,null]]";
  static const guint fields[] = { KAM_CONTACT_NAME, KAM_CONTACT_PRIMARY, KAM_CONTACT_ROLE };
  g_autoptr (KamRow) row = kam_row_new (KAM_ENTITY_CONTACT, CONTACT);
  g_autoptr (KamDigest) digest = kam_digest_new (KAM_ENTITY_CONTACT, 3);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *checksum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, line, -1);
  g_autofree char *sums = NULL;
  g_autofree guchar *bytes = NULL;
  gsize length = 0;

  kam_row_set_scope (row, SCOPE);
  kam_row_set_rev (row, 9);
  kam_row_set_text (row, KAM_CONTACT_NAME, "Asha");
  kam_row_set_text (row, KAM_CONTACT_PHONE, "+919812345678");
  kam_row_set_int (row, KAM_CONTACT_PRIMARY, 1);
  kam_wire_append_row (text, row, fields, G_N_ELEMENTS (fields));
  g_assert_cmpstr (text->str, ==, line);

  kam_digest_set_fields (digest, fields, G_N_ELEMENTS (fields));
  kam_digest_add (digest, row);
  sums = kam_digest_to_base64 (digest);
  bytes = g_base64_decode (sums, &length);
  g_assert_cmpuint (length, ==, 4096 * 8);

  for (guint i = 0; i < 4096; i++)
    {
      for (guint k = 0; k < 8; k++)
        {
          guint byte = (guint) (g_ascii_xdigit_value (checksum[2 * k]) * 16 + g_ascii_xdigit_value (checksum[2 * k + 1]));

          g_assert_cmpuint (bytes[i * 8 + k], ==, i == 0x3fe ? byte : 0);
        }
    }
}

static void
test_json (void)
{
  static const guint fields[] = { KAM_LEAD_TIER, KAM_LEAD_NAME };
  g_autoptr (GPtrArray) leads = random_rows (8, KAM_ENTITY_LEAD, 100);
  g_autoptr (GPtrArray) users = random_rows (9, KAM_ENTITY_USER, 10);
  g_autoptr (KamDigestSet) set = kam_digest_set_new ();
  g_autoptr (KamDigestSet) read = NULL;
  g_autoptr (KamDigest) again = NULL;
  g_autoptr (GString) body = g_string_new ("{");
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError) error = NULL;

  set->of[KAM_ENTITY_LEAD] = kam_digest_new (KAM_ENTITY_LEAD, 3);
  kam_digest_set_fields (set->of[KAM_ENTITY_LEAD], fields, G_N_ELEMENTS (fields));
  set->of[KAM_ENTITY_USER] = kam_digest_new (KAM_ENTITY_USER, 2);
  add_all (set->of[KAM_ENTITY_LEAD], leads);
  add_all (set->of[KAM_ENTITY_USER], users);
  kam_digest_set_append_json (set, body);
  g_string_append_c (body, '}');
  node = kam_json_parse (body->str, body->len, &error);
  g_assert_no_error (error);
  read = kam_digest_set_from_json (json_node_get_object (node), &error);
  g_assert_no_error (error);
  expect_same (set->of[KAM_ENTITY_LEAD], read->of[KAM_ENTITY_LEAD]);
  expect_same (set->of[KAM_ENTITY_USER], read->of[KAM_ENTITY_USER]);
  g_assert_cmpuint (kam_digest_digits (read->of[KAM_ENTITY_CONTACT]), ==, 2);

  /* The fields came along. */
  again = kam_digest_new_like (read->of[KAM_ENTITY_LEAD]);
  add_all (again, leads);
  expect_same (set->of[KAM_ENTITY_LEAD], again);
}

static void
test_bad_json (gconstpointer data)
{
  g_autofree char *text = g_strdelimit (g_strdup (data), "'", '"');
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = kam_json_parse (text, strlen (text), &error);
  g_autoptr (KamDigestSet) set = NULL;

  g_assert_no_error (error);
  set = kam_digest_set_from_json (json_node_get_object (node), &error);
  g_assert_error (error, KAM_ERROR, KAM_ERROR_INVALID_WIRE);
  g_assert_null (set);
}

static const char *const bad_bodies[] = {
  "{}",
  "{'columns':{}}",
  "{'columns':{},'digests':[]}",
  "{'columns':{},'digests':{'lead':7}}",
  "{'columns':{'lead':['id']},'digests':{'lead':{'digits':1,'sums':''}}}",
  "{'columns':{'lead':['id']},'digests':{'lead':{'digits':4,'sums':''}}}",
  "{'columns':{'lead':['id']},'digests':{'lead':{'digits':2,'sums':''}}}",
  "{'columns':{'lead':['id']},'digests':{'lead':{'digits':2,'sums':'AAAAAAAAAAA='}}}",
  "{'columns':{},'digests':{'lead':{'digits':2,'sums':'AAAA'}}}",
  "{'columns':{'lead':[]},'digests':{'lead':{'digits':2,'sums':'AAAA'}}}",
  "{'columns':{'lead':['name']},'digests':{'lead':{'digits':2,'sums':'AAAA'}}}",
  "{'columns':{'lead':['id','id']},'digests':{'lead':{'digits':2,'sums':'AAAA'}}}",
  "{'columns':{'lead':['id','name','name']},'digests':{'lead':{'digits':2,'sums':'AAAA'}}}",
  "{'columns':{'lead':['id','mood']},'digests':{'lead':{'digits':2,'sums':'AAAA'}}}",
  "{'columns':{'lead':['id',7]},'digests':{'lead':{'digits':2,'sums':'AAAA'}}}",
};

static void
test_bad_sums (void)
{
  g_autoptr (KamDigest) digest = kam_digest_new (KAM_ENTITY_LEAD, 2);
  g_autofree char *sums = kam_digest_to_base64 (digest);
  static const char *const bad[] = { "*", " ", "-", "=", "A" };

  g_assert_true (kam_digest_read_base64 (digest, sums, NULL));

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *changed = g_strdup (sums);
      g_autofree char *longer = g_strconcat (sums, bad[i], NULL);
      g_autoptr (GError) error = NULL;

      changed[17] = bad[i][0];

      if (bad[i][0] != 'A')
        g_assert_false (kam_digest_read_base64 (digest, changed, NULL));

      g_assert_false (kam_digest_read_base64 (digest, longer, &error));
      g_assert_error (error, KAM_ERROR, KAM_ERROR_INVALID_WIRE);
    }
}

static void
test_ranges (void)
{
  g_autofree char *two = kam_range_format (0x0f, 2);
  g_autofree char *three = kam_range_format (0x0f, 3);

  g_assert_cmpstr (two, ==, "0f");
  g_assert_cmpstr (three, ==, "00f");
  g_assert_true (kam_range_is_valid ("0f"));
  g_assert_true (kam_range_is_valid ("abc"));
  g_assert_false (kam_range_is_valid (""));
  g_assert_false (kam_range_is_valid ("0"));
  g_assert_false (kam_range_is_valid ("0F"));
  g_assert_false (kam_range_is_valid ("0f00"));
  g_assert_false (kam_range_is_valid ("-1"));
  g_assert_true (kam_range_has_id ("3fe", CONTACT));
  g_assert_true (kam_range_has_id ("fe", CONTACT));
  g_assert_false (kam_range_has_id ("3f", CONTACT));
  g_assert_cmpuint (kam_digest_choose (0), ==, 2);
  g_assert_cmpuint (kam_digest_choose (15360), ==, 2);
  g_assert_cmpuint (kam_digest_choose (15361), ==, 3);
}

#define HEADER "{\"columns\":{\"lead\":[\"id\"],\"pet\":[\"id\"]}}"
#define PET "[\"range\",\"pet\",\"3f\",7]"

static void
must_read (KamPageReader *reader,
           const char    *text,
           KamLine       *line)
{
  g_autoptr (GError) error = NULL;

  kam_page_reader_read (reader, text, strlen (text), line, &error);
  g_assert_no_error (error);
}

/* A range of an entity that we do not know is passed over; the footer of an older server says nothing of backups. */
static void
test_other_servers (void)
{
  g_autoptr (KamPageReader) reader = kam_page_reader_new ();
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, PET "\n", -1);
  g_autofree char *footer = g_strdup_printf ("{\"cursor\":\"c\",\"head\":3,\"more\":true,\"count\":1,\"digest\":\"%s\"}", digest);
  g_auto (KamLine) line = { 0 };

  must_read (reader, HEADER, &line);
  must_read (reader, PET, &line);
  g_assert_cmpint (line.kind, ==, KAM_LINE_UNKNOWN);
  must_read (reader, footer, &line);
  g_assert_cmpint (line.durable, ==, 0);
  g_assert_true (kam_page_reader_is_complete (reader));
}

/* How many rows in a second. */
static void
test_speed (void)
{
  g_autoptr (GPtrArray) rows = random_rows (3, KAM_ENTITY_INTERACTION, 1000);
  g_autoptr (KamDigest) digest = kam_digest_new (KAM_ENTITY_INTERACTION, 3);
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < 10; i++)
    add_all (digest, rows);

  g_test_message ("10,000 rows: %.3f s", (double) (g_get_monotonic_time () - start) / 1e6);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/digest/differences/2", GUINT_TO_POINTER (2), test_differences);
  g_test_add_data_func ("/digest/differences/3", GUINT_TO_POINTER (3), test_differences);
  g_test_add_func ("/digest/order", test_order);
  g_test_add_func ("/digest/definition", test_definition);
  g_test_add_func ("/digest/json", test_json);
  g_test_add_func ("/digest/bad-sums", test_bad_sums);
  g_test_add_func ("/digest/ranges", test_ranges);
  g_test_add_func ("/digest/other-servers", test_other_servers);
  g_test_add_func ("/digest/speed", test_speed);

  for (guint i = 0; i < G_N_ELEMENTS (bad_bodies); i++)
    {
      g_autofree char *path = g_strdup_printf ("/digest/bad-json/%u", i);

      g_test_add_data_func (path, bad_bodies[i], test_bad_json);
    }

  return g_test_run ();
}
