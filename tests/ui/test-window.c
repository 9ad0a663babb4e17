/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-main-page.h"
#include "kam-preferences-window.h"
#include "kam-sign-in-page.h"
#include "kam-ui-fixture.h"
#include "kam-window.h"

#define LEADS 400

typedef struct
{
  KamUiFixture profile;
  KamWindow   *window;
} Fixture;

/* A picture of the window for whoever wants to look, where KAM_SHOTS names a folder. */
static void
shoot (Fixture    *fixture,
       const char *name)
{
  const char *dir = g_getenv ("KAM_SHOTS");
  GtkWidget *widget = GTK_WIDGET (fixture->window);
  g_autoptr (GdkPaintable) paintable = NULL;
  g_autoptr (GtkSnapshot) snapshot = NULL;
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *file = NULL;
  g_autofree char *path = NULL;

  if (dir == NULL)
    return;

  kam_ui_settle (300);
  paintable = gtk_widget_paintable_new (widget);
  snapshot = gtk_snapshot_new ();
  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  if (node == NULL)
    return;

  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (widget)), node, NULL);
  file = g_strdup_printf ("%s.png", name);
  path = g_build_filename (dir, file, NULL);
  gdk_texture_save_to_png (texture, path);
}

static KamMainPage *
get_main (Fixture *fixture)
{
  return KAM_MAIN_PAGE (kam_window_get_main (fixture->window));
}

static void
open_window (Fixture *fixture,
             int      width)
{
  fixture->window = kam_window_new (NULL, fixture->profile.profile);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), width, 720);
  gtk_window_present (GTK_WINDOW (fixture->window));
  kam_ui_settle (100);
}

static void
close_window (Fixture *fixture)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  kam_ui_settle (50);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  close_window (fixture);
  kam_ui_fixture_clear (&fixture->profile);
}

static void
act (Fixture    *fixture,
     const char *action,
     const char *parameter)
{
  g_assert_true (g_action_group_has_action (G_ACTION_GROUP (fixture->window), action));
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), action, parameter != NULL ? g_variant_new_string (parameter) : NULL);
}

static gboolean
shows_list (gpointer main_page)
{
  KamListPage *page = kam_main_page_get_list_page (main_page);

  return page != NULL && g_str_equal (kam_list_page_get_state (page), "list") && kam_list_get_state (kam_list_page_get_list (page)) == KAM_LIST_READY;
}

static gboolean
has_selected (gpointer page)
{
  return kam_list_page_get_selected_lead (page) != NULL;
}

static void
test_sign_in (Fixture       *fixture,
              gconstpointer  data)
{
  kam_ui_fixture_init (&fixture->profile, 0);
  open_window (fixture, 1200);
  g_assert_cmpstr (kam_window_get_page (fixture->window), ==, "sign-in");
  g_assert_false (g_action_group_get_action_enabled (G_ACTION_GROUP (fixture->window), "new-lead"));
  shoot (fixture, "sign-in");
}

static void
test_views (Fixture       *fixture,
            gconstpointer  data)
{
  static const char *const views[] = { "leads", "contacts", "performance", "today" };

  kam_ui_fixture_init (&fixture->profile, LEADS);
  open_window (fixture, 1200);
  g_assert_cmpstr (kam_window_get_page (fixture->window), ==, "main");
  g_assert_cmpstr (kam_main_page_get_view (get_main (fixture)), ==, "today");
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      g_autoptr (GVariant) state = NULL;

      act (fixture, "view", views[i]);
      g_assert_cmpstr (kam_main_page_get_view (get_main (fixture)), ==, views[i]);
      state = g_action_group_get_action_state (G_ACTION_GROUP (fixture->window), "view");
      g_assert_cmpstr (g_variant_get_string (state, NULL), ==, views[i]);
      if (kam_main_page_get_list_page (get_main (fixture)) != NULL)
        kam_ui_wait (shows_list, get_main (fixture));
      shoot (fixture, views[i]);
    }
  /* Only those who lead others have a team. */
  act (fixture, "view", "team");
  g_assert_cmpstr (kam_main_page_get_view (get_main (fixture)), ==, "today");
}

static void
test_actions (Fixture       *fixture,
              gconstpointer  data)
{
  static const char *const actions[] = { "undo", "redo", "undo-toast", "new-lead", "show-lead", "search", "toggle-sidebar", "back", "sync", "sign-in",
                                         "sign-out", "view", "open-again" };

  kam_ui_fixture_init (&fixture->profile, LEADS);
  open_window (fixture, 1200);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    g_assert_true (g_action_group_has_action (G_ACTION_GROUP (fixture->window), actions[i]));
  g_assert_false (g_action_group_get_action_enabled (G_ACTION_GROUP (fixture->window), "undo"));
  g_assert_true (g_action_group_get_action_enabled (G_ACTION_GROUP (fixture->window), "new-lead"));
  act (fixture, "search", NULL);
  g_assert_cmpstr (kam_main_page_get_view (get_main (fixture)), ==, "leads");
  kam_ui_wait (shows_list, get_main (fixture));
  g_assert_true (kam_list_page_leave (kam_main_page_get_list_page (get_main (fixture))));
  act (fixture, "toggle-sidebar", NULL);
  act (fixture, "toggle-sidebar", NULL);
}

static gboolean
is_wide (gpointer page)
{
  return kam_list_page_is_wide (page);
}

static gboolean
is_narrow (gpointer page)
{
  return !kam_list_page_is_wide (page);
}

static void
select_row (KamListPage *page,
            guint        position)
{
  gtk_selection_model_select_item (kam_list_page_get_selection (page), position, TRUE);
  kam_ui_wait (has_selected, page);
}

static void
test_wide (Fixture       *fixture,
           gconstpointer  data)
{
  KamListPage *page = NULL;

  kam_ui_fixture_init (&fixture->profile, LEADS);
  open_window (fixture, 1200);
  act (fixture, "view", "leads");
  kam_ui_wait (shows_list, get_main (fixture));
  page = kam_main_page_get_list_page (get_main (fixture));
  kam_ui_wait (is_wide, page);
  select_row (page, 3);
  kam_ui_wait (is_narrow, page);
  g_assert_true (gtk_selection_model_is_selected (kam_list_page_get_selection (page), 3));
  shoot (fixture, "lead");
  kam_list_page_unselect (page);
  kam_ui_wait (is_wide, page);
}

static void
test_narrow (Fixture       *fixture,
             gconstpointer  data)
{
  KamListPage *page = NULL;

  kam_ui_fixture_init (&fixture->profile, LEADS);
  open_window (fixture, 360);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (fixture->window)), <=, 420);
  act (fixture, "view", "leads");
  kam_ui_wait (shows_list, get_main (fixture));
  page = kam_main_page_get_list_page (get_main (fixture));
  kam_ui_wait (is_narrow, page);
  shoot (fixture, "narrow-leads");

  select_row (page, 2);
  g_assert_cmpstr (kam_main_page_get_top (get_main (fixture)), ==, "content");
  g_signal_emit_by_name (page, "opened", kam_list_page_get_selected_lead (page));
  g_assert_cmpstr (kam_main_page_get_top (get_main (fixture)), ==, "lead");
  shoot (fixture, "narrow-lead");
  act (fixture, "back", NULL);
  g_assert_cmpstr (kam_main_page_get_top (get_main (fixture)), ==, "content");
  g_assert_true (gtk_selection_model_is_selected (kam_list_page_get_selection (page), 2));
  act (fixture, "back", NULL);
  g_assert_cmpstr (kam_main_page_get_top (get_main (fixture)), ==, "sidebar");
}

static void
test_state_comes_back (Fixture       *fixture,
                       gconstpointer  data)
{
  KamListPage *page = NULL;
  g_autofree char *lead = NULL;

  kam_ui_fixture_init (&fixture->profile, LEADS);
  kam_view_state_set_int (kam_profile_get_views (fixture->profile.profile), "leads", "sort", KAM_SORT_CITY);
  kam_view_state_set_boolean (kam_profile_get_views (fixture->profile.profile), "leads", "descending", TRUE);
  open_window (fixture, 1200);
  act (fixture, "view", "leads");
  kam_ui_wait (shows_list, get_main (fixture));
  page = kam_main_page_get_list_page (get_main (fixture));
  g_assert_cmpint (kam_list_get_query (kam_list_page_get_list (page))->sort, ==, KAM_SORT_CITY);
  g_assert_true (kam_list_get_query (kam_list_page_get_list (page))->descending);
  kam_ui_settle (200);
  select_row (page, 7);
  lead = g_strdup (kam_list_page_get_selected_lead (page));
  close_window (fixture);
  kam_ui_fixture_reopen (&fixture->profile);

  open_window (fixture, 1200);
  act (fixture, "view", "leads");
  kam_ui_wait (shows_list, get_main (fixture));
  page = kam_main_page_get_list_page (get_main (fixture));
  kam_ui_wait (has_selected, page);
  g_assert_cmpstr (kam_list_page_get_selected_lead (page), ==, lead);
  kam_ui_settle (300);
  g_assert_true (gtk_selection_model_is_selected (kam_list_page_get_selection (page), 7));
  g_assert_cmpint (kam_list_get_query (kam_list_page_get_list (page))->sort, ==, KAM_SORT_CITY);
}

static void
test_application_ids (void)
{
  g_autofree char *plain = kam_application_id_for (NULL);
  g_autofree char *one = kam_application_id_for ("/somewhere/one");
  g_autofree char *same = kam_application_id_for ("/somewhere/./one/");
  g_autofree char *two = kam_application_id_for ("/somewhere/two");

  g_assert_cmpstr (plain, ==, "org.udaan.Kam");
  g_assert_true (g_application_id_is_valid (one));
  g_assert_cmpstr (one, ==, same);
  g_assert_cmpstr (one, !=, two);
}

static void
test_preferences (Fixture       *fixture,
                  gconstpointer  data)
{
  GtkWidget *preferences = NULL;

  kam_ui_fixture_init (&fixture->profile, 0);
  open_window (fixture, 600);
  preferences = kam_preferences_window_new (kam_profile_get_views (fixture->profile.profile), kam_profile_get_workspace (fixture->profile.profile));
  gtk_window_present (GTK_WINDOW (preferences));
  kam_ui_settle (50);
  gtk_window_destroy (GTK_WINDOW (preferences));
}

#define ADD(name, func) g_test_add ("/window/" name, Fixture, NULL, NULL, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_autoptr (GtkCssProvider) css = NULL;

  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  css = gtk_css_provider_new ();
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()), "/org/udaan/Kam/icons");
  gtk_css_provider_load_from_resource (css, "/org/udaan/Kam/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (css), GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  g_test_add_func ("/window/application-ids", test_application_ids);
  ADD ("sign-in", test_sign_in);
  ADD ("preferences", test_preferences);
  ADD ("views", test_views);
  ADD ("actions", test_actions);
  ADD ("wide", test_wide);
  ADD ("narrow", test_narrow);
  ADD ("state-comes-back", test_state_comes_back);

  return g_test_run ();
}
