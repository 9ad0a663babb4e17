/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-contact-editor.h"

#include "kam-field-row.h"
#include "kam-row-choice.h"

#include <glib/gi18n.h>

struct _KamContactEditor
{
  KamEditor parent_instance;
};

G_DEFINE_FINAL_TYPE (KamContactEditor, kam_contact_editor, KAM_TYPE_EDITOR)

static void
kam_contact_editor_class_init (KamContactEditorClass *klass)
{
}

static void
kam_contact_editor_init (KamContactEditor *self)
{
}

static GtkWidget *
add (KamEditor           *self,
     AdwPreferencesGroup *group,
     guint                field,
     const char          *label)
{
  GtkWidget *row = kam_field_row_new (kam_editor_get_draft (self), field, label);

  adw_preferences_group_add (group, row);

  return kam_field_row_get_control (KAM_FIELD_ROW (row));
}

/* Nobody reports to somebody who has left, unless it is so already. */
static GPtrArray *
superiors (KamDraft  *draft,
           GPtrArray *others)
{
  GPtrArray *rows = g_ptr_array_new ();
  const KamValue *now = kam_draft_get_value (draft, KAM_CONTACT_REPORTS_TO);

  for (guint i = 0; others != NULL && i < others->len; i++)
    {
      KamRow *row = g_ptr_array_index (others, i);

      if (kam_row_is_null (row, KAM_CONTACT_LEFT_ON) || (now->kind == KAM_VALUE_TEXT && g_str_equal (now->text, kam_row_id (row))))
        g_ptr_array_add (rows, row);
    }

  return rows;
}

static void
build (KamEditor *self,
       GPtrArray *others)
{
  KamDraft *draft = kam_editor_get_draft (self);
  AdwPreferencesGroup *group = kam_editor_add_group (self, NULL);
  g_autoptr (GPtrArray) rows = superiors (draft, others);

  kam_editor_focus (self, add (self, group, KAM_CONTACT_NAME, _("_Name")));
  add (self, group, KAM_CONTACT_ROLE, _("_Role"));
  add (self, group, KAM_CONTACT_PHONE, _("_Phone"));
  add (self, group, KAM_CONTACT_EMAIL, _("_Email"));

  group = kam_editor_add_group (self, _("Decisions"));
  add (self, group, KAM_CONTACT_INFLUENCE, _("_Influence"));
  add (self, group, KAM_CONTACT_PRIMARY, _("Pri_mary Contact"));
  adw_preferences_group_add (group, kam_field_row_new_for (draft, KAM_CONTACT_REPORTS_TO, _("Reports _To"),
                                                           kam_row_choice_new (draft, KAM_CONTACT_REPORTS_TO, rows, KAM_CONTACT_NAME, TRUE), TRUE));

  group = kam_editor_add_group (self, _("Reaching Them"));
  add (self, group, KAM_CONTACT_PREFERRED_TIME, _("Preferred T_ime"));
  add (self, group, KAM_CONTACT_LANGUAGE, _("_Language"));
  add (self, group, KAM_CONTACT_NOTIFY, _("Receives Noti_fications"));
  if (!kam_draft_is_new (draft))
    add (self, group, KAM_CONTACT_LEFT_ON, _("Left _On"));

  group = kam_editor_add_group (self, NULL);
  add (self, group, KAM_CONTACT_NOTES, _("N_otes"));
}

/**
 * kam_contact_editor_present:
 *
 * Returns: (transfer none): the form, shown
 */
KamEditor *
kam_contact_editor_present (KamWorkspace *workspace,
                            KamRow       *lead,
                            KamRow       *contact,
                            GPtrArray    *others,
                            GtkWindow    *parent)
{
  KamEditor *self = g_object_new (KAM_TYPE_CONTACT_EDITOR, "title", contact != NULL ? _("Edit Contact") : _("New Contact"), NULL);
  g_autoptr (KamDraft) draft = contact != NULL ? kam_draft_new_for_row (workspace, contact, lead) : kam_draft_new_contact (workspace, lead);

  kam_editor_set_draft (self, draft);
  build (self, others);
  kam_editor_show (self, parent);

  return self;
}
