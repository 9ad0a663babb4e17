/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-lead-head.h"

#include "kam-changes-model.h"
#include "kam-format.h"
#include "kam-link.h"
#include "kam-timeline-text.h"
#include "kam-words.h"

#include <glib/gi18n.h>
#include <string.h>

#define LONG_NAME 60 /* characters */

struct _KamLeadHead
{
  AdwBin parent_instance;

  GtkWidget    *parent_button;
  GtkLabel     *parent_label;
  GtkLabel     *name;
  GtkWidget    *status_box;
  GtkImage     *status_icon;
  GtkLabel     *status;
  GtkLabel     *tier;
  GtkLabel     *city;
  GtkWidget    *pending;
  GtkLabel     *reason;
  GtkWidget    *attention;
  AdwActionRow *attention_row;
  AdwActionRow *next_row;
  AdwActionRow *last_row;
  AdwActionRow *phone_row;
  GtkButton    *phone_button;

  char *lead_id;   /* (owned) (nullable) */
  char *parent_id; /* (owned) (nullable) */
  char *phone;     /* (owned) (nullable) */
  char *status_class; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (KamLeadHead, kam_lead_head, ADW_TYPE_BIN)

enum
{
  OPEN_LEAD,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
parent_cb (KamLeadHead *self)
{
  g_autofree char *id = g_strdup (self->parent_id);

  if (id != NULL)
    g_signal_emit (self, signals[OPEN_LEAD], 0, id);
}

static void
phone_cb (KamLeadHead *self)
{
  if (self->phone != NULL)
    kam_link_dial (GTK_WIDGET (self), self->phone);
}

static void
attention_cb (KamLeadHead *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-changes", "s", self->lead_id);
}

static void
kam_lead_head_finalize (GObject *object)
{
  KamLeadHead *self = KAM_LEAD_HEAD (object);

  g_free (self->lead_id);
  g_free (self->parent_id);
  g_free (self->phone);
  g_free (self->status_class);

  G_OBJECT_CLASS (kam_lead_head_parent_class)->finalize (object);
}

static void
kam_lead_head_class_init (KamLeadHeadClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = kam_lead_head_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/udaan/Kam/ui/kam-lead-head.ui");
  gtk_widget_class_bind_template_child (widget_class, KamLeadHead, parent_button);
  gtk_widget_class_bind_template_child (widget_class, KamLeadHead, parent_label);
  gtk_widget_class_bind_template_child (widget_class, KamLeadHead, name);
  gtk_widget_class_bind_template_child (widget_class, KamLeadHead, status_box);
  gtk_widget_class_bind_template_child (widget_class, KamLeadHead, status_icon);
  gtk_widget_class_bind_template_child (widget_class, KamLeadHead, status);
  gtk_widget_class_bind_template_child (widget_class, KamLeadHead, tier);
  gtk_widget_class_bind_template_child (widget_class, KamLeadHead, city);
  gtk_widget_class_bind_template_child (widget_class, KamLeadHead, pending);
  gtk_widget_class_bind_template_child (widget_class, KamLeadHead, reason);
  gtk_widget_class_bind_template_child (widget_class, KamLeadHead, attention);
  gtk_widget_class_bind_template_child (widget_class, KamLeadHead, attention_row);
  gtk_widget_class_bind_template_child (widget_class, KamLeadHead, next_row);
  gtk_widget_class_bind_template_child (widget_class, KamLeadHead, last_row);
  gtk_widget_class_bind_template_child (widget_class, KamLeadHead, phone_row);
  gtk_widget_class_bind_template_child (widget_class, KamLeadHead, phone_button);
  gtk_widget_class_bind_template_callback (widget_class, attention_cb);
  gtk_widget_class_bind_template_callback (widget_class, parent_cb);
  gtk_widget_class_bind_template_callback (widget_class, phone_cb);

  signals[OPEN_LEAD] = g_signal_new ("open-lead", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
kam_lead_head_init (KamLeadHead *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static const char *
status_icon (const char *status)
{
  static const char *const icons[][2] = {
    { "new", "starred-symbolic" },
    { "contacted", "call-start-symbolic" },
    { "active", "emblem-ok-symbolic" },
    { "inactive", "media-playback-pause-symbolic" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (icons); i++)
    {
      if (g_strcmp0 (status, icons[i][0]) == 0)
        return icons[i][1];
    }

  return "dialog-question-symbolic";
}

static const char *
choice (KamRow *row,
        guint   field)
{
  const char *word = kam_row_text (row, field);

  return word != NULL ? kam_field_choice_label (&kam_row_entity (row)->fields[field], word) : "";
}

static void
show_optional (GtkLabel   *label,
               const char *text)
{
  gtk_label_set_text (label, text != NULL ? text : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (label), text);
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static void
show_status (KamLeadHead *self,
             KamRow      *lead)
{
  const char *status = kam_row_text (lead, KAM_LEAD_STATUS);

  gtk_image_set_from_icon_name (self->status_icon, status_icon (status));
  gtk_label_set_text (self->status, choice (lead, KAM_LEAD_STATUS));
  if (self->status_class != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self->status_icon), self->status_class);
  g_free (self->status_class);
  self->status_class = g_strconcat ("kam-status-", status, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->status_icon), self->status_class);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->status_box), GTK_ACCESSIBLE_PROPERTY_LABEL, choice (lead, KAM_LEAD_STATUS), -1);
}

static void
show_tier (KamLeadHead *self,
           KamRow      *lead)
{
  const char *tier = choice (lead, KAM_LEAD_TIER);
  g_autofree char *full = g_strdup_printf (_("Tier %s"), tier);

  gtk_label_set_text (self->tier, tier);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->tier), full);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->tier), GTK_ACCESSIBLE_PROPERTY_LABEL, full, -1);
  gtk_widget_set_visible (GTK_WIDGET (self->tier), *tier != '\0');
}

static char *
describe_plan (KamWorkspace *workspace,
               KamRow       *plan,
               KamRow       *lead)
{
  const char *me = kam_workspace_get_user_id (workspace);
  KamRow *person = me != NULL ? kam_workspace_get_person (workspace, me) : NULL;
  const char *date = kam_row_text (plan, KAM_INTERACTION_LOCAL_DATE), *time = kam_row_text (plan, KAM_INTERACTION_LOCAL_TIME);
  const char *zone = kam_row_text (plan, KAM_INTERACTION_TIME_ZONE);
  g_autofree char *full = date != NULL ? kam_format_date_full (date) : g_strdup (_("no date"));
  g_autofree char *own = NULL;

  if (person != NULL)
    own = kam_words_other_clock (date, time, zone != NULL ? zone : kam_row_text (lead, KAM_LEAD_TIME_ZONE), kam_row_text (person, KAM_USER_TIME_ZONE));
  if (time != NULL && own != NULL)
    return g_strdup_printf ("%s, %s · %s", full, time, own);

  return time != NULL ? g_strdup_printf (_("%s, %s"), full, time) : g_steal_pointer (&full);
}

static void
show_next (KamLeadHead  *self,
           KamWorkspace *workspace,
           KamLeadModel *model)
{
  KamRow *lead = kam_lead_model_get_lead (model), *plan = kam_lead_model_get_next (model);
  g_autofree char *subtitle = NULL, *title = NULL, *near = NULL, *today = kam_lead_model_dup_today (model);
  const char *date;

  if (plan == NULL)
    {
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->next_row), _("Nothing planned"));
      subtitle = kam_row_is_null (lead, KAM_LEAD_CALL_INTERVAL) ? NULL : kam_words_interval (kam_row_int (lead, KAM_LEAD_CALL_INTERVAL, 0));
      adw_action_row_set_subtitle (self->next_row, subtitle != NULL ? subtitle : "");
      return;
    }

  date = kam_row_text (plan, KAM_INTERACTION_LOCAL_DATE);
  near = date != NULL ? kam_format_date_near (date, today) : g_strdup ("");
  /* TRANSLATORS: the next planned item: kind (call, visit), when (tomorrow) */
  title = g_strdup_printf (_("Next %s %s"), choice (plan, KAM_INTERACTION_KIND), near);
  subtitle = describe_plan (workspace, plan, lead);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->next_row), title);
  adw_action_row_set_subtitle (self->next_row, subtitle);
}

static void
show_last (KamLeadHead  *self,
           KamWorkspace *workspace,
           KamLeadModel *model)
{
  KamRow *last = kam_lead_model_get_last (model);
  g_autoptr (KamTimelineText) text = NULL;
  g_autofree char *title = NULL;

  if (last == NULL)
    {
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->last_row), _("No contact yet"));
      adw_action_row_set_subtitle (self->last_row, "");
      return;
    }

  text = kam_timeline_text_new (workspace, last, kam_lead_model_get_lead (model));
  /* TRANSLATORS: when somebody last called or visited: "3 days ago" */
  title = g_strdup_printf (_("Last contact %s"), text->near);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->last_row), title);
  adw_action_row_set_subtitle (self->last_row, text->summary != NULL ? text->summary : text->title);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->last_row), text->full);
}

static void
show_phone (KamLeadHead *self,
            KamRow      *lead)
{
  const char *phone = kam_row_text (lead, KAM_LEAD_PHONE);
  g_autofree char *number = phone != NULL ? kam_format_phone (phone, kam_row_text (lead, KAM_LEAD_COUNTRY)) : NULL;
  g_autofree char *label = g_strdup_printf (_("Call %s"), number != NULL ? number : "");

  g_free (self->phone);
  self->phone = g_strdup (phone);
  gtk_widget_set_visible (GTK_WIDGET (self->phone_row), phone != NULL);
  gtk_button_set_label (self->phone_button, number != NULL ? number : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->phone_button), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->phone_button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
show_parent (KamLeadHead *self,
             KamRow      *parent)
{
  g_autofree char *text = parent != NULL ? g_strdup_printf (_("Part of %s"), kam_row_text (parent, KAM_LEAD_NAME)) : NULL;

  g_free (self->parent_id);
  self->parent_id = parent != NULL ? g_strdup (kam_row_id (parent)) : NULL;
  gtk_label_set_text (self->parent_label, text != NULL ? text : "");
  gtk_widget_set_tooltip_text (self->parent_button, text);
  gtk_widget_set_visible (self->parent_button, parent != NULL);
}

static void
show_attention (KamLeadHead  *self,
                KamWorkspace *workspace)
{
  KamChangeItem *item = kam_changes_model_find_lead (kam_workspace_get_changes (workspace), self->lead_id);

  gtk_widget_set_visible (self->attention, item != NULL);
  if (item == NULL)
    return;

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->attention_row),
                                 kam_change_item_get (item)->kind == KAM_PENDING_CONFLICT ? _("A change is in conflict") : _("A change was not accepted"));
}

/* A name as long as names may be would leave no room for anything else at the size of a usual one. */
static void
show_name (KamLeadHead *self,
           const char  *name)
{
  gboolean is_long = g_utf8_strlen (name, -1) > LONG_NAME;

  gtk_label_set_text (self->name, name);
  gtk_widget_remove_css_class (GTK_WIDGET (self->name), is_long ? "title-1" : "title-4");
  gtk_widget_add_css_class (GTK_WIDGET (self->name), is_long ? "title-4" : "title-1");
}

/**
 * kam_lead_head_update:
 *
 * Shows the lead that the model holds; it must hold one.
 */
void
kam_lead_head_update (KamLeadHead  *self,
                      KamWorkspace *workspace,
                      KamLeadModel *model)
{
  KamRow *lead = kam_lead_model_get_lead (model);

  g_free (self->lead_id);
  self->lead_id = g_strdup (kam_row_id (lead));
  show_name (self, kam_row_text (lead, KAM_LEAD_NAME));
  show_attention (self, workspace);
  show_parent (self, kam_lead_model_get_parent (model));
  show_status (self, lead);
  show_tier (self, lead);
  show_optional (self->city, kam_row_text (lead, KAM_LEAD_CITY));
  show_optional (self->reason, kam_row_text (lead, KAM_LEAD_STATUS_REASON));
  gtk_widget_set_visible (self->pending, kam_lead_model_get_pending (model));
  show_next (self, workspace, model);
  show_last (self, workspace, model);
  show_phone (self, lead);
}
