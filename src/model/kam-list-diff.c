/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-list-diff.h"

#include <string.h>

/* The middle of both lists, where they differ, while it is walked. */
typedef struct
{
  const gint64 *before;
  const gint64 *after;
  guint         i;
  guint         end_before;
  guint         j;
  guint         end_after;
  GHashTable   *in_before; /* (owned): keys of the middle and their positions */
  GHashTable   *in_after;  /* (owned) */
  GHashTable   *moved;     /* (owned): keys whose one half, removal or addition, has been seen */
} Walk;

static void
add_splice (GArray *splices,
            guint   position,
            guint   removed,
            guint   added,
            guint   from)
{
  KamListSplice splice = { position, removed, added, from };

  if (removed > 0 || added > 0)
    g_array_append_val (splices, splice);
}

static GHashTable *
set_of (const gint64 *keys,
        guint         from,
        guint         end)
{
  GHashTable *set = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = from; i < end; i++)
    g_hash_table_insert (set, (gpointer) &keys[i], GUINT_TO_POINTER (i));

  return set;
}

static gboolean
leaves (Walk *walk)
{
  const gint64 *key = &walk->before[walk->i];

  if (walk->i >= walk->end_before)
    return FALSE;

  return walk->j >= walk->end_after || !g_hash_table_contains (walk->in_after, key) || g_hash_table_contains (walk->moved, key);
}

static gboolean
comes (Walk *walk)
{
  const gint64 *key = &walk->after[walk->j];

  if (walk->j >= walk->end_after)
    return FALSE;

  return walk->i >= walk->end_before || !g_hash_table_contains (walk->in_before, key) || g_hash_table_contains (walk->moved, key);
}

static guint
place_in (GHashTable   *set,
          const gint64 *key)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (set, key));
}

/* Both rows stay somewhere, but not in this order: the one that travels further is the one that moved. */
static void
settle_move (Walk *walk)
{
  const gint64 *old_key = &walk->before[walk->i];
  const gint64 *new_key = &walk->after[walk->j];
  guint departs = place_in (walk->in_after, old_key) - walk->j;
  guint arrives = place_in (walk->in_before, new_key) - walk->i;

  if (arrives > departs)
    {
      g_hash_table_add (walk->moved, (gpointer) new_key);
      walk->j++;
    }
  else
    {
      g_hash_table_add (walk->moved, (gpointer) old_key);
      walk->i++;
    }
}

static void
walk_middle (Walk   *walk,
             GArray *splices)
{
  while (walk->i < walk->end_before || walk->j < walk->end_after)
    {
      guint from_i = walk->i;
      guint from_j = walk->j;

      while (walk->i < walk->end_before || walk->j < walk->end_after)
        {
          if (leaves (walk))
            walk->i++;
          else if (comes (walk))
            walk->j++;
          else if (walk->before[walk->i] == walk->after[walk->j])
            break;
          else
            settle_move (walk);
        }
      add_splice (splices, from_i, walk->i - from_i, walk->j - from_j, from_j);

      while (walk->i < walk->end_before && walk->j < walk->end_after && walk->before[walk->i] == walk->after[walk->j])
        {
          walk->i++;
          walk->j++;
        }
    }
}

/* One row moved, the commonest change that is more than an insertion or a removal: told without any set. */
static gboolean
one_moved (Walk   *walk,
           GArray *splices)
{
  const gint64 *before = walk->before + walk->i;
  const gint64 *after = walk->after + walk->j;
  guint n = walk->end_before - walk->i;
  gsize rest = (n - 1) * sizeof (gint64);

  if (n < 2 || n != walk->end_after - walk->j)
    return FALSE;

  if (before[0] == after[n - 1] && memcmp (before + 1, after, rest) == 0)
    {
      add_splice (splices, walk->i, 1, 0, walk->j);
      add_splice (splices, walk->end_before, 0, 1, walk->end_after - 1);
      return TRUE;
    }
  if (before[n - 1] == after[0] && memcmp (before, after + 1, rest) == 0)
    {
      add_splice (splices, walk->i, 0, 1, walk->j);
      add_splice (splices, walk->end_before - 1, 1, 0, walk->end_after);
      return TRUE;
    }

  return FALSE;
}

GArray *
kam_list_diff (const gint64 *before,
               guint         n_before,
               const gint64 *after,
               guint         n_after)
{
  GArray *splices = g_array_new (FALSE, FALSE, sizeof (KamListSplice));
  Walk walk = { before, after, 0, n_before, 0, n_after, NULL, NULL, NULL };

  while (walk.i < n_before && walk.i < n_after && before[walk.i] == after[walk.i])
    walk.i++;
  walk.j = walk.i;
  while (walk.end_before > walk.i && walk.end_after > walk.j && before[walk.end_before - 1] == after[walk.end_after - 1])
    {
      walk.end_before--;
      walk.end_after--;
    }

  if (walk.i == walk.end_before || walk.j == walk.end_after)
    {
      add_splice (splices, walk.i, walk.end_before - walk.i, walk.end_after - walk.j, walk.j);
      return splices;
    }
  if (one_moved (&walk, splices))
    return splices;

  walk.in_before = set_of (before, walk.i, walk.end_before);
  walk.in_after = set_of (after, walk.j, walk.end_after);
  walk.moved = g_hash_table_new (g_int64_hash, g_int64_equal);
  walk_middle (&walk, splices);
  g_hash_table_unref (walk.in_before);
  g_hash_table_unref (walk.in_after);
  g_hash_table_unref (walk.moved);

  return splices;
}
