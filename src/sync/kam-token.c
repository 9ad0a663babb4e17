/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-token.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <libsecret/secret.h>
#include <string.h>
#include <unistd.h>

/* A locked keyring asks the person to unlock it, and may wait for ever. */
#define KEYRING_SECONDS 10

typedef struct
{
  char         *profile_dir; /* (owned): absolute */
  char         *server;      /* (owned) */
  char         *token;       /* (owned) (nullable): to save */
  gboolean      in_keyring;
  GCancellable *inner;       /* (owned) */
  GCancellable *outer;       /* (owned) (nullable) */
  gulong        outer_id;
  GSource      *deadline;    /* (owned) */
} Request;

static const SecretSchema schema = {
  "org.udaan.Kam.Token",
  SECRET_SCHEMA_NONE,
  {
    { "profile", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "server", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  },
};

static void
wipe (char *secret)
{
  if (secret == NULL)
    return;

  explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

static void
request_free (Request *request)
{
  if (request->outer != NULL)
    g_cancellable_disconnect (request->outer, request->outer_id);
  g_clear_object (&request->outer);
  g_source_destroy (request->deadline);
  g_source_unref (request->deadline);
  g_object_unref (request->inner);
  g_free (request->profile_dir);
  g_free (request->server);
  wipe (request->token);
  g_free (request);
}

static gboolean
deadline_cb (gpointer data)
{
  g_cancellable_cancel (data);

  return G_SOURCE_REMOVE;
}

static void
outer_cancelled_cb (GCancellable *outer,
                    gpointer      data)
{
  g_cancellable_cancel (data);
}

static GTask *
request_new (gpointer             tag,
             const char          *profile_dir,
             const char          *server,
             const char          *token,
             GCancellable        *cancellable,
             GAsyncReadyCallback  callback,
             gpointer             user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);

  request->profile_dir = g_canonicalize_filename (profile_dir, NULL);
  request->server = g_strdup (server);
  request->token = g_strdup (token);
  request->inner = g_cancellable_new ();
  request->deadline = g_timeout_source_new_seconds (KEYRING_SECONDS);
  g_source_set_callback (request->deadline, deadline_cb, g_object_ref (request->inner), g_object_unref);
  g_source_attach (request->deadline, g_main_context_get_thread_default ());

  if (cancellable != NULL)
    {
      request->outer = g_object_ref (cancellable);
      request->outer_id = g_cancellable_connect (cancellable, G_CALLBACK (outer_cancelled_cb), g_object_ref (request->inner), g_object_unref);
    }

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, request, (GDestroyNotify) request_free);

  return task;
}

static char *
file_name (Request *request)
{
  return g_build_filename (request->profile_dir, "token", NULL);
}

/* The file holds the server on its first line and the token on its second: a token never goes to another server. */
static char *
read_file (Request *request)
{
  g_autofree char *name = file_name (request);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  char *token = NULL;

  if (!g_file_get_contents (name, &text, NULL, NULL))
    return NULL;

  lines = g_strsplit (text, "\n", 3);
  if (g_strv_length (lines) >= 2 && g_strcmp0 (lines[0], request->server) == 0 && *lines[1] != '\0')
    token = g_strdup (lines[1]);

  return token;
}

static gboolean
write_file (Request  *request,
            GError  **error)
{
  g_autofree char *name = file_name (request);
  g_autofree char *text = g_strconcat (request->server, "\n", request->token, "\n", NULL);

  return g_file_set_contents_full (name, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}

static gboolean
remove_file (Request  *request,
             GError  **error)
{
  g_autofree char *name = file_name (request);

  if (g_unlink (name) == 0 || errno == ENOENT)
    return TRUE;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _("The file “%s” cannot be removed: %s"), name, g_strerror (errno));

  return FALSE;
}

static gboolean
return_if_cancelled (GTask *task)
{
  return g_task_return_error_if_cancelled (task);
}

static void
looked_up_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  Request *request = g_task_get_task_data (task);
  char *secret = secret_password_lookup_finish (result, &error);
  char *token = g_strdup (secret);

  if (secret != NULL)
    secret_password_free (secret);

  if (return_if_cancelled (task))
    {
      wipe (token);
      return;
    }

  if (error != NULL)
    g_debug ("No keyring: %s", error->message);

  request->in_keyring = error == NULL;
  if (token == NULL)
    {
      token = read_file (request);
      request->in_keyring = request->in_keyring && token == NULL;
    }

  g_task_return_pointer (task, token, (GDestroyNotify) wipe);
}

static void
stored_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  GError *file_error = NULL;
  Request *request = g_task_get_task_data (task);

  request->in_keyring = secret_password_store_finish (result, &error);

  if (return_if_cancelled (task))
    return;

  if (!request->in_keyring)
    g_debug ("No keyring: %s", error->message);

  if (request->in_keyring ? remove_file (request, &file_error) : write_file (request, &file_error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, file_error);
}

static void
cleared_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  GError *file_error = NULL;
  Request *request = g_task_get_task_data (task);

  /* FALSE also where there was nothing to clear. A keyring that does not answer cannot be cleared; the session it would open has been ended. */
  if (!secret_password_clear_finish (result, &error) && error != NULL)
    g_debug ("No keyring: %s", error->message);

  if (return_if_cancelled (task))
    return;

  if (remove_file (request, &file_error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, file_error);
}

/**
 * kam_token_load_async:
 * @profile_dir: folder of the profile
 * @server: address the token was made for
 */
void
kam_token_load_async (const char          *profile_dir,
                      const char          *server,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_autoptr (GTask) task = request_new (kam_token_load_async, profile_dir, server, NULL, cancellable, callback, user_data);
  Request *request = g_task_get_task_data (task);

  secret_password_lookup (&schema, request->inner, looked_up_cb, g_object_ref (task), "profile", request->profile_dir, "server", request->server, NULL);
}

/**
 * kam_token_load_finish:
 * @in_keyring: (out): whether a keyring answered; a token is then not kept in a file
 *
 * Returns: (transfer full) (nullable): the token, NULL without error where there is none
 */
char *
kam_token_load_finish (GAsyncResult  *result,
                       gboolean      *in_keyring,
                       GError       **error)
{
  Request *request = g_task_get_task_data (G_TASK (result));

  *in_keyring = request->in_keyring;

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
kam_token_save_async (const char          *profile_dir,
                      const char          *server,
                      const char          *token,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_autoptr (GTask) task = request_new (kam_token_save_async, profile_dir, server, token, cancellable, callback, user_data);
  Request *request = g_task_get_task_data (task);
  g_autofree char *label = g_strdup_printf (_("Kam session on %s"), server);

  secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, label, request->token, request->inner, stored_cb, g_object_ref (task),
                         "profile", request->profile_dir, "server", request->server, NULL);
}

gboolean
kam_token_save_finish (GAsyncResult  *result,
                       gboolean      *in_keyring,
                       GError       **error)
{
  Request *request = g_task_get_task_data (G_TASK (result));

  *in_keyring = request->in_keyring;

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
kam_token_clear_async (const char          *profile_dir,
                       const char          *server,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr (GTask) task = request_new (kam_token_clear_async, profile_dir, server, NULL, cancellable, callback, user_data);
  Request *request = g_task_get_task_data (task);

  secret_password_clear (&schema, request->inner, cleared_cb, g_object_ref (task), "profile", request->profile_dir, "server", request->server, NULL);
}

gboolean
kam_token_clear_finish (GAsyncResult  *result,
                        GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
