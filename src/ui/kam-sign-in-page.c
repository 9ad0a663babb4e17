/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sign-in-page.h"

#include <glib/gi18n.h>

#define SAMPLE_LEADS 2000

struct _KamSignInPage
{
  AdwBin             parent_instance;

  KamProfile        *profile;     /* (owned) */
  GCancellable      *cancellable; /* (owned) */
  char              *ca_file;     /* (owned) (nullable) */
  GtkFileChooserNative *chooser;  /* (owned) (nullable) */
  gboolean           busy;
  gboolean           again;

  GtkLabel          *heading;
  GtkLabel          *explanation;
  AdwEntryRow       *server;
  AdwEntryRow       *email;
  AdwPasswordEntryRow *password;
  AdwActionRow      *certificate;
  GtkButton         *choose;
  GtkLabel          *problem;
  GtkButton         *sign_in;
  GtkButton         *sample;
  GtkProgressBar    *progress;
  GtkLabel          *keyring;
};

G_DEFINE_FINAL_TYPE (KamSignInPage, kam_sign_in_page, ADW_TYPE_BIN)

static guint signed_in_signal;

static const char *
text_of (gpointer row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static void
update (KamSignInPage *self)
{
  gboolean complete = *text_of (self->server) != '\0' && *text_of (self->email) != '\0' && *text_of (self->password) != '\0';

  gtk_widget_set_sensitive (GTK_WIDGET (self->sign_in), complete && !self->busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->sample), !self->busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->server), !self->busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->email), !self->busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->password), !self->busy);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), self->busy);
  gtk_widget_set_visible (GTK_WIDGET (self->keyring), !kam_profile_has_keyring (self->profile));
}

static void
set_busy (KamSignInPage *self,
          gboolean       busy,
          const char    *what)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  self->busy = busy;
  /* An entry that has the focus must give it up before it becomes insensitive. */
  if (busy && root != NULL)
    gtk_root_set_focus (root, NULL);
  gtk_progress_bar_set_fraction (self->progress, 0);
  gtk_progress_bar_set_text (self->progress, what);
  update (self);
}

/* Says what is wrong below the form and marks the field it is about, NULL where it is about none. */
static void
set_problem (KamSignInPage *self,
             const char    *text,
             gpointer       field)
{
  gpointer fields[] = { self->server, self->email, self->password, self->certificate };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      gboolean wrong = fields[i] == field;

      if (wrong)
        gtk_widget_add_css_class (fields[i], "error");
      else
        gtk_widget_remove_css_class (fields[i], "error");
      gtk_accessible_update_property (fields[i], GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, wrong ? text : "", -1);
      gtk_accessible_update_state (fields[i], GTK_ACCESSIBLE_STATE_INVALID, wrong ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
    }
  gtk_label_set_text (self->problem, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), text != NULL);
  if (field != NULL)
    gtk_widget_grab_focus (field);
}

static void
changed_cb (KamSignInPage *self)
{
  if (gtk_widget_get_visible (GTK_WIDGET (self->problem)))
    set_problem (self, NULL, NULL);
  update (self);
}

static void
explain (KamSignInPage *self,
         const GError  *error)
{
  gpointer field = NULL;

  if (g_error_matches (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_CERTIFICATE))
    {
      gtk_widget_set_visible (GTK_WIDGET (self->certificate), TRUE);
      field = self->certificate;
    }
  else if (g_error_matches (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_CREDENTIALS))
    field = self->password;
  else if (g_error_matches (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_ADDRESS) || g_error_matches (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_NETWORK) ||
           g_error_matches (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_NOT_KAM))
    field = self->server;

  set_problem (self, error->message, field);
  if (field == NULL)
    gtk_widget_grab_focus (GTK_WIDGET (self->password));
}

static void
signed_in_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (KamSignInPage) self = KAM_SIGN_IN_PAGE (user_data);
  g_autoptr (GError) error = NULL;
  gboolean done = kam_profile_sign_in_finish (KAM_PROFILE (source), result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;

  set_busy (self, FALSE, NULL);
  if (done)
    {
      gtk_editable_set_text (GTK_EDITABLE (self->password), "");
      g_signal_emit (self, signed_in_signal, 0);
    }
  else
    explain (self, error);
}

static gboolean
pulse_cb (GtkWidget     *widget,
          GdkFrameClock *clock,
          gpointer       user_data)
{
  KamSignInPage *self = KAM_SIGN_IN_PAGE (widget);

  if (!self->busy)
    return G_SOURCE_REMOVE;
  gtk_progress_bar_pulse (self->progress);

  return G_SOURCE_CONTINUE;
}

static void
sign_in_cb (KamSignInPage *self)
{
  if (!gtk_widget_get_sensitive (GTK_WIDGET (self->sign_in)))
    return;

  set_problem (self, NULL, NULL);
  set_busy (self, TRUE, _("Signing in…"));
  gtk_progress_bar_set_pulse_step (self->progress, 0.02);
  gtk_widget_add_tick_callback (GTK_WIDGET (self), pulse_cb, NULL, NULL);
  kam_profile_sign_in_async (self->profile, text_of (self->server), self->ca_file, text_of (self->email), text_of (self->password),
                             self->cancellable, signed_in_cb, g_object_ref (self));
}

/* Sample data */

static void
filled_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (KamSignInPage) self = KAM_SIGN_IN_PAGE (user_data);
  g_autoptr (GError) error = NULL;
  gboolean done = kam_profile_fill_sample_finish (KAM_PROFILE (source), result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;

  set_busy (self, FALSE, NULL);
  if (done)
    g_signal_emit (self, signed_in_signal, 0);
  else
    set_problem (self, error->message, NULL);
}

static void
sample_progress_cb (goffset  done,
                    goffset  total,
                    gpointer user_data)
{
  KamSignInPage *self = KAM_SIGN_IN_PAGE (user_data);

  if (total > 0)
    gtk_progress_bar_set_fraction (self->progress, CLAMP ((double) done / (double) total, 0, 1));
}

static void
sample_cb (KamSignInPage *self)
{
  set_problem (self, NULL, NULL);
  set_busy (self, TRUE, _("Inventing restaurants…"));
  kam_profile_fill_sample_async (self->profile, SAMPLE_LEADS, self->cancellable, sample_progress_cb, self, filled_cb, g_object_ref (self));
}

/* Certificate */

static void
chosen_cb (KamSignInPage *self,
           int            response)
{
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autofree char *name = NULL;

      file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser));
      g_free (self->ca_file);
      self->ca_file = g_file_get_path (file);
      name = g_file_get_basename (file);
      adw_action_row_set_subtitle (self->certificate, name);
      set_problem (self, NULL, NULL);
    }
  g_clear_object (&self->chooser);
}

static void
choose_cb (KamSignInPage *self)
{
  g_autoptr (GtkFileFilter) certificates = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_("Choose a Certificate"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                               GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  gtk_file_filter_set_name (certificates, _("Certificates"));
  gtk_file_filter_add_pattern (certificates, "*.pem");
  gtk_file_filter_add_pattern (certificates, "*.crt");
  gtk_file_filter_add_pattern (certificates, "*.cer");
  gtk_file_filter_set_name (all, _("All Files"));
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), certificates);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), all);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_swapped (self->chooser, "response", G_CALLBACK (chosen_cb), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
kam_sign_in_page_dispose (GObject *object)
{
  KamSignInPage *self = KAM_SIGN_IN_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->chooser);
  g_clear_object (&self->profile);
  G_OBJECT_CLASS (kam_sign_in_page_parent_class)->dispose (object);
}

static void
kam_sign_in_page_finalize (GObject *object)
{
  KamSignInPage *self = KAM_SIGN_IN_PAGE (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->ca_file, g_free);
  G_OBJECT_CLASS (kam_sign_in_page_parent_class)->finalize (object);
}

static void
kam_sign_in_page_class_init (KamSignInPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = kam_sign_in_page_dispose;
  object_class->finalize = kam_sign_in_page_finalize;

  signed_in_signal = g_signal_new ("signed-in", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/udaan/Kam/ui/kam-sign-in-page.ui");
  gtk_widget_class_bind_template_child (widget_class, KamSignInPage, heading);
  gtk_widget_class_bind_template_child (widget_class, KamSignInPage, explanation);
  gtk_widget_class_bind_template_child (widget_class, KamSignInPage, server);
  gtk_widget_class_bind_template_child (widget_class, KamSignInPage, email);
  gtk_widget_class_bind_template_child (widget_class, KamSignInPage, password);
  gtk_widget_class_bind_template_child (widget_class, KamSignInPage, certificate);
  gtk_widget_class_bind_template_child (widget_class, KamSignInPage, choose);
  gtk_widget_class_bind_template_child (widget_class, KamSignInPage, problem);
  gtk_widget_class_bind_template_child (widget_class, KamSignInPage, sign_in);
  gtk_widget_class_bind_template_child (widget_class, KamSignInPage, sample);
  gtk_widget_class_bind_template_child (widget_class, KamSignInPage, progress);
  gtk_widget_class_bind_template_child (widget_class, KamSignInPage, keyring);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, sign_in_cb);
  gtk_widget_class_bind_template_callback (widget_class, sample_cb);
  gtk_widget_class_bind_template_callback (widget_class, choose_cb);
}

static void
kam_sign_in_page_init (KamSignInPage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Where the server ended the session for good, sync knows what has become of this device and of what waited on it. */
static void
tell_what_happened (KamSignInPage *self)
{
  KamSync *sync = kam_profile_get_sync (self->profile);
  g_autofree char *message = NULL;

  if (sync == NULL || self->again)
    return;

  g_object_get (sync, "message", &message, NULL);
  if (message == NULL)
    return;

  gtk_label_set_text (self->heading, _("Signed Out"));
  gtk_label_set_text (self->explanation, message);
}

GtkWidget *
kam_sign_in_page_new (KamProfile *profile,
                      gboolean    again)
{
  KamSignInPage *self = g_object_new (KAM_TYPE_SIGN_IN_PAGE, NULL);
  KamWorkspace *workspace = kam_profile_get_workspace (profile);
  const char *server = kam_profile_get_sync (profile) != NULL ? kam_sync_get_server (kam_profile_get_sync (profile)) : NULL;
  KamRow *person = workspace != NULL ? kam_workspace_get_person (workspace, kam_workspace_get_user_id (workspace)) : NULL;

  self->profile = g_object_ref (profile);
  self->again = again;
  if (server != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->server), server);
  if (person != NULL && kam_row_text (person, KAM_USER_EMAIL) != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->email), kam_row_text (person, KAM_USER_EMAIL));
  if (again)
    {
      gtk_label_set_text (self->heading, _("Sign In Again"));
      gtk_label_set_text (self->explanation, _("Your session has ended. What you do here is kept and goes up once you have signed in."));
      gtk_widget_set_visible (GTK_WIDGET (self->sample), FALSE);
    }
  if (kam_profile_get_sync (profile) != NULL)
    g_signal_connect_object (kam_profile_get_sync (profile), "notify::message", G_CALLBACK (tell_what_happened), self, G_CONNECT_SWAPPED);
  tell_what_happened (self);
  update (self);

  return GTK_WIDGET (self);
}

void
kam_sign_in_page_present_again (KamProfile *profile,
                                GtkWindow  *parent)
{
  GtkWidget *window = adw_window_new ();
  GtkWidget *page = kam_sign_in_page_new (profile, TRUE);

  gtk_window_set_title (GTK_WINDOW (window), _("Sign In Again"));
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (window), 460, 600);
  adw_window_set_content (ADW_WINDOW (window), page);
  g_signal_connect_object (page, "signed-in", G_CALLBACK (gtk_window_close), window, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (window));
}
