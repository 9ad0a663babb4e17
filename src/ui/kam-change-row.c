/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-change-row.h"

#include "kam-change-edit.h"
#include "kam-change-text.h"
#include "kam-changes-model.h"
#include "kam-conflict-columns.h"
#include "kam-conflict-whose.h"
#include "kam-value-text.h"
#include "kam-wrap-box.h"

#include <glib/gi18n.h>
#include <string.h>

#define MOST_LINES 6 /* fields of one change that are shown */

struct _KamChangeRow
{
  GtkListBoxRow parent_instance;

  GtkLabel  *title;
  GtkLabel  *where;
  GtkLabel  *when;
  GtkBox    *values;
  GtkWidget *note_box;
  GtkImage  *note_icon;
  GtkLabel  *note;
  GtkListBox *editor;
  GtkBox    *button_box;
  GtkWidget *buttons;

  KamWorkspace  *workspace; /* (owned) */
  KamChangeItem *item;      /* (owned) */
  char          *shape;     /* (owned) (nullable): which buttons there are, so that they stay under the pointer and the focus while they do */
};

G_DEFINE_FINAL_TYPE (KamChangeRow, kam_change_row, GTK_TYPE_LIST_BOX_ROW)

static const KamPending *
pending_of (KamChangeRow *self)
{
  return kam_change_item_get (self->item);
}

/* Values */

static void
clear_box (GtkBox *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))) != NULL)
    gtk_box_remove (box, child);
}

static void
add_line (KamChangeRow *self,
          const char   *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (label), 3);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_tooltip_text (label, text);
  gtk_box_append (self->values, label);
}

static char *
line_text (const KamChangeLine *line,
           gboolean             is_new,
           gboolean             alone)
{
  g_autofree char *from = kam_value_isolate (line->from), *to = kam_value_isolate (line->to);
  g_autofree char *change = NULL;

  if (is_new)
    return g_strdup_printf (_("%s: %s"), line->label, to);

  /* TRANSLATORS: old value, new value; the arrow points the way one reads */
  change = g_strdup_printf (_("%s → %s"), from, to);

  return alone ? g_steal_pointer (&change) : g_strdup_printf (_("%s: %s"), line->label, change);
}

static gboolean
is_creation (const KamPending *pending)
{
  return pending->mutation != NULL && pending->mutation->op == KAM_OP_PUT && pending->mutation->base_rev == 0;
}

static void
show_lines (KamChangeRow *self,
            GArray       *lines)
{
  gboolean is_new = is_creation (pending_of (self));

  for (guint i = 0; i < MIN (lines->len, MOST_LINES); i++)
    {
      g_autofree char *text = line_text (&g_array_index (lines, KamChangeLine, i), is_new, lines->len == 1);

      add_line (self, text);
    }
  if (lines->len > MOST_LINES)
    {
      guint more = lines->len - MOST_LINES;
      g_autofree char *text = g_strdup_printf (ngettext ("and %u more field", "and %u more fields", more), more);

      add_line (self, text);
    }
}

static void
show_values (KamChangeRow  *self,
             KamChangeText *text)
{
  clear_box (self->values);
  if (pending_of (self)->kind == KAM_PENDING_CONFLICT)
    gtk_box_append (self->values, kam_conflict_columns_new (self->workspace, pending_of (self), kam_change_item_get_whose (self->item)));
  else
    show_lines (self, text->lines);
  gtk_widget_set_visible (GTK_WIDGET (self->values), gtk_widget_get_first_child (GTK_WIDGET (self->values)) != NULL);
}

/* Why it is here */

static void
show_note (KamChangeRow *self,
           const char   *icon,
           const char   *text)
{
  gtk_widget_set_visible (self->note_box, text != NULL);
  gtk_image_set_from_icon_name (self->note_icon, icon);
  gtk_label_set_text (self->note, text != NULL ? text : "");
}

static char *
settled_text (KamChangeRow *self)
{
  const KamPending *pending = pending_of (self);
  const KamChange *change = pending->mutation != NULL && pending->mutation->changes->len > 0 ? &g_array_index (pending->mutation->changes, KamChange, 0) : NULL;
  g_autofree char *value = NULL;
  KamEntityKind entity;
  guint field;

  if (change == NULL || !kam_settle_target (pending->conflict, &entity, &field))
    return g_strdup (_("Settled. This waits to be sent."));

  value = kam_value_text_wire (self->workspace, entity, field, change->new.kind == KAM_VALUE_TEXT ? change->new.text : NULL,
                               kam_row_cache_get (kam_workspace_get_rows (self->workspace), entity, kam_row_text (pending->conflict, KAM_CONFLICT_TARGET)));

  /* TRANSLATORS: a person settled a conflict; %s is the value they chose */
  return g_strdup_printf (_("Settled as “%s”. This waits to be sent."), value);
}

static void
show_why (KamChangeRow *self)
{
  const KamPending *pending = pending_of (self);
  g_autofree char *text = NULL;

  if (pending->kind == KAM_PENDING_REJECTED)
    {
      text = kam_change_text_reason (pending);
      show_note (self, "dialog-warning-symbolic", text);
    }
  else if (pending->kind == KAM_PENDING_CONFLICT && pending->mine_only)
    show_note (self, "changes-prevent-symbolic", _("You no longer have this lead: whoever has it decides. This copy is for you to read."));
  else if (pending->kind == KAM_PENDING_CONFLICT && pending->settling)
    {
      text = settled_text (self);
      show_note (self, "emblem-ok-symbolic", text);
    }
  else if (pending->kind == KAM_PENDING_SENT)
    show_note (self, "emblem-synchronizing-symbolic", _("Under way to the server"));
  else
    show_note (self, NULL, NULL);
}

/* What can be done */

static void
add_button (KamChangeRow *self,
            const char   *label,
            const char   *action,
            const char   *style)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);
  GtkWidget *child = gtk_button_get_child (GTK_BUTTON (button));

  gtk_label_set_ellipsize (GTK_LABEL (child), PANGO_ELLIPSIZE_END);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  if (style != NULL)
    gtk_widget_add_css_class (button, style);
  kam_wrap_box_append (KAM_WRAP_BOX (self->buttons), button);
}

static gboolean
can_open (const KamPending *pending)
{
  return pending->lead_id != NULL && pending->lead_name != NULL && !pending->mine_only;
}

static void
add_conflict_buttons (KamChangeRow *self)
{
  const KamPending *pending = pending_of (self);
  gboolean own = kam_conflict_is_own (self->workspace, pending);

  if (kam_change_item_get_draft (self->item) != NULL)
    {
      add_button (self, _("_Save"), "change.save", "suggested-action");
      add_button (self, _("_Cancel"), "change.cancel", NULL);
      return;
    }
  if (pending->settling)
    {
      if (pending->seq != 0)
        add_button (self, _("_Take Back"), "change.take-back", NULL);
      return;
    }
  if (pending->mine_only)
    return;

  add_button (self, own ? _("_Keep Theirs") : _("_Keep Saved"), "change.keep", NULL);
  add_button (self, own ? _("Use _Mine") : _("_Use Other"), "change.mine", NULL);
  if (kam_change_edit_is_possible (pending))
    add_button (self, _("_Edit…"), "change.edit", NULL);
}

static void
add_rejected_buttons (KamChangeRow *self)
{
  const KamPending *pending = pending_of (self);

  if (kam_change_edit_is_possible (pending))
    add_button (self, _("_Edit…"), "change.edit", NULL);
  add_button (self, _("Send A_gain"), "change.send-again", NULL);
  add_button (self, _("_Dismiss"), "change.dismiss", NULL);
}

static char *
shape_of (KamChangeRow *self)
{
  const KamPending *pending = pending_of (self);

  return g_strdup_printf ("%d %d %d %d %d %d %d", (int) pending->kind, pending->settling, pending->mine_only, kam_change_item_get_draft (self->item) != NULL,
                          can_open (pending), pending->seq != 0, pending->conflict != NULL && kam_conflict_is_own (self->workspace, pending));
}

static gboolean
has_focus (KamChangeRow *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self));
}

static void
show_buttons (KamChangeRow *self)
{
  const KamPending *pending = pending_of (self);
  g_autofree char *shape = shape_of (self);
  gboolean focus = has_focus (self);

  if (g_strcmp0 (shape, self->shape) == 0)
    return;

  g_free (self->shape);
  self->shape = g_steal_pointer (&shape);
  /* The button that was pressed goes: the focus stays in the row. */
  if (focus)
    gtk_widget_grab_focus (GTK_WIDGET (self));
  kam_wrap_box_clear (KAM_WRAP_BOX (self->buttons));
  if (pending->kind == KAM_PENDING_CONFLICT)
    add_conflict_buttons (self);
  else if (pending->kind == KAM_PENDING_REJECTED)
    add_rejected_buttons (self);
  else if (pending->kind == KAM_PENDING_WAITING)
    add_button (self, _("_Take Back"), "change.take-back", NULL);
  if (can_open (pending) && kam_change_item_get_draft (self->item) == NULL)
    add_button (self, _("_Open Lead"), "change.open", "flat");
  gtk_widget_set_visible (GTK_WIDGET (self->button_box), gtk_widget_get_first_child (self->buttons) != NULL);
}

static void
draft_cb (KamChangeRow *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->editor))) != NULL)
    gtk_list_box_remove (self->editor, child);
  if (kam_change_item_get_draft (self->item) != NULL)
    kam_change_edit_add_control (self->item, self->editor);
  gtk_widget_set_visible (GTK_WIDGET (self->editor), gtk_widget_get_first_child (GTK_WIDGET (self->editor)) != NULL);
  show_buttons (self);
  if (gtk_widget_get_visible (GTK_WIDGET (self->editor)))
    gtk_widget_child_focus (GTK_WIDGET (self->editor), GTK_DIR_TAB_FORWARD);
}

static void
update (KamChangeRow *self)
{
  g_autoptr (KamChangeText) text = kam_change_text_new (self->workspace, pending_of (self));

  gtk_label_set_text (self->title, text->title);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), text->title);
  gtk_label_set_text (self->where, text->where != NULL ? text->where : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->where), text->where);
  gtk_widget_set_visible (GTK_WIDGET (self->where), text->where != NULL);
  gtk_label_set_text (self->when, text->near);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->when), text->full);
  show_values (self, text);
  show_why (self);
  show_buttons (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text->spoken, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  gtk_label_get_text (self->note), -1);
}

static void
action (GtkWidget  *widget,
        const char *name,
        GVariant   *parameter)
{
  KamChangeRow *self = KAM_CHANGE_ROW (widget);
  KamChangesModel *model = kam_workspace_get_changes (self->workspace);

  if (strcmp (name, "change.keep") == 0)
    kam_changes_model_settle (model, self->item, KAM_SETTLE_KEEP, NULL);
  else if (strcmp (name, "change.mine") == 0)
    kam_changes_model_settle (model, self->item, KAM_SETTLE_MINE, NULL);
  else if (strcmp (name, "change.edit") == 0)
    kam_change_edit_begin (widget, self->workspace, self->item);
  else if (strcmp (name, "change.save") == 0)
    kam_change_edit_save (self->workspace, self->item);
  else if (strcmp (name, "change.cancel") == 0)
    kam_change_item_set_draft (self->item, NULL);
  else if (strcmp (name, "change.take-back") == 0)
    kam_changes_model_take_back (model, self->item);
  else if (strcmp (name, "change.send-again") == 0)
    kam_changes_model_send_again (model, self->item);
  else if (strcmp (name, "change.dismiss") == 0)
    {
      g_autofree char *label = g_strdup_printf (_("Dismissed: %s"), gtk_label_get_text (self->title));

      kam_changes_model_dismiss (model, self->item, label);
    }
  else if (strcmp (name, "change.open") == 0)
    gtk_widget_activate_action (widget, "win.show-lead", "s", pending_of (self)->lead_id);
}

static void
kam_change_row_dispose (GObject *object)
{
  KamChangeRow *self = KAM_CHANGE_ROW (object);

  g_clear_object (&self->item);
  g_clear_object (&self->workspace);
  G_OBJECT_CLASS (kam_change_row_parent_class)->dispose (object);
}

static void
kam_change_row_finalize (GObject *object)
{
  g_free (KAM_CHANGE_ROW (object)->shape);
  G_OBJECT_CLASS (kam_change_row_parent_class)->finalize (object);
}

static void
kam_change_row_class_init (KamChangeRowClass *klass)
{
  static const char *const names[] = { "change.keep", "change.mine", "change.edit", "change.save", "change.cancel", "change.take-back",
                                       "change.send-again", "change.dismiss", "change.open" };
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = kam_change_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = kam_change_row_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/udaan/Kam/ui/kam-change-row.ui");
  gtk_widget_class_bind_template_child (widget_class, KamChangeRow, title);
  gtk_widget_class_bind_template_child (widget_class, KamChangeRow, where);
  gtk_widget_class_bind_template_child (widget_class, KamChangeRow, when);
  gtk_widget_class_bind_template_child (widget_class, KamChangeRow, values);
  gtk_widget_class_bind_template_child (widget_class, KamChangeRow, note_box);
  gtk_widget_class_bind_template_child (widget_class, KamChangeRow, note_icon);
  gtk_widget_class_bind_template_child (widget_class, KamChangeRow, note);
  gtk_widget_class_bind_template_child (widget_class, KamChangeRow, editor);
  gtk_widget_class_bind_template_child (widget_class, KamChangeRow, button_box);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    gtk_widget_class_install_action (widget_class, names[i], NULL, action);
}

static void
kam_change_row_init (KamChangeRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->buttons = kam_wrap_box_new (0);
  gtk_widget_set_hexpand (self->buttons, TRUE);
  gtk_box_append (self->button_box, self->buttons);
}

GtkWidget *
kam_change_row_new (KamWorkspace  *workspace,
                    KamChangeItem *item)
{
  KamChangeRow *self = g_object_new (KAM_TYPE_CHANGE_ROW, NULL);

  self->workspace = g_object_ref (workspace);
  self->item = g_object_ref (item);
  g_signal_connect_object (item, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (item, "notify::draft", G_CALLBACK (draft_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (workspace, "people-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (kam_workspace_get_rows (workspace), "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  if (kam_change_item_get_draft (item) != NULL)
    draft_cb (self);
  if (kam_change_item_get (item)->kind == KAM_PENDING_CONFLICT && kam_change_item_get_whose (item) == NULL)
    kam_conflict_whose_ask (workspace, item);

  return GTK_WIDGET (self);
}

KamChangeItem *
kam_change_row_get_item (KamChangeRow *self)
{
  return self->item;
}
