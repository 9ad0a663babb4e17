/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-error.h"
#include "kam-json.h"
#include "kam-test-rows.h"
#include "kam-wire.h"

#include <string.h>

#define SCOPE "019a2b3c-0000-7000-8000-000000000001"
#define LEAD "019a2b3c-0000-7000-8000-000000000002"
#define OTHER "019a2b3c-0000-7000-8000-000000000003"

static gboolean
read_line (KamPageReader *reader,
           const char    *line,
           KamLine       *out,
           GError       **error)
{
  return kam_page_reader_read (reader, line, strlen (line), out, error);
}

/* Reads all lines of a page; the number of lines that went well. */
static guint
read_page (KamPageReader *reader,
           const char    *page)
{
  g_auto (GStrv) lines = g_strsplit (page, "\n", -1);
  g_auto (KamLine) line = { 0 };
  guint n = 0;

  while (lines[n] != NULL && lines[n][0] != '\0' && read_line (reader, lines[n], &line, NULL))
    n++;

  return n;
}

static void
test_round_trip (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint round = 0; round < 50; round++)
    {
      g_autoptr (KamPageWriter) writer = kam_page_writer_new ();
      g_autoptr (KamPageReader) reader = kam_page_reader_new ();
      g_autoptr (GString) page = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      g_auto (KamLine) line = { 0 };

      kam_page_writer_header (writer, 1, 2, page);
      g_assert_true (kam_page_reader_read (reader, page->str, page->len - 1, &line, &error));
      g_assert_cmpint (line.kind, ==, KAM_LINE_HEADER);
      g_assert_cmpint (line.progress_done, ==, 1);
      g_assert_cmpint (line.progress_total, ==, 2);

      for (guint i = 0; i < KAM_N_ENTITIES; i++)
        {
          g_autoptr (KamRow) row = kam_test_random_row (rand, (KamEntityKind) i);
          g_autoptr (GString) again = g_string_new (NULL);
          g_autoptr (KamPageWriter) other = kam_page_writer_new ();

          g_string_truncate (page, 0);
          kam_page_writer_row (writer, row, page);
          g_assert_cmpuint (page->len, ==, strcspn (page->str, "\n") + 1);
          g_assert_true (kam_page_reader_read (reader, page->str, page->len - 1, &line, &error));
          g_assert_no_error (error);
          g_assert_cmpint (line.kind, ==, KAM_LINE_ROW);
          g_assert_true (kam_row_equal (line.row, row));
          g_assert_null (line.extra);

          kam_page_writer_row (other, line.row, again);
          g_assert_cmpstr (again->str, ==, page->str);
        }

      g_string_truncate (page, 0);
      kam_page_writer_footer (writer, "cursor", 42, 40, round % 2 == 0, page);
      g_assert_true (kam_page_reader_read (reader, page->str, page->len - 1, &line, &error));
      g_assert_no_error (error);
      g_assert_cmpint (line.kind, ==, KAM_LINE_FOOTER);
      g_assert_cmpint (line.count, ==, KAM_N_ENTITIES);
      g_assert_cmpint (line.head, ==, 42);
      g_assert_cmpint (line.more, ==, round % 2 == 0);
      g_assert_cmpstr (line.cursor, ==, "cursor");
      g_assert_true (kam_page_reader_is_complete (reader));
    }
}

/* 200 characters of four bytes, and everything that a line could trip over. */
static void
test_nasty_texts (void)
{
  g_autoptr (GString) long_name = g_string_new (NULL);
  const char *texts[] = { NULL, "\"", "\\", "\\n", "a\nb\r\n\tc", "\x01\x1f\x7f", "[\"drop\",\"x\"]", "नमस्ते\xe2\x80\xa8", "‏مرحبا‎", "null", "" };

  for (guint i = 0; i < 200; i++)
    g_string_append (long_name, "🍛");

  texts[0] = long_name->str;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (KamPageWriter) writer = kam_page_writer_new ();
      g_autoptr (KamPageReader) reader = kam_page_reader_new ();
      g_autoptr (KamRow) row = kam_row_new (KAM_ENTITY_LEAD, LEAD);
      g_autoptr (GString) page = g_string_new (NULL);
      g_auto (KamLine) line = { 0 };
      gsize start = 0;

      kam_row_set_scope (row, SCOPE);
      kam_row_set_rev (row, 1);
      kam_row_set_text (row, KAM_LEAD_NAME, texts[i]);
      kam_page_writer_header (writer, 0, 0, page);
      g_assert_true (kam_page_reader_read (reader, page->str, page->len - 1, &line, NULL));
      start = page->len;
      kam_page_writer_row (writer, row, page);
      g_assert_true (kam_page_reader_read (reader, page->str + start, page->len - start - 1, &line, NULL));
      g_assert_cmpstr (kam_row_text (line.row, KAM_LEAD_NAME), ==, texts[i]);
    }
}

/* A page with one line of each kind. */
static GString *
write_page (void)
{
  GString *page = g_string_new (NULL);
  g_autoptr (KamPageWriter) writer = kam_page_writer_new ();
  g_autoptr (KamRow) row = kam_row_new (KAM_ENTITY_CONTACT, OTHER);

  kam_row_set_scope (row, SCOPE);
  kam_row_set_rev (row, 9);
  kam_row_set_text (row, KAM_CONTACT_LEAD, LEAD);
  kam_row_set_text (row, KAM_CONTACT_NAME, "Asha");
  kam_row_set_int (row, KAM_CONTACT_PRIMARY, 1);
  kam_page_writer_header (writer, 0, 3, page);
  kam_page_writer_drop (writer, SCOPE, page);
  kam_page_writer_evict (writer, KAM_ENTITY_LEAD, 8, SCOPE, LEAD, TRUE, page);
  kam_page_writer_evict (writer, KAM_ENTITY_CONTACT, 8, SCOPE, OTHER, FALSE, page);
  kam_page_writer_range (writer, KAM_ENTITY_CONTACT, "3f", page);
  kam_page_writer_row (writer, row, page);
  kam_page_writer_footer (writer, "next", 9, 7, FALSE, page);

  return page;
}

static void
test_kinds (void)
{
  g_autoptr (GString) page = write_page ();
  g_auto (GStrv) lines = g_strsplit (page->str, "\n", -1);
  g_autoptr (KamPageReader) reader = kam_page_reader_new ();
  g_auto (KamLine) line = { 0 };

  g_assert_true (read_line (reader, lines[0], &line, NULL));
  g_assert_true (read_line (reader, lines[1], &line, NULL));
  g_assert_cmpint (line.kind, ==, KAM_LINE_DROP);
  g_assert_cmpstr (line.scope, ==, SCOPE);
  g_assert_true (read_line (reader, lines[2], &line, NULL));
  g_assert_cmpint (line.kind, ==, KAM_LINE_EVICT);
  g_assert_cmpint (line.entity, ==, KAM_ENTITY_LEAD);
  g_assert_cmpint (line.rev, ==, 8);
  g_assert_cmpstr (line.id, ==, LEAD);
  g_assert_true (line.moved);
  g_assert_true (read_line (reader, lines[3], &line, NULL));
  g_assert_false (line.moved);
  g_assert_true (read_line (reader, lines[4], &line, NULL));
  g_assert_cmpint (line.kind, ==, KAM_LINE_RANGE);
  g_assert_cmpint (line.entity, ==, KAM_ENTITY_CONTACT);
  g_assert_cmpstr (line.range, ==, "3f");
  g_assert_true (read_line (reader, lines[5], &line, NULL));
  g_assert_null (line.range);
  g_assert_cmpint (kam_row_int (line.row, KAM_CONTACT_PRIMARY, 0), ==, 1);
  g_assert_cmpint (kam_row_rev (line.row), ==, 9);
  g_assert_false (kam_page_reader_is_complete (reader));
  g_assert_true (read_line (reader, lines[6], &line, NULL));
  g_assert_cmpint (line.durable, ==, 7);
  g_assert_true (kam_page_reader_is_complete (reader));
  g_assert_false (read_line (reader, lines[4], &line, NULL));
  g_assert_false (kam_page_reader_is_complete (reader));
}

/* Wherever a page is cut, what is there is no whole page. */
static void
test_cut (void)
{
  g_autoptr (GString) page = write_page ();

  for (gsize length = 0; length < page->len - 1; length++)
    {
      g_autofree char *cut = g_strndup (page->str, length);
      g_autoptr (KamPageReader) reader = kam_page_reader_new ();

      read_page (reader, cut);
      g_assert_false (kam_page_reader_is_complete (reader));
    }
}

/* Whichever bit of the lines between header and footer is turned, the page does not count. */
static void
test_tampered (void)
{
  g_autoptr (GString) page = write_page ();
  gsize first = strcspn (page->str, "\n") + 1;
  gsize last = (gsize) (strstr (page->str, "{\"cursor\"") - page->str);

  for (gsize at = first; at < last; at++)
    {
      g_autofree char *copy = g_strdup (page->str);
      g_autoptr (KamPageReader) reader = kam_page_reader_new ();

      copy[at] ^= 1;
      read_page (reader, copy);
      g_assert_false (kam_page_reader_is_complete (reader));
    }
}

static gboolean
reads_as_whole (const char *const *lines)
{
  g_autofree char *page = g_strjoinv ("\n", (char **) lines);
  g_autoptr (KamPageReader) reader = kam_page_reader_new ();

  read_page (reader, page);

  return kam_page_reader_is_complete (reader);
}

static void
test_shuffled (void)
{
  g_autoptr (GString) page = write_page ();
  g_auto (GStrv) l = g_strsplit (page->str, "\n", -1);
  const char *whole[] = { l[0], l[1], l[2], l[3], l[4], l[5], l[6], NULL };
  const char *doubled[] = { l[0], l[1], l[1], l[2], l[3], l[4], l[5], l[6], NULL };
  const char *lost[] = { l[0], l[1], l[2], l[4], l[5], l[6], NULL };
  const char *swapped[] = { l[0], l[2], l[1], l[3], l[4], l[5], l[6], NULL };
  const char *replayed[] = { l[0], l[1], l[2], l[3], l[4], l[5], l[6], l[0], l[1], NULL };
  const char *two_footers[] = { l[0], l[1], l[2], l[3], l[4], l[5], l[6], l[6], NULL };
  const char *two_headers[] = { l[0], l[0], l[1], l[2], l[3], l[4], l[5], l[6], NULL };
  const char *no_header[] = { l[1], l[2], l[3], l[4], l[5], l[6], NULL };
  const char *early_footer[] = { l[0], l[1], l[6], NULL };

  g_assert_true (reads_as_whole (whole));
  g_assert_false (reads_as_whole (doubled));
  g_assert_false (reads_as_whole (lost));
  g_assert_false (reads_as_whole (swapped));
  g_assert_false (reads_as_whole (replayed));
  g_assert_false (reads_as_whole (two_footers));
  g_assert_false (reads_as_whole (two_headers));
  g_assert_false (reads_as_whole (no_header));
  g_assert_false (reads_as_whole (early_footer));
}

#define LEAD_HEADER "{\"columns\":{\"lead\":[\"id\",\"mood\",\"name\",\"tags\",\"call_interval_days\",\"allocated_at\",\"kam_id\",\"aura\"],\"pet\":[\"id\"]}}"
#define LEAD_LINE(values) "[\"lead\",3,\"" SCOPE "\",[\"" LEAD "\"," values "]]"

static void
test_newer_server (void)
{
  g_autoptr (KamPageReader) reader = kam_page_reader_new ();
  g_autoptr (GError) error = NULL;
  g_auto (KamLine) line = { 0 };

  g_assert_true (read_line (reader, LEAD_HEADER, &line, &error));
  g_assert_true (read_line (reader, LEAD_LINE ("{\"a\": [1,\"é\"]},\"Annapurna\",[\"b\",\"a\"],7,null,null,-1.5"), &line, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (line.extra, ==, "{\"mood\":{\"a\": [1,\"é\"]},\"aura\":-1.5}");
  g_assert_true (kam_json_scan (line.extra, strlen (line.extra), NULL));
  g_assert_cmpstr (kam_row_text (line.row, KAM_LEAD_NAME), ==, "Annapurna");
  g_assert_cmpstr (kam_row_text (line.row, KAM_LEAD_TAGS), ==, "a\nb");
  g_assert_cmpint (kam_row_int (line.row, KAM_LEAD_CALL_INTERVAL, 0), ==, 7);
  g_assert_true (kam_row_is_null (line.row, KAM_LEAD_CITY));
  g_assert_true (read_line (reader, "[\"pet\",3,\"x\",[1]]", &line, &error));
  g_assert_cmpint (line.kind, ==, KAM_LINE_UNKNOWN);
  g_assert_true (read_line (reader, "[\"-\",\"pet\",3,{},4,5,6]", &line, &error));
  g_assert_cmpint (line.kind, ==, KAM_LINE_UNKNOWN);
}

static void
test_bad_line (gconstpointer data)
{
  g_autoptr (KamPageReader) reader = kam_page_reader_new ();
  g_autoptr (GError) error = NULL;
  g_auto (KamLine) line = { 0 };

  g_assert_true (read_line (reader, LEAD_HEADER, &line, NULL));
  g_assert_false (read_line (reader, data, &line, &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == KAM_ERROR);
  g_assert_null (line.row);
  g_assert_null (line.scope);
  g_clear_error (&error);
  g_assert_false (read_line (reader, LEAD_LINE ("0,null,null,null,null,null,0"), &line, &error));
  g_assert_error (error, KAM_ERROR, KAM_ERROR_INVALID_WIRE);
}

static const char *const bad_lines[] = {
  "",
  "7",
  "null",
  "[",
  "[]",
  "[7]",
  "[\"drop\"]",
  "[\"drop\",\"x\"]",
  "[\"drop\",\"" SCOPE "\",1]",
  "[\"range\"]",
  "[\"range\",\"lead\"]",
  "[\"range\",\"lead\",\"3\"]",
  "[\"range\",\"lead\",\"3F\"]",
  "[\"range\",\"lead\",\"3f01\"]",
  "[\"range\",\"lead\",63]",
  "[\"range\",\"lead\",\"3f\",1]",
  "[\"range\",7,\"3f\"]",
  "[\"-\",\"lead\",1,\"" SCOPE "\",\"" LEAD "\",\"lost\"]",
  "[\"-\",\"lead\",0,\"" SCOPE "\",\"" LEAD "\",\"moved\"]",
  "[\"-\",\"lead\",1,\"" SCOPE "\",\"" LEAD "\"]",
  "[\"contact\",1,\"" SCOPE "\",[\"" LEAD "\"]]", /* no columns named */
  "[\"lead\",0,\"" SCOPE "\",[\"" LEAD "\",0,null,null,null,null,null,0]]",
  "[\"lead\",-1,\"" SCOPE "\",[\"" LEAD "\",0,null,null,null,null,null,0]]",
  "[\"lead\",1.0,\"" SCOPE "\",[\"" LEAD "\",0,null,null,null,null,null,0]]",
  "[\"lead\",1,null,[\"" LEAD "\",0,null,null,null,null,null,0]]",
  "[\"lead\",1,\"" SCOPE "\",[\"not-an-id\",0,null,null,null,null,null,0]]",
  "[\"lead\",1,\"" SCOPE "\",[\"019A2B3C-0000-7000-8000-000000000002\",0,null,null,null,null,null,0]]",
  LEAD_LINE ("0,null,null,null,null,null"),
  LEAD_LINE ("0,null,null,null,null,null,0,0"),
  LEAD_LINE ("0,null,null,null,null,null,0,"),
  LEAD_LINE ("0,7,null,null,null,null,0"),
  LEAD_LINE ("0,true,null,null,null,null,0"),
  LEAD_LINE ("0,nil,null,null,null,null,0"),
  LEAD_LINE ("0,null,\"a\",null,null,null,0"),
  LEAD_LINE ("0,null,[1],null,null,null,0"),
  LEAD_LINE ("0,null,[\"a\",],null,null,null,0"),
  LEAD_LINE ("0,null,[\"a\\nb\"],null,null,null,0"),
  LEAD_LINE ("0,null,null,\"7\",null,null,0"),
  LEAD_LINE ("0,null,null,7.5,null,null,0"),
  LEAD_LINE ("0,null,null,9223372036854775808,null,null,0"),
  LEAD_LINE ("0,null,null,null,1700000000,null,0"),
  LEAD_LINE ("0,null,null,null,\"yesterday\",null,0"),
  LEAD_LINE ("0,null,null,null,null,\"short\",0"),
  LEAD_LINE ("0,null,null,null,null,null,nan"),
  LEAD_LINE ("{\"a\":1,\"a\":2},null,null,null,null,null,0"),
  LEAD_LINE ("0,\"\\ud800\",null,null,null,null,0"),
  LEAD_LINE ("0,\"\xff\",null,null,null,null,0"),
  LEAD_LINE ("0,\"a\tb\",null,null,null,null,0"),
  LEAD_LINE ("0,null,null,null,null,null,0") " x",
  "[\"pet\",3,[1,]]",
  "{\"cursor\":\"x\",\"head\":1,\"more\":false,\"count\":1,\"digest\":\"\"}",
  "{\"cursor\":\"x\",\"head\":1,\"more\":false,\"count\":0,\"digest\":\"\"}",
  "{\"cursor\":\"x\",\"head\":1,\"count\":0,\"digest\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}",
  "{\"cursor\":null,\"head\":1,\"more\":false,\"count\":0,\"digest\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}",
};

static void
test_bad_headers (void)
{
  static const char *const headers[] = {
    "",
    "[]",
    "{}",
    "{\"columns\":[]}",
    "{\"columns\":{\"lead\":{}}}",
    "{\"columns\":{\"lead\":[]}}",
    "{\"columns\":{\"lead\":[\"name\",\"id\"]}}",
    "{\"columns\":{\"lead\":[\"id\",\"name\",\"name\"]}}",
    "{\"columns\":{\"lead\":[\"id\",7]}}",
    "{\"columns\":{\"lead\":[\"id\",null]}}",
    "{\"columns\":{},\"progress\":7}",
    "{\"columns\":{},\"progress\":{\"done\":\"x\"}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autoptr (KamPageReader) reader = kam_page_reader_new ();
      g_auto (KamLine) line = { 0 };
      g_autoptr (GError) error = NULL;

      g_assert_false (read_line (reader, headers[i], &line, &error));
      g_assert_nonnull (error);
    }
}

/* What goes through a tree of nodes reads the same as what goes without. */
static void
test_nodes (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);

  for (guint round = 0; round < 2000; round++)
    {
      const KamEntity *entity = kam_entity_get ((KamEntityKind) (round % KAM_N_ENTITIES));
      const KamField *field = &entity->fields[g_rand_int_range (rand, 0, (int) entity->n_fields)];
      g_auto (KamValue) value = KAM_VALUE_INIT;
      g_auto (KamValue) back = KAM_VALUE_INIT;
      g_autoptr (JsonNode) node = NULL;
      g_autoptr (JsonNode) parsed = NULL;
      g_autoptr (GString) text = g_string_new (NULL);
      g_autofree char *generated = NULL;
      g_autoptr (GError) error = NULL;

      kam_test_random_value (rand, field, &value);
      node = kam_wire_value_to_json (field, &value);
      g_assert_true (kam_wire_value_from_json (field, node, &back, &error));
      g_assert_true (kam_value_equal (&value, &back));

      generated = kam_json_to_text (node);
      parsed = kam_json_parse (generated, strlen (generated), &error);
      g_assert_true (kam_wire_value_from_json (field, parsed, &back, &error));
      g_assert_true (kam_value_equal (&value, &back));
      g_clear_pointer (&parsed, json_node_unref);

      kam_wire_append_value (text, field, &value);
      parsed = kam_json_parse (text->str, text->len, &error);
      g_assert_true (kam_wire_value_from_json (field, parsed, &back, &error));
      g_assert_true (kam_value_equal (&value, &back));
    }
}

/* 30,000 rows are the first sync of one person: far below a second, even on a busy machine with sanitizers. */
static void
test_speed (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  g_autoptr (KamPageWriter) writer = kam_page_writer_new ();
  g_autoptr (KamPageReader) reader = kam_page_reader_new ();
  g_autoptr (KamRow) row = kam_test_random_row (rand, KAM_ENTITY_INTERACTION);
  g_autoptr (GString) page = g_string_new (NULL);
  g_auto (KamLine) line = { 0 };
  gint64 start = 0;
  const char *at = NULL;

  kam_page_writer_header (writer, 0, 0, page);
  start = g_get_monotonic_time ();

  for (guint i = 0; i < 30000; i++)
    kam_page_writer_row (writer, row, page);

  kam_page_writer_footer (writer, "x", 1, 0, FALSE, page);
  g_test_message ("written: %.3f s, %" G_GSIZE_FORMAT " bytes", (double) (g_get_monotonic_time () - start) / 1e6, page->len);
  start = g_get_monotonic_time ();
  at = page->str;

  while (*at != '\0')
    {
      const char *end = strchr (at, '\n');

      g_assert_true (kam_page_reader_read (reader, at, (gsize) (end - at), &line, NULL));
      at = end + 1;
    }

  g_test_message ("read: %.3f s", (double) (g_get_monotonic_time () - start) / 1e6);
  g_assert_true (kam_page_reader_is_complete (reader));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wire/round-trip", test_round_trip);
  g_test_add_func ("/wire/nasty-texts", test_nasty_texts);
  g_test_add_func ("/wire/kinds", test_kinds);
  g_test_add_func ("/wire/cut", test_cut);
  g_test_add_func ("/wire/tampered", test_tampered);
  g_test_add_func ("/wire/shuffled", test_shuffled);
  g_test_add_func ("/wire/newer-server", test_newer_server);
  g_test_add_func ("/wire/bad-headers", test_bad_headers);
  g_test_add_func ("/wire/nodes", test_nodes);
  g_test_add_func ("/wire/speed", test_speed);

  for (guint i = 0; i < G_N_ELEMENTS (bad_lines); i++)
    {
      g_autofree char *path = g_strdup_printf ("/wire/bad-line/%u", i);

      g_test_add_data_func (path, bad_lines[i], test_bad_line);
    }

  return g_test_run ();
}
