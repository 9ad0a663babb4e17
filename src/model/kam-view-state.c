/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-view-state.h"

#define FILE_NAME "views.ini"
#define DELAY_MS 500

struct _KamViewState
{
  GObject   parent_instance;

  char     *path;    /* (owned) */
  GKeyFile *keys;    /* (owned) */
  guint     source;
  gboolean  writing;
};

G_DEFINE_FINAL_TYPE (KamViewState, kam_view_state, G_TYPE_OBJECT)

static void queue_write (KamViewState *self);

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (KamViewState) self = KAM_VIEW_STATE (user_data);
  g_autoptr (GError) error = NULL;

  self->writing = FALSE;
  if (!g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    g_message ("The state of the views could not be kept: %s", error->message);
}

static gboolean
write_cb (gpointer user_data)
{
  KamViewState *self = KAM_VIEW_STATE (user_data);
  g_autoptr (GFile) file = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize length = 0;
  char *text = NULL;

  if (self->writing)
    return G_SOURCE_CONTINUE;

  self->source = 0;
  self->writing = TRUE;
  file = g_file_new_for_path (self->path);
  text = g_key_file_to_data (self->keys, &length, NULL);
  bytes = g_bytes_new_take (text, length);
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION, NULL,
                                       written_cb, g_object_ref (self));

  return G_SOURCE_REMOVE;
}

static void
queue_write (KamViewState *self)
{
  if (self->source == 0)
    self->source = g_timeout_add (DELAY_MS, write_cb, self);
}

static void
kam_view_state_finalize (GObject *object)
{
  KamViewState *self = KAM_VIEW_STATE (object);

  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_pointer (&self->keys, g_key_file_unref);
  g_clear_pointer (&self->path, g_free);
  G_OBJECT_CLASS (kam_view_state_parent_class)->finalize (object);
}

static void
kam_view_state_class_init (KamViewStateClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = kam_view_state_finalize;
}

static void
kam_view_state_init (KamViewState *self)
{
  self->keys = g_key_file_new ();
}

/**
 * kam_view_state_new:
 * @profile_dir: folder of the profile; it need not be there yet
 *
 * Reads what was kept, a small file. One that cannot be read counts as empty.
 */
KamViewState *
kam_view_state_new (const char *profile_dir)
{
  KamViewState *self = g_object_new (KAM_TYPE_VIEW_STATE, NULL);

  self->path = g_build_filename (profile_dir, FILE_NAME, NULL);
  g_key_file_load_from_file (self->keys, self->path, G_KEY_FILE_NONE, NULL);

  return self;
}

char *
kam_view_state_get_string (KamViewState *self,
                           const char   *group,
                           const char   *key)
{
  return g_key_file_get_string (self->keys, group, key, NULL);
}

int
kam_view_state_get_int (KamViewState *self,
                        const char   *group,
                        const char   *key,
                        int           fallback)
{
  g_autoptr (GError) error = NULL;
  int value = g_key_file_get_integer (self->keys, group, key, &error);

  return error == NULL ? value : fallback;
}

gboolean
kam_view_state_get_boolean (KamViewState *self,
                            const char   *group,
                            const char   *key,
                            gboolean      fallback)
{
  g_autoptr (GError) error = NULL;
  gboolean value = g_key_file_get_boolean (self->keys, group, key, &error);

  return error == NULL ? value : fallback;
}

void
kam_view_state_set_string (KamViewState *self,
                           const char   *group,
                           const char   *key,
                           const char   *value)
{
  g_autofree char *before = kam_view_state_get_string (self, group, key);

  if (g_strcmp0 (before, value) == 0)
    return;

  if (value != NULL)
    g_key_file_set_string (self->keys, group, key, value);
  else
    g_key_file_remove_key (self->keys, group, key, NULL);
  queue_write (self);
}

void
kam_view_state_set_int (KamViewState *self,
                        const char   *group,
                        const char   *key,
                        int           value)
{
  g_autofree char *text = g_strdup_printf ("%d", value);

  kam_view_state_set_string (self, group, key, text);
}

void
kam_view_state_set_boolean (KamViewState *self,
                            const char   *group,
                            const char   *key,
                            gboolean      value)
{
  kam_view_state_set_string (self, group, key, value ? "true" : "false");
}

void
kam_view_state_forget (KamViewState *self,
                       const char   *group)
{
  if (g_key_file_remove_group (self->keys, group, NULL))
    queue_write (self);
}

void
kam_view_state_flush (KamViewState *self)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (self->source == 0)
    return;

  g_clear_handle_id (&self->source, g_source_remove);
  text = g_key_file_to_data (self->keys, NULL, NULL);
  if (!g_file_set_contents_full (self->path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    g_message ("The state of the views could not be kept: %s", error->message);
}
