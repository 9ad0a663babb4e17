/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-list-page-private.h"

#include <glib/gi18n.h>

static const KamField *
status_field (void)
{
  return &kam_entity_get (KAM_ENTITY_LEAD)->fields[KAM_LEAD_STATUS];
}

static guint
n_statuses (void)
{
  return g_strv_length ((char **) status_field ()->choices);
}

static const char *
status_label (guint choice)
{
  return kam_field_choice_label (status_field (), status_field ()->choices[choice]);
}

static void
set_statuses (KamListPage *self,
              guint        statuses)
{
  /* All of them is the same as none: nothing is filtered. */
  if (statuses == (1u << n_statuses ()) - 1)
    statuses = 0;
  if (self->statuses == statuses)
    return;

  self->statuses = statuses;
  kam_list_filters_update (self);
  kam_list_page_ask (self);
}

static guint
choice_of (GtkWidget *widget)
{
  return (guint) (g_ascii_strtoull (gtk_widget_get_name (widget), NULL, 10));
}

static void
toggled_cb (KamListPage    *self,
            GtkCheckButton *button)
{
  guint bit = 1u << choice_of (GTK_WIDGET (button));

  if (!self->restoring)
    set_statuses (self, gtk_check_button_get_active (button) ? self->statuses | bit : self->statuses & ~bit);
}

static void
chip_cb (KamListPage *self,
         GtkButton   *chip)
{
  set_statuses (self, self->statuses & ~(1u << choice_of (GTK_WIDGET (chip))));
}

static GtkWidget *
make_chip (KamListPage *self,
           guint        choice)
{
  GtkWidget *chip = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *cross = gtk_image_new_from_icon_name ("window-close-symbolic");
  g_autofree char *name = g_strdup_printf ("%u", choice);
  /* Translators: %s is a status */
  g_autofree char *hint = g_strdup_printf (_("Do not filter by “%s” any more"), status_label (choice));

  gtk_box_append (GTK_BOX (box), gtk_label_new (status_label (choice)));
  gtk_box_append (GTK_BOX (box), cross);
  gtk_button_set_child (GTK_BUTTON (chip), box);
  gtk_widget_set_name (chip, name);
  gtk_widget_set_tooltip_text (chip, hint);
  gtk_accessible_update_property (GTK_ACCESSIBLE (chip), GTK_ACCESSIBLE_PROPERTY_LABEL, hint, -1);
  gtk_widget_add_css_class (chip, "kam-filter-chip");
  g_signal_connect_object (chip, "clicked", G_CALLBACK (chip_cb), self, G_CONNECT_SWAPPED);

  return chip;
}

/* Shows what is filtered: a chip each, and marks in the popover. */
void
kam_list_filters_update (KamListPage *self)
{
  GtkWidget *child = NULL;
  gboolean restoring = self->restoring;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->chips))) != NULL)
    gtk_box_remove (self->chips, child);
  for (guint i = 0; i < n_statuses (); i++)
    {
      if ((self->statuses & (1u << i)) != 0)
        gtk_box_append (self->chips, make_chip (self, i));
    }

  self->restoring = TRUE;
  for (child = gtk_widget_get_first_child (GTK_WIDGET (self->filter_box)); child != NULL; child = gtk_widget_get_next_sibling (child))
    gtk_check_button_set_active (GTK_CHECK_BUTTON (child), (self->statuses & (1u << choice_of (child))) != 0);
  self->restoring = restoring;
}

void
kam_list_filters_init (KamListPage *self)
{
  for (guint i = 0; i < n_statuses (); i++)
    {
      GtkWidget *button = gtk_check_button_new_with_label (status_label (i));
      g_autofree char *name = g_strdup_printf ("%u", i);

      gtk_widget_set_name (button, name);
      g_signal_connect_object (button, "toggled", G_CALLBACK (toggled_cb), self, G_CONNECT_SWAPPED);
      gtk_box_append (self->filter_box, button);
    }
}
