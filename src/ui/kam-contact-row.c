/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-contact-row.h"

#include "kam-format.h"
#include "kam-lead-actions.h"
#include "kam-link.h"
#include "kam-words.h"

#include <glib/gi18n.h>
#include <string.h>

#define INDENT 18
#define DEEPEST 4 /* deeper ones stand no further in: the window may be narrow */

struct _KamContactRow
{
  GtkListBoxRow parent_instance;

  GtkBox    *box;
  GtkWidget *branch;
  GtkLabel  *name;
  GtkWidget *primary;
  GtkWidget *chips;
  GtkLabel  *role;
  GtkWidget *influence_box;
  GtkImage  *influence_icon;
  GtkLabel  *influence;
  GtkLabel  *left;
  GtkWidget *phone_button;
  GtkWidget *mail_button;
  GtkWidget *menu_button;

  KamWorkspace *workspace; /* (owned) */
  KamLeadModel *model;     /* (owned) */
  KamRowItem   *item;      /* (owned) */
};

G_DEFINE_FINAL_TYPE (KamContactRow, kam_contact_row, GTK_TYPE_LIST_BOX_ROW)

static void
show_text (GtkLabel   *label,
           GtkWidget  *shown,
           const char *text)
{
  gtk_label_set_text (label, text != NULL ? text : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (label), text);
  gtk_widget_set_visible (shown, text != NULL && *text != '\0');
}

/* A mark and a word: who decides and who blocks is seen at once, and not by colour alone. */
static void
show_influence (KamContactRow *self,
                KamRow        *contact)
{
  const char *word = kam_row_text (contact, KAM_CONTACT_INFLUENCE);
  const char *label = word != NULL ? kam_field_choice_label (&kam_row_entity (contact)->fields[KAM_CONTACT_INFLUENCE], word) : NULL;
  gboolean decides = g_strcmp0 (word, "decides") == 0, blocks = g_strcmp0 (word, "blocks") == 0;

  show_text (self->influence, self->influence_box, label);
  gtk_image_set_from_icon_name (self->influence_icon, decides ? "emblem-ok-symbolic" : "action-unavailable-symbolic");
  gtk_widget_set_visible (GTK_WIDGET (self->influence_icon), decides || blocks);
  gtk_widget_remove_css_class (self->influence_box, "success");
  gtk_widget_remove_css_class (self->influence_box, "error");
  if (decides)
    gtk_widget_add_css_class (self->influence_box, "success");
  else if (blocks)
    gtk_widget_add_css_class (self->influence_box, "error");
}

static void
show_left (KamContactRow *self,
           KamRow        *contact)
{
  const char *date = kam_row_text (contact, KAM_CONTACT_LEFT_ON);
  g_autofree char *full = date != NULL ? kam_format_date_full (date) : NULL;
  g_autofree char *text = date != NULL ? g_strdup_printf (_("Left on %s"), full) : NULL;

  show_text (self->left, GTK_WIDGET (self->left), text);
  if (date != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->name), "dim-label");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->name), "dim-label");
}

static const char *
country_of (KamContactRow *self)
{
  KamRow *lead = kam_lead_model_get_lead (self->model);

  return lead != NULL ? kam_row_text (lead, KAM_LEAD_COUNTRY) : NULL;
}

static void
show_buttons (KamContactRow *self,
              KamRow        *contact)
{
  const char *phone = kam_row_text (contact, KAM_CONTACT_PHONE), *email = kam_row_text (contact, KAM_CONTACT_EMAIL);
  const char *name = kam_row_text (contact, KAM_CONTACT_NAME);
  g_autofree char *number = phone != NULL ? kam_format_phone (phone, country_of (self)) : NULL;
  g_autofree char *call = g_strdup_printf (_("Call %s: %s"), name, number != NULL ? number : "");
  g_autofree char *mail = g_strdup_printf (_("Write to %s: %s"), name, email != NULL ? email : "");
  g_autofree char *menu = g_strdup_printf (_("Menu of %s"), name);

  gtk_widget_set_visible (self->phone_button, phone != NULL);
  gtk_widget_set_tooltip_text (self->phone_button, call);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->phone_button), GTK_ACCESSIBLE_PROPERTY_LABEL, call, -1);
  gtk_widget_set_visible (self->mail_button, email != NULL);
  gtk_widget_set_tooltip_text (self->mail_button, mail);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->mail_button), GTK_ACCESSIBLE_PROPERTY_LABEL, mail, -1);
  gtk_widget_set_tooltip_text (self->menu_button, menu);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu_button), GTK_ACCESSIBLE_PROPERTY_LABEL, menu, -1);
}

static void
update (KamContactRow *self)
{
  KamRow *contact = kam_row_item_get_row (self->item);
  guint depth = MIN (kam_row_item_get_depth (self->item), DEEPEST);
  const char *role = kam_words_role (kam_row_text (contact, KAM_CONTACT_ROLE));

  gtk_widget_set_margin_start (GTK_WIDGET (self->box), 12 + (int) depth * INDENT);
  gtk_widget_set_visible (self->branch, depth > 0);
  gtk_label_set_text (self->name, kam_row_text (contact, KAM_CONTACT_NAME));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), kam_row_text (contact, KAM_CONTACT_NAME));
  gtk_widget_set_visible (self->primary, kam_row_int (contact, KAM_CONTACT_PRIMARY, 0) != 0);
  show_text (self->role, GTK_WIDGET (self->role), role);
  show_influence (self, contact);
  show_left (self, contact);
  gtk_widget_set_visible (self->chips, gtk_widget_get_visible (GTK_WIDGET (self->role)) || gtk_widget_get_visible (self->influence_box)
                                         || gtk_widget_get_visible (GTK_WIDGET (self->left)));
  show_buttons (self, contact);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, kam_row_text (contact, KAM_CONTACT_NAME),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, role != NULL ? role : "", GTK_ACCESSIBLE_PROPERTY_LEVEL, (int) depth + 1, -1);
}

static void
phone_cb (KamContactRow *self)
{
  kam_link_dial (GTK_WIDGET (self), kam_row_text (kam_row_item_get_row (self->item), KAM_CONTACT_PHONE));
}

static void
mail_cb (KamContactRow *self)
{
  kam_link_write (GTK_WIDGET (self), kam_row_text (kam_row_item_get_row (self->item), KAM_CONTACT_EMAIL));
}

static void
action (GtkWidget  *widget,
        const char *name,
        GVariant   *parameter)
{
  KamContactRow *self = KAM_CONTACT_ROW (widget);
  KamRow *contact = kam_row_item_get_row (self->item);

  if (kam_lead_model_get_lead (self->model) == NULL)
    return;
  if (strcmp (name, "contact.edit") == 0)
    kam_lead_actions_edit_contact (widget, self->workspace, self->model, contact);
  else
    kam_lead_actions_delete (widget, self->workspace, contact);
}

static void
kam_contact_row_dispose (GObject *object)
{
  KamContactRow *self = KAM_CONTACT_ROW (object);

  g_clear_object (&self->item);
  g_clear_object (&self->model);
  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (kam_contact_row_parent_class)->dispose (object);
}

static void
kam_contact_row_class_init (KamContactRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = kam_contact_row_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/udaan/Kam/ui/kam-contact-row.ui");
  gtk_widget_class_bind_template_child (widget_class, KamContactRow, box);
  gtk_widget_class_bind_template_child (widget_class, KamContactRow, branch);
  gtk_widget_class_bind_template_child (widget_class, KamContactRow, name);
  gtk_widget_class_bind_template_child (widget_class, KamContactRow, primary);
  gtk_widget_class_bind_template_child (widget_class, KamContactRow, chips);
  gtk_widget_class_bind_template_child (widget_class, KamContactRow, role);
  gtk_widget_class_bind_template_child (widget_class, KamContactRow, influence_box);
  gtk_widget_class_bind_template_child (widget_class, KamContactRow, influence_icon);
  gtk_widget_class_bind_template_child (widget_class, KamContactRow, influence);
  gtk_widget_class_bind_template_child (widget_class, KamContactRow, left);
  gtk_widget_class_bind_template_child (widget_class, KamContactRow, phone_button);
  gtk_widget_class_bind_template_child (widget_class, KamContactRow, mail_button);
  gtk_widget_class_bind_template_child (widget_class, KamContactRow, menu_button);
  gtk_widget_class_bind_template_callback (widget_class, phone_cb);
  gtk_widget_class_bind_template_callback (widget_class, mail_cb);

  gtk_widget_class_install_action (widget_class, "contact.edit", NULL, action);
  gtk_widget_class_install_action (widget_class, "contact.delete", NULL, action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "contact.delete", NULL);
}

static void
kam_contact_row_init (KamContactRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
kam_contact_row_new (KamWorkspace *workspace,
                     KamLeadModel *model,
                     KamRowItem   *item)
{
  KamContactRow *self = g_object_new (KAM_TYPE_CONTACT_ROW, NULL);

  self->workspace = g_object_ref (workspace);
  self->model = g_object_ref (model);
  self->item = g_object_ref (item);
  g_signal_connect_object (item, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);

  return GTK_WIDGET (self);
}
