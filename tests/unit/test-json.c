/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-error.h"
#include "kam-json.h"

#include <string.h>

typedef struct
{
  const char *name;
  const char *text;
} Case;

static const Case good[] = {
  { "null", "null" },
  { "space", " \t\r\n[ ] \n" },
  { "empty-object", "{}" },
  { "nothing-in-string", "\"\"" },
  { "all-escapes", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\"" },
  { "surrogate-pair", "\"\\ud83d\\ude00\"" },
  { "delete-character", "\"\x7f\"" },
  { "emoji", "\"🍛\"" },
  { "noncharacter", "\"\xef\xbf\xbe\"" },
  { "greatest-integer", "9223372036854775807" },
  { "least-integer", "-9223372036854775808" },
  { "minus-zero", "-0" },
  { "double", "-12.5e-3" },
  { "exponent", "1E+2" },
  { "tiny", "1e-999" },
  { "members", "{\"a\":1,\"b\":[true,false,null],\"A\":{}}" },
  { "same-key-elsewhere", "[{\"a\":1},{\"a\":{\"a\":1}}]" },
};

static const Case bad[] = {
  { "nothing", "" },
  { "white", " \n" },
  { "two-values", "1 2" },
  { "trailing-comma-array", "[1,]" },
  { "trailing-comma-object", "{\"a\":1,}" },
  { "leading-comma", "[,1]" },
  { "no-comma", "[1 2]" },
  { "comment", "[1/*x*/]" },
  { "line-comment", "// x\n1" },
  { "single-quotes", "'a'" },
  { "bare-key", "{a:1}" },
  { "number-key", "{1:1}" },
  { "no-colon", "{\"a\" 1}" },
  { "no-value", "{\"a\":}" },
  { "nan", "NaN" },
  { "infinity", "-Infinity" },
  { "hexadecimal", "0x10" },
  { "octal", "010" },
  { "plus", "+1" },
  { "point-first", ".5" },
  { "point-last", "5." },
  { "minus", "-" },
  { "empty-exponent", "1e" },
  { "signed-empty-exponent", "1e+" },
  { "beyond-greatest", "9223372036854775808" },
  { "beyond-least", "-9223372036854775809" },
  { "wraps", "18446744073709551617" },
  { "long-integer", "1000000000000000000000000000000000000000000000000000" },
  { "beyond-double", "1e999" },
  { "cut-word", "tru" },
  { "long-word", "truex" },
  { "upper-word", "True" },
  { "unfinished-string", "\"a" },
  { "unfinished-escape", "\"\\" },
  { "unfinished-unicode", "\"\\u12" },
  { "unknown-escape", "\"\\x41\"" },
  { "newline-in-string", "\"a\nb\"" },
  { "tab-after-escape", "\"\\n\t\"" },
  { "nul-escape", "\"\\u0000\"" },
  { "lone-high", "\"\\ud83d\"" },
  { "lone-low", "\"\\ude00\"" },
  { "high-then-letter", "\"\\ud83d\\u0041\"" },
  { "high-high", "\"\\ud83d\\ud83d\"" },
  { "high-at-end", "\"\\ud83d\\u\"" },
  { "bad-hex", "\"\\u00g0\"" },
  { "bad-utf8", "\"\xff\"" },
  { "cut-utf8", "\"\xf0\x9f\x8d\"" },
  { "overlong", "\"\xc0\xaf\"" },
  { "surrogate-utf8", "\"\xed\xa0\x80\"" },
  { "byte-order-mark", "\xef\xbb\xbf{}" },
  { "no-break-space", "\xc2\xa0" "1" },
  { "duplicate", "{\"a\":1,\"a\":2}" },
  { "duplicate-far", "{\"a\":1,\"b\":1,\"c\":1,\"a\":2}" },
  { "duplicate-escaped", "{\"a\":1,\"\\u0061\":2}" },
  { "duplicate-nested", "[{\"x\":{\"é\":1,\"\\u00e9\":2}}]" },
  { "open-array", "[" },
  { "open-object", "{\"a\":1" },
  { "closed-twice", "[]]" },
  { "wrong-close", "[}" },
};

static void
test_good (gconstpointer data)
{
  const Case *it = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;

  g_assert_true (kam_json_scan (it->text, strlen (it->text), &error));
  g_assert_no_error (error);
  node = kam_json_parse (it->text, strlen (it->text), &error);
  g_assert_no_error (error);
  g_assert_nonnull (node);
}

static void
test_bad (gconstpointer data)
{
  const Case *it = data;
  g_autoptr (GError) error = NULL;

  g_assert_false (kam_json_scan (it->text, strlen (it->text), &error));
  g_assert_error (error, KAM_ERROR, KAM_ERROR_INVALID_JSON);
  g_clear_error (&error);
  g_assert_null (kam_json_parse (it->text, strlen (it->text), &error));
  g_assert_error (error, KAM_ERROR, KAM_ERROR_INVALID_JSON);
}

static char *
nest (guint       depth,
      const char *open,
      const char *close)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < depth; i++)
    g_string_append (text, open);

  g_string_append (text, "0");

  for (guint i = 0; i < depth; i++)
    g_string_append (text, close);

  return g_string_free (text, FALSE);
}

static void
test_depth (void)
{
  static const struct
  {
    guint    depth;
    gboolean fits;
  } cases[] = { { 31, TRUE }, { 32, TRUE }, { 33, FALSE }, { 200000, FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *arrays = nest (cases[i].depth, "[", "]");
      g_autofree char *objects = nest (cases[i].depth, "{\"a\":", "}");
      g_autofree char *open = g_strndup (arrays, cases[i].depth);

      g_assert_cmpint (kam_json_scan (arrays, strlen (arrays), NULL), ==, cases[i].fits);
      g_assert_cmpint (kam_json_scan (objects, strlen (objects), NULL), ==, cases[i].fits);
      g_assert_false (kam_json_scan (open, strlen (open), NULL));
    }
}

static void
test_members (void)
{
  for (guint n = 1024; n <= 1025; n++)
    {
      g_autoptr (GString) text = g_string_new ("{");

      for (guint i = 0; i < n; i++)
        g_string_append_printf (text, "%s\"k%u\":%u", i > 0 ? "," : "", i, i);

      g_string_append_c (text, '}');
      g_assert_cmpint (kam_json_scan (text->str, text->len, NULL), ==, n <= 1024);
    }
}

static void
test_embedded_nul (void)
{
  g_assert_false (kam_json_scan ("1\0", 2, NULL));
  g_assert_false (kam_json_scan ("\"a\0b\"", 5, NULL));
  g_assert_false (kam_json_scan ("\0", 1, NULL));
}

/* Only what lies within the length counts. */
static void
test_length (void)
{
  g_autoptr (JsonNode) node = kam_json_parse ("123456", 3, NULL);

  g_assert_cmpint (json_node_get_int (node), ==, 123);
  g_assert_false (kam_json_scan ("[1]", 2, NULL));
}

/* What json-glib makes of what the scanner lets through. */
static void
test_meaning (void)
{
  static const char text[] = "[-9223372036854775808, 9223372036854775807, -0, 0.5, \"\\ud83d\\ude00\\u00e9\\n\\/\", true, null]";
  g_autoptr (JsonNode) node = kam_json_parse (text, strlen (text), NULL);
  JsonArray *array = json_node_get_array (node);

  g_assert_cmpint (json_array_get_int_element (array, 0), ==, G_MININT64);
  g_assert_cmpint (json_array_get_int_element (array, 1), ==, G_MAXINT64);
  g_assert_cmpint (json_array_get_int_element (array, 2), ==, 0);
  g_assert_cmpfloat (json_array_get_double_element (array, 3), ==, 0.5);
  g_assert_cmpstr (json_array_get_string_element (array, 4), ==, "😀é\n/");
  g_assert_true (json_array_get_boolean_element (array, 5));
  g_assert_true (json_array_get_null_element (array, 6));
}

static void
test_strings (void)
{
  static const char *const texts[] = {
    "", "plain", "\"quoted\" and \\ back", "line\nline\r\n\ttab", "\x01\x02\x0b\x1f\x7f", "नमस्ते 🍛 مطعم ‏ \xe2\x80\xa8", "</script>", "a/b",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GString) out = g_string_new (NULL);
      g_autoptr (JsonNode) node = NULL;
      g_autoptr (GError) error = NULL;

      kam_json_append_string (out, texts[i]);
      g_assert_null (strchr (out->str, '\n'));
      node = kam_json_parse (out->str, out->len, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (json_node_get_string (node), ==, texts[i]);
    }
}

static void
test_members_typed (void)
{
  static const char text[] = "{\"s\":\"x\",\"i\":7,\"d\":7.0,\"b\":true,\"n\":null,\"o\":{},\"a\":[]}";
  g_autoptr (JsonNode) node = kam_json_parse (text, strlen (text), NULL);
  JsonObject *object = json_node_get_object (node);
  JsonObject *inner = NULL;
  JsonArray *array = NULL;
  const char *string = "fallback";
  gint64 number = 5;
  g_autoptr (GError) error = NULL;

  g_assert_true (kam_json_opt_string (object, "n", &string, NULL));
  g_assert_true (kam_json_opt_string (object, "missing", &string, NULL));
  g_assert_cmpstr (string, ==, "fallback");
  g_assert_true (kam_json_opt_int (object, "n", &number, NULL));
  g_assert_cmpint (number, ==, 5);
  g_assert_true (kam_json_get_string (object, "s", &string, NULL));
  g_assert_cmpstr (string, ==, "x");
  g_assert_true (kam_json_opt_int (object, "i", &number, NULL));
  g_assert_cmpint (number, ==, 7);
  g_assert_true (kam_json_get_object (object, "o", &inner, NULL));
  g_assert_true (kam_json_get_array (object, "a", &array, NULL));

  g_assert_false (kam_json_get_int (object, "d", &number, NULL));
  g_assert_false (kam_json_get_int (object, "b", &number, NULL));
  g_assert_false (kam_json_get_int (object, "n", &number, NULL));
  g_assert_false (kam_json_opt_int (object, "s", &number, NULL));
  g_assert_false (kam_json_get_string (object, "missing", &string, NULL));
  g_assert_false (kam_json_opt_string (object, "i", &string, NULL));
  g_assert_false (kam_json_get_object (object, "a", &inner, NULL));
  g_assert_false (kam_json_get_array (object, "o", &array, &error));
  g_assert_error (error, KAM_ERROR, KAM_ERROR_INVALID_WIRE);
  g_assert_nonnull (strstr (error->message, "“o”"));
}

static void
test_to_text (void)
{
  static const char text[] = "{\"a\":[1,-2.5,1e+98,1.0,true,false,null,\"é\\n\"],\"b\":{},\"c\":[]}";
  g_autoptr (JsonNode) node = kam_json_parse (text, strlen (text), NULL);
  g_autofree char *back = kam_json_to_text (node);

  g_assert_cmpstr (back, ==, text);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *path = g_strconcat ("/json/good/", good[i].name, NULL);

      g_test_add_data_func (path, &good[i], test_good);
    }

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *path = g_strconcat ("/json/bad/", bad[i].name, NULL);

      g_test_add_data_func (path, &bad[i], test_bad);
    }

  g_test_add_func ("/json/depth", test_depth);
  g_test_add_func ("/json/members", test_members);
  g_test_add_func ("/json/embedded-nul", test_embedded_nul);
  g_test_add_func ("/json/length", test_length);
  g_test_add_func ("/json/meaning", test_meaning);
  g_test_add_func ("/json/strings", test_strings);
  g_test_add_func ("/json/members-typed", test_members_typed);
  g_test_add_func ("/json/to-text", test_to_text);

  return g_test_run ();
}
