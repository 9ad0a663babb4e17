/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-fuzz.h"

#include "kam-json.h"

#include <string.h>

/* What the scanner lets through json-glib reads, and writes so that the scanner lets it through again. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (JsonNode) again = NULL;
  g_autofree char *text = NULL;
  g_autofree char *text_again = NULL;

  if (!kam_json_scan ((const char *) data, size, &error))
    {
      g_assert_nonnull (error);
      return 0;
    }

  node = kam_json_parse ((const char *) data, size, &error);
  g_assert_no_error (error);
  text = kam_json_to_text (node);
  again = kam_json_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  text_again = kam_json_to_text (again);
  g_assert_cmpstr (text, ==, text_again);

  return 0;
}
