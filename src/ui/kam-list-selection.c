/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-list-page-private.h"

#include <glib/gi18n.h>

/* More rows than this are not selected again after they moved. */
#define MAX_HELD 5000

static const char *
lead_id_of (KamListItem *item)
{
  const KamListRow *row = kam_list_item_get_row (item);

  return row != NULL ? kam_row_lead_id (row->row) : NULL;
}

static void tell (KamListPage *self);

static void
waiting_cb (KamListPage *self)
{
  g_autoptr (KamListItem) item = g_steal_pointer (&self->waiting);

  g_signal_handlers_disconnect_by_func (item, waiting_cb, self);
  tell (self);
}

static void
wait_for (KamListPage *self,
          KamListItem *item)
{
  if (self->waiting == item)
    return;

  if (self->waiting != NULL)
    g_signal_handlers_disconnect_by_func (self->waiting, waiting_cb, self);
  g_set_object (&self->waiting, item);
  if (item != NULL)
    g_signal_connect_object (item, "changed", G_CALLBACK (waiting_cb), self, G_CONNECT_SWAPPED);
}

/* Says which one row is selected; one that has not been read yet says it when it has. */
static void
tell (KamListPage *self)
{
  g_autoptr (GtkBitset) bits = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  guint64 n = gtk_bitset_get_size (bits);
  g_autoptr (KamListItem) item = NULL;
  g_autofree char *text = NULL;

  text = g_strdup_printf (ngettext ("%u selected", "%u selected", (gulong) n), (guint) n);
  gtk_label_set_text (self->bar_label, text);
  gtk_action_bar_set_revealed (self->bar, n > 1);

  if (n == 1)
    item = g_list_model_get_item (G_LIST_MODEL (self->list), gtk_bitset_get_nth (bits, 0));
  if (item != NULL && kam_list_item_get_row (item) == NULL)
    {
      wait_for (self, item);
      return;
    }

  wait_for (self, NULL);
  g_free (self->selected_id);
  self->selected_id = g_strdup (item != NULL ? kam_list_item_get_id (item) : NULL);
  g_free (self->selected_lead);
  self->selected_lead = g_strdup (item != NULL ? lead_id_of (item) : NULL);
  kam_list_page_emit_selected (self, self->selected_lead, FALSE);
  if (item != NULL && self->open_waiting)
    kam_list_page_emit_selected (self, lead_id_of (item), TRUE);
  self->open_waiting = FALSE;
  kam_list_page_save (self);
}

static void
selection_cb (KamListPage *self)
{
  if (self->holding)
    return;

  self->open_waiting = FALSE;
  self->wanted_key = 0;
  tell (self);
}

void
kam_list_selection_hold (KamListPage *self)
{
  g_autoptr (GtkBitset) bits = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  GtkBitsetIter iter;
  guint position = 0;

  self->holding = TRUE;
  /* The item may be given another row: who is waited for is asked again afterwards. */
  self->untold = self->waiting != NULL;
  wait_for (self, NULL);
  g_clear_pointer (&self->held, g_hash_table_unref);
  if (gtk_bitset_is_empty (bits) || gtk_bitset_get_size (bits) > MAX_HELD)
    return;

  self->held = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  for (gboolean valid = gtk_bitset_iter_init_first (&iter, bits, &position); valid; valid = gtk_bitset_iter_next (&iter, &position))
    {
      gint64 key = kam_list_get_key (self->list, position);

      if (key != 0)
        g_hash_table_add (self->held, g_memdup2 (&key, sizeof key));
    }
}

/* Selects again what was selected before, wherever it stands now. */
void
kam_list_selection_release (KamListPage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->list));
  g_autoptr (GtkBitset) bits = gtk_bitset_new_empty ();
  g_autoptr (GtkBitset) mask = NULL;
  g_autoptr (GtkBitset) before = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  guint wanted = kam_list_find (self->list, self->wanted_key);

  if (wanted != G_MAXUINT)
    gtk_bitset_add (bits, wanted);
  else if (self->held != NULL)
    {
      for (guint i = 0; i < n; i++)
        {
          gint64 key = kam_list_get_key (self->list, i);

          if (g_hash_table_contains (self->held, &key))
            gtk_bitset_add (bits, i);
        }
    }
  g_clear_pointer (&self->held, g_hash_table_unref);

  if (!gtk_bitset_equals (bits, before))
    {
      mask = gtk_bitset_new_range (0, n);
      gtk_selection_model_set_selection (GTK_SELECTION_MODEL (self->selection), bits, mask);
    }
  self->holding = FALSE;
  if (wanted != G_MAXUINT)
    self->wanted_key = 0;
  if (wanted != G_MAXUINT || self->untold)
    tell (self);
}

gboolean
kam_list_selection_is_empty (KamListPage *self)
{
  g_autoptr (GtkBitset) bits = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));

  return gtk_bitset_is_empty (bits);
}

void
kam_list_page_open_selected (KamListPage *self)
{
  g_autoptr (GtkBitset) bits = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  g_autoptr (KamListItem) item = NULL;

  if (gtk_bitset_get_size (bits) != 1)
    return;

  item = g_list_model_get_item (G_LIST_MODEL (self->list), gtk_bitset_get_nth (bits, 0));
  if (kam_list_item_get_row (item) != NULL)
    kam_list_page_emit_selected (self, lead_id_of (item), TRUE);
  else
    self->open_waiting = TRUE;
}

/* A click on a row opens it also where it was selected before. Runs after the row's own gesture has selected it. */
static void
clicked_cb (GtkGestureClick *gesture,
            int              n_press,
            double           x,
            double           y,
            KamListPage     *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
  GtkWidget *view = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));
  GtkWidget *picked = gtk_widget_pick (view, x, y, GTK_PICK_DEFAULT);
  GtkWidget *cell = picked != NULL ? gtk_widget_get_ancestor (picked, KAM_TYPE_CELL) : NULL;

  if (n_press == 1 && cell != NULL && (state & (GDK_CONTROL_MASK | GDK_SHIFT_MASK)) == 0)
    kam_list_page_open_selected (self);
}

static void
watch_clicks (KamListPage *self,
              GtkWidget   *view)
{
  GtkGesture *gesture = gtk_gesture_click_new ();

  g_signal_connect (gesture, "released", G_CALLBACK (clicked_cb), self);
  gtk_widget_add_controller (view, GTK_EVENT_CONTROLLER (gesture));
}

void
kam_list_selection_init (KamListPage *self)
{
  g_signal_connect_object (self->selection, "selection-changed", G_CALLBACK (selection_cb), self, G_CONNECT_SWAPPED);
  watch_clicks (self, GTK_WIDGET (self->columns));
  watch_clicks (self, GTK_WIDGET (self->rows));
}

static void
key_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (KamListPage) self = KAM_LIST_PAGE (user_data);
  g_autoptr (GError) error = NULL;
  gint64 key = kam_store_find_key_finish (KAM_STORE (source), result, &error);
  guint position = G_MAXUINT;

  if (error != NULL || key == 0 || self->list == NULL)
    return;

  position = kam_list_find (self->list, key);
  if (position == G_MAXUINT)
    {
      self->wanted_key = key;
      return;
    }

  gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), position, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (self->rows), "list.scroll-to-item", "u", position);
  if (self->wide)
    gtk_widget_activate_action (gtk_widget_get_last_child (GTK_WIDGET (self->columns)), "list.scroll-to-item", "u", position);
}

void
kam_list_page_select (KamListPage *self,
                      const char  *id)
{
  if (id != NULL && g_strcmp0 (id, self->selected_id) != 0)
    kam_store_find_key_async (kam_workspace_get_store (self->workspace), self->entity, id, self->cancellable, key_cb, g_object_ref (self));
}

const char *
kam_list_page_get_selected_lead (KamListPage *self)
{
  return self->selected_lead;
}

void
kam_list_page_unselect (KamListPage *self)
{
  gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (self->selection));
}
