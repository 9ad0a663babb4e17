/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-application.h"

#include "kam-preferences-window.h"
#include "kam-window.h"

#include <glib-unix.h>
#include <glib/gi18n.h>

struct _KamApplication
{
  AdwApplication  parent_instance;

  char           *profile_dir;   /* (owned) (nullable) */
  KamProfile     *profile;       /* (owned) (nullable) */
  gboolean        closing;

  /* From the command line: whom to sign in where nobody is yet. */
  char           *server;        /* (owned) (nullable) */
  char           *ca_file;       /* (owned) (nullable) */
  char           *email;         /* (owned) (nullable) */
  char           *password_file; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (KamApplication, kam_application, ADW_TYPE_APPLICATION)

static const GOptionEntry options[] = {
  { "profile", 0, 0, G_OPTION_ARG_FILENAME, NULL, N_("Keep everything in this folder"), N_("FOLDER") },
  { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Show the version"), NULL },
  { "sign-in", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, NULL, "Server to sign in to where nobody is yet", "URL" },
  { "ca-file", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME, NULL, "Certificate to trust", "FILE" },
  { "email", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, NULL, "Who signs in", "EMAIL" },
  { "password-file", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME, NULL, "File with the password", "FILE" },
  { NULL },
};

static const struct
{
  const char *action;
  const char *accels[4];
} shortcuts[] = {
  { "app.quit", { "<Control>q" } },
  { "app.preferences", { "<Control>comma" } },
  { "win.show-help-overlay", { "<Control>question", "F1" } },
  { "window.close", { "<Control>w" } },
  { "win.new-lead", { "<Control>n" } },
  { "win.search", { "<Control>f" } },
  { "win.toggle-sidebar", { "F9" } },
  { "win.sync", { "F5", "<Control>r" } },
  { "win.view::today", { "<Alt>1", "<Control>t" } },
  { "win.view::leads", { "<Alt>2" } },
  { "win.view::contacts", { "<Alt>3" } },
  { "win.view::performance", { "<Alt>4" } },
  { "win.view::changes", { "<Alt>5" } },
  { "win.view::team", { "<Alt>6" } },
  { "win.back", { "<Alt>Left" } },
};

static KamWindow *
get_window (KamApplication *self)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (self));

  for (GList *each = windows; each != NULL; each = each->next)
    {
      if (KAM_IS_WINDOW (each->data))
        return each->data;
    }

  return NULL;
}

/* Signing in from the command line */

static void
signed_in_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (!kam_profile_sign_in_finish (KAM_PROFILE (source), result, &error))
    g_printerr ("%s\n", error->message);
}

static void
password_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (KamApplication) self = KAM_APPLICATION (user_data);
  g_autoptr (GError) error = NULL;
  g_autofree char *password = NULL;

  if (!g_file_load_contents_finish (G_FILE (source), result, &password, NULL, NULL, &error))
    {
      g_printerr ("%s\n", error->message);
      return;
    }
  if (self->profile != NULL && kam_profile_get_state (self->profile) == KAM_PROFILE_SIGN_IN)
    kam_profile_sign_in_async (self->profile, self->server, self->ca_file, self->email, g_strchomp (password), NULL, signed_in_cb, NULL);
}

static void
state_cb (KamApplication *self)
{
  g_autoptr (GFile) file = NULL;

  if (kam_profile_get_state (self->profile) != KAM_PROFILE_SIGN_IN || self->server == NULL || self->email == NULL || self->password_file == NULL)
    return;

  file = g_file_new_for_commandline_arg (self->password_file);
  g_clear_pointer (&self->password_file, g_free);
  g_file_load_contents_async (file, NULL, password_cb, g_object_ref (self));
}

/* Actions */

static void
quit_action (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       user_data)
{
  KamWindow *window = get_window (KAM_APPLICATION (user_data));

  if (window != NULL)
    gtk_window_close (GTK_WINDOW (window));
  else
    g_application_quit (G_APPLICATION (user_data));
}

static void
preferences_action (GSimpleAction *action,
                    GVariant      *parameter,
                    gpointer       user_data)
{
  KamApplication *self = KAM_APPLICATION (user_data);
  GtkWidget *preferences = NULL;

  if (self->profile == NULL)
    return;

  preferences = kam_preferences_window_new (kam_profile_get_views (self->profile), kam_profile_get_workspace (self->profile));
  gtk_window_set_transient_for (GTK_WINDOW (preferences), GTK_WINDOW (get_window (self)));
  gtk_window_present (GTK_WINDOW (preferences));
}

static void
about_action (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  const char *const developers[] = { "The Kam developers", NULL };

  adw_show_about_window (GTK_WINDOW (get_window (KAM_APPLICATION (user_data))),
                         "application-name", _("Kam"),
                         "application-icon", APPLICATION_ID,
                         "version", PACKAGE_VERSION,
                         "comments", _("Know whom to call today and why"),
                         "developers", developers,
                         "license-type", GTK_LICENSE_GPL_3_0,
                         /* Translators: your names, one a line */
                         "translator-credits", _("translator-credits"),
                         NULL);
}

static const GActionEntry actions[] = {
  { .name = "quit", .activate = quit_action },
  { .name = "preferences", .activate = preferences_action },
  { .name = "about", .activate = about_action },
};

static gboolean
signal_cb (gpointer user_data)
{
  g_action_group_activate_action (G_ACTION_GROUP (user_data), "quit", NULL);

  return G_SOURCE_CONTINUE;
}

/* Closing: the window goes at once, what was asked of the store is still done. */

static void
closed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GApplication) application = G_APPLICATION (user_data);
  g_autoptr (GError) error = NULL;

  if (!kam_profile_close_finish (KAM_PROFILE (source), result, &error))
    g_message ("The profile did not close cleanly: %s", error->message);
  g_application_release (application);
}

static void
kam_application_window_removed (GtkApplication *application,
                                GtkWindow      *window)
{
  KamApplication *self = KAM_APPLICATION (application);

  if (KAM_IS_WINDOW (window) && self->profile != NULL)
    {
      g_autoptr (KamProfile) profile = g_steal_pointer (&self->profile);

      g_signal_handlers_disconnect_by_data (profile, self);
      g_application_hold (G_APPLICATION (self));
      kam_profile_close_async (profile, closed_cb, g_object_ref (self));
    }

  GTK_APPLICATION_CLASS (kam_application_parent_class)->window_removed (application, window);
}

static void
kam_application_activate (GApplication *application)
{
  KamApplication *self = KAM_APPLICATION (application);
  KamWindow *window = get_window (self);

  if (window == NULL)
    {
      g_autoptr (KamClock) clock = kam_clock_new_system ();

      self->profile = kam_profile_new (self->profile_dir, clock);
      g_signal_connect_swapped (self->profile, "notify::state", G_CALLBACK (state_cb), self);
      kam_preferences_apply (kam_profile_get_views (self->profile));
      window = kam_window_new (self, self->profile);
      kam_profile_open (self->profile);
    }

  gtk_window_present (GTK_WINDOW (window));
}

static void
kam_application_startup (GApplication *application)
{
  G_APPLICATION_CLASS (kam_application_parent_class)->startup (application);

  gtk_window_set_default_icon_name (APPLICATION_ID);
  for (guint i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (application), shortcuts[i].action, shortcuts[i].accels);
  g_unix_signal_add (SIGINT, signal_cb, application);
  g_unix_signal_add (SIGTERM, signal_cb, application);
}

static void
take_option (GVariantDict  *dict,
             const char    *name,
             char         **value)
{
  const char *text = NULL;

  if (!g_variant_dict_lookup (dict, name, "^&ay", &text))
    g_variant_dict_lookup (dict, name, "&s", &text);
  if (text != NULL)
    {
      g_free (*value);
      *value = g_strdup (text);
    }
}

static int
kam_application_handle_local_options (GApplication *application,
                                      GVariantDict *dict)
{
  KamApplication *self = KAM_APPLICATION (application);
  g_autofree char *profile = NULL;

  if (g_variant_dict_contains (dict, "version"))
    {
      g_print ("kam %s\n", PACKAGE_VERSION);
      return 0;
    }

  take_option (dict, "profile", &profile);
  take_option (dict, "sign-in", &self->server);
  take_option (dict, "ca-file", &self->ca_file);
  take_option (dict, "email", &self->email);
  take_option (dict, "password-file", &self->password_file);
  if (profile != NULL)
    {
      g_autofree char *id = NULL;

      self->profile_dir = g_canonicalize_filename (profile, NULL);
      id = kam_application_id_for (self->profile_dir);
      g_application_set_application_id (application, id);
    }

  return -1;
}

static void
kam_application_finalize (GObject *object)
{
  KamApplication *self = KAM_APPLICATION (object);

  g_clear_object (&self->profile);
  g_clear_pointer (&self->profile_dir, g_free);
  g_clear_pointer (&self->server, g_free);
  g_clear_pointer (&self->ca_file, g_free);
  g_clear_pointer (&self->email, g_free);
  g_clear_pointer (&self->password_file, g_free);
  G_OBJECT_CLASS (kam_application_parent_class)->finalize (object);
}

static void
kam_application_class_init (KamApplicationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);
  GtkApplicationClass *gtk_application_class = GTK_APPLICATION_CLASS (klass);

  object_class->finalize = kam_application_finalize;
  application_class->activate = kam_application_activate;
  application_class->startup = kam_application_startup;
  application_class->handle_local_options = kam_application_handle_local_options;
  gtk_application_class->window_removed = kam_application_window_removed;
}

static void
kam_application_init (KamApplication *self)
{
  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}

KamApplication *
kam_application_new (void)
{
  return g_object_new (KAM_TYPE_APPLICATION,
                       "application-id", APPLICATION_ID,
                       "resource-base-path", "/org/udaan/Kam",
                       NULL);
}

char *
kam_application_id_for (const char *profile_dir)
{
  g_autofree char *path = NULL;
  g_autofree char *digest = NULL;

  if (profile_dir == NULL)
    return g_strdup (APPLICATION_ID);

  path = g_canonicalize_filename (profile_dir, NULL);
  digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, path, -1);

  return g_strdup_printf ("%s.p%.12s", APPLICATION_ID, digest);
}
