/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-routes.h"

#include "kam-history-repository.h"
#include "kam-json.h"
#include "kam-people-repository.h"
#include "kam-row-repository.h"
#include "kam-time.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MOST 500

typedef struct
{
  guint8        token_hash[KAM_TOKEN_HASH_BYTES];
  gint64        now_us;
  KamEntityKind entity;
  char         *id;      /* (owned) */
  gboolean      all;
  gint64        before;
  guint         limit;
  KamSession   *session; /* (owned) */
  GPtrArray    *records; /* (owned) (element-type KamHistoryRecord) */
  gboolean      more;
} Question;

static void
question_free (gpointer data)
{
  Question *self = data;

  g_free (self->id);
  g_clear_pointer (&self->session, kam_session_free);
  g_clear_pointer (&self->records, g_ptr_array_unref);
  g_free (self);
}

/* One answer for what is not there and what is not theirs. */
static gboolean
check_readable (KamDb     *db,
                Question  *question,
                GError   **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (KamRow) row = kam_rows_find (db, question->entity, question->id, &failure);
  gboolean may = FALSE;

  if (failure == NULL && row != NULL)
    kam_people_may_read (db, question->session->user_id, kam_row_scope (row), question->now_us, &may, &failure);

  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else if (!may)
    g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_NOT_FOUND, "This does not exist, or is not yours to see.");

  return may;
}

static gboolean
read_history (KamDb         *db,
              gpointer       data,
              GCancellable  *cancellable,
              GError       **error)
{
  Question *question = data;

  g_clear_pointer (&question->session, kam_session_free);
  g_clear_pointer (&question->records, g_ptr_array_unref);
  question->session = kam_routes_caller (db, question->token_hash, question->now_us, error);

  if (question->session == NULL || !check_readable (db, question, error))
    return FALSE;

  question->records = kam_history_read (db, question->id, question->all, question->before, question->limit, &question->more, error);

  return question->records != NULL;
}

static void
set_text (JsonObject *object,
          const char *name,
          const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, name, text);
  else
    json_object_set_null_member (object, name);
}

static void
set_value (JsonObject *object,
           const char *name,
           const char *json)
{
  JsonNode *node = json != NULL ? json_from_string (json, NULL) : NULL;

  if (node != NULL)
    json_object_set_member (object, name, node);
  else
    json_object_set_null_member (object, name);
}

static JsonObject *
describe (const KamHistoryRecord *record,
          gboolean                all)
{
  JsonObject *object = json_object_new ();
  g_autofree char *at = kam_instant_format (record->at);

  json_object_set_int_member (object, "seq", record->seq);
  json_object_set_string_member (object, "at", at);
  set_text (object, "author_id", record->author_id);
  set_text (object, "author", record->author);
  set_text (object, "device", record->device);

  if (all)
    {
      json_object_set_string_member (object, "entity", kam_entity_get (record->entity)->name);
      json_object_set_string_member (object, "id", record->id);
    }

  set_text (object, "field", record->field);
  set_value (object, "before", record->before);
  set_value (object, "after", record->after);
  if (record->settled)
    json_object_set_boolean_member (object, "settled", TRUE);

  return object;
}

/* The parts of an answer are put together on a worker: it may be long. */
static gpointer
ask (KamDb         *db,
     gpointer       data,
     GCancellable  *cancellable,
     GError       **error)
{
  Question *question = data;
  JsonNode *node;
  JsonObject *object;
  JsonArray *entries;

  if (!kam_db_transact (db, KAM_DB_SNAPSHOT, read_history, question, cancellable, error))
    return NULL;

  kam_routes_note_seen (db, question->token_hash, question->session, question->now_us);
  entries = json_array_new ();
  for (guint i = 0; i < question->records->len; i++)
    json_array_add_object_element (entries, describe (g_ptr_array_index (question->records, i), question->all));

  object = json_object_new ();
  json_object_set_array_member (object, "entries", entries);
  json_object_set_boolean_member (object, "more", question->more);
  node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, object);

  return node;
}

static void
unref_node (gpointer node)
{
  json_node_unref (node);
}

static void
asked_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (KamAsked) asked = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) body = kam_db_pool_run_finish (KAM_DB_POOL (source), result, &error);

  if (body != NULL)
    kam_request_answer (asked->request, SOUP_STATUS_OK, body);
  else
    kam_request_fail (asked->request, error);
}

/* A number in the query: its default where it is missing, FALSE where it is none. */
static gboolean
read_number (KamRequest  *request,
             const char  *name,
             guint64      most,
             guint64     *number)
{
  g_autofree char *text = NULL;

  return kam_request_query (request, name, &text) == NULL || g_ascii_string_to_unsigned (text, 10, 1, most, number, NULL);
}

static gboolean
read_query (KamRequest  *request,
            Question    *question,
            GError     **error)
{
  g_autofree char *name = NULL;
  g_autofree char *all = NULL;
  const char *wrong = NULL;
  const KamEntity *entity = kam_request_query (request, "entity", &name) != NULL ? kam_entity_by_name (name) : NULL;
  guint64 before = G_MAXINT64;
  guint64 limit = LIMIT_DEFAULT;

  kam_request_query (request, "id", &question->id);
  kam_request_query (request, "all", &all);
  question->all = g_strcmp0 (all, "1") == 0;

  if (entity == NULL)
    wrong = "“entity” must be the name of one.";
  else if (question->id == NULL || !kam_id_is_valid (question->id))
    wrong = "“id” must be a UUID in lower case.";
  else if (all != NULL && (!question->all || entity->kind != KAM_ENTITY_LEAD))
    wrong = "“all” may be 1, for a lead.";
  else if (!read_number (request, "before", G_MAXINT64, &before))
    wrong = "“before” must be a whole number, 1 or more.";
  else if (!read_number (request, "limit", LIMIT_MOST, &limit))
    wrong = "“limit” must be from 1 to 500.";

  if (wrong != NULL)
    {
      g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_BAD_REQUEST, wrong);
      return FALSE;
    }

  question->entity = entity->kind;
  question->before = (gint64) before;
  question->limit = (guint) limit;

  return TRUE;
}

void
kam_route_history (KamServer  *server,
                   KamRequest *request)
{
  Question *question = g_new0 (Question, 1);
  g_autoptr (GError) error = NULL;

  memcpy (question->token_hash, kam_request_token_hash (request), KAM_TOKEN_HASH_BYTES);
  question->now_us = kam_server_now (server);

  if (!read_query (request, question, &error))
    {
      kam_request_fail (request, error);
      question_free (question);
      return;
    }

  kam_db_pool_run_async (kam_server_pool (server), ask, question, question_free, unref_node, kam_request_cancellable (request), asked_cb,
                         kam_asked_new (server, request));
}
