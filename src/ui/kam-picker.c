/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-picker.h"

#include <glib/gi18n.h>
#include <string.h>

struct _KamChoice
{
  GObject parent_instance;

  char *id;       /* (owned) */
  char *title;    /* (owned) */
  char *subtitle; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (KamChoice, kam_choice, G_TYPE_OBJECT)

static void
kam_choice_finalize (GObject *object)
{
  KamChoice *self = KAM_CHOICE (object);

  g_free (self->id);
  g_free (self->title);
  g_free (self->subtitle);

  G_OBJECT_CLASS (kam_choice_parent_class)->finalize (object);
}

static void
kam_choice_class_init (KamChoiceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = kam_choice_finalize;
}

static void
kam_choice_init (KamChoice *self)
{
}

KamChoice *
kam_choice_new (const char *id,
                const char *title,
                const char *subtitle)
{
  KamChoice *self = g_object_new (KAM_TYPE_CHOICE, NULL);

  self->id = g_strdup (id);
  self->title = g_strdup (title);
  self->subtitle = g_strdup (subtitle);

  return self;
}

struct _KamPicker
{
  GtkWidget parent_instance;

  GtkWidget       *button;
  GtkLabel        *label;
  GtkPopover      *popover;
  GtkSearchEntry  *entry;
  GtkWidget       *clear_button;
  GtkListView     *view;
  GListStore      *choices; /* (owned) */

  KamDraft        *draft;   /* (owned) */
  guint            field;
  char            *title;   /* (owned) (nullable) */
  KamPickerSearch  search;
  gpointer         user_data;
};

G_DEFINE_FINAL_TYPE (KamPicker, kam_picker, GTK_TYPE_WIDGET)

static void
show_title (KamPicker *self)
{
  const char *label = kam_draft_get_entity (self->draft)->fields[self->field].label;
  const char *text = self->title != NULL ? self->title : kam_draft_get_text (self->draft, self->field);
  const char *shown = *text != '\0' ? text : _("None");
  /* TRANSLATORS: a field and what it holds, for screen readers */
  g_autofree char *name = g_strdup_printf (_("%s: %s"), _(label), shown);

  gtk_label_set_text (self->label, shown);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
field_changed_cb (KamPicker *self,
                  guint      field)
{
  if (field == self->field)
    show_title (self);
}

static void
search_cb (KamPicker *self)
{
  self->search (self, gtk_editable_get_text (GTK_EDITABLE (self->entry)), self->user_data);
}

static void
take (KamPicker  *self,
      const char *id,
      const char *title)
{
  g_auto (KamValue) value = KAM_VALUE_INIT;

  if (id != NULL)
    kam_value_set_text (&value, id);
  gtk_popover_popdown (self->popover);
  kam_picker_set_title (self, title);
  kam_draft_set_value (self->draft, self->field, &value);
  gtk_widget_grab_focus (self->button);
}

static void
clear_cb (KamPicker *self)
{
  take (self, NULL, NULL);
}

static void
take_at (KamPicker *self,
         guint      position)
{
  g_autoptr (KamChoice) choice = g_list_model_get_item (G_LIST_MODEL (self->choices), position);

  if (choice != NULL)
    take (self, choice->id, choice->title);
}

static void
activate_cb (KamPicker *self,
             guint      position)
{
  take_at (self, position);
}

static void
entry_activate_cb (KamPicker *self)
{
  take_at (self, 0);
}

static void
shown_cb (KamPicker *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  search_cb (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *title = gtk_label_new (NULL);
  GtkWidget *subtitle = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (subtitle), 0);
  gtk_label_set_ellipsize (GTK_LABEL (subtitle), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (subtitle, "caption");
  gtk_widget_add_css_class (subtitle, "dim-label");
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), subtitle);
  gtk_list_item_set_child (item, box);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item)
{
  KamChoice *choice = gtk_list_item_get_item (item);
  GtkWidget *box = gtk_list_item_get_child (item);
  GtkWidget *title = gtk_widget_get_first_child (box);
  GtkWidget *subtitle = gtk_widget_get_last_child (box);

  gtk_label_set_text (GTK_LABEL (title), choice->title);
  gtk_widget_set_tooltip_text (box, choice->title);
  gtk_label_set_text (GTK_LABEL (subtitle), choice->subtitle != NULL ? choice->subtitle : "");
  gtk_widget_set_visible (subtitle, choice->subtitle != NULL && *choice->subtitle != '\0');
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (box)), GTK_ACCESSIBLE_PROPERTY_LABEL, choice->title, -1);
}

static gboolean
kam_picker_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (KAM_PICKER (widget)->button);
}

static gboolean
kam_picker_mnemonic_activate (GtkWidget *widget,
                              gboolean   group_cycling)
{
  return gtk_widget_grab_focus (KAM_PICKER (widget)->button);
}

static void
kam_picker_dispose (GObject *object)
{
  KamPicker *self = KAM_PICKER (object);

  g_clear_pointer (&self->button, gtk_widget_unparent);
  g_clear_object (&self->choices);
  g_clear_object (&self->draft);
  g_clear_pointer (&self->title, g_free);

  G_OBJECT_CLASS (kam_picker_parent_class)->dispose (object);
}

static void
kam_picker_class_init (KamPickerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = kam_picker_dispose;
  widget_class->grab_focus = kam_picker_grab_focus;
  widget_class->mnemonic_activate = kam_picker_mnemonic_activate;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/udaan/Kam/ui/kam-picker.ui");
  gtk_widget_class_bind_template_child (widget_class, KamPicker, button);
  gtk_widget_class_bind_template_child (widget_class, KamPicker, label);
  gtk_widget_class_bind_template_child (widget_class, KamPicker, popover);
  gtk_widget_class_bind_template_child (widget_class, KamPicker, entry);
  gtk_widget_class_bind_template_child (widget_class, KamPicker, clear_button);
  gtk_widget_class_bind_template_child (widget_class, KamPicker, view);
  gtk_widget_class_bind_template_callback (widget_class, search_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, clear_cb);
  gtk_widget_class_bind_template_callback (widget_class, shown_cb);
}

static void
kam_picker_init (KamPicker *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkSingleSelection *selection;

  gtk_widget_init_template (GTK_WIDGET (self));

  self->choices = g_list_store_new (KAM_TYPE_CHOICE);
  selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->choices)));
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
  gtk_list_view_set_factory (self->view, factory);
  gtk_search_entry_set_key_capture_widget (self->entry, GTK_WIDGET (self->view));
  g_object_unref (selection);
  g_object_unref (factory);
}

/**
 * kam_picker_new:
 *
 * Returns: (transfer floating): a picker for a field
 */
GtkWidget *
kam_picker_new (KamDraft        *draft,
                guint            field,
                gboolean         optional,
                KamPickerSearch  search,
                gpointer         user_data)
{
  KamPicker *self = g_object_new (KAM_TYPE_PICKER, NULL);

  self->draft = g_object_ref (draft);
  self->field = field;
  self->search = search;
  self->user_data = user_data;
  gtk_widget_set_visible (self->clear_button, optional);
  g_signal_connect_object (draft, "field-changed", G_CALLBACK (field_changed_cb), self, G_CONNECT_SWAPPED);
  show_title (self);

  return GTK_WIDGET (self);
}

void
kam_picker_take_choices (KamPicker *self,
                         GPtrArray *choices)
{
  g_list_store_splice (self->choices, 0, g_list_model_get_n_items (G_LIST_MODEL (self->choices)), choices->pdata, choices->len);
}

void
kam_picker_set_title (KamPicker  *self,
                      const char *title)
{
  g_free (self->title);
  self->title = g_strdup (title);
  show_title (self);
}

KamDraft *
kam_picker_get_draft (KamPicker *self)
{
  return self->draft;
}
