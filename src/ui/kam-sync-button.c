/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sync-button.h"

#include "kam-changes-model.h"
#include "kam-format.h"

#include <glib/gi18n.h>

struct _KamSyncButton
{
  AdwBin          parent_instance;

  KamWorkspace   *workspace; /* (owned) (nullable) */
  gboolean        compact;

  GtkMenuButton  *button;
  GtkPopover     *popover;
  GtkImage       *icon;
  GtkLabel       *label;
  GtkLabel       *title;
  GtkProgressBar *progress;
  GtkLabel       *detail;
  GtkWidget      *changes;
  GtkButton      *sign_in;
  GtkButton      *now;
};

G_DEFINE_FINAL_TYPE (KamSyncButton, kam_sync_button, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_COMPACT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

/* What sync says of itself. */
typedef struct
{
  KamSyncStatus status;
  guint         pending;
  guint         rejected;
  guint         rows;
  double        fraction;
  gint64        last_synced;
  char         *message; /* (owned) */
  char         *server;  /* (owned) */
} Facts;

static char *
describe (const Facts *facts)
{
  g_autofree char *rows = NULL;

  switch (facts->status)
    {
    case KAM_SYNC_LOCAL:
      return g_strdup (_("Sample data"));

    case KAM_SYNC_SIGNED_OUT:
      return g_strdup (_("Signed out"));

    case KAM_SYNC_ATTENTION:
      return g_strdup (_("Needs attention"));

    case KAM_SYNC_SYNCING:
      if (facts->fraction >= 0 && facts->fraction < 1)
        return g_strdup_printf (_("Syncing… %d%%"), (int) (facts->fraction * 100));
      if (facts->rows > 0)
        {
          rows = kam_format_count (facts->rows);
          /* Translators: how many rows have come so far */
          return g_strdup_printf (_("Syncing… %s"), rows);
        }
      return g_strdup (_("Syncing…"));

    case KAM_SYNC_OFFLINE:
      if (facts->pending > 0)
        return g_strdup_printf (ngettext ("Offline, %u change waiting", "Offline, %u changes waiting", facts->pending), facts->pending);
      return g_strdup (_("Offline"));

    case KAM_SYNC_SYNCED:
    default:
      if (facts->pending > 0)
        return g_strdup_printf (ngettext ("%u change waiting", "%u changes waiting", facts->pending), facts->pending);
      return g_strdup (_("Synced"));
    }
}

static const char *
icon_of (KamSyncStatus status)
{
  switch (status)
    {
    case KAM_SYNC_LOCAL:
      return "computer-symbolic";

    case KAM_SYNC_SIGNED_OUT:
      return "system-users-symbolic";

    case KAM_SYNC_OFFLINE:
      return "network-offline-symbolic";

    case KAM_SYNC_SYNCING:
      return "emblem-synchronizing-symbolic";

    case KAM_SYNC_ATTENTION:
      return "dialog-warning-symbolic";

    case KAM_SYNC_SYNCED:
    default:
      return "emblem-ok-symbolic";
    }
}

static char *
explain (KamSyncButton *self,
         const Facts   *facts)
{
  GString *text = g_string_new (NULL);

  if (facts->status == KAM_SYNC_LOCAL)
    g_string_append (text, _("This profile has no server. Everything stays on this device."));
  else if (facts->message != NULL)
    g_string_append (text, facts->message);
  else if (facts->status == KAM_SYNC_SIGNED_OUT)
    g_string_append (text, _("Your session has ended. You can go on working; changes go up once you have signed in again."));
  else if (facts->status == KAM_SYNC_OFFLINE)
    g_string_append (text, _("The server cannot be reached. You can go on working; changes go up by themselves."));

  if (facts->rejected > 0)
    g_string_append_printf (text, ngettext ("\n%u change was refused by the server.", "\n%u changes were refused by the server.", facts->rejected),
                            facts->rejected);
  if (facts->last_synced > 0)
    {
      g_autofree char *when = kam_format_instant_full (facts->last_synced, NULL);

      g_string_append_printf (text, "%s%s", text->len > 0 ? "\n\n" : "", _("Last synced: "));
      g_string_append (text, when);
    }
  if (facts->server != NULL)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", facts->server);

  return g_string_free (text, FALSE);
}

static void
update (KamSyncButton *self)
{
  Facts facts = { 0 };
  KamSync *sync = NULL;
  g_autofree char *text = NULL;
  g_autofree char *detail = NULL;

  if (self->workspace == NULL)
    return;

  sync = kam_workspace_get_sync (self->workspace);
  facts.status = kam_sync_get_status (sync);
  g_object_get (sync, "pending", &facts.pending, "rejected", &facts.rejected, "rows", &facts.rows, "fraction", &facts.fraction,
                "last-synced", &facts.last_synced, "message", &facts.message, "server", &facts.server, NULL);
  text = describe (&facts);
  detail = explain (self, &facts);

  gtk_image_set_from_icon_name (self->icon, icon_of (facts.status));
  gtk_label_set_text (self->label, text);
  gtk_label_set_text (self->title, text);
  gtk_label_set_text (self->detail, detail);
  gtk_widget_set_visible (GTK_WIDGET (self->detail), *detail != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->progress), facts.status == KAM_SYNC_SYNCING && facts.fraction >= 0);
  gtk_progress_bar_set_fraction (self->progress, CLAMP (facts.fraction, 0, 1));
  gtk_widget_set_visible (self->changes, kam_changes_model_get_attention (kam_workspace_get_changes (self->workspace)) > 0 || facts.pending > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->sign_in), facts.status == KAM_SYNC_SIGNED_OUT);
  gtk_widget_set_visible (GTK_WIDGET (self->now), facts.status != KAM_SYNC_LOCAL && facts.status != KAM_SYNC_SIGNED_OUT);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  if (facts.status == KAM_SYNC_ATTENTION)
    gtk_widget_add_css_class (GTK_WIDGET (self->icon), "warning");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->icon), "warning");
  g_free (facts.message);
  g_free (facts.server);
}

static void
kam_sync_button_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_COMPACT:
      g_value_set_boolean (value, KAM_SYNC_BUTTON (object)->compact);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
kam_sync_button_set_property (GObject      *object,
                              guint         prop_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  KamSyncButton *self = KAM_SYNC_BUTTON (object);

  switch (prop_id)
    {
    case PROP_COMPACT:
      self->compact = g_value_get_boolean (value);
      gtk_widget_set_visible (GTK_WIDGET (self->label), !self->compact);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
kam_sync_button_dispose (GObject *object)
{
  kam_sync_button_set_workspace (KAM_SYNC_BUTTON (object), NULL);
  G_OBJECT_CLASS (kam_sync_button_parent_class)->dispose (object);
}

static void
kam_sync_button_class_init (KamSyncButtonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = kam_sync_button_get_property;
  object_class->set_property = kam_sync_button_set_property;
  object_class->dispose = kam_sync_button_dispose;

  properties[PROP_COMPACT] = g_param_spec_boolean ("compact", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/udaan/Kam/ui/kam-sync-button.ui");
  gtk_widget_class_bind_template_child (widget_class, KamSyncButton, button);
  gtk_widget_class_bind_template_child (widget_class, KamSyncButton, popover);
  gtk_widget_class_bind_template_child (widget_class, KamSyncButton, icon);
  gtk_widget_class_bind_template_child (widget_class, KamSyncButton, label);
  gtk_widget_class_bind_template_child (widget_class, KamSyncButton, title);
  gtk_widget_class_bind_template_child (widget_class, KamSyncButton, progress);
  gtk_widget_class_bind_template_child (widget_class, KamSyncButton, detail);
  gtk_widget_class_bind_template_child (widget_class, KamSyncButton, changes);
  gtk_widget_class_bind_template_child (widget_class, KamSyncButton, sign_in);
  gtk_widget_class_bind_template_child (widget_class, KamSyncButton, now);
  gtk_widget_class_bind_template_callback (widget_class, gtk_popover_popdown);
}

static void
kam_sync_button_init (KamSyncButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
kam_sync_button_set_workspace (KamSyncButton *self,
                               KamWorkspace  *workspace)
{
  if (self->workspace == workspace)
    return;

  if (self->workspace != NULL)
    {
      g_signal_handlers_disconnect_by_data (kam_workspace_get_sync (self->workspace), self);
      g_signal_handlers_disconnect_by_data (kam_workspace_get_changes (self->workspace), self);
    }
  g_set_object (&self->workspace, workspace);
  if (workspace == NULL)
    return;

  g_signal_connect_object (kam_workspace_get_sync (workspace), "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (kam_workspace_get_changes (workspace), "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

const char *
kam_sync_button_get_text (KamSyncButton *self)
{
  return gtk_label_get_text (self->label);
}
