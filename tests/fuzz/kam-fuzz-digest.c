/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-fuzz.h"

#include "kam-digest.h"
#include "kam-error.h"
#include "kam-json.h"

static KamDigestSet *
read_set (const char *text,
          gsize       length,
          GError    **error)
{
  g_autoptr (JsonNode) node = kam_json_parse (text, length, error);

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return NULL;

  return kam_digest_set_from_json (json_node_get_object (node), error);
}

/* What was read is written and read again, and is the same. */
static void
check_again (KamDigestSet *set)
{
  g_autoptr (GString) text = g_string_new ("{");
  g_autoptr (GError) error = NULL;
  g_autoptr (KamDigestSet) again = NULL;

  kam_digest_set_append_json (set, text);
  g_string_append_c (text, '}');
  again = read_set (text->str, text->len, &error);
  g_assert_no_error (error);

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      g_autoptr (GPtrArray) ranges = kam_digest_compare (set->of[i], again->of[i]);

      g_assert_cmpuint (ranges->len, ==, 0);
    }
}

/* The body of a request for verification. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KamDigestSet) set = read_set ((const char *) data, size, &error);

  if (set != NULL)
    check_again (set);
  else if (error != NULL)
    g_assert_true (error->domain == KAM_ERROR);

  return 0;
}
