/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-json.h"
#include "kam-store-private.h"
#include "kam-time.h"

/* The file is described where it is declared, in kam-store-pending.h. */

#define AT_LEAD (KAM_OUTBOX_SEQ + 2)

/* What can be sent now counts as sent once it is in a file: it gets its place in the order, by which the server knows it from wherever it comes. */
static gboolean
name_sendable (KamWorker  *self,
               GError    **error)
{
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);

  return kam_outbox_take (self, G_MAXINT32, batch, error);
}

/* The rest waits for something else here, and has no place yet: its origin is made of what it is called here. Whoever sends it says that origin. */
static gboolean
name_rest (KamWorker   *self,
           const char  *client_id,
           GError     **error)
{
  g_autofree char *source = kam_id_derive (client_id, "export");

  return kam_sqlite_exec (self->db, error,
                          "UPDATE outbox SET origin_client = ?1, origin_mid = seq WHERE state IN (0, 2) AND mid IS NULL AND origin_client IS NULL", "t",
                          source);
}

static JsonObject *
make_error (sqlite3_stmt *stmt)
{
  static const char *const members[] = { "code", "field", "message" };
  JsonObject *object = json_object_new ();

  for (int i = 0; i < (int) G_N_ELEMENTS (members); i++)
    {
      g_autofree char *text = kam_sqlite_text (stmt, AT_LEAD + 1 + i);

      if (text != NULL)
        json_object_set_string_member (object, members[i], text);
    }

  return object;
}

static void
add_edit (JsonArray    *edits,
          sqlite3_stmt *stmt,
          const char   *client_id)
{
  g_autoptr (KamMutation) mutation = kam_outbox_read (stmt);
  g_autofree char *lead_id = kam_sqlite_id (stmt, AT_LEAD);
  JsonObject *object = json_object_new ();

  if (mutation->origin_client_id == NULL)
    {
      mutation->origin_client_id = g_strdup (client_id);
      mutation->origin_mid = mutation->mid;
    }

  if (mutation->base_rev == KAM_BASE_AWAITED)
    {
      mutation->base_rev = 1;
      json_object_set_boolean_member (object, "awaits_making", TRUE);
    }

  mutation->mid = 0;
  json_object_set_member (object, "mutation", kam_mutation_to_json (mutation));

  if (lead_id != NULL)
    json_object_set_string_member (object, "lead_id", lead_id);

  if (sqlite3_column_int (stmt, KAM_OUTBOX_SEQ + 1) == KAM_OUTBOX_REJECTED)
    json_object_set_object_member (object, "rejected", make_error (stmt));

  json_array_add_object_element (edits, object);
}

static gboolean
add_edits (KamWorker   *self,
           const char  *client_id,
           JsonArray   *edits,
           GError     **error)
{
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, error, "SELECT " KAM_OUTBOX_COLUMNS ", lead_id, code, field, message FROM outbox WHERE state IN (0, 2)"
                                                          " ORDER BY seq", "");
  int step = -1;

  while (stmt != NULL && (step = kam_sqlite_step (self->db, stmt, error)) > 0)
    add_edit (edits, stmt, client_id);

  return step == 0;
}

static void
set_text (JsonObject *object,
          const char *member,
          const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, member, text);
}

static gboolean
export (KamWorker  *self,
        gpointer    data,
        GError    **error)
{
  GBytes **bytes = data;
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (JsonArray) edits = json_array_new ();
  g_autofree char *client_id = NULL;
  g_autofree char *server_id = NULL;
  g_autofree char *user_id = NULL;
  g_autofree char *at = kam_instant_format (kam_clock_now (self->clock));
  JsonObject *object = json_object_new ();
  char *text;

  json_node_take_object (root, object);
  kam_changes_add_outbox (self->changes);

  if (!kam_meta_get_text (self, "client_id", &client_id, error) || !kam_setting_get (self, "server_id", &server_id, error) ||
      !kam_setting_get (self, "user_id", &user_id, error) || !name_sendable (self, error) || !name_rest (self, client_id, error) ||
      !add_edits (self, client_id, edits, error))
    return FALSE;

  set_text (object, "format", KAM_EXPORT_FORMAT);
  json_object_set_int_member (object, "version", KAM_EXPORT_VERSION);
  set_text (object, "server_id", server_id);
  set_text (object, "user_id", user_id);
  set_text (object, "client_id", client_id);
  set_text (object, "at", at);
  json_object_set_array_member (object, "edits", g_steal_pointer (&edits));
  text = kam_json_to_text (root);
  *bytes = g_bytes_new_take (text, strlen (text));

  return TRUE;
}

static void
export_job (KamWorker *self,
            GTask     *task,
            gpointer   data)
{
  g_autoptr (GBytes) bytes = NULL;
  GError *error = NULL;

  /* Durable: the names that went into the file must never be given to other edits. */
  if (kam_worker_write (self, TRUE, export, &bytes, &error))
    g_task_return_pointer (task, g_steal_pointer (&bytes), (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

void
kam_store_pending_export_async (KamStore            *self,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  GTask *task = kam_store_task (self, kam_store_pending_export_async, cancellable, callback, user_data);

  g_task_set_check_cancellable (task, FALSE);
  kam_store_push (self, task, export_job);
}

GBytes *
kam_store_pending_export_finish (KamStore      *self,
                                 GAsyncResult  *result,
                                 GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
