/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-verify.h"

#include "kam-cursor.h"
#include "kam-digest.h"
#include "kam-json.h"
#include "kam-people-repository.h"
#include "kam-routes.h"

/* Rows between two looks at whether the client is still there. */
#define STEP_ROWS 2000

/* One comparison. */
typedef struct
{
  KamDb                  *db;
  const KamVerifyRequest *request;
  GCancellable           *cancellable;
  KamOrg                  org;
  GPtrArray              *readable; /* (owned) (element-type utf8), sorted */
  KamDigestSet           *theirs;   /* (owned) */
  KamDigestSet           *ours;     /* (owned) */
  JsonNode               *answer;   /* (owned) */
} Verify;

void
kam_verify_request_free (KamVerifyRequest *self)
{
  g_bytes_unref (self->body);
  g_free (self);
}

static void
clear_verify (Verify *self)
{
  g_clear_pointer (&self->readable, g_ptr_array_unref);
  g_clear_pointer (&self->theirs, kam_digest_set_free);
  g_clear_pointer (&self->ours, kam_digest_set_free);
}

static gboolean
read_body (Verify  *self,
           GError **error)
{
  g_autoptr (JsonNode) body = kam_request_parse_bytes (self->request->body, error);
  JsonObject *object = body != NULL ? json_node_get_object (body) : NULL;
  gint64 head = 0;

  if (object == NULL || !kam_routes_check_schema (object, self->request->oldest_schema, error) || !kam_json_opt_int (object, "head", &head, error))
    return FALSE;

  if (self->request->replica && head > self->org.head)
    {
      g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_BEHIND, "The server has not caught up with what you have seen; try again.");
      return FALSE;
    }

  self->theirs = kam_digest_set_from_json (object, error);

  return self->theirs != NULL;
}

/* Everything that can be refused. */
static gboolean
open_verify (Verify  *self,
             GError **error)
{
  g_autoptr (KamSession) session = kam_routes_caller (self->db, self->request->token_hash, self->request->now_us, error);

  if (session == NULL || !kam_org_read (self->db, &self->org, error) || !read_body (self, error))
    return FALSE;

  self->readable = kam_people_scopes (self->db, session->user_id, self->request->now_us, error);
  if (self->readable == NULL)
    return FALSE;

  self->ours = kam_digest_set_new ();

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    self->ours->of[i] = kam_digest_new_like (self->theirs->of[i]);

  return TRUE;
}

static gboolean
add_row_cb (KamRow   *row,
            gpointer  data,
            GError  **error)
{
  Verify *self = data;

  kam_digest_add (self->ours->of[kam_row_kind (row)], row);

  return TRUE;
}

static gboolean
scan (Verify  *self,
      GError **error)
{
  KamFeedPosition position;
  gboolean done = FALSE;

  kam_feed_position_init (&position, 0, self->org.head, FALSE);

  while (!done)
    {
      if (g_cancellable_set_error_if_cancelled (self->cancellable, error) ||
          !kam_feed_scan (self->db, self->readable, &position, STEP_ROWS, NULL, add_row_cb, self, &done, error))
        return FALSE;
    }

  return TRUE;
}

/* That of a client which has all that it may read at this head. */
static char *
make_cursor (Verify  *self,
             GError **error)
{
  g_autoptr (KamCursor) cursor = kam_cursor_new (&self->org);
  g_autofree char *nonce = NULL;
  g_autoptr (GError) failure = NULL;

  nonce = kam_org_get_nonce (self->db, self->org.head, &failure);
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }

  g_strlcpy (cursor->nonce, nonce != NULL ? nonce : "", sizeof cursor->nonce);
  cursor->base = self->org.head;
  cursor->up_to = self->org.head;
  for (guint i = 0; i < self->readable->len; i++)
    g_ptr_array_add (cursor->held, g_strdup (g_ptr_array_index (self->readable, i)));

  return kam_cursor_seal (cursor, &self->org);
}

static JsonArray *
list_differences (Verify *self)
{
  JsonArray *differ = json_array_new ();

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      g_autoptr (GPtrArray) ranges = kam_digest_compare (self->ours->of[i], self->theirs->of[i]);

      for (guint k = 0; k < ranges->len; k++)
        {
          JsonArray *pair = json_array_new ();

          json_array_add_string_element (pair, kam_entity_get ((KamEntityKind) i)->name);
          json_array_add_string_element (pair, g_ptr_array_index (ranges, k));
          json_array_add_array_element (differ, pair);
        }
    }

  return differ;
}

static gboolean
verify (Verify  *self,
        GError **error)
{
  g_autofree char *cursor = NULL;
  JsonObject *answer = NULL;

  if (!open_verify (self, error) || !scan (self, error))
    return FALSE;

  cursor = make_cursor (self, error);
  if (cursor == NULL)
    return FALSE;

  answer = json_object_new ();
  json_object_set_int_member (answer, "head", self->org.head);
  json_object_set_string_member (answer, "cursor", cursor);
  json_object_set_array_member (answer, "differ", list_differences (self));
  self->answer = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (self->answer, answer);

  return TRUE;
}

static gboolean
transact (KamDb         *db,
          gpointer       data,
          GCancellable  *cancellable,
          GError       **error)
{
  Verify *self = data;
  gboolean done = verify (self, error);

  /* A transaction may be run again from the beginning. */
  clear_verify (self);

  return done;
}

JsonNode *
kam_verify_run (KamDb                  *db,
                const KamVerifyRequest *request,
                GCancellable           *cancellable,
                GError                **error)
{
  Verify self = { .db = db, .request = request, .cancellable = cancellable };

  if (kam_db_transact (db, KAM_DB_SNAPSHOT, transact, &self, cancellable, error))
    return self.answer;

  g_clear_pointer (&self.answer, json_node_unref);

  return NULL;
}
