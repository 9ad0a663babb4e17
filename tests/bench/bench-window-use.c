/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-bench-view.h"

/* Typing a search, and scrolling, in the real window. */

typedef struct
{
  KamWindow   *window;
  KamListPage *page;
  KamList     *list;
  GtkWidget   *entry;
  GPtrArray   *texts;    /* (owned) (element-type utf8) */
  guint        text;
  glong        letters;
  double       pressed;
  double       pressed_cpu;
  gboolean     waiting;
  double       slowest;
} Typing;

static gboolean press_cb (gpointer data);

static void
typed_painted (gpointer data)
{
  Typing *typing = data;
  double took = kam_bench_now () - typing->pressed;

  g_print ("press %.2f\nmain %.2f\n", took, kam_bench_cpu () - typing->pressed_cpu);

  if (took > typing->slowest)
    {
      typing->slowest = took;
      g_print ("slowest %s\n", gtk_editable_get_text (GTK_EDITABLE (typing->entry)));
    }

  /* Between two keys, what was left for later is done. */
  g_timeout_add (30, press_cb, typing);
}

static void
answered_cb (Typing *typing)
{
  KamList *list = typing->list;


  if (!typing->waiting || kam_list_get_state (list) != KAM_LIST_READY)
    return;

  typing->waiting = FALSE;
  kam_bench_after_paint (GTK_WIDGET (typing->window), G_CALLBACK (typed_painted), typing);
}

static gboolean
press_cb (gpointer data)
{
  Typing *typing = data;
  const char *text;
  g_autofree char *typed = NULL;

  if (typing->text == typing->texts->len)
    {
      gtk_window_close (GTK_WINDOW (typing->window));
      return G_SOURCE_REMOVE;
    }

  text = typing->texts->pdata[typing->text];
  typing->letters++;
  typed = g_strstrip (g_utf8_substring (text, 0, typing->letters));

  if (typing->letters >= g_utf8_strlen (text, -1))
    {
      typing->text++;
      typing->letters = 0;
    }

  if (g_strcmp0 (typed, gtk_editable_get_text (GTK_EDITABLE (typing->entry))) == 0)
    return G_SOURCE_CONTINUE;

  typing->waiting = TRUE;
  typing->pressed = kam_bench_now ();
  typing->pressed_cpu = kam_bench_cpu ();
  gtk_editable_set_text (GTK_EDITABLE (typing->entry), typed);

  return G_SOURCE_REMOVE;
}

static void
start_typing_cb (KamWindow   *window,
                 KamListPage *page,
                 gpointer     data)
{
  Typing *typing = data;

  typing->window = window;
  typing->page = page;
  typing->list = kam_list_page_get_list (page);
  typing->entry = GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (page), KAM_TYPE_LIST_PAGE, "search_entry"));
  g_signal_connect_swapped (typing->list, "reordered", G_CALLBACK (answered_cb), typing);
  g_signal_connect_swapped (typing->list, "notify::state", G_CALLBACK (answered_cb), typing);
  kam_list_page_search (page);
  g_timeout_add (500, press_cb, typing);
}

int
kam_bench_view_search (const char *profile,
                       const char *detail)
{
  g_autoptr (GPtrArray) texts = kam_bench_searches (profile, (guint) g_ascii_strtoull (detail, NULL, 10));
  Typing typing = { .texts = texts };

  return kam_bench_run_kam (profile, "leads", start_typing_cb, &typing);
}

/* Scrolling */

#define FRAMES 400

typedef struct
{
  GtkWidget     *window;
  GtkAdjustment *adjustment;
  const char    *way;
  double         before;
  double         cpu;
  guint          n;
} Scrolling;

static gboolean
scroll_cb (GtkWidget     *widget,
           GdkFrameClock *clock,
           gpointer       data)
{
  Scrolling *scrolling = data;
  double page = gtk_adjustment_get_page_size (scrolling->adjustment);
  double most = gtk_adjustment_get_upper (scrolling->adjustment) - page;
  double value = gtk_adjustment_get_value (scrolling->adjustment);

  if (g_str_equal (scrolling->way, "smooth"))
    value += 40;
  else if (g_str_equal (scrolling->way, "pages"))
    value += page;
  else
    value = most * ((scrolling->n * 7919u) % 1000u) / 1000;

  gtk_adjustment_set_value (scrolling->adjustment, MIN (value, most));

  return G_SOURCE_CONTINUE;
}

static void
frame_begins_cb (GdkFrameClock *clock,
                 Scrolling     *scrolling)
{
  scrolling->before = kam_bench_now ();
}

static void
frame_ends_cb (GdkFrameClock *clock,
               Scrolling     *scrolling)
{
  double cpu = kam_bench_cpu ();

  /* The first ones still load. */
  if (scrolling->n++ > 10)
    g_print ("frame %.2f\ncpu %.2f\n", kam_bench_now () - scrolling->before, cpu - scrolling->cpu);

  scrolling->cpu = cpu;

  if (scrolling->n == FRAMES)
    gtk_window_close (GTK_WINDOW (scrolling->window));
}

static gboolean
start_scrolling_cb (gpointer data)
{
  Scrolling *scrolling = data;
  GdkFrameClock *clock = gtk_widget_get_frame_clock (scrolling->window);

  g_signal_connect (clock, "before-paint", G_CALLBACK (frame_begins_cb), scrolling);
  g_signal_connect (clock, "after-paint", G_CALLBACK (frame_ends_cb), scrolling);
  gtk_widget_add_tick_callback (scrolling->window, scroll_cb, scrolling, NULL);

  return G_SOURCE_REMOVE;
}

static void
scroll_filled_cb (KamWindow   *window,
                  KamListPage *page,
                  gpointer     data)
{
  Scrolling *scrolling = data;
  GtkWidget *scrolled = GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (page), KAM_TYPE_LIST_PAGE, "wide_scroll"));

  scrolling->window = GTK_WIDGET (window);
  scrolling->adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));
  g_timeout_add (500, start_scrolling_cb, scrolling);
}

int
kam_bench_view_scroll (const char *profile,
                       const char *detail)
{
  Scrolling scrolling = { .way = detail };

  return kam_bench_run_kam (profile, "leads", scroll_filled_cb, &scrolling);
}
