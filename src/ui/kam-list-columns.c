/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-list-columns.h"

#include <glib/gi18n.h>

typedef struct
{
  const char *id;
  const char *title;
  int         sort; /* KamSort, or -1 */
} Kind;

static const Kind kinds[] = {
  [KAM_COLUMN_NAME] = { "name", N_("Name"), KAM_SORT_NAME },
  [KAM_COLUMN_CITY] = { "city", N_("City"), KAM_SORT_CITY },
  [KAM_COLUMN_STATUS] = { "status", N_("Status"), KAM_SORT_STATUS },
  [KAM_COLUMN_OWNER] = { "owner", N_("KAM"), KAM_SORT_OWNER },
  [KAM_COLUMN_TIER] = { "tier", N_("Tier"), KAM_SORT_TIER },
  [KAM_COLUMN_LAST_CONTACT] = { "last-contact", N_("Last Contact"), KAM_SORT_LAST_CONTACT },
  [KAM_COLUMN_NEXT_CALL] = { "next-call", N_("Next Contact"), -1 },
  [KAM_COLUMN_ROLE] = { "role", N_("Role"), -1 },
  [KAM_COLUMN_LEAD] = { "lead", N_("Lead"), KAM_SORT_OWNER },
  [KAM_COLUMN_PHONE] = { "phone", N_("Phone"), -1 },
};

static const KamColumn of_leads[] = { KAM_COLUMN_NAME, KAM_COLUMN_CITY, KAM_COLUMN_STATUS, KAM_COLUMN_OWNER, KAM_COLUMN_TIER, KAM_COLUMN_LAST_CONTACT,
                                      KAM_COLUMN_NEXT_CALL };
static const KamColumn of_contacts[] = { KAM_COLUMN_NAME, KAM_COLUMN_ROLE, KAM_COLUMN_LEAD, KAM_COLUMN_PHONE };

/* What a factory makes cells of; lives as long as the factory. */
typedef struct
{
  KamColumn     column;
  KamWorkspace *workspace; /* (owned) */
} Maker;

static void
maker_free (gpointer  data,
            GClosure *closure)
{
  Maker *maker = data;

  g_object_unref (maker->workspace);
  g_free (maker);
}

static void
setup_cb (GtkListItemFactory *factory,
          GtkListItem        *list_item,
          Maker              *maker)
{
  gtk_list_item_set_child (list_item, kam_cell_new (maker->column, maker->workspace));
}

static void
bind_cb (GtkListItemFactory *factory,
         GtkListItem        *list_item)
{
  kam_cell_set_item (KAM_CELL (gtk_list_item_get_child (list_item)), gtk_list_item_get_item (list_item));
}

static void
unbind_cb (GtkListItemFactory *factory,
           GtkListItem        *list_item)
{
  kam_cell_set_item (KAM_CELL (gtk_list_item_get_child (list_item)), NULL);
}

static GtkListItemFactory *
make_factory (KamColumn     column,
              KamWorkspace *workspace)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  Maker *maker = g_new0 (Maker, 1);

  maker->column = column;
  maker->workspace = g_object_ref (workspace);
  g_signal_connect_data (factory, "setup", G_CALLBACK (setup_cb), maker, maker_free, 0);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);

  return factory;
}

/* GTK 4.8 tells that the sorter of a column view changed, not to which column. Its sorter asks those of the columns in order, and turns their
 * answers round where the header
 * says so: the first one asked about two items is the chosen one, and whether "larger" comes back as "smaller" is its direction. */
static int probed_sort = -1;

static int
probe (gconstpointer a,
       gconstpointer b,
       gpointer      sort)
{
  if (probed_sort < 0)
    probed_sort = GPOINTER_TO_INT (sort);

  return 1;
}

void
kam_list_columns_add (GtkColumnView *view,
                      KamEntityKind  entity,
                      KamWorkspace  *workspace)
{
  const KamColumn *columns = entity == KAM_ENTITY_LEAD ? of_leads : of_contacts;
  guint n = entity == KAM_ENTITY_LEAD ? G_N_ELEMENTS (of_leads) : G_N_ELEMENTS (of_contacts);

  for (guint i = 0; i < n; i++)
    {
      const Kind *kind = &kinds[columns[i]];
      g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new (_(kind->title), make_factory (columns[i], workspace));

      gtk_column_view_column_set_expand (column, columns[i] == KAM_COLUMN_NAME);
      gtk_column_view_column_set_resizable (column, TRUE);
      if (kind->sort >= 0)
        {
          g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (probe, GINT_TO_POINTER (kind->sort), NULL));

          gtk_column_view_column_set_sorter (column, sorter);
        }
      gtk_column_view_append_column (view, column);
    }
}

GtkListItemFactory *
kam_list_columns_compact (KamWorkspace *workspace)
{
  return make_factory (KAM_COLUMN_COMPACT, workspace);
}

GtkColumnViewColumn *
kam_list_columns_find (GtkColumnView *view,
                       KamColumn      column)
{
  GListModel *columns = gtk_column_view_get_columns (view);

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) each = g_list_model_get_item (columns, i);

      if (g_strcmp0 (gtk_column_view_column_get_title (each), _(kinds[column].title)) == 0)
        return each;
    }

  return NULL;
}

const char *
kam_list_columns_id (KamColumn column)
{
  return kinds[column].id;
}

const char *
kam_list_columns_title (KamColumn column)
{
  return _(kinds[column].title);
}

gboolean
kam_list_columns_get_sort (GtkColumnView *view,
                           KamListSort   *sort)
{
  GtkSorter *sorter = gtk_column_view_get_sorter (view);
  g_autoptr (KamListItem) a = kam_list_item_new (0);
  g_autoptr (KamListItem) b = kam_list_item_new (0);
  GtkOrdering ordering = GTK_ORDERING_EQUAL;

  probed_sort = -1;
  ordering = gtk_sorter_compare (sorter, a, b);
  if (probed_sort < 0)
    return FALSE;

  sort->sort = (KamSort) probed_sort;
  sort->descending = ordering == GTK_ORDERING_SMALLER;

  return TRUE;
}

void
kam_list_columns_set_sort (GtkColumnView *view,
                           KamListSort    sort)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      GtkColumnViewColumn *column = kinds[i].sort == (int) sort.sort ? kam_list_columns_find (view, (KamColumn) i) : NULL;

      if (column != NULL)
        {
          gtk_column_view_sort_by_column (view, column, sort.descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
          return;
        }
    }
}
