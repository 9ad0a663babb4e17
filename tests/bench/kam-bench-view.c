/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-bench-view.h"

#include "kam-main-page.h"

#include <unistd.h>

void
kam_bench_view_tell (GtkWidget *window,
                     double     not_counted)
{
  double started = g_ascii_strtod (g_getenv ("KAM_BENCH_STARTED"), NULL);
  double painted = kam_bench_now ();

  g_print ("ms %.2f\nrss %.2f\npss %.2f\n", painted - started - not_counted, kam_bench_rss (getpid ()), kam_bench_pss (getpid ()));
}

typedef struct
{
  GCallback func;
  gpointer  data;
  gulong    handler;
} AfterPaint;

static void
painted_cb (GdkFrameClock *clock,
            AfterPaint    *after)
{
  g_signal_handler_disconnect (clock, after->handler);
  ((void (*) (gpointer)) after->func) (after->data);
  g_free (after);
}

void
kam_bench_after_paint (GtkWidget *widget,
                       GCallback  func,
                       gpointer   data)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
  AfterPaint *after = g_new0 (AfterPaint, 1);

  after->func = func;
  after->data = data;
  after->handler = g_signal_connect (clock, "after-paint", G_CALLBACK (painted_cb), after);
  gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_PAINT);
}

/* The real program */

typedef struct
{
  const char     *view;
  KamBenchFilled  func;
  gpointer        data;
  GtkWidget      *window;  /* (unowned) */
  gboolean        filled;  /* before the frame that is being painted */
  gboolean        done;
} Run;

static KamListPage *
list_page (Run *run)
{
  GtkWidget *main_page = kam_window_get_main (KAM_WINDOW (run->window));

  return main_page != NULL ? kam_main_page_get_list_page (KAM_MAIN_PAGE (main_page)) : NULL;
}

/* Everything that stands in the window is what it will be. */
static gboolean
is_filled (Run *run)
{
  GtkWidget *main_page = kam_window_get_main (KAM_WINDOW (run->window));
  KamListPage *page;
  g_autoptr (KamListItem) first = NULL;

  if (main_page == NULL || g_strcmp0 (kam_window_get_page (KAM_WINDOW (run->window)), "main") != 0)
    return FALSE;

  if (g_strcmp0 (kam_main_page_get_view (KAM_MAIN_PAGE (main_page)), run->view) != 0)
    g_error ("the program starts on %s, not on %s", kam_main_page_get_view (KAM_MAIN_PAGE (main_page)), run->view);

  page = list_page (run);

  if (page == NULL)
    return TRUE;

  first = g_list_model_get_item (G_LIST_MODEL (kam_list_page_get_list (page)), 0);

  return first != NULL && kam_list_item_get_row (first) != NULL && g_strcmp0 (kam_list_page_get_state (page), "list") == 0;
}

static void
before_paint_cb (GdkFrameClock *clock,
                 Run           *run)
{
  run->filled = is_filled (run);
}

static void
after_paint_cb (GdkFrameClock *clock,
                Run           *run)
{
  if (!run->filled || run->done)
    return;

  run->done = TRUE;
  run->func (KAM_WINDOW (run->window), list_page (run), run->data);
}

static void
realize_cb (GtkWidget *window,
            Run       *run)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);

  g_signal_connect (clock, "before-paint", G_CALLBACK (before_paint_cb), run);
  g_signal_connect (clock, "after-paint", G_CALLBACK (after_paint_cb), run);
}

static void
window_added_cb (GtkApplication *application,
                 GtkWindow      *window,
                 Run            *run)
{
  if (!KAM_IS_WINDOW (window))
    return;

  run->window = GTK_WIDGET (window);
  g_signal_connect_after (window, "realize", G_CALLBACK (realize_cb), run);
}

static void
remember_view (const char *profile,
               const char *view)
{
  g_autofree char *path = g_build_filename (profile, "views.ini", NULL);
  g_autofree char *text = g_strdup_printf ("[preferences]\nlast-view=true\n[window]\nview=%s\n", view);

  if (!g_file_set_contents (path, text, -1, NULL))
    g_error ("cannot write %s", path);
}

int
kam_bench_run_kam (const char     *profile,
                   const char     *view,
                   KamBenchFilled  func,
                   gpointer        data)
{
  g_autoptr (KamApplication) application = NULL;
  Run run = { .view = view, .func = func, .data = data };
  const char *arguments[] = { "kam", "--profile", profile, NULL };
  double before = kam_bench_now ();

  remember_view (profile, view);
  application = kam_application_new ();
  g_debug ("prepared in %.1f ms", kam_bench_now () - before);
  g_signal_connect (application, "window-added", G_CALLBACK (window_added_cb), &run);

  return g_application_run (G_APPLICATION (application), 3, (char **) arguments);
}
