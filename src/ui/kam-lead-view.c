/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-lead-view.h"

#include "kam-changes-model.h"
#include "kam-history-list.h"
#include "kam-lead-actions.h"
#include "kam-lead-contacts.h"
#include "kam-lead-details.h"
#include "kam-lead-gone.h"
#include "kam-lead-head.h"
#include "kam-lead-model.h"
#include "kam-lead-timeline.h"
#include "kam-timeline-list.h"

#include <glib/gi18n.h>
#include <string.h>

#define SPINNER_DELAY_MS 300

struct _KamLeadView
{
  AdwBin parent_instance;

  AdwHeaderBar   *header;
  AdwWindowTitle *title;
  GtkWidget      *back_button;
  GtkWidget      *log_button;
  GtkWidget      *menu_button;
  GtkStack       *stack;
  GtkSpinner     *spinner;
  AdwStatusPage  *gone_page;
  GtkWidget      *restore_button;
  GtkScrolledWindow *scrolled;
  KamLeadHead    *head;
  KamLeadContacts *contacts;
  KamLeadTimeline *timeline;
  KamLeadDetails  *details;
  KamTimelineList *all;
  KamHistoryList  *history;

  KamWorkspace      *workspace;     /* (owned) (nullable) */
  KamLeadModel      *model;         /* (owned) (nullable) */
  gboolean           can_go_back;
  const char        *shown;         /* static: "page", or what lies over it: "all", "history" */
  guint              spinner_id;
};

G_DEFINE_FINAL_TYPE (KamLeadView, kam_lead_view, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_WORKSPACE,
  PROP_LEAD_ID,
  PROP_CAN_GO_BACK,
  N_PROPS
};

enum
{
  BACK,
  OPEN_LEAD,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static gboolean
spin_cb (gpointer user_data)
{
  KamLeadView *self = user_data;

  self->spinner_id = 0;
  gtk_spinner_start (self->spinner);

  return G_SOURCE_REMOVE;
}

static void
stop_spinner (KamLeadView *self)
{
  g_clear_handle_id (&self->spinner_id, g_source_remove);
  gtk_spinner_stop (self->spinner);
}

static void
show_gone (KamLeadView  *self,
           KamLeadState  state)
{
  g_autofree char *text = NULL;
  const char *title = NULL, *icon = NULL;

  kam_lead_gone_words (self->model, &title, &icon, &text);
  adw_status_page_set_icon_name (self->gone_page, icon);
  adw_status_page_set_title (self->gone_page, title);
  adw_status_page_set_description (self->gone_page, text);
  gtk_widget_set_visible (self->restore_button, state == KAM_LEAD_STATE_DELETED);
}

static void
enable_actions (KamLeadView *self,
                gboolean     ready)
{
  static const char *const names[] = { "lead.log-call", "lead.log-visit",   "lead.add-order", "lead.plan-call", "lead.plan-visit",
                                       "lead.edit",     "lead.add-contact", "lead.delete",    "lead.show-all",
                                       "lead.history" };
  KamRow *lead = ready ? kam_lead_model_get_lead (self->model) : NULL;
  gboolean inactive = lead != NULL && kam_row_is (lead, KAM_LEAD_STATUS, "inactive");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), names[i], ready);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "lead.set-inactive", ready && !inactive);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "lead.reactivate", ready && inactive);
  gtk_widget_set_visible (self->log_button, ready);
  gtk_widget_set_visible (self->menu_button, ready);
}

static const char *
page_for (KamLeadView  *self,
          KamLeadState  state)
{
  switch (state)
    {
    case KAM_LEAD_STATE_NONE:
      return "none";
    case KAM_LEAD_STATE_LOADING:
      return "loading";
    case KAM_LEAD_STATE_READY:
      return self->shown;
    default:
      return "gone";
    }
}

static gboolean
is_over_page (KamLeadView *self)
{
  return strcmp (self->shown, "page") != 0;
}

static void
show_header (KamLeadView *self,
             gboolean     ready)
{
  KamRow *lead = ready ? kam_lead_model_get_lead (self->model) : NULL;

  adw_window_title_set_title (self->title, lead != NULL ? kam_row_text (lead, KAM_LEAD_NAME) : "");
  adw_window_title_set_subtitle (self->title, lead == NULL || !is_over_page (self) ? "" : strcmp (self->shown, "all") == 0 ? _("Timeline") : _("History"));
  gtk_widget_set_visible (self->back_button, self->can_go_back || is_over_page (self));
}

static void
update (KamLeadView *self)
{
  KamLeadState state = self->model != NULL ? kam_lead_model_get_state (self->model) : KAM_LEAD_STATE_NONE;
  gboolean ready = state == KAM_LEAD_STATE_READY;

  if (state != KAM_LEAD_STATE_LOADING)
    stop_spinner (self);
  else if (self->spinner_id == 0)
    self->spinner_id = g_timeout_add (SPINNER_DELAY_MS, spin_cb, self);

  if (ready)
    {
      kam_lead_head_update (self->head, self->workspace, self->model);
      kam_lead_details_update (self->details, self->workspace, self->model);
    }
  else if (strcmp (page_for (self, state), "gone") == 0)
    show_gone (self, state);

  show_header (self, ready);
  enable_actions (self, ready);
  gtk_stack_set_visible_child_name (self->stack, page_for (self, state));
}

static void
open_lead_cb (KamLeadView *self,
              const char  *lead_id)
{
  g_signal_emit (self, signals[OPEN_LEAD], 0, lead_id);
}

static void
set_shown (KamLeadView *self,
           const char  *shown)
{
  self->shown = shown;
  if (strcmp (shown, "all") == 0)
    kam_lead_model_set_show_all (self->model, TRUE);
  kam_history_list_show (self->history, self->workspace, strcmp (shown, "history") == 0 ? kam_lead_model_get_lead_id (self->model) : NULL);
  update (self);
}

static void
back_cb (KamLeadView *self)
{
  if (is_over_page (self))
    set_shown (self, "page");
  else
    g_signal_emit (self, signals[BACK], 0);
}

static void
action (GtkWidget  *widget,
        const char *name,
        GVariant   *parameter)
{
  KamLeadView *self = KAM_LEAD_VIEW (widget);

  if (strcmp (name, "lead.edit") == 0)
    kam_lead_actions_edit (widget, self->workspace, self->model);
  else if (strcmp (name, "lead.add-contact") == 0)
    kam_lead_actions_edit_contact (widget, self->workspace, self->model, NULL);
  else if (strcmp (name, "lead.set-inactive") == 0)
    kam_lead_actions_set_inactive (widget, self->workspace, self->model);
  else if (strcmp (name, "lead.reactivate") == 0)
    kam_lead_actions_reactivate (widget, self->workspace, self->model);
  else if (strcmp (name, "lead.delete") == 0)
    kam_lead_actions_delete (widget, self->workspace, kam_lead_model_get_lead (self->model));
  else if (strcmp (name, "lead.restore") == 0)
    kam_lead_actions_restore (widget, self->workspace, kam_lead_model_get_lead (self->model));
  else if (strcmp (name, "lead.show-all") == 0)
    set_shown (self, "all");
  else if (strcmp (name, "lead.history") == 0)
    set_shown (self, "history");
}

static void
add_action (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  static const struct
  {
    const char *action;
    const char *kind;
    const char *state;
  } kinds[] = {
    { "lead.log-call", "call", "done" },       { "lead.log-visit", "visit", "done" },       { "lead.add-order", "order", "done" },
    { "lead.plan-call", "call", "planned" },   { "lead.plan-visit", "visit", "planned" },
  };
  KamLeadView *self = KAM_LEAD_VIEW (widget);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      if (strcmp (kinds[i].action, name) == 0)
        kam_lead_actions_add_interaction (widget, self->workspace, self->model, kinds[i].kind, kinds[i].state, NULL);
    }
}

static void
kam_lead_view_dispose (GObject *object)
{
  KamLeadView *self = KAM_LEAD_VIEW (object);

  g_clear_handle_id (&self->spinner_id, g_source_remove);
  kam_lead_view_set_workspace (self, NULL);

  G_OBJECT_CLASS (kam_lead_view_parent_class)->dispose (object);
}

static void
kam_lead_view_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  KamLeadView *self = KAM_LEAD_VIEW (object);

  switch (prop_id)
    {
    case PROP_WORKSPACE:
      g_value_set_object (value, self->workspace);
      break;
    case PROP_LEAD_ID:
      g_value_set_string (value, kam_lead_view_get_lead (self));
      break;
    case PROP_CAN_GO_BACK:
      g_value_set_boolean (value, self->can_go_back);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
kam_lead_view_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  KamLeadView *self = KAM_LEAD_VIEW (object);

  switch (prop_id)
    {
    case PROP_WORKSPACE:
      kam_lead_view_set_workspace (self, g_value_get_object (value));
      break;
    case PROP_LEAD_ID:
      kam_lead_view_set_lead (self, g_value_get_string (value));
      break;
    case PROP_CAN_GO_BACK:
      self->can_go_back = g_value_get_boolean (value);
      update (self);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ensure_types (void)
{
  g_type_ensure (KAM_TYPE_LEAD_HEAD);
  g_type_ensure (KAM_TYPE_LEAD_CONTACTS);
  g_type_ensure (KAM_TYPE_LEAD_TIMELINE);
  g_type_ensure (KAM_TYPE_LEAD_DETAILS);
  g_type_ensure (KAM_TYPE_TIMELINE_LIST);
  g_type_ensure (KAM_TYPE_HISTORY_LIST);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  static const char *const plain[] = { "lead.edit",       "lead.add-contact", "lead.set-inactive", "lead.reactivate",
                                       "lead.delete",     "lead.restore",     "lead.show-all",
                                       "lead.history" };
  static const char *const adding[] = { "lead.log-call", "lead.log-visit", "lead.add-order", "lead.plan-call", "lead.plan-visit" };

  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    gtk_widget_class_install_action (widget_class, plain[i], NULL, action);
  for (guint i = 0; i < G_N_ELEMENTS (adding); i++)
    gtk_widget_class_install_action (widget_class, adding[i], NULL, add_action);
}

static void
kam_lead_view_class_init (KamLeadViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = kam_lead_view_dispose;
  object_class->get_property = kam_lead_view_get_property;
  object_class->set_property = kam_lead_view_set_property;

  properties[PROP_WORKSPACE] = g_param_spec_object ("workspace", NULL, NULL, KAM_TYPE_WORKSPACE, flags);
  properties[PROP_LEAD_ID] = g_param_spec_string ("lead-id", NULL, NULL, NULL, flags);
  properties[PROP_CAN_GO_BACK] = g_param_spec_boolean ("can-go-back", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[BACK] = g_signal_new ("back", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[OPEN_LEAD] = g_signal_new ("open-lead", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  ensure_types ();
  gtk_widget_class_set_template_from_resource (widget_class, "/org/udaan/Kam/ui/kam-lead-view.ui");
  gtk_widget_class_bind_template_child (widget_class, KamLeadView, header);
  gtk_widget_class_bind_template_child (widget_class, KamLeadView, title);
  gtk_widget_class_bind_template_child (widget_class, KamLeadView, back_button);
  gtk_widget_class_bind_template_child (widget_class, KamLeadView, log_button);
  gtk_widget_class_bind_template_child (widget_class, KamLeadView, menu_button);
  gtk_widget_class_bind_template_child (widget_class, KamLeadView, stack);
  gtk_widget_class_bind_template_child (widget_class, KamLeadView, spinner);
  gtk_widget_class_bind_template_child (widget_class, KamLeadView, gone_page);
  gtk_widget_class_bind_template_child (widget_class, KamLeadView, restore_button);
  gtk_widget_class_bind_template_child (widget_class, KamLeadView, scrolled);
  gtk_widget_class_bind_template_child (widget_class, KamLeadView, head);
  gtk_widget_class_bind_template_child (widget_class, KamLeadView, contacts);
  gtk_widget_class_bind_template_child (widget_class, KamLeadView, timeline);
  gtk_widget_class_bind_template_child (widget_class, KamLeadView, details);
  gtk_widget_class_bind_template_child (widget_class, KamLeadView, all);
  gtk_widget_class_bind_template_child (widget_class, KamLeadView, history);
  gtk_widget_class_bind_template_callback (widget_class, back_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_lead_cb);
  install_actions (widget_class);
}

/* Wherever the focus is in the window: one key, and one can type what was said. */
static void
add_keys (KamLeadView *self)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_set_scope (GTK_SHORTCUT_CONTROLLER (keys), GTK_SHORTCUT_SCOPE_GLOBAL);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_l, GDK_CONTROL_MASK), gtk_named_action_new ("lead.log-call")));
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

static void
kam_lead_view_init (KamLeadView *self)
{
  self->shown = "page";
  gtk_widget_init_template (GTK_WIDGET (self));
  add_keys (self);
  update (self);
}

/**
 * kam_lead_view_new:
 *
 * Returns: (transfer floating): a page that shows nothing yet
 */
GtkWidget *
kam_lead_view_new (KamWorkspace *workspace)
{
  return g_object_new (KAM_TYPE_LEAD_VIEW, "workspace", workspace, NULL);
}

void
kam_lead_view_set_workspace (KamLeadView  *self,
                             KamWorkspace *workspace)
{
  g_return_if_fail (KAM_IS_LEAD_VIEW (self));

  if (self->workspace == workspace)
    return;

  if (self->model != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->model, self);
      g_signal_handlers_disconnect_by_data (kam_workspace_get_changes (self->workspace), self);
    }
  g_clear_object (&self->model);
  g_set_object (&self->workspace, workspace);
  self->shown = "page";
  if (workspace != NULL)
    {
      self->model = kam_lead_model_new (workspace);
      g_signal_connect_swapped (self->model, "changed", G_CALLBACK (update), self);
      g_signal_connect_object (kam_workspace_get_changes (workspace), "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
    }
  if (self->contacts == NULL)
    return;

  kam_lead_contacts_set_model (self->contacts, workspace, self->model);
  kam_lead_timeline_set_model (self->timeline, workspace, self->model);
  kam_timeline_list_set_model (self->all, workspace, self->model);
  update (self);
}

/**
 * kam_lead_view_set_lead:
 * @lead_id: (nullable): NULL for none
 *
 * Shows a lead, from the top of its page.
 */
void
kam_lead_view_set_lead (KamLeadView *self,
                        const char  *lead_id)
{
  g_return_if_fail (KAM_IS_LEAD_VIEW (self));

  if (self->model == NULL || g_strcmp0 (kam_lead_model_get_lead_id (self->model), lead_id) == 0)
    return;

  self->shown = "page";
  kam_history_list_show (self->history, self->workspace, NULL);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scrolled), 0);
  kam_lead_model_set_lead (self->model, lead_id);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LEAD_ID]);
}

const char *
kam_lead_view_get_lead (KamLeadView *self)
{
  g_return_val_if_fail (KAM_IS_LEAD_VIEW (self), NULL);

  return self->model != NULL ? kam_lead_model_get_lead_id (self->model) : NULL;
}
