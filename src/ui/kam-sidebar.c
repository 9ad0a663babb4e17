/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sidebar.h"

#include "kam-changes-model.h"
#include "kam-format.h"
#include "kam-list.h"
#include "kam-sync-button.h"

#include <glib/gi18n.h>

/* Counting waits until changes have settled for a moment. */
#define COUNT_DELAY_MS 300

struct _KamSidebar
{
  AdwBin         parent_instance;

  KamWorkspace  *workspace;   /* (owned) (nullable) */
  GCancellable  *cancellable; /* (owned) */
  guint          source;

  AdwHeaderBar  *header;
  GtkMenuButton *menu;
  GtkListBox    *list;
  KamSyncButton *sync;
};

G_DEFINE_FINAL_TYPE (KamSidebar, kam_sidebar, ADW_TYPE_BIN)

typedef struct
{
  const char *name;
  const char *title;
  const char *icon;
  int         entity; /* whose rows are counted, or -1 */
} View;

static const View views[] = {
  { "today", N_("Today"), "weather-clear-symbolic", -1 },
  { "leads", N_("Leads"), "view-list-symbolic", KAM_ENTITY_LEAD },
  { "contacts", N_("Contacts"), "avatar-default-symbolic", KAM_ENTITY_CONTACT },
  { "performance", N_("Performance"), "kam-performance-symbolic", -1 },
  { "changes", N_("Changes"), "emblem-synchronizing-symbolic", -1 },
  { "team", N_("Team"), "system-users-symbolic", -1 },
};

static GtkListBoxRow *
find_row (KamSidebar *self,
          const char *view)
{
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      if (g_strcmp0 (views[i].name, view) == 0)
        return gtk_list_box_get_row_at_index (self->list, (int) i);
    }

  return NULL;
}

static void
set_count (KamSidebar *self,
           guint       index,
           guint       count)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, (int) index);
  GtkWidget *label = gtk_widget_get_last_child (gtk_list_box_row_get_child (row));
  g_autofree char *text = count > 0 ? kam_format_count (count) : g_strdup ("");

  gtk_label_set_text (GTK_LABEL (label), text);
}

static void
set_counts (KamSidebar    *self,
            KamEntityKind  entity,
            guint          n)
{
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      if (views[i].entity == (int) entity)
        set_count (self, i, n);
    }
}

static void
contacts_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (KamSidebar) self = KAM_SIDEBAR (user_data);
  guint n = 0;
  g_autoptr (GPtrArray) rows = kam_store_list_start_finish (KAM_STORE (source), result, &n, NULL);

  if (rows != NULL && self->workspace != NULL)
    set_counts (self, KAM_ENTITY_CONTACT, n);
}

static void
leads_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (KamSidebar) self = KAM_SIDEBAR (user_data);
  guint n = 0;
  g_autoptr (GPtrArray) rows = kam_store_list_start_finish (KAM_STORE (source), result, &n, NULL);

  if (rows != NULL && self->workspace != NULL)
    set_counts (self, KAM_ENTITY_LEAD, n);
}

static gboolean
count_cb (gpointer user_data)
{
  KamSidebar *self = KAM_SIDEBAR (user_data);
  KamStore *store = kam_workspace_get_store (self->workspace);
  KamListQuery leads = { .entity = KAM_ENTITY_LEAD };
  KamListQuery contacts = { .entity = KAM_ENTITY_CONTACT };

  self->source = 0;
  kam_store_list_start_async (store, &leads, 0, self->cancellable, leads_cb, g_object_ref (self));
  kam_store_list_start_async (store, &contacts, 0, self->cancellable, contacts_cb, g_object_ref (self));

  return G_SOURCE_REMOVE;
}

static void
changed_cb (KamSidebar *self,
            KamChanges *changes)
{
  if (self->source == 0)
    self->source = g_timeout_add (COUNT_DELAY_MS, count_cb, self);
}

/* What needs the person counts before what only waits. */
static void
attention_cb (KamSidebar *self)
{
  KamChangesModel *model = kam_workspace_get_changes (self->workspace);
  guint attention = kam_changes_model_get_attention (model);
  guint waiting = kam_changes_model_get_n_waiting (model);
  GtkListBoxRow *row = find_row (self, "changes");
  GtkWidget *count = gtk_widget_get_last_child (gtk_list_box_row_get_child (row));
  g_autofree char *spoken = NULL;

  set_count (self, (guint) gtk_list_box_row_get_index (row), attention > 0 ? attention : waiting);
  if (attention > 0)
    {
      gtk_widget_add_css_class (count, "kam-attention");
      gtk_widget_remove_css_class (count, "dim-label");
      spoken = g_strdup_printf (ngettext ("Changes, %u needs you", "Changes, %u need you", attention), attention);
    }
  else
    {
      gtk_widget_remove_css_class (count, "kam-attention");
      gtk_widget_add_css_class (count, "dim-label");
      if (waiting > 0)
        spoken = g_strdup_printf (ngettext ("Changes, %u waits to be sent", "Changes, %u wait to be sent", waiting), waiting);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken != NULL ? spoken : _("Changes"), -1);
}

static void
role_cb (KamSidebar *self)
{
  gboolean leads_others = g_strcmp0 (kam_workspace_get_role (self->workspace), "kam") != 0;

  gtk_widget_set_visible (GTK_WIDGET (find_row (self, "team")), leads_others);
}

static void
row_cb (KamSidebar    *self,
        GtkListBoxRow *row)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.view", "s", views[gtk_list_box_row_get_index (row)].name);
}

static void
add_row (KamSidebar *self,
         const View *view)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = gtk_label_new (_(view->title));
  GtkWidget *count = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (count, "dim-label");
  gtk_widget_add_css_class (count, "numeric");
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (view->icon));
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), count);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, _(view->title), -1);
  gtk_list_box_append (self->list, row);
}

static void
kam_sidebar_dispose (GObject *object)
{
  KamSidebar *self = KAM_SIDEBAR (object);

  g_cancellable_cancel (self->cancellable);
  kam_sidebar_set_workspace (self, NULL);
  G_OBJECT_CLASS (kam_sidebar_parent_class)->dispose (object);
}

static void
kam_sidebar_finalize (GObject *object)
{
  g_clear_object (&KAM_SIDEBAR (object)->cancellable);
  G_OBJECT_CLASS (kam_sidebar_parent_class)->finalize (object);
}

static void
kam_sidebar_class_init (KamSidebarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = kam_sidebar_dispose;
  G_OBJECT_CLASS (klass)->finalize = kam_sidebar_finalize;

  g_type_ensure (KAM_TYPE_SYNC_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/udaan/Kam/ui/kam-sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, KamSidebar, header);
  gtk_widget_class_bind_template_child (widget_class, KamSidebar, menu);
  gtk_widget_class_bind_template_child (widget_class, KamSidebar, list);
  gtk_widget_class_bind_template_child (widget_class, KamSidebar, sync);
  gtk_widget_class_bind_template_callback (widget_class, row_cb);
}

static void
kam_sidebar_init (KamSidebar *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    add_row (self, &views[i]);
}

void
kam_sidebar_set_workspace (KamSidebar   *self,
                           KamWorkspace *workspace)
{
  if (self->workspace == workspace)
    return;

  g_clear_handle_id (&self->source, g_source_remove);
  g_set_object (&self->workspace, workspace);
  if (workspace == NULL)
    return;

  kam_sync_button_set_workspace (self->sync, workspace);
  g_signal_connect_object (workspace, "notify::role", G_CALLBACK (role_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (kam_workspace_get_store (workspace), "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (kam_workspace_get_changes (workspace), "changed", G_CALLBACK (attention_cb), self, G_CONNECT_SWAPPED);
  role_cb (self);
  attention_cb (self);
  count_cb (self);
}

void
kam_sidebar_set_view (KamSidebar *self,
                      const char *view)
{
  gtk_list_box_select_row (self->list, find_row (self, view));
}
