/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-contact-editor.h"
#include "kam-contact-row.h"
#include "kam-editor.h"
#include "kam-field-row.h"
#include "kam-lead-editor.h"
#include "kam-lead-view.h"
#include "kam-test-workspace.h"
#include "kam-timeline-row.h"

#include <string.h>

typedef struct
{
  TestWorkspace *workspace;
  GtkWidget     *window;
  GtkWidget     *view;
} Fixture;

static void
fixture_init (Fixture       *self,
              gconstpointer  leads)
{
  self->workspace = test_workspace_new (GPOINTER_TO_UINT (leads));
  self->window = adw_window_new ();
  self->view = kam_lead_view_new (self->workspace->workspace);
  adw_window_set_content (ADW_WINDOW (self->window), self->view);
  gtk_window_set_default_size (GTK_WINDOW (self->window), 360, 800);
  gtk_window_present (GTK_WINDOW (self->window));
}

static void
fixture_clear (Fixture       *self,
               gconstpointer  leads)
{
  gtk_window_destroy (GTK_WINDOW (self->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  test_workspace_free (self->workspace);
}

typedef gboolean (*Matches) (GtkWidget  *widget,
                             gpointer    data);

/* In the order of the tree. (element-type GtkWidget) */
static void
collect (GtkWidget *widget,
         Matches    matches,
         gpointer   data,
         GPtrArray *found)
{
  if (!gtk_widget_get_visible (widget))
    return;
  if (matches (widget, data))
    g_ptr_array_add (found, widget);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    collect (child, matches, data, found);
}

static gboolean
is_type (GtkWidget *widget,
         gpointer   type)
{
  return G_TYPE_CHECK_INSTANCE_TYPE (widget, GPOINTER_TO_SIZE (type));
}

static gboolean
has_text (GtkWidget *widget,
          gpointer   text)
{
  return GTK_IS_LABEL (widget) && strcmp (gtk_label_get_text (GTK_LABEL (widget)), text) == 0;
}

static GPtrArray *
find_all (GtkWidget *root,
          Matches    matches,
          gpointer   data)
{
  GPtrArray *found = g_ptr_array_new ();

  collect (root, matches, data, found);

  return found;
}

static guint
count (GtkWidget *root,
       GType      type)
{
  g_autoptr (GPtrArray) found = find_all (root, is_type, GSIZE_TO_POINTER (type));

  return found->len;
}

typedef struct
{
  GtkWidget  *root;
  const char *text;
} Text;

static gboolean
shows_text (gpointer user_data)
{
  Text *text = user_data;
  g_autoptr (GPtrArray) found = find_all (text->root, has_text, (gpointer) text->text);

  return found->len > 0;
}

static void
wait_text (GtkWidget  *root,
           const char *text)
{
  Text wanted = { root, text };

  test_workspace_wait (shows_text, &wanted);
}

/* The newest window over the fixture's. */
static KamEditor *
find_editor (Fixture *self)
{
  GListModel *windows = gtk_window_get_toplevels ();
  guint n = g_list_model_get_n_items (windows);

  for (guint i = n; i > 0; i--)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i - 1);

      if (KAM_IS_EDITOR (window))
        return KAM_EDITOR (window);
    }

  return NULL;
}

static gboolean
has_no_editor (gpointer user_data)
{
  return find_editor (user_data) == NULL;
}

static void
test_empty (Fixture       *self,
            gconstpointer  data)
{
  wait_text (self->view, "No Lead Selected");
}

static void
test_page (Fixture       *self,
           gconstpointer  data)
{
  g_autofree char *id = test_workspace_lead (self->workspace, 2);
  g_autoptr (KamRow) lead = test_workspace_get (self->workspace, KAM_ENTITY_LEAD, id);

  kam_lead_view_set_lead (KAM_LEAD_VIEW (self->view), id);
  wait_text (self->view, kam_row_text (lead, KAM_LEAD_NAME));
  g_assert_cmpuint (count (self->view, KAM_TYPE_CONTACT_ROW), >, 0);
  g_assert_cmpuint (count (self->view, KAM_TYPE_TIMELINE_ROW), >, 0);
}

/* What is open stays open while changes of others come in. */
static void
test_open_survives (Fixture       *self,
                    gconstpointer  data)
{
  g_autoptr (KamRow) lead = test_workspace_add_lead (self->workspace, "Spice Garden");
  g_autoptr (KamDraft) call = kam_draft_new_interaction (self->workspace->workspace, lead, "call", "done");
  g_autoptr (GPtrArray) rows = NULL, same = NULL;
  g_autoptr (KamRow) more = NULL;

  kam_draft_set_text (call, KAM_INTERACTION_SUMMARY, "Wants paneer");
  kam_draft_save_async (call, NULL, NULL, NULL, NULL);
  kam_lead_view_set_lead (KAM_LEAD_VIEW (self->view), kam_row_id (lead));
  wait_text (self->view, "Wants paneer");
  rows = find_all (self->view, is_type, GSIZE_TO_POINTER (KAM_TYPE_TIMELINE_ROW));
  for (guint i = 0; i < rows->len; i++)
    kam_row_item_set_open (kam_timeline_row_get_item (g_ptr_array_index (rows, i)), TRUE);

  more = test_workspace_add_contact (self->workspace, lead, "Asha", NULL);
  wait_text (self->view, "Asha");
  same = find_all (self->view, is_type, GSIZE_TO_POINTER (KAM_TYPE_TIMELINE_ROW));
  g_assert_cmpuint (same->len, ==, rows->len);
  for (guint i = 0; i < same->len; i++)
    {
      g_assert_true (g_ptr_array_index (same, i) == g_ptr_array_index (rows, i));
      g_assert_true (kam_row_item_get_open (kam_timeline_row_get_item (g_ptr_array_index (same, i))));
    }
}

static void
test_delete_and_undo (Fixture       *self,
                      gconstpointer  data)
{
  g_autoptr (KamRow) lead = test_workspace_add_lead (self->workspace, "Spice & <Garden>");
  g_autoptr (KamRow) contact = test_workspace_add_contact (self->workspace, lead, "Asha", NULL);
  g_autoptr (GPtrArray) rows = NULL;

  kam_lead_view_set_lead (KAM_LEAD_VIEW (self->view), kam_row_id (lead));
  wait_text (self->view, "Asha");
  rows = find_all (self->view, is_type, GSIZE_TO_POINTER (KAM_TYPE_CONTACT_ROW));
  gtk_widget_activate_action (g_ptr_array_index (rows, 0), "contact.delete", NULL);
  wait_text (self->view, "Nobody yet. Whom does one ask for here?");
  kam_workspace_undo (self->workspace->workspace);
  wait_text (self->view, "Asha");

  gtk_widget_activate_action (self->view, "lead.delete", NULL);
  wait_text (self->view, "This Lead Was Deleted");
  gtk_widget_activate_action (self->view, "lead.restore", NULL);
  wait_text (self->view, "Asha");
}

static GtkWidget *
control_of (KamEditor  *editor,
            const char *label)
{
  g_autoptr (GPtrArray) labels = find_all (GTK_WIDGET (editor), has_text, (gpointer) label);
  GtkWidget *row;

  g_assert_cmpuint (labels->len, >, 0);
  row = gtk_widget_get_ancestor (g_ptr_array_index (labels, 0), KAM_TYPE_FIELD_ROW);
  g_assert_nonnull (row);

  return kam_field_row_get_control (KAM_FIELD_ROW (row));
}

/* A problem stands at its field, is told to assistive technology, and takes nothing away. */
static void
test_problem_at_field (Fixture       *self,
                       gconstpointer  data)
{
  KamEditor *editor = kam_lead_editor_present_new (self->workspace->workspace, GTK_WINDOW (self->window));
  GtkWidget *name = control_of (editor, "Name"), *email = control_of (editor, "Email");
  GtkWidget *row = gtk_widget_get_ancestor (name, KAM_TYPE_FIELD_ROW);

  gtk_editable_set_text (GTK_EDITABLE (email), "me@");
  gtk_widget_activate_action (GTK_WIDGET (editor), "editor.save", NULL);
  test_workspace_settle (self->workspace);
  g_assert_true (gtk_widget_has_css_class (row, "error"));
  gtk_test_accessible_assert_state (name, GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE);
  g_assert_true (gtk_test_accessible_has_relation (GTK_ACCESSIBLE (name), GTK_ACCESSIBLE_RELATION_LABELLED_BY));
  gtk_test_accessible_assert_state (email, GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (email)), ==, "me@");

  gtk_editable_set_text (GTK_EDITABLE (name), "Spice Garden");
  gtk_editable_set_text (GTK_EDITABLE (email), "");
  gtk_widget_activate_action (GTK_WIDGET (editor), "editor.save", NULL);
  test_workspace_wait (has_no_editor, self);
}

static void
saved_cb (KamEditor  *editor,
          const char *id,
          char      **saved)
{
  *saved = g_strdup (id);
}

static gboolean
is_set (gpointer user_data)
{
  return *(char **) user_data != NULL;
}

static void
test_new_lead (Fixture       *self,
               gconstpointer  data)
{
  KamEditor *editor = kam_lead_editor_present_new (self->workspace->workspace, GTK_WINDOW (self->window));
  g_autofree char *saved = NULL;

  g_signal_connect (editor, "saved", G_CALLBACK (saved_cb), &saved);
  gtk_editable_set_text (GTK_EDITABLE (control_of (editor, "Name")), "अन्नपूर्णा & Co");
  gtk_widget_activate_action (GTK_WIDGET (editor), "editor.save", NULL);
  test_workspace_wait (is_set, &saved);
  kam_lead_view_set_lead (KAM_LEAD_VIEW (self->view), saved);
  wait_text (self->view, "अन्नपूर्णा & Co");
}

/* A window with something typed does not go away without asking. */
static void
test_close_asks (Fixture       *self,
                 gconstpointer  data)
{
  KamEditor *editor = kam_lead_editor_present_new (self->workspace->workspace, GTK_WINDOW (self->window));
  GListModel *windows = gtk_window_get_toplevels ();
  GtkWidget *dialog;

  gtk_editable_set_text (GTK_EDITABLE (control_of (editor, "Name")), "Spice");
  gtk_window_close (GTK_WINDOW (editor));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_true (find_editor (self) == editor);
  dialog = g_list_model_get_item (windows, g_list_model_get_n_items (windows) - 1);
  g_assert_true (ADW_IS_MESSAGE_DIALOG (dialog));
  /* Whoever still held it when its window goes would be left with a dead parent. */
  g_object_unref (dialog);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "discard");
  test_workspace_wait (has_no_editor, self);
}

static void
test_all_forms (Fixture       *self,
                gconstpointer  data)
{
  static const char *const actions[] = { "lead.edit",      "lead.log-call",  "lead.log-visit",  "lead.add-order",
                                         "lead.plan-call", "lead.plan-visit", "lead.add-contact" };
  g_autofree char *id = test_workspace_lead (self->workspace, 2);
  g_autoptr (KamRow) lead = test_workspace_get (self->workspace, KAM_ENTITY_LEAD, id);

  kam_lead_view_set_lead (KAM_LEAD_VIEW (self->view), id);
  wait_text (self->view, kam_row_text (lead, KAM_LEAD_NAME));
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      KamEditor *editor;
      int least = 0;

      gtk_widget_activate_action (self->view, actions[i], NULL);
      editor = find_editor (self);
      g_assert_nonnull (editor);
      while (g_main_context_iteration (NULL, FALSE))
        ;
      gtk_widget_measure (GTK_WIDGET (editor), GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
      g_assert_cmpint (least, <=, 360);
      g_assert_false (kam_draft_is_dirty (kam_editor_get_draft (editor)));
      gtk_window_close (GTK_WINDOW (editor));
      test_workspace_wait (has_no_editor, self);
    }
}

/* As wide a name as there is fits where it is narrow. */
static void
test_narrow (Fixture       *self,
             gconstpointer  data)
{
  g_autofree char *name = g_strnfill (200, 'M');
  g_autoptr (KamRow) lead = test_workspace_add_lead (self->workspace, name);
  g_autoptr (KamRow) contact = test_workspace_add_contact (self->workspace, lead, name, NULL);
  int least = 0;

  kam_lead_view_set_lead (KAM_LEAD_VIEW (self->view), kam_row_id (lead));
  wait_text (self->view, name);
  gtk_widget_measure (self->view, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  g_assert_cmpint (least, <=, 360);
}

#define ADD(path, leads, func) g_test_add (path, Fixture, GUINT_TO_POINTER (leads), fixture_init, func, fixture_clear)

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();

  ADD ("/lead-view/empty", 0, test_empty);
  ADD ("/lead-view/page", 40, test_page);
  ADD ("/lead-view/open-survives", 0, test_open_survives);
  ADD ("/lead-view/delete-and-undo", 0, test_delete_and_undo);
  ADD ("/lead-view/problem-at-field", 0, test_problem_at_field);
  ADD ("/lead-view/new-lead", 0, test_new_lead);
  ADD ("/lead-view/close-asks", 0, test_close_asks);
  ADD ("/lead-view/all-forms", 40, test_all_forms);
  ADD ("/lead-view/narrow", 0, test_narrow);

  return g_test_run ();
}
