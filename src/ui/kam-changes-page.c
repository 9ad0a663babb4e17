/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-changes-page.h"

#include "kam-changes-section.h"

#include <glib/gi18n.h>

struct _KamChangesPage
{
  AdwBin             parent_instance;

  KamWorkspace      *workspace; /* (owned) */
  KamChangesSection *section[KAM_N_CHANGES];
  char              *wanted;    /* (owned) (nullable): a lead whose entry shall come into sight once it is there */

  GtkStack          *stack;
  AdwStatusPage     *empty;
  GtkBox            *sections;
};

G_DEFINE_FINAL_TYPE (KamChangesPage, kam_changes_page, ADW_TYPE_BIN)

static const struct
{
  const char *title;
  const char *description;
} texts[KAM_N_CHANGES] = {
  [KAM_CHANGES_CONFLICTS] = { N_("In Conflict"), N_("The same field was changed in two places. What is saved now stays until you choose.") },
  [KAM_CHANGES_REJECTED] = { N_("Not Accepted"), N_("The server refused these changes. They are kept here until you decide.") },
  [KAM_CHANGES_WAITING] = { N_("Waiting to Be Sent"), N_("These are safe on this device and go up by themselves.") },
};

static void
show_empty (KamChangesPage *self)
{
  gboolean local = kam_sync_get_status (kam_workspace_get_sync (self->workspace)) == KAM_SYNC_LOCAL;

  adw_status_page_set_description (self->empty, local ? _("This profile has no server. Everything stays on this device.")
                                                      : _("Everything you changed has been sent and accepted."));
  gtk_stack_set_visible_child_name (self->stack, "empty");
}

/* The row must have its place before the focus can bring it into sight. */
static gboolean
focus_cb (gpointer user_data)
{
  gtk_widget_grab_focus (user_data);

  return G_SOURCE_REMOVE;
}

static void
seek (KamChangesPage *self)
{
  KamChangeItem *item = self->wanted != NULL ? kam_changes_model_find_lead (kam_workspace_get_changes (self->workspace), self->wanted) : NULL;

  for (guint i = 0; item != NULL && i < KAM_N_CHANGES; i++)
    {
      GtkWidget *row = kam_changes_section_find_row (self->section[i], item);

      if (row == NULL)
        continue;

      g_clear_pointer (&self->wanted, g_free);
      g_idle_add_full (G_PRIORITY_LOW, focus_cb, g_object_ref (row), g_object_unref);
      return;
    }
}

static void
update (KamChangesPage *self)
{
  KamChangesModel *model = kam_workspace_get_changes (self->workspace);
  guint n = 0;

  if (!kam_changes_model_is_ready (model))
    return;

  for (guint i = 0; i < KAM_N_CHANGES; i++)
    n += g_list_model_get_n_items (kam_changes_model_get_list (model, i));
  if (n > 0)
    gtk_stack_set_visible_child_name (self->stack, "list");
  else
    show_empty (self);
  seek (self);
}

static void
kam_changes_page_dispose (GObject *object)
{
  g_clear_object (&KAM_CHANGES_PAGE (object)->workspace);
  G_OBJECT_CLASS (kam_changes_page_parent_class)->dispose (object);
}

static void
kam_changes_page_finalize (GObject *object)
{
  g_free (KAM_CHANGES_PAGE (object)->wanted);
  G_OBJECT_CLASS (kam_changes_page_parent_class)->finalize (object);
}

static void
kam_changes_page_class_init (KamChangesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = kam_changes_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = kam_changes_page_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/udaan/Kam/ui/kam-changes-page.ui");
  gtk_widget_class_bind_template_child (widget_class, KamChangesPage, stack);
  gtk_widget_class_bind_template_child (widget_class, KamChangesPage, empty);
  gtk_widget_class_bind_template_child (widget_class, KamChangesPage, sections);
}

static void
kam_changes_page_init (KamChangesPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
kam_changes_page_new (KamWorkspace *workspace)
{
  KamChangesPage *self = g_object_new (KAM_TYPE_CHANGES_PAGE, NULL);

  self->workspace = g_object_ref (workspace);
  for (guint i = 0; i < KAM_N_CHANGES; i++)
    {
      self->section[i] = KAM_CHANGES_SECTION (kam_changes_section_new (workspace, i, _(texts[i].title), _(texts[i].description)));
      gtk_box_append (self->sections, GTK_WIDGET (self->section[i]));
    }
  g_signal_connect_object (kam_workspace_get_changes (workspace), "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);

  return GTK_WIDGET (self);
}

void
kam_changes_page_show_lead (KamChangesPage *self,
                            const char     *lead_id)
{
  g_free (self->wanted);
  self->wanted = g_strdup (lead_id);
  seek (self);
}
