/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-json.h"
#include "kam-store-private.h"

#include <glib/gi18n.h>

typedef struct
{
  GBytes *bytes;   /* (owned) */
  guint   n_taken;
} Import;

static void
free_import (gpointer data)
{
  Import *import = data;

  g_bytes_unref (import->bytes);
  g_free (import);
}

static gboolean
refuse (GError    **error,
        const char *why)
{
  g_set_error_literal (error, KAM_STORE_ERROR, KAM_STORE_ERROR_INVALID, why);

  return FALSE;
}

/* Where the file says nothing of a lead, the row here may. */
static gboolean
find_lead (KamWorker          *self,
           JsonObject         *edit,
           const KamMutation  *mutation,
           char              **lead_id,
           GError            **error)
{
  g_autoptr (KamRow) row = NULL;
  const char *said = NULL;

  if (!kam_json_opt_string (edit, "lead_id", &said, error))
    return FALSE;

  if (said != NULL && !kam_id_is_valid (said))
    return refuse (error, _("This file is damaged"));

  if (said == NULL && !kam_rows_get (self, mutation->entity, mutation->id, &row, error))
    return FALSE;

  *lead_id = g_strdup (said != NULL ? said : row != NULL ? kam_row_lead_id (row) : NULL);

  return TRUE;
}

static gboolean
is_here (KamWorker          *self,
         const KamMutation  *mutation,
         gboolean           *here,
         GError            **error)
{
  g_autofree char *client_id = NULL;
  gint64 found;

  if (!kam_meta_get_text (self, "client_id", &client_id, error) ||
      !kam_sqlite_number (self->db, &found, 0, error,
                          "SELECT EXISTS (SELECT 1 FROM outbox WHERE (origin_client = ?1 AND origin_mid = ?2) OR (?1 = ?3 AND mid = ?2))", "tit",
                          mutation->origin_client_id, mutation->origin_mid, client_id))
    return FALSE;

  *here = found != 0;

  return TRUE;
}

static gboolean
note_rejection (KamWorker   *self,
                JsonObject  *rejection,
                GError     **error)
{
  const char *code = NULL, *field = NULL, *message = NULL;

  return kam_json_opt_string (rejection, "code", &code, error) && kam_json_opt_string (rejection, "field", &field, error) &&
         kam_json_opt_string (rejection, "message", &message, error) &&
         kam_sqlite_exec (self->db, error, "UPDATE outbox SET state = 2, code = ?2, field = ?3, message = ?4 WHERE seq = ?1", "ittt",
                          (gint64) sqlite3_last_insert_rowid (kam_sqlite_handle (self->db)), code, field, message);
}

static gboolean
take_in (KamWorker    *self,
         JsonObject   *edit,
         KamMutation  *mutation,
         const char   *lead_id,
         GError      **error)
{
  KamOutboxRow row = { mutation->entity, mutation->id, (char *) lead_id };
  JsonObject *rejection = NULL;

  if (json_object_has_member (edit, "rejected") && !kam_json_get_object (edit, "rejected", &rejection, error))
    return FALSE;

  if (json_object_has_member (edit, "awaits_making"))
    mutation->base_rev = KAM_BASE_AWAITED;

  return (rejection != NULL || kam_shadow_ensure (self, mutation->entity, mutation->id, lead_id, error)) &&
         kam_outbox_insert (self, mutation, lead_id, error) && (rejection == NULL || note_rejection (self, rejection, error)) &&
         kam_outbox_touch (self, &row, error);
}

static gboolean
import_edit (KamWorker   *self,
             Import      *import,
             JsonObject  *edit,
             GError     **error)
{
  g_autoptr (KamMutation) mutation = NULL;
  g_autofree char *lead_id = NULL;
  gboolean here;

  if (!json_object_has_member (edit, "mutation"))
    return refuse (error, _("This file is damaged"));

  mutation = kam_mutation_from_json (json_object_get_member (edit, "mutation"), NULL);

  if (mutation == NULL)
    return refuse (error, _("This file is damaged, or was written by a newer version of Kam"));

  if (!find_lead (self, edit, mutation, &lead_id, error))
    return FALSE;

  if (mutation->origin_client_id == NULL || mutation->mid != 0)
    return refuse (error, _("This file is damaged"));

  if (!is_here (self, mutation, &here, error))
    return FALSE;

  if (here)
    return TRUE;

  import->n_taken++;

  return take_in (self, edit, mutation, lead_id, error);
}

static gboolean
check_head (KamWorker   *self,
            JsonObject  *file,
            GError     **error)
{
  g_autofree char *server_id = NULL;
  const char *format = NULL, *of = NULL;
  gint64 version = 0;

  if (!kam_json_opt_string (file, "format", &format, NULL) || g_strcmp0 (format, KAM_EXPORT_FORMAT) != 0 ||
      !kam_json_opt_int (file, "version", &version, NULL) || !kam_json_opt_string (file, "server_id", &of, NULL))
    return refuse (error, _("This file does not hold changes of Kam"));

  if (version != KAM_EXPORT_VERSION)
    return refuse (error, _("This file was written by another version of Kam. Import it with that one, or a newer one"));

  if (!kam_setting_get (self, "server_id", &server_id, error))
    return FALSE;

  return (server_id != NULL && g_strcmp0 (of, server_id) == 0) ||
         refuse (error, _("These changes belong to another server than the one this profile is signed in to"));
}

static JsonNode *
parse (GBytes  *bytes,
       GError **error)
{
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  g_autoptr (JsonNode) node = text != NULL ? kam_json_parse (text, length, NULL) : NULL;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    {
      refuse (error, _("This file does not hold changes of Kam"));
      return NULL;
    }

  return g_steal_pointer (&node);
}

/* All of it or none. */
static gboolean
import_file (KamWorker  *self,
             gpointer    data,
             GError    **error)
{
  Import *import = data;
  g_autoptr (JsonNode) node = parse (import->bytes, error);
  JsonArray *edits = NULL;

  if (node == NULL || !check_head (self, json_node_get_object (node), error) ||
      !kam_json_get_array (json_node_get_object (node), "edits", &edits, error))
    return FALSE;

  for (guint i = 0; i < json_array_get_length (edits); i++)
    {
      JsonNode *edit = json_array_get_element (edits, i);

      if (!JSON_NODE_HOLDS_OBJECT (edit))
        return refuse (error, _("This file is damaged"));

      if (!import_edit (self, import, json_node_get_object (edit), error))
        return FALSE;
    }

  return TRUE;
}

static void
import_job (KamWorker *self,
            GTask     *task,
            gpointer   data)
{
  Import *import = data;
  GError *error = NULL;

  if (kam_worker_write (self, TRUE, import_file, import, &error))
    g_task_return_int (task, import->n_taken);
  else
    g_task_return_error (task, error);
}

void
kam_store_pending_import_async (KamStore            *self,
                                GBytes              *bytes,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  GTask *task = kam_store_task (self, kam_store_pending_import_async, cancellable, callback, user_data);
  Import *import = g_new0 (Import, 1);

  import->bytes = g_bytes_ref (bytes);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, import, free_import);
  kam_store_push (self, task, import_job);
}

gboolean
kam_store_pending_import_finish (KamStore      *self,
                                 GAsyncResult  *result,
                                 guint         *n_taken,
                                 GError       **error)
{
  gssize n;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  n = g_task_propagate_int (G_TASK (result), error);

  if (n >= 0)
    *n_taken = (guint) n;

  return n >= 0;
}
