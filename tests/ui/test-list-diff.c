/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-list-diff.h"

/* Applies the steps from the last to the first, as a list does. */
static GArray *
apply (GArray *before,
       GArray *after,
       GArray *splices)
{
  GArray *keys = g_array_copy (before);

  for (guint i = splices->len; i > 0; i--)
    {
      KamListSplice splice = g_array_index (splices, KamListSplice, i - 1);

      if (splice.removed > 0)
        g_array_remove_range (keys, splice.position, splice.removed);
      if (splice.added > 0)
        g_array_insert_vals (keys, splice.position, &g_array_index (after, gint64, splice.from), splice.added);
    }

  return keys;
}

static GArray *
keys_of (const char *text)
{
  GArray *keys = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (; *text != '\0'; text++)
    {
      gint64 key = *text;

      g_array_append_val (keys, key);
    }

  return keys;
}

/* How many rows the steps touch; fails where they do not lead from one to the other. */
static guint
cost (GArray *before,
      GArray *after)
{
  g_autoptr (GArray) splices = kam_list_diff ((const gint64 *) (gpointer) before->data, before->len, (const gint64 *) (gpointer) after->data, after->len);
  g_autoptr (GArray) got = apply (before, after, splices);
  guint touched = 0;

  g_assert_cmpmem (got->data, got->len * sizeof (gint64), after->data, after->len * sizeof (gint64));
  for (guint i = 0; i < splices->len; i++)
    {
      KamListSplice splice = g_array_index (splices, KamListSplice, i);

      touched += splice.removed + splice.added;
    }

  return touched;
}

static void
test_table (void)
{
  static const struct
  {
    const char *before;
    const char *after;
    guint       touched;
  } rows[] = {
    { "", "", 0 },           { "abc", "abc", 0 },     { "", "abc", 3 },         { "abc", "", 3 },       { "abc", "xabc", 1 },
    { "abc", "abcx", 1 },    { "abc", "axbc", 1 },    { "abcd", "acd", 1 },     { "abcd", "bcda", 2 },  { "abcd", "dabc", 2 },
    { "abcdef", "bacdfe", 4 }, { "abcdef", "axcdyf", 4 }, { "abcdefg", "bcaxdefg", 3 }, { "abc", "xyz", 6 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GArray) before = keys_of (rows[i].before);
      g_autoptr (GArray) after = keys_of (rows[i].after);

      g_test_message ("%s → %s", rows[i].before, rows[i].after);
      g_assert_cmpuint (cost (before, after), ==, rows[i].touched);
    }
}

/* A few random moves, insertions and removals at a time: right, and never dearer than what was done. */
static void
test_random (void)
{
  for (guint round = 0; round < 2000; round++)
    {
      g_autoptr (GArray) before = g_array_new (FALSE, FALSE, sizeof (gint64));
      g_autoptr (GArray) after = NULL;
      guint n = (guint) g_test_rand_int_range (1, 60);
      guint changes = (guint) g_test_rand_int_range (0, 5);

      for (gint64 key = 1; key <= n; key++)
        g_array_append_val (before, key);
      after = g_array_copy (before);
      for (guint i = 0; i < changes; i++)
        {
          gint64 key = 1000 + i;
          guint at = (guint) g_test_rand_int_range (0, (int) after->len + 1);

          if (at < after->len && g_test_rand_bit ())
            {
              key = g_array_index (after, gint64, at);
              g_array_remove_index (after, at);
            }
          if (g_test_rand_bit ())
            g_array_insert_val (after, (guint) g_test_rand_int_range (0, (int) after->len + 1), key);
        }
      g_assert_cmpuint (cost (before, after), <=, 12 * changes);
    }
}

static void
test_reversed (void)
{
  g_autoptr (GArray) before = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) after = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (gint64 key = 1; key <= 1000; key++)
    {
      g_array_append_val (before, key);
      g_array_prepend_val (after, key);
    }
  g_assert_cmpuint (cost (before, after), <=, 2000);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/list-diff/table", test_table);
  g_test_add_func ("/list-diff/random", test_random);
  g_test_add_func ("/list-diff/reversed", test_reversed);

  return g_test_run ();
}
