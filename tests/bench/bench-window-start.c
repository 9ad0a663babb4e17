/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-bench-view.h"

#include "kam-list-page-private.h"
#include "kam-main-page.h"

#include <stdio.h>
#include <unistd.h>

/* What the real window is compared with: no window content at all, and the same widgets over rows in memory. */

#define PLAIN_ROWS 1000

typedef struct
{
  KamStore  *store;       /* (owned) */
  GPtrArray *rows;        /* (owned) (element-type KamListRow) */
  double     not_counted; /* ms: reading the rows */
  GtkWidget *window;
} Plain;

static void
tell_and_end (gpointer data)
{
  Plain *plain = data;

  kam_bench_view_tell (plain->window, plain->not_counted);
  /* Half-made pages need not know how to go. */
  fflush (stdout);
  _exit (0);
}

static void
empty_activate_cb (GtkApplication *application,
                   Plain          *plain)
{
  plain->window = adw_application_window_new (application);
  gtk_window_set_default_size (GTK_WINDOW (plain->window), 1200, 760);
  gtk_window_present (GTK_WINDOW (plain->window));
  kam_bench_after_paint (plain->window, G_CALLBACK (tell_and_end), plain);
}

int
kam_bench_view_empty (const char *profile,
                      const char *detail)
{
  g_autoptr (AdwApplication) application = adw_application_new ("org.udaan.Kam.Empty", G_APPLICATION_DEFAULT_FLAGS);
  Plain plain = { NULL, };

  g_signal_connect (application, "activate", G_CALLBACK (empty_activate_cb), &plain);

  return g_application_run (G_APPLICATION (application), 0, NULL);
}

/* The real rows of a small profile. */
static void
read_rows (Plain      *plain,
           const char *profile,
           KamClock   *clock)
{
  KamListQuery query = { .entity = KAM_ENTITY_LEAD };
  g_autoptr (GArray) keys = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  plain->store = kam_bench_open (profile, clock);
  keys = kam_bench_list_keys (plain->store, &query);
  kam_store_list_rows_async (plain->store, &query, (const gint64 *) (gpointer) keys->data, MIN (keys->len, PLAIN_ROWS), NULL, kam_bench_ready_cb, &result);
  kam_bench_await (&result);
  plain->rows = kam_store_list_rows_finish (plain->store, result, &error);
  kam_bench_must (error);
}

static GListModel *
make_items (Plain *plain)
{
  GListStore *items = g_list_store_new (KAM_TYPE_LIST_ITEM);

  g_ptr_array_set_free_func (plain->rows, NULL);

  for (guint i = 0; i < plain->rows->len; i++)
    {
      KamListRow *row = plain->rows->pdata[i];
      g_autoptr (KamListItem) item = kam_list_item_new (row->key);

      kam_list_item_take_row (item, row);
      g_list_store_append (items, item);
    }

  return G_LIST_MODEL (items);
}

/* The page of Leads as its template is, over other rows. */
static GtkWidget *
make_page (Plain        *plain,
           KamWorkspace *workspace)
{
  KamListPage *page = g_object_new (KAM_TYPE_LIST_PAGE, NULL);
  g_autoptr (GtkListItemFactory) compact = kam_list_columns_compact (workspace);

  page->restoring = TRUE; /* it has no list to ask */
  page->selection = gtk_multi_selection_new (make_items (plain));
  gtk_list_view_set_factory (page->rows, compact);
  kam_list_columns_add (page->columns, KAM_ENTITY_LEAD, workspace);
  gtk_stack_set_visible_child_name (page->stack, "list");

  return GTK_WIDGET (page);
}

static void
plain_painted (gpointer data);

static void
wait_for_rows (Plain *plain)
{
  kam_bench_after_paint (plain->window, G_CALLBACK (plain_painted), plain);
}

/* The rows come with the first frame after the width is known, as they do in the real page. */
static void
plain_painted (gpointer data)
{
  Plain *plain = data;
  GtkWidget *main_page = adw_application_window_get_content (ADW_APPLICATION_WINDOW (plain->window));
  GtkStack *stack = GTK_STACK (gtk_widget_get_template_child (main_page, KAM_TYPE_MAIN_PAGE, "stack"));
  KamListPage *page = KAM_LIST_PAGE (gtk_stack_get_visible_child (stack));

  if (!page->laid_out)
    {
      wait_for_rows (plain);
      return;
    }

  tell_and_end (plain);
}

static void
plain_activate_cb (GtkApplication *application,
                   Plain          *plain)
{
  g_autoptr (KamClock) clock = kam_clock_new_system ();
  g_autoptr (KamSync) sync = NULL;
  g_autoptr (KamWorkspace) workspace = NULL;
  double before = kam_bench_now ();
  GtkWidget *main_page;
  GtkStack *stack;

  read_rows (plain, g_object_get_data (G_OBJECT (application), "profile"), clock);
  sync = kam_sync_new (plain->store, clock);
  workspace = kam_workspace_new (plain->store, sync, clock);
  plain->not_counted = kam_bench_now () - before;

  plain->window = adw_application_window_new (application);
  main_page = g_object_new (KAM_TYPE_MAIN_PAGE, NULL);
  stack = GTK_STACK (gtk_widget_get_template_child (main_page, KAM_TYPE_MAIN_PAGE, "stack"));
  gtk_stack_add_named (stack, make_page (plain, workspace), "plain");
  gtk_stack_set_visible_child_name (stack, "plain");
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (plain->window), main_page);
  gtk_window_set_default_size (GTK_WINDOW (plain->window), 1200, 760);
  gtk_window_present (GTK_WINDOW (plain->window));
  wait_for_rows (plain);
}

int
kam_bench_view_plain (const char *profile,
                      const char *detail)
{
  g_autoptr (AdwApplication) application = adw_application_new ("org.udaan.Kam.Plain", G_APPLICATION_DEFAULT_FLAGS);
  Plain plain = { NULL, };

  g_object_set_data (G_OBJECT (application), "profile", (gpointer) profile);
  g_application_set_resource_base_path (G_APPLICATION (application), "/org/udaan/Kam");
  g_signal_connect (application, "activate", G_CALLBACK (plain_activate_cb), &plain);

  return g_application_run (G_APPLICATION (application), 0, NULL);
}

/* The real window */

static void
started_cb (KamWindow   *window,
            KamListPage *page,
            gpointer     data)
{
  kam_bench_view_tell (GTK_WIDGET (window), 0);
  gtk_window_close (GTK_WINDOW (window));
}

int
kam_bench_view_start (const char *profile,
                      const char *detail)
{
  return kam_bench_run_kam (profile, detail, started_cb, NULL);
}
