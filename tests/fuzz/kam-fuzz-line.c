/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-fuzz.h"

#include "kam-digest.h"
#include "kam-json.h"
#include "kam-wire.h"

#include <string.h>

/* Our own header, for input that brings none. */
static void
begin_page (KamPageReader *reader,
            KamPageWriter *writer)
{
  g_autoptr (GString) header = g_string_new (NULL);
  g_auto (KamLine) line = { 0 };
  gboolean read = FALSE;

  kam_page_writer_header (writer, 0, 0, header);
  read = kam_page_reader_read (reader, header->str, header->len - 1, &line, NULL);
  g_assert_true (read);
}

/* A row that was read is written and read again, and is the same. */
static void
check_row (const KamRow *row)
{
  g_autoptr (KamPageReader) reader = kam_page_reader_new ();
  g_autoptr (KamPageWriter) writer = kam_page_writer_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_auto (KamLine) line = { 0 };

  begin_page (reader, writer);
  kam_page_writer_row (writer, row, text);
  g_assert_true (kam_json_scan (text->str, text->len, NULL));
  kam_page_reader_read (reader, text->str, text->len - 1, &line, &error);
  g_assert_no_error (error);
  g_assert_true (kam_row_equal (line.row, row));
}

/* So is a range. */
static void
check_range (const KamLine *line)
{
  g_autoptr (KamPageReader) reader = kam_page_reader_new ();
  g_autoptr (KamPageWriter) writer = kam_page_writer_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_auto (KamLine) again = { 0 };
  gboolean read = FALSE;

  g_assert_true (kam_range_is_valid (line->range));
  begin_page (reader, writer);
  kam_page_writer_range (writer, line->entity, line->range, text);
  read = kam_page_reader_read (reader, text->str, text->len - 1, &again, NULL);
  g_assert_true (read);
  g_assert_cmpint (again.entity, ==, line->entity);
  g_assert_cmpstr (again.range, ==, line->range);
}

static void
check_line (const char    *text,
            gsize          length,
            const KamLine *line)
{
  /* One strict scanner: what is a line is JSON. */
  g_assert_true (kam_json_scan (text, length, NULL));

  if (line->kind == KAM_LINE_ROW)
    check_row (line->row);

  if (line->kind == KAM_LINE_RANGE)
    check_range (line);

  if (line->extra != NULL)
    g_assert_true (kam_json_scan (line->extra, strlen (line->extra), NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr (KamPageReader) reader = kam_page_reader_new ();
  g_autoptr (KamPageWriter) writer = kam_page_writer_new ();
  g_auto (KamLine) line = { 0 };
  const char *at = (const char *) data;
  const char *end = at + size;

  if (size == 0 || *at != '{')
    begin_page (reader, writer);

  while (at < end)
    {
      const char *newline = memchr (at, '\n', (gsize) (end - at));
      gsize length = (gsize) ((newline != NULL ? newline : end) - at);
      g_autoptr (GError) error = NULL;

      if (!kam_page_reader_read (reader, at, length, &line, &error))
        {
          g_assert_nonnull (error);
          g_assert_false (kam_page_reader_is_complete (reader));
          break;
        }

      check_line (at, length, &line);
      at += length + 1;
    }

  return 0;
}
