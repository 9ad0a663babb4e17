/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-row-item.h"

#include <string.h>

static GPtrArray *
new_contacts (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);
}

static char *
id_of (char letter)
{
  return g_strdup_printf ("00000000-0000-7000-8000-0000000000%02x", (guint) letter);
}

/* A contact called by one letter, who reports to another ('-': to nobody). */
static void
add (GPtrArray *contacts,
     char       letter,
     char       superior,
     gboolean   left)
{
  g_autofree char *id = id_of (letter), *superior_id = id_of (superior);
  char name[] = { letter, 0 };
  KamRow *contact = kam_row_new (KAM_ENTITY_CONTACT, id);

  kam_row_set_text (contact, KAM_CONTACT_NAME, name);
  kam_row_set_text (contact, KAM_CONTACT_REPORTS_TO, superior != '-' ? superior_id : NULL);
  kam_row_set_text (contact, KAM_CONTACT_LEFT_ON, left ? "2026-01-01" : NULL);
  g_ptr_array_add (contacts, contact);
}

/* "A0 B1": A at the top, B below it. */
static char *
draw (GPtrArray *contacts)
{
  g_autoptr (GArray) tree = kam_contact_tree (contacts);
  GString *drawn = g_string_new (NULL);

  for (guint i = 0; i < tree->len; i++)
    {
      KamRowPlace *place = &g_array_index (tree, KamRowPlace, i);

      g_string_append_printf (drawn, "%s%s%u", i > 0 ? " " : "", kam_row_text (place->row, KAM_CONTACT_NAME), place->depth);
    }

  return g_string_free (drawn, FALSE);
}

static void
test_tree (void)
{
  /* Triples: letter, superior, 'l' for left. */
  static const char *const cases[][2] = {
    { "", "" },
    { "A- B- ", "A0 B0" },
    { "AB B- ", "B0 A1" },
    { "A- BA CB DA ", "A0 B1 C2 D1" },
    { "A- BAlCB ", "A0 C0 B0" },
    { "A-lBA ", "B0 A0" },
    { "AZ B- ", "A0 B0" },
    { "AB BA C- ", "C0 A0 B1" },
    { "AA B- ", "B0 A0" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) contacts = new_contacts ();
      g_autofree char *drawn = NULL;

      for (const char *at = cases[i][0]; *at != '\0'; at += 3)
        add (contacts, at[0], at[1], at[2] == 'l');
      drawn = draw (contacts);
      g_assert_cmpstr (drawn, ==, cases[i][1]);
    }
}

static void
sync_letters (GListStore *store,
              const char *letters)
{
  g_autoptr (GPtrArray) rows = new_contacts ();
  g_autofree KamRowPlace *places = g_new0 (KamRowPlace, strlen (letters) + 1);

  for (guint i = 0; letters[i] != '\0'; i++)
    {
      add (rows, letters[i], '-', FALSE);
      places[i].row = g_ptr_array_index (rows, i);
    }
  kam_row_items_sync (store, places, (guint) strlen (letters));
}

static void
count_cb (GListModel *model,
          guint       position,
          guint       removed,
          guint       added,
          guint      *touched)
{
  *touched += removed + added;
}

static void
test_sync (void)
{
  static const struct
  {
    const char *from;
    const char *to;
    guint       touched; /* rows removed and added */
  } cases[] = {
    { "", "ABC", 3 },  { "ABC", "ABC", 0 }, { "ABC", "", 3 },    { "ABC", "AC", 1 }, { "ABC", "XABC", 1 },
    { "AC", "ABC", 1 }, { "ABC", "BAC", 2 }, { "ABC", "DEF", 6 }, { "ABC", "CAB", 2 }, { "ABC", "AXYBC", 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GListStore) store = g_list_store_new (KAM_TYPE_ROW_ITEM);
      guint touched = 0;

      sync_letters (store, cases[i].from);
      g_signal_connect (store, "items-changed", G_CALLBACK (count_cb), &touched);
      sync_letters (store, cases[i].to);

      g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (store)), ==, strlen (cases[i].to));
      for (guint j = 0; cases[i].to[j] != '\0'; j++)
        {
          g_autoptr (KamRowItem) item = g_list_model_get_item (G_LIST_MODEL (store), j);

          g_assert_cmpint (kam_row_text (kam_row_item_get_row (item), KAM_CONTACT_NAME)[0], ==, cases[i].to[j]);
        }
      g_assert_cmpuint (touched, ==, cases[i].touched);
    }
}

static void
changed_cb (KamRowItem *item,
            guint      *n)
{
  (*n)++;
}

static void
test_update (void)
{
  g_autoptr (GPtrArray) rows = new_contacts ();
  g_autoptr (KamRow) other = NULL;
  g_autoptr (KamRowItem) item = NULL;
  guint n = 0;

  add (rows, 'A', '-', FALSE);
  item = kam_row_item_new (g_ptr_array_index (rows, 0), 0);
  kam_row_item_set_open (item, TRUE);
  g_signal_connect (item, "changed", G_CALLBACK (changed_cb), &n);

  other = kam_row_copy (g_ptr_array_index (rows, 0));
  kam_row_item_update (item, other, 0);
  g_assert_cmpuint (n, ==, 0);
  kam_row_set_text (other, KAM_CONTACT_ROLE, "Chef");
  kam_row_item_update (item, other, 0);
  g_assert_cmpuint (n, ==, 1);
  kam_row_item_update (item, other, 1);
  g_assert_cmpuint (n, ==, 2);
  g_assert_true (kam_row_item_get_open (item));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/row-item/tree", test_tree);
  g_test_add_func ("/row-item/sync", test_sync);
  g_test_add_func ("/row-item/update", test_update);

  return g_test_run ();
}
