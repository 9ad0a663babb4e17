/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-toasts.h"

#include "kam-changes-model.h"

#include <glib/gi18n.h>

struct _KamToasts
{
  GObject          parent_instance;

  AdwToastOverlay *overlay;   /* (unowned): outlives this */
  KamWorkspace    *workspace; /* (owned) (nullable) */
  AdwToast        *toast;     /* (owned) (nullable): on show */
  guint            n_deleted; /* that the toast on show counts */
  int              entity;    /* of all of them, or -1 */
  gboolean         dismissal; /* the toast on show can bring back what was dismissed from the Changes page */
};

G_DEFINE_FINAL_TYPE (KamToasts, kam_toasts, G_TYPE_OBJECT)

static void
forget_dismissal (KamToasts *self)
{
  if (self->dismissal && self->workspace != NULL)
    kam_changes_model_forget_dismissed (kam_workspace_get_changes (self->workspace));
  self->dismissal = FALSE;
}

static void
dismissed_cb (AdwToast  *toast,
              KamToasts *self)
{
  if (self->toast != toast)
    return;

  forget_dismissal (self);
  g_clear_object (&self->toast);
  self->n_deleted = 0;
}

static void
show (KamToasts  *self,
      const char *text,
      gboolean    undoable)
{
  g_autoptr (AdwToast) old = g_steal_pointer (&self->toast);
  g_autofree char *title = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (title);

  forget_dismissal (self);

  if (old != NULL)
    adw_toast_dismiss (old);

  if (undoable)
    {
      adw_toast_set_button_label (toast, _("_Undo"));
      adw_toast_set_action_name (toast, "win.undo-toast");
      adw_toast_set_timeout (toast, 8);
    }
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (dismissed_cb), self, 0);
  self->toast = g_object_ref (toast);
  adw_toast_overlay_add_toast (self->overlay, toast);
}

static char *
count_text (int   entity,
            guint n)
{
  switch (entity)
    {
    case KAM_ENTITY_LEAD:
      return g_strdup_printf (ngettext ("%u lead deleted", "%u leads deleted", n), n);

    case KAM_ENTITY_CONTACT:
      return g_strdup_printf (ngettext ("%u contact deleted", "%u contacts deleted", n), n);

    case KAM_ENTITY_INTERACTION:
      return g_strdup_printf (ngettext ("%u interaction deleted", "%u interactions deleted", n), n);

    default:
      return g_strdup_printf (ngettext ("%u item deleted", "%u items deleted", n), n);
    }
}

static void
edited_cb (KamToasts  *self,
           const char *label,
           gboolean    is_delete,
           int         entity)
{
  g_autofree char *text = NULL;
  guint n = self->n_deleted + 1;

  if (!is_delete)
    return;

  self->entity = self->n_deleted == 0 || self->entity == entity ? entity : -1;
  text = n == 1 ? g_strdup (label) : count_text (self->entity, n);
  show (self, text, TRUE);
  self->n_deleted = n;
}

static void
undone_cb (KamToasts  *self,
           const char *label)
{
  kam_toasts_say (self, label);
}

/* Another dismissal makes the one before final; the model sees to that itself. */
static void
change_dismissed_cb (KamToasts  *self,
                     const char *label)
{
  self->dismissal = FALSE;
  self->n_deleted = 0;
  show (self, label, TRUE);
  self->dismissal = TRUE;
}

static void
kam_toasts_dispose (GObject *object)
{
  KamToasts *self = KAM_TOASTS (object);

  kam_toasts_set_workspace (self, NULL);
  g_clear_object (&self->toast);
  G_OBJECT_CLASS (kam_toasts_parent_class)->dispose (object);
}

static void
kam_toasts_class_init (KamToastsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = kam_toasts_dispose;
}

static void
kam_toasts_init (KamToasts *self)
{
}

KamToasts *
kam_toasts_new (AdwToastOverlay *overlay)
{
  KamToasts *self = g_object_new (KAM_TYPE_TOASTS, NULL);

  self->overlay = overlay;

  return self;
}

void
kam_toasts_set_workspace (KamToasts    *self,
                          KamWorkspace *workspace)
{
  if (self->workspace == workspace)
    return;

  forget_dismissal (self);
  if (self->workspace != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->workspace, self);
      g_signal_handlers_disconnect_by_data (kam_workspace_get_changes (self->workspace), self);
    }
  g_set_object (&self->workspace, workspace);
  if (workspace == NULL)
    return;

  g_signal_connect_object (workspace, "edited", G_CALLBACK (edited_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (workspace, "undone", G_CALLBACK (undone_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (workspace, "failed", G_CALLBACK (undone_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (kam_workspace_get_changes (workspace), "failed", G_CALLBACK (undone_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (kam_workspace_get_changes (workspace), "dismissed", G_CALLBACK (change_dismissed_cb), self, G_CONNECT_SWAPPED);
}

void
kam_toasts_say (KamToasts  *self,
                const char *text)
{
  self->n_deleted = 0;
  show (self, text, FALSE);
}

void
kam_toasts_undo (KamToasts *self)
{
  guint n = MAX (self->n_deleted, 1);

  if (self->dismissal)
    {
      self->dismissal = FALSE;
      kam_changes_model_undismiss (kam_workspace_get_changes (self->workspace));
      return;
    }

  self->n_deleted = 0;
  for (guint i = 0; i < n && self->workspace != NULL; i++)
    kam_workspace_undo (self->workspace);
}

const char *
kam_toasts_get_text (KamToasts *self)
{
  return self->toast != NULL ? adw_toast_get_title (self->toast) : NULL;
}
