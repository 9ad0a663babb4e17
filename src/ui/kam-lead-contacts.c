/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-lead-contacts.h"

#include "kam-contact-row.h"

#define MOST_CONTACTS 200 /* rows of a list box; more on demand */

struct _KamLeadContacts
{
  AdwPreferencesGroup parent_instance;

  GtkListBox *list;
  GtkWidget  *empty;
  GtkWidget  *more_button;
  GtkWidget  *add_contact_button;

  KamWorkspace      *workspace; /* (owned) (nullable) */
  KamLeadModel      *model;     /* (owned) (nullable) */
  GtkSliceListModel *shown;     /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (KamLeadContacts, kam_lead_contacts, ADW_TYPE_PREFERENCES_GROUP)

static void
update (KamLeadContacts *self)
{
  guint n = g_list_model_get_n_items (kam_lead_model_get_contacts (self->model));

  gtk_widget_set_visible (GTK_WIDGET (self->list), n > 0);
  gtk_widget_set_visible (self->empty, n == 0);
  gtk_widget_set_visible (self->more_button, n > gtk_slice_list_model_get_size (self->shown));
}

static void
more_cb (KamLeadContacts *self)
{
  gtk_slice_list_model_set_size (self->shown, gtk_slice_list_model_get_size (self->shown) + MOST_CONTACTS);
  update (self);
}

static GtkWidget *
create_cb (gpointer item,
           gpointer user_data)
{
  KamLeadContacts *self = user_data;

  return kam_contact_row_new (self->workspace, self->model, KAM_ROW_ITEM (item));
}

static void
activated_cb (KamLeadContacts *self,
              GtkListBoxRow   *row)
{
  gtk_widget_activate_action (GTK_WIDGET (row), "contact.edit", NULL);
}

static void
kam_lead_contacts_dispose (GObject *object)
{
  kam_lead_contacts_set_model (KAM_LEAD_CONTACTS (object), NULL, NULL);

  G_OBJECT_CLASS (kam_lead_contacts_parent_class)->dispose (object);
}

static void
kam_lead_contacts_class_init (KamLeadContactsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = kam_lead_contacts_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/udaan/Kam/ui/kam-lead-contacts.ui");
  gtk_widget_class_bind_template_child (widget_class, KamLeadContacts, list);
  gtk_widget_class_bind_template_child (widget_class, KamLeadContacts, empty);
  gtk_widget_class_bind_template_child (widget_class, KamLeadContacts, more_button);
  gtk_widget_class_bind_template_child (widget_class, KamLeadContacts, add_contact_button);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, more_cb);
}

static void
kam_lead_contacts_init (KamLeadContacts *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
kam_lead_contacts_set_model (KamLeadContacts *self,
                             KamWorkspace    *workspace,
                             KamLeadModel    *model)
{
  if (self->model == model)
    return;

  if (self->model != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->model, self);
      if (self->list != NULL)
        gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
    }
  g_clear_object (&self->shown);
  g_set_object (&self->workspace, workspace);
  g_set_object (&self->model, model);
  if (model == NULL)
    return;

  self->shown = gtk_slice_list_model_new (g_object_ref (kam_lead_model_get_contacts (model)), 0, MOST_CONTACTS);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->shown), create_cb, self, NULL);
  g_signal_connect_swapped (model, "changed", G_CALLBACK (update), self);
  update (self);
}
