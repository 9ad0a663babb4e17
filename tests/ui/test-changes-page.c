/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-change-row.h"
#include "kam-changes-fixture.h"
#include "kam-changes-page.h"
#include "kam-field-row.h"
#include "kam-test-picture.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

#define PHONE_BASE "\"+919829012345\""
#define PHONE_THEIRS "\"+919829099999\""
#define PHONE_MINE "\"+919829011111\""

typedef struct
{
  ChangesFixture changes;
  GtkWidget     *window;
  GtkWidget     *page;
} Fixture;

static void
fixture_init (Fixture       *self,
              gconstpointer  width)
{
  changes_fixture_init (&self->changes);
  self->window = adw_window_new ();
  self->page = kam_changes_page_new (self->changes.workspace);
  adw_window_set_content (ADW_WINDOW (self->window), self->page);
  gtk_window_set_default_size (GTK_WINDOW (self->window), GPOINTER_TO_INT (width), 800);
  gtk_window_present (GTK_WINDOW (self->window));
}

static void
fixture_clear (Fixture       *self,
               gconstpointer  width)
{
  gtk_window_destroy (GTK_WINDOW (self->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  changes_fixture_clear (&self->changes);
}

typedef gboolean (*Matches) (GtkWidget *widget,
                             gpointer   data);

static GtkWidget *
find (GtkWidget *widget,
      Matches    matches,
      gpointer   data)
{
  if (!gtk_widget_get_child_visible (widget) || !gtk_widget_get_visible (widget))
    return NULL;
  if (matches (widget, data))
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, matches, data);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static gboolean
has_text (GtkWidget *widget,
          gpointer   text)
{
  return GTK_IS_LABEL (widget) && strcmp (gtk_label_get_text (GTK_LABEL (widget)), text) == 0;
}

static gboolean
is_button (GtkWidget *widget,
           gpointer   action)
{
  return GTK_IS_BUTTON (widget) && g_strcmp0 (gtk_actionable_get_action_name (GTK_ACTIONABLE (widget)), action) == 0;
}

static gboolean
is_entry (GtkWidget *widget,
          gpointer   data)
{
  return GTK_IS_ENTRY (widget);
}

static gboolean
is_row (GtkWidget *widget,
        gpointer   data)
{
  return KAM_IS_CHANGE_ROW (widget);
}

typedef struct
{
  GtkWidget *root;
  Matches    matches;
  gpointer   data;
  gboolean   gone;
} Wanted;

static gboolean
is_found (gpointer user_data)
{
  Wanted *wanted = user_data;

  return (find (wanted->root, wanted->matches, wanted->data) == NULL) == wanted->gone;
}

static GtkWidget *
wait_for (Fixture *self,
          Matches  matches,
          gpointer data)
{
  Wanted wanted = { self->page, matches, data, FALSE };

  kam_ui_wait (is_found, &wanted);

  return find (self->page, matches, data);
}

static void
wait_gone (Fixture *self,
           Matches  matches,
           gpointer data)
{
  Wanted wanted = { self->page, matches, data, TRUE };

  kam_ui_wait (is_found, &wanted);
}

static void
press (Fixture    *self,
       const char *action)
{
  g_signal_emit_by_name (wait_for (self, is_button, (gpointer) action), "clicked");
}

static const KamMutation *
take_only (Fixture    *self,
           GPtrArray **batch)
{
  *batch = test_store_take (self->changes.test, 10);
  g_assert_cmpuint ((*batch)->len, ==, 1);

  return g_ptr_array_index (*batch, 0);
}

static void
test_empty (Fixture       *self,
            gconstpointer  data)
{
  wait_for (self, has_text, (gpointer) "Nothing Needs You");
  test_picture (self->window, "changes-empty");
}

static void
add_phone_conflict (Fixture *self)
{
  changes_add_conflict (&self->changes, 9, changes_conflict (7, KAM_LEAD_PHONE, PHONE_BASE, PHONE_THEIRS, PHONE_MINE, TEST_USER));
}

/* Base, theirs and mine stand side by side as a person reads them; one click makes one mutation. */
static void
test_use_mine (Fixture       *self,
               gconstpointer  data)
{
  g_autoptr (GPtrArray) batch = NULL;
  const KamMutation *mutation = NULL;

  add_phone_conflict (self);
  wait_for (self, has_text, (gpointer) "Phone of Spice Garden");
  wait_for (self, has_text, (gpointer) "\u2066098290 12345\u2069");
  wait_for (self, has_text, (gpointer) "\u2066098290 99999\u2069");
  wait_for (self, has_text, (gpointer) "\u2066098290 11111\u2069");
  test_picture (self->window, "changes-conflict");
  press (self, "change.mine");
  wait_for (self, has_text, (gpointer) "Settled as “\u2066098290 11111\u2069”. This waits to be sent.");
  wait_gone (self, is_button, (gpointer) "change.keep");
  mutation = take_only (self, &batch);
  g_assert_cmpint (mutation->entity, ==, KAM_ENTITY_CONFLICT);
  g_assert_cmpstr (g_array_index (mutation->changes, KamChange, 0).old.text, ==, PHONE_THEIRS);
  g_assert_cmpstr (g_array_index (mutation->changes, KamChange, 0).new.text, ==, PHONE_MINE);
}

/* A third value is typed as everywhere else, checked as everywhere else, and nothing is sent before it can be one. */
static void
test_edit (Fixture       *self,
           gconstpointer  data)
{
  g_autoptr (GPtrArray) batch = NULL;
  const KamMutation *mutation = NULL;
  GtkWidget *entry = NULL, *row = NULL;

  add_phone_conflict (self);
  press (self, "change.edit");
  entry = wait_for (self, is_entry, NULL);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "098290 11111");
  row = gtk_widget_get_ancestor (entry, KAM_TYPE_FIELD_ROW);
  gtk_editable_set_text (GTK_EDITABLE (entry), "12");
  press (self, "change.save");
  g_assert_true (gtk_widget_has_css_class (row, "error"));
  test_picture (self->window, "changes-edit");
  gtk_editable_set_text (GTK_EDITABLE (entry), "098290 22222");
  press (self, "change.save");
  wait_gone (self, is_entry, NULL);
  wait_for (self, has_text, (gpointer) "Settled as “\u2066098290 22222\u2069”. This waits to be sent.");
  mutation = take_only (self, &batch);
  g_assert_cmpstr (g_array_index (mutation->changes, KamChange, 0).new.text, ==, "\"+919829022222\"");
}

/* What the lead's new owner decides is only read by who had it. */
static void
test_mine_only (Fixture       *self,
                gconstpointer  data)
{
  KamRow *copy = changes_conflict (7, KAM_LEAD_PHONE, PHONE_BASE, NULL, PHONE_MINE, TEST_USER);
  g_autofree char *scope = kam_scope_personal (TEST_USER);

  kam_row_set_scope (copy, scope);
  kam_row_set_null (copy, KAM_CONFLICT_LEAD);
  changes_add_conflict (&self->changes, 9, copy);
  wait_for (self, has_text, (gpointer) "You no longer have this lead: whoever has it decides. This copy is for you to read.");
  g_assert_null (find (self->page, is_button, (gpointer) "change.keep"));
  test_picture (self->window, "changes-mine-only");
}

static void
test_rejected (Fixture       *self,
               gconstpointer  data)
{
  changes_reject_lead (&self->changes, KAM_LEAD_NAME, "Spice Palace", "taken");
  wait_for (self, has_text, (gpointer) "Another person has this email. Edit it and send it again.");
  test_picture (self->window, "changes-rejected");
  press (self, "change.dismiss");
  wait_for (self, has_text, (gpointer) "Nothing Needs You");
  kam_changes_model_undismiss (self->changes.model);
  press (self, "change.send-again");
  wait_for (self, is_button, (gpointer) "change.take-back");
  press (self, "change.take-back");
  wait_for (self, has_text, (gpointer) "Nothing Needs You");
}

/* As long as names may be, as narrow as windows may be. */
static void
test_narrow (Fixture       *self,
             gconstpointer  data)
{
  g_autofree char *name = g_strnfill (200, 'M');
  g_autofree char *json = g_strdup_printf ("\"%s\"", name);
  int least = 0;

  add_phone_conflict (self);
  changes_add_conflict (&self->changes, 10, changes_conflict (8, KAM_LEAD_NAME, "\"Before\"", json, "\"अन्नपूर्णा & Co\"", TEST_OTHER_USER));
  changes_reject_lead (&self->changes, KAM_LEAD_NAME, name, "not_allowed");
  changes_edit_lead (&self->changes, KAM_LEAD_NAME, name);
  changes_wait (&self->changes, KAM_CHANGES_WAITING, 1);
  wait_for (self, is_row, NULL);
  gtk_widget_measure (self->page, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  test_picture (self->window, GPOINTER_TO_INT (data) < 500 ? "changes-narrow" : "changes-all");
  g_assert_cmpint (least, <=, 360);
}

/* From right to left all of it is mirrored; the order of digits and of old and new is not. */
static void
test_right_to_left (Fixture       *self,
                    gconstpointer  data)
{
  GtkWidget *keep = NULL, *mine = NULL;
  graphene_rect_t first, second;

  gtk_widget_set_direction (self->window, GTK_TEXT_DIR_RTL);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  add_phone_conflict (self);
  changes_edit_lead (&self->changes, KAM_LEAD_PHONE, "+919829011111");
  changes_wait (&self->changes, KAM_CHANGES_WAITING, 1);
  keep = wait_for (self, is_button, (gpointer) "change.keep");
  mine = wait_for (self, is_button, (gpointer) "change.mine");
  test_picture (self->window, "changes-right-to-left");
  gtk_test_widget_wait_for_draw (self->window);
  g_assert_true (gtk_widget_compute_bounds (keep, self->page, &first));
  g_assert_true (gtk_widget_compute_bounds (mine, self->page, &second));
  g_assert_cmpfloat (first.origin.x, >, second.origin.x);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

static void
test_names (Fixture       *self,
            gconstpointer  data)
{
  GtkWidget *row = NULL;

  add_phone_conflict (self);
  row = wait_for (self, is_row, NULL);
  g_assert_true (gtk_test_accessible_has_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL));
  g_assert_true (gtk_widget_get_focusable (row));
}

#define ADD(path, width, func) g_test_add (path, Fixture, GINT_TO_POINTER (width), fixture_init, func, fixture_clear)

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();

  ADD ("/changes-page/empty", 900, test_empty);
  ADD ("/changes-page/use-mine", 900, test_use_mine);
  ADD ("/changes-page/edit", 900, test_edit);
  ADD ("/changes-page/mine-only", 900, test_mine_only);
  ADD ("/changes-page/rejected", 900, test_rejected);
  ADD ("/changes-page/narrow", 360, test_narrow);
  ADD ("/changes-page/wide", 900, test_narrow);
  ADD ("/changes-page/right-to-left", 900, test_right_to_left);
  ADD ("/changes-page/names", 900, test_names);

  return g_test_run ();
}
