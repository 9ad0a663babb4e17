/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-timeline-row.h"

#include "kam-format.h"
#include "kam-lead-actions.h"
#include "kam-timeline-text.h"
#include "kam-words.h"

#include <glib/gi18n.h>
#include <string.h>

struct _KamTimelineRow
{
  AdwBin parent_instance;

  GtkWidget   *frame;
  GtkImage    *icon;
  GtkLabel    *title;
  GtkLabel    *summary;
  GtkLabel    *date;
  GtkRevealer *revealer;
  GtkLabel    *facts;
  GtkLabel    *body;
  GtkWidget   *buttons;
  GtkWidget   *log_button;
  GtkWidget   *edit_button;
  GtkWidget   *delete_button;

  KamWorkspace *workspace; /* (owned) */
  KamLeadModel *model;     /* (owned) */
  KamRowItem   *item;      /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (KamTimelineRow, kam_timeline_row, ADW_TYPE_BIN)

static void
toggle_class (GtkWidget  *widget,
              const char *name,
              gboolean    on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

static void
add_fact (GString    *facts,
          const char *fact)
{
  if (fact == NULL || *fact == '\0')
    return;
  if (facts->len > 0)
    g_string_append (facts, " · ");
  g_string_append (facts, fact);
}

static void
add_next_step (KamTimelineRow *self,
               GString        *facts,
               KamRow         *row)
{
  const char *on = kam_row_text (row, KAM_INTERACTION_FOLLOW_UP_ON);
  g_autofree char *today = NULL, *near = NULL, *text = NULL;

  if (on == NULL)
    return;

  today = kam_lead_model_dup_today (self->model);
  near = kam_format_date_near (on, today);
  if (kam_row_int (row, KAM_INTERACTION_FOLLOW_UP_DONE, 0) != 0)
    text = g_strdup_printf (_("next step %s, done"), near);
  else
    text = g_strdup_printf (_("next step %s"), near);
  add_fact (facts, text);
}

/* The same time on one's own clock, where that shows another. */
static void
add_own_clock (KamTimelineRow *self,
               GString        *facts,
               KamRow         *row)
{
  const char *me = kam_workspace_get_user_id (self->workspace);
  KamRow *person = me != NULL ? kam_workspace_get_person (self->workspace, me) : NULL;
  KamRow *lead = kam_lead_model_get_lead (self->model);
  const char *zone = kam_row_text (row, KAM_INTERACTION_TIME_ZONE);
  g_autofree char *date = NULL, *time = NULL, *own = NULL;

  if (zone == NULL && lead != NULL)
    zone = kam_row_text (lead, KAM_LEAD_TIME_ZONE);
  if (person == NULL || zone == NULL || !kam_timeline_clock (row, lead, &date, &time))
    return;

  own = kam_words_other_clock (date, time, zone, kam_row_text (person, KAM_USER_TIME_ZONE));
  add_fact (facts, own);
}

static void
show_facts (KamTimelineRow  *self,
            KamRow          *row,
            KamTimelineText *text)
{
  g_autoptr (GString) facts = g_string_new (text->full);
  const char *contact_id = kam_row_text (row, KAM_INTERACTION_CONTACT);
  KamRow *contact = contact_id != NULL ? kam_lead_model_find (self->model, contact_id) : NULL;
  g_autofree char *length = NULL, *reference = NULL;

  add_own_clock (self, facts, row);
  if (contact != NULL)
    add_fact (facts, kam_row_text (contact, KAM_CONTACT_NAME));
  if (!kam_row_is_null (row, KAM_INTERACTION_DURATION))
    length = g_strdup_printf (_("%d min"), (int) kam_row_int (row, KAM_INTERACTION_DURATION, 0));
  add_fact (facts, length);
  add_next_step (self, facts, row);
  if (!kam_row_is_null (row, KAM_INTERACTION_ORDER_REFERENCE))
    reference = g_strdup_printf (_("reference %s"), kam_row_text (row, KAM_INTERACTION_ORDER_REFERENCE));
  add_fact (facts, reference);
  add_fact (facts, text->author);
  gtk_label_set_text (self->facts, facts->str);
}

static void
name_list_row (KamTimelineRow *self,
               const char     *spoken)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));

  if (parent != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (parent), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static void
show_buttons (KamTimelineRow *self,
              KamRow         *row)
{
  gboolean plan = kam_row_is (row, KAM_INTERACTION_STATE, "planned") && !kam_row_is (row, KAM_INTERACTION_KIND, "order");

  gtk_widget_set_visible (self->log_button, plan);
}

static void open_cb (KamTimelineRow *self);

static void
update (KamTimelineRow *self)
{
  KamRow *row = kam_row_item_get_row (self->item);
  g_autoptr (KamTimelineText) text = kam_timeline_text_new (self->workspace, row, kam_lead_model_get_lead (self->model));

  gtk_image_set_from_icon_name (self->icon, text->icon);
  gtk_label_set_text (self->title, text->title);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), text->title);
  gtk_label_set_text (self->summary, text->summary != NULL ? text->summary : text->is_thin && text->author != NULL ? text->author : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->summary), text->summary);
  gtk_label_set_text (self->date, text->near);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->date), text->full);
  toggle_class (self->frame, "kam-planned", text->is_planned);
  toggle_class (self->frame, "kam-thin", text->is_thin);
  toggle_class (self->frame, "caption", text->is_thin);
  toggle_class (GTK_WIDGET (self->title), "dim-label", text->is_struck || text->is_thin);
  if (kam_timeline_row_can_open (self))
    {
      const char *summary = kam_row_text (row, KAM_INTERACTION_SUMMARY);

      show_facts (self, row, text);
      show_buttons (self, row);
      gtk_label_set_text (self->body, summary != NULL ? summary : "");
      gtk_widget_set_visible (GTK_WIDGET (self->body), summary != NULL);
    }
  name_list_row (self, text->spoken);
  open_cb (self);
}

/* In the line while it is closed; below it, in full, when it is open. */
static void
show_summary (KamTimelineRow *self,
              gboolean        open)
{
  gboolean shown = !open && *gtk_label_get_text (self->summary) != '\0';

  gtk_widget_set_visible (GTK_WIDGET (self->summary), shown);
  gtk_widget_set_hexpand (GTK_WIDGET (self->title), !shown);
}

static void
open_cb (KamTimelineRow *self)
{
  gboolean open = self->item != NULL && kam_row_item_get_open (self->item) && kam_timeline_row_can_open (self);
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));

  gtk_revealer_set_reveal_child (self->revealer, open);
  /* Closed, its buttons are no stop for the keyboard. */
  gtk_widget_set_visible (gtk_revealer_get_child (self->revealer), open);
  show_summary (self, open);
  if (parent != NULL && self->item != NULL && kam_timeline_row_can_open (self))
    gtk_accessible_update_state (GTK_ACCESSIBLE (parent), GTK_ACCESSIBLE_STATE_EXPANDED, open, -1);
}

static void
parent_cb (KamTimelineRow *self)
{
  if (self->item == NULL || gtk_widget_get_parent (GTK_WIDGET (self)) == NULL)
    return;

  update (self);
}

static void
action (GtkWidget  *widget,
        const char *name,
        GVariant   *parameter)
{
  KamTimelineRow *self = KAM_TIMELINE_ROW (widget);
  KamRow *row = self->item != NULL ? kam_row_item_get_row (self->item) : NULL;

  if (row == NULL || kam_lead_model_get_lead (self->model) == NULL)
    return;
  if (strcmp (name, "timeline.log") == 0)
    kam_lead_actions_add_interaction (widget, self->workspace, self->model, kam_row_text (row, KAM_INTERACTION_KIND), "done", row);
  else if (strcmp (name, "timeline.edit") == 0)
    kam_lead_actions_edit_interaction (widget, self->workspace, self->model, row);
  else
    kam_lead_actions_delete (widget, self->workspace, row);
}

static void
kam_timeline_row_dispose (GObject *object)
{
  KamTimelineRow *self = KAM_TIMELINE_ROW (object);

  kam_timeline_row_set_item (self, NULL);
  g_clear_object (&self->model);
  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (kam_timeline_row_parent_class)->dispose (object);
}

static void
kam_timeline_row_class_init (KamTimelineRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = kam_timeline_row_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/udaan/Kam/ui/kam-timeline-row.ui");
  gtk_widget_class_bind_template_child (widget_class, KamTimelineRow, frame);
  gtk_widget_class_bind_template_child (widget_class, KamTimelineRow, icon);
  gtk_widget_class_bind_template_child (widget_class, KamTimelineRow, title);
  gtk_widget_class_bind_template_child (widget_class, KamTimelineRow, summary);
  gtk_widget_class_bind_template_child (widget_class, KamTimelineRow, date);
  gtk_widget_class_bind_template_child (widget_class, KamTimelineRow, revealer);
  gtk_widget_class_bind_template_child (widget_class, KamTimelineRow, facts);
  gtk_widget_class_bind_template_child (widget_class, KamTimelineRow, body);
  gtk_widget_class_bind_template_child (widget_class, KamTimelineRow, buttons);
  gtk_widget_class_bind_template_child (widget_class, KamTimelineRow, log_button);
  gtk_widget_class_bind_template_child (widget_class, KamTimelineRow, edit_button);
  gtk_widget_class_bind_template_child (widget_class, KamTimelineRow, delete_button);

  gtk_widget_class_install_action (widget_class, "timeline.log", NULL, action);
  gtk_widget_class_install_action (widget_class, "timeline.edit", NULL, action);
  gtk_widget_class_install_action (widget_class, "timeline.delete", NULL, action);
}

static void
kam_timeline_row_init (KamTimelineRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "notify::parent", G_CALLBACK (parent_cb), NULL);
}

GtkWidget *
kam_timeline_row_new (KamWorkspace *workspace,
                      KamLeadModel *model)
{
  KamTimelineRow *self = g_object_new (KAM_TYPE_TIMELINE_ROW, NULL);

  self->workspace = g_object_ref (workspace);
  self->model = g_object_ref (model);

  return GTK_WIDGET (self);
}

void
kam_timeline_row_set_item (KamTimelineRow *self,
                           KamRowItem     *item)
{
  if (self->item == item)
    return;

  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_set_object (&self->item, item);
  if (item == NULL)
    return;

  g_signal_connect_swapped (item, "changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (item, "notify::open", G_CALLBACK (open_cb), self);
  update (self);
}

KamRowItem *
kam_timeline_row_get_item (KamTimelineRow *self)
{
  return self->item;
}

gboolean
kam_timeline_row_can_open (KamTimelineRow *self)
{
  return self->item != NULL && kam_row_kind (kam_row_item_get_row (self->item)) == KAM_ENTITY_INTERACTION;
}
