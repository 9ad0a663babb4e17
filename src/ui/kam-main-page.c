/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-main-page.h"

#include "kam-changes-page.h"
#include "kam-lead-view.h"
#include "kam-sidebar.h"
#include "kam-summary-banner.h"
#include "kam-sync-button.h"

#include <glib/gi18n.h>

#define GROUP "window"
#define LEAD_WIDTH 360
/* Being offline is quiet; only after this long it is worth a word. */
#define LONG_OFFLINE_US (24 * G_TIME_SPAN_HOUR)

struct _KamMainPage
{
  AdwBin          parent_instance;

  KamWorkspace   *workspace;      /* (owned) */
  KamViewState   *views;          /* (owned) */
  const char     *view;           /* static */
  KamListPage    *leads;
  KamListPage    *contacts;
  KamChangesPage *changes;        /* (nullable): until it is first shown */
  KamLeadView    *lead;
  GBinding       *searching;      /* (unowned) (nullable): of the search button */

  AdwLeaflet     *outer;
  KamSidebar     *sidebar;
  GtkWidget      *sidebar_line;
  AdwLeaflet     *inner;
  GtkWidget      *content;
  AdwHeaderBar   *header;
  AdwWindowTitle *title;
  GtkWidget      *back;
  KamSyncButton  *sync;
  GtkWidget      *add;
  GtkWidget      *search;
  GtkWidget      *changes_menu;
  GtkRevealer    *banner;
  GtkLabel       *banner_label;
  GtkButton      *banner_button;
  KamSummaryBanner *summary;
  GtkStack       *stack;
  GtkWidget      *lead_line;
};

G_DEFINE_FINAL_TYPE (KamMainPage, kam_main_page, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_VIEW,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static const struct
{
  const char *name;
  const char *title;
} all_views[] = {
  { "today", N_("Today") },
  { "leads", N_("Leads") },
  { "contacts", N_("Contacts") },
  { "performance", N_("Performance") },
  { "changes", N_("Changes") },
  { "team", N_("Team") },
};

/* Panes */

static gboolean
has_lead (KamMainPage *self)
{
  return self->lead != NULL && kam_main_page_get_list_page (self) != NULL && kam_lead_view_get_lead (self->lead) != NULL;
}

static void
folded_cb (KamMainPage *self)
{
  gboolean outer_folded = adw_leaflet_get_folded (self->outer);
  gboolean inner_folded = adw_leaflet_get_folded (self->inner);
  gboolean sidebar_shown = gtk_widget_get_visible (GTK_WIDGET (self->sidebar));

  if (self->lead == NULL)
    return;

  gtk_widget_set_visible (self->back, outer_folded && sidebar_shown);
  gtk_widget_set_visible (GTK_WIDGET (self->sync), outer_folded || !sidebar_shown);
  gtk_widget_set_visible (self->sidebar_line, sidebar_shown);
  gtk_widget_set_visible (self->lead_line, has_lead (self));
  gtk_widget_set_visible (GTK_WIDGET (self->lead), has_lead (self));
  adw_header_bar_set_show_end_title_buttons (self->header, inner_folded || !has_lead (self));
  g_object_set (self->lead, "can-go-back", inner_folded, NULL);
}

static void
inner_child_cb (KamMainPage *self)
{
  if (self->lead != NULL)
    folded_cb (self);
}

static void
show_content (KamMainPage *self)
{
  adw_leaflet_set_visible_child (self->outer, GTK_WIDGET (self->inner));
}

static void
set_lead (KamMainPage *self,
          const char  *lead_id)
{
  if (g_strcmp0 (kam_lead_view_get_lead (self->lead), lead_id) != 0)
    kam_lead_view_set_lead (self->lead, lead_id);
  folded_cb (self);
}

/* A lead that is shown stays when the list loses it to a filter; where one is chosen instead, that one comes. */
static void
selected_cb (KamMainPage *self,
             const char  *lead_id,
             KamListPage *page)
{
  if (page != kam_main_page_get_list_page (self))
    return;

  set_lead (self, lead_id);
  if (lead_id == NULL)
    adw_leaflet_set_visible_child (self->inner, self->content);
}

static void
opened_cb (KamMainPage *self,
           const char  *lead_id,
           KamListPage *page)
{
  set_lead (self, lead_id);
  if (has_lead (self))
    adw_leaflet_set_visible_child (self->inner, GTK_WIDGET (self->lead));
}

static void
lead_back_cb (KamMainPage *self)
{
  kam_main_page_go_back (self);
}

static void
open_lead_cb (KamMainPage *self,
              const char  *lead_id)
{
  kam_main_page_show_lead (self, lead_id);
}

/* Banner */

static void
update_banner (KamMainPage *self)
{
  KamSync *sync = kam_workspace_get_sync (self->workspace);
  KamSyncStatus status = kam_sync_get_status (sync);
  gint64 last = 0;
  gboolean reveal = FALSE;

  g_object_get (sync, "last-synced", &last, NULL);
  if (status == KAM_SYNC_SIGNED_OUT)
    {
      gtk_label_set_text (self->banner_label, _("Your session has ended. What you do is kept on this device."));
      gtk_button_set_label (self->banner_button, _("S_ign In"));
      gtk_actionable_set_action_name (GTK_ACTIONABLE (self->banner_button), "win.sign-in");
      reveal = TRUE;
    }
  else if (status == KAM_SYNC_OFFLINE && last > 0 && kam_clock_now (kam_workspace_get_clock (self->workspace)) - last > LONG_OFFLINE_US)
    {
      gtk_label_set_text (self->banner_label, _("The server has not been reached for more than a day."));
      gtk_button_set_label (self->banner_button, _("_Try Now"));
      gtk_actionable_set_action_name (GTK_ACTIONABLE (self->banner_button), "win.sync");
      reveal = TRUE;
    }
  gtk_revealer_set_reveal_child (self->banner, reveal);
}

static void
kam_main_page_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_VIEW:
      g_value_set_string (value, KAM_MAIN_PAGE (object)->view);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
kam_main_page_dispose (GObject *object)
{
  KamMainPage *self = KAM_MAIN_PAGE (object);

  self->lead = NULL;
  g_clear_object (&self->workspace);
  g_clear_object (&self->views);
  G_OBJECT_CLASS (kam_main_page_parent_class)->dispose (object);
}

static void
kam_main_page_class_init (KamMainPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = kam_main_page_get_property;
  object_class->dispose = kam_main_page_dispose;

  properties[PROP_VIEW] = g_param_spec_string ("view", NULL, NULL, "today", G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (KAM_TYPE_SIDEBAR);
  g_type_ensure (KAM_TYPE_SUMMARY_BANNER);
  g_type_ensure (KAM_TYPE_SYNC_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/udaan/Kam/ui/kam-main-page.ui");
  gtk_widget_class_bind_template_child (widget_class, KamMainPage, outer);
  gtk_widget_class_bind_template_child (widget_class, KamMainPage, sidebar);
  gtk_widget_class_bind_template_child (widget_class, KamMainPage, sidebar_line);
  gtk_widget_class_bind_template_child (widget_class, KamMainPage, inner);
  gtk_widget_class_bind_template_child (widget_class, KamMainPage, content);
  gtk_widget_class_bind_template_child (widget_class, KamMainPage, header);
  gtk_widget_class_bind_template_child (widget_class, KamMainPage, title);
  gtk_widget_class_bind_template_child (widget_class, KamMainPage, back);
  gtk_widget_class_bind_template_child (widget_class, KamMainPage, sync);
  gtk_widget_class_bind_template_child (widget_class, KamMainPage, add);
  gtk_widget_class_bind_template_child (widget_class, KamMainPage, search);
  gtk_widget_class_bind_template_child (widget_class, KamMainPage, changes_menu);
  gtk_widget_class_bind_template_child (widget_class, KamMainPage, banner);
  gtk_widget_class_bind_template_child (widget_class, KamMainPage, banner_label);
  gtk_widget_class_bind_template_child (widget_class, KamMainPage, banner_button);
  gtk_widget_class_bind_template_child (widget_class, KamMainPage, summary);
  gtk_widget_class_bind_template_child (widget_class, KamMainPage, stack);
  gtk_widget_class_bind_template_child (widget_class, KamMainPage, lead_line);
  gtk_widget_class_bind_template_callback (widget_class, folded_cb);
  gtk_widget_class_bind_template_callback (widget_class, inner_child_cb);
}

static void
kam_main_page_init (KamMainPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
add_list (KamMainPage   *self,
          KamListPage  **page,
          KamEntityKind  entity,
          const char    *name)
{
  *page = KAM_LIST_PAGE (kam_list_page_new (self->workspace, self->views, entity));
  g_signal_connect_object (*page, "selected", G_CALLBACK (selected_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (*page, "opened", G_CALLBACK (opened_cb), self, G_CONNECT_SWAPPED);
  gtk_stack_add_named (self->stack, GTK_WIDGET (*page), name);
}

/* A view is made when it is first shown: nobody waits for what they do not look at. */
static void
ensure_view (KamMainPage *self,
             const char  *view)
{
  if (self->leads == NULL && g_str_equal (view, "leads"))
    add_list (self, &self->leads, KAM_ENTITY_LEAD, view);
  if (self->contacts == NULL && g_str_equal (view, "contacts"))
    add_list (self, &self->contacts, KAM_ENTITY_CONTACT, view);
  if (self->changes == NULL && g_str_equal (view, "changes"))
    {
      self->changes = KAM_CHANGES_PAGE (kam_changes_page_new (self->workspace));
      gtk_stack_add_named (self->stack, GTK_WIDGET (self->changes), view);
    }
}

GtkWidget *
kam_main_page_new (KamWorkspace *workspace,
                   KamViewState *views)
{
  KamMainPage *self = g_object_new (KAM_TYPE_MAIN_PAGE, NULL);
  KamSync *sync = kam_workspace_get_sync (workspace);
  g_autofree char *last = kam_view_state_get_string (views, GROUP, "view");
  gboolean go_on = kam_view_state_get_boolean (views, "preferences", "last-view", FALSE);

  self->workspace = g_object_ref (workspace);
  self->views = g_object_ref (views);
  self->lead = KAM_LEAD_VIEW (kam_lead_view_new (workspace));
  gtk_widget_set_hexpand (GTK_WIDGET (self->lead), TRUE);
  gtk_widget_set_size_request (GTK_WIDGET (self->lead), LEAD_WIDTH, -1);
  adw_leaflet_append (self->inner, GTK_WIDGET (self->lead));
  g_signal_connect_object (self->lead, "back", G_CALLBACK (lead_back_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->lead, "open-lead", G_CALLBACK (open_lead_cb), self, G_CONNECT_SWAPPED);

  kam_sidebar_set_workspace (self->sidebar, workspace);
  kam_sync_button_set_workspace (self->sync, workspace);
  kam_summary_banner_set_workspace (self->summary, workspace);
  g_signal_connect_object (sync, "notify::status", G_CALLBACK (update_banner), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (sync, "notify::last-synced", G_CALLBACK (update_banner), self, G_CONNECT_SWAPPED);
  update_banner (self);
  gtk_widget_set_visible (GTK_WIDGET (self->sidebar), kam_view_state_get_boolean (views, "preferences", "sidebar", TRUE));
  kam_main_page_show_view (self, go_on && last != NULL ? last : "today");

  return GTK_WIDGET (self);
}

const char *
kam_main_page_get_view (KamMainPage *self)
{
  return self->view;
}

void
kam_main_page_show_view (KamMainPage *self,
                         const char  *view)
{
  KamListPage *page = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (all_views); i++)
    {
      if (!g_str_equal (all_views[i].name, view) ||
          (g_str_equal (view, "team") && g_strcmp0 (kam_workspace_get_role (self->workspace), "kam") == 0))
        continue;

      self->view = all_views[i].name;
      adw_window_title_set_title (self->title, _(all_views[i].title));
      ensure_view (self, view);
      gtk_stack_set_visible_child_name (self->stack, view);
      kam_sidebar_set_view (self->sidebar, view);
      kam_view_state_set_string (self->views, GROUP, "view", view);
    }

  page = kam_main_page_get_list_page (self);
  g_clear_pointer (&self->searching, g_binding_unbind);
  gtk_widget_set_visible (self->search, page != NULL);
  gtk_widget_set_visible (self->changes_menu, g_str_equal (self->view, "changes"));
  gtk_widget_set_visible (self->add, !g_str_equal (self->view, "changes") && (page == NULL || page == self->leads));
  if (page != NULL)
    {
      self->searching = g_object_bind_property (page, "searching", self->search, "active", G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
      set_lead (self, kam_list_page_get_selected_lead (page));
    }
  adw_leaflet_set_visible_child (self->inner, self->content);
  show_content (self);
  folded_cb (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VIEW]);
}

void
kam_main_page_show_lead (KamMainPage *self,
                         const char  *lead_id)
{
  if (!g_str_equal (self->view, "leads"))
    kam_main_page_show_view (self, "leads");

  kam_list_page_select (self->leads, lead_id);
  opened_cb (self, lead_id, self->leads);
}

void
kam_main_page_show_changes (KamMainPage *self,
                            const char  *lead_id)
{
  kam_main_page_show_view (self, "changes");
  kam_changes_page_show_lead (self->changes, lead_id);
}

void
kam_main_page_search (KamMainPage *self)
{
  if (kam_main_page_get_list_page (self) == NULL)
    kam_main_page_show_view (self, "leads");

  adw_leaflet_set_visible_child (self->inner, self->content);
  show_content (self);
  kam_list_page_search (kam_main_page_get_list_page (self));
}

void
kam_main_page_toggle_sidebar (KamMainPage *self)
{
  gboolean shown = gtk_widget_get_visible (GTK_WIDGET (self->sidebar));

  if (adw_leaflet_get_folded (self->outer) && shown)
    {
      gboolean on_top = adw_leaflet_get_visible_child (self->outer) == GTK_WIDGET (self->sidebar);

      adw_leaflet_set_visible_child (self->outer, on_top ? GTK_WIDGET (self->inner) : GTK_WIDGET (self->sidebar));
      return;
    }

  gtk_widget_set_visible (GTK_WIDGET (self->sidebar), !shown);
  folded_cb (self);
}

void
kam_main_page_go_back (KamMainPage *self)
{
  /* Where the sidebar has no room beside the list, the lead has none either, whether it has been laid out yet or not. */
  if ((adw_leaflet_get_folded (self->inner) || adw_leaflet_get_folded (self->outer)) && adw_leaflet_get_visible_child (self->inner) == GTK_WIDGET (self->lead))
    {
      adw_leaflet_set_visible_child (self->inner, self->content);
      if (kam_main_page_get_list_page (self) != NULL)
        kam_list_page_focus (kam_main_page_get_list_page (self));
    }
  else if (adw_leaflet_get_folded (self->outer) && gtk_widget_get_visible (GTK_WIDGET (self->sidebar)))
    adw_leaflet_set_visible_child (self->outer, GTK_WIDGET (self->sidebar));
}

KamListPage *
kam_main_page_get_list_page (KamMainPage *self)
{
  if (self->view == NULL)
    return NULL;
  if (g_str_equal (self->view, "leads"))
    return self->leads;

  return g_str_equal (self->view, "contacts") ? self->contacts : NULL;
}

const char *
kam_main_page_get_top (KamMainPage *self)
{
  if (adw_leaflet_get_visible_child (self->outer) == GTK_WIDGET (self->sidebar))
    return "sidebar";

  return adw_leaflet_get_visible_child (self->inner) == GTK_WIDGET (self->lead) ? "lead" : "content";
}
