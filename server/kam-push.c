/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-push.h"

#include "kam-error.h"
#include "kam-json.h"
#include "kam-push-private.h"
#include "kam-push-request.h"

#include <string.h>

/* What became of one mutation of this try. */
typedef struct
{
  KamResult       *result;  /* (owned) (nullable): of a new one; its rev is known at the end */
  KamStoredResult *stored;  /* (owned) (nullable): of one that was settled before */
  gboolean         written; /* it changed something, so its rev is the commit's */
} Outcome;

typedef struct
{
  KamDb                *db;
  const KamSession     *session;
  const KamPushRequest *request;
  gint64                now_us;
  KamClient             client;
  GPtrArray            *outcomes; /* (owned) (element-type Outcome): one for each item */
  GPtrArray            *touched;  /* (owned) (element-type utf8) */
  gint64                head;
  gint64                durable;
} Run;

static void
outcome_free (Outcome *outcome)
{
  g_clear_pointer (&outcome->result, kam_result_free);
  g_clear_pointer (&outcome->stored, kam_stored_result_free);
  g_free (outcome);
}

/* Why a mutation could not even be read. */
static const char *
parse_code (const GError *error)
{
  if (g_error_matches (error, KAM_ERROR, KAM_ERROR_UNKNOWN_ENTITY))
    return "unknown_entity";

  if (g_error_matches (error, KAM_ERROR, KAM_ERROR_UNKNOWN_FIELD))
    return "unknown_field";

  return g_error_matches (error, KAM_ERROR, KAM_ERROR_INVALID_VALUE) ? "bad_value" : "bad_mutation";
}

/* Enough of what a client sent to recognise it: it is kept, and goes back. */
#define MESSAGE_MOST 300
#define FIELD_MOST 64

static char *
shorten (const char *text,
         glong       most)
{
  g_autofree char *start = NULL;

  if (text == NULL || g_utf8_strlen (text, -1) <= most)
    return g_strdup (text);

  start = g_utf8_substring (text, 0, most - 1);

  return g_strconcat (start, "…", NULL);
}

static KamResult *
make_rejected (gint64      mid,
               const char *code,
               const char *field,
               const char *message)
{
  KamResult *result = kam_result_new (mid, KAM_RESULT_REJECTED, 0);

  result->code = g_strdup (code);
  result->field = shorten (field, FIELD_MOST);
  result->message = shorten (message, MESSAGE_MOST);

  return result;
}

/* Whether these numbers can be: everything up to last_mid is a repetition of what was settled, then one after the other. */
static gboolean
check_mids (Run      *run,
            GError  **error)
{
  gint64 last_mid = run->client.last_mid;

  if (strcmp (run->client.user_id, run->session->user_id) != 0 || strcmp (run->client.device_id, run->session->device_id) != 0)
    {
      g_set_error_literal (error, KAM_PUSH_ERROR, KAM_PUSH_ERROR_CLIENT_FORKED, "This client id belongs to another person or device");
      return FALSE;
    }

  /* The client has results that this server does not know of any more: it was restored from a backup. */
  if (run->request->ack > last_mid)
    {
      g_propagate_error (error, kam_push_error_new_gap (last_mid));
      return FALSE;
    }

  for (guint i = 0; i < run->request->items->len; i++)
    {
      const KamPushItem *item = g_ptr_array_index (run->request->items, i);

      if (item->mid > last_mid + 1)
        {
          g_propagate_error (error, kam_push_error_new_gap (run->client.last_mid));
          return FALSE;
        }

      last_mid = MAX (last_mid, item->mid);
    }

  return TRUE;
}

/* The result that a mutation under this number has had. Another content under it, or a result that the client has said it has: two clients share an
 * id. */
static gboolean
repeat (Run                *run,
        const KamPushItem  *item,
        Outcome            *outcome,
        GError            **error)
{
  if (!kam_mutations_find_result (run->db, run->request->client_id, item->mid, &outcome->stored, error))
    return FALSE;

  if (item->mid > run->client.acked_mid && outcome->stored != NULL &&
      memcmp (outcome->stored->content_hash, item->content_hash, KAM_CONTENT_HASH_BYTES) == 0)
    return TRUE;

  g_set_error (error, KAM_PUSH_ERROR, KAM_PUSH_ERROR_CLIENT_FORKED, "Mutation %" G_GINT64_FORMAT " was another one before", item->mid);

  return FALSE;
}

/* A client that has forked sends again what it had sent under its old id: that is settled already, or it is not. */
static gboolean
find_origin (Run                *run,
             const KamPushItem  *item,
             Outcome            *outcome,
             GError            **error)
{
  const KamMutation *mutation = item->mutation;
  g_autoptr (KamStoredResult) stored = NULL;
  g_autoptr (JsonNode) node = NULL;
  gboolean settled = FALSE;

  if (mutation == NULL || mutation->origin_client_id == NULL)
    return TRUE;

  if (!kam_mutations_find_by_origin (run->db, run->session->user_id, mutation->origin_client_id, mutation->origin_mid, item->content_hash,
                                     &stored, &settled, error))
    return FALSE;

  node = stored != NULL && *stored->result != '\0' ? json_from_string (stored->result, NULL) : NULL;
  outcome->result = node != NULL ? kam_result_from_json (node, NULL) : NULL;

  if (outcome->result == NULL && settled)
    outcome->result = kam_result_new (item->mid, KAM_RESULT_APPLIED, 0);

  if (outcome->result != NULL)
    outcome->result->mid = item->mid;

  return TRUE;
}

static gboolean
apply_mutation (KamPush            *push,
                const KamMutation  *mutation,
                KamResultKind      *kind,
                GError            **error)
{
  switch (mutation->op)
    {
    case KAM_OP_DELETE:
      return kam_push_apply_delete (push, mutation, kind, error);
    case KAM_OP_RESTORE:
      return kam_push_apply_restore (push, mutation, kind, error);
    case KAM_OP_PUT:
    default:
      if (mutation->entity == KAM_ENTITY_CONFLICT)
        return kam_push_apply_settle (push, mutation, kind, error);

      return kam_push_apply_put (push, mutation, kind, error);
    }
}

static gboolean
apply (KamPush            *push,
       const KamPushItem  *item,
       Outcome            *outcome,
       GError            **error)
{
  g_autoptr (GError) local_error = NULL;
  KamResultKind kind = KAM_RESULT_APPLIED;

  if (item->mutation == NULL)
    {
      outcome->result = make_rejected (item->mid, parse_code (item->error), kam_error_get_field (item->error), item->error->message);
      return TRUE;
    }

  if (apply_mutation (push, item->mutation, &kind, &local_error))
    {
      outcome->result = kam_result_new (item->mid, kind, 0);
      outcome->written = TRUE;
      return TRUE;
    }

  if (local_error->domain == KAM_REJECTION)
    {
      outcome->result = make_rejected (item->mid, kam_rejection_code (local_error), kam_rejection_field (local_error), local_error->message);
      return TRUE;
    }

  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

static gboolean
settle_item (Run                *run,
             KamPush            *push,
             const KamPushItem  *item,
             GError            **error)
{
  Outcome *outcome = g_new0 (Outcome, 1);

  g_ptr_array_add (run->outcomes, outcome);

  if (item->mid <= run->client.last_mid)
    return repeat (run, item, outcome, error);

  if (!find_origin (run, item, outcome, error))
    return FALSE;

  return outcome->result != NULL || apply (push, item, outcome, error);
}

static int
compare_ids (gconstpointer a,
             gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
find_lead_id (Run                *run,
              const KamMutation  *mutation,
              char              **lead_id,
              GError            **error)
{
  const KamEntity *entity = kam_entity_get (mutation->entity);
  const KamChange *change = entity->lead_field >= 0 ? kam_mutation_find ((KamMutation *) mutation, (guint) entity->lead_field) : NULL;

  if (mutation->entity == KAM_ENTITY_LEAD)
    {
      *lead_id = g_strdup (mutation->id);
      return TRUE;
    }

  if (!kam_rows_find_lead_id (run->db, mutation->entity, mutation->id, lead_id, error))
    return FALSE;

  if (*lead_id == NULL && change != NULL && change->new.kind == KAM_VALUE_TEXT && kam_id_is_valid (change->new.text))
    *lead_id = g_strdup (change->new.text);

  return TRUE;
}

/* Locks, in the order of their ids, every lead that a mutation is about. */
static gboolean
lock_leads (Run      *run,
            KamPush  *push,
            GError  **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < run->request->items->len; i++)
    {
      const KamPushItem *item = g_ptr_array_index (run->request->items, i);
      char *lead_id = NULL;

      if (item->mutation == NULL || item->mid <= run->client.last_mid)
        continue;

      if (!find_lead_id (run, item->mutation, &lead_id, error))
        return FALSE;

      if (lead_id != NULL)
        g_ptr_array_add (ids, lead_id);
    }

  g_ptr_array_sort (ids, compare_ids);

  for (guint i = 0; i < ids->len; i++)
    {
      const char *id = g_ptr_array_index (ids, i);

      if ((i == 0 || strcmp (id, g_ptr_array_index (ids, i - 1)) != 0) && !kam_push_lock_lead (push, id, error))
        return FALSE;
    }

  return kam_rows_find_conflicted (run->db, ids, push->conflicted, error);
}

static gboolean
store_results (Run      *run,
               KamPush  *push,
               GError  **error)
{
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_stored_result_free);
  gint64 last_mid = run->client.last_mid;

  for (guint i = 0; i < run->outcomes->len; i++)
    {
      const KamPushItem *item = g_ptr_array_index (run->request->items, i);
      Outcome *outcome = g_ptr_array_index (run->outcomes, i);
      g_autoptr (JsonNode) node = NULL;
      KamStoredResult *stored;

      if (outcome->result == NULL)
        continue;

      if (outcome->written)
        outcome->result->rev = run->head;

      node = kam_result_to_json (outcome->result);
      stored = g_new0 (KamStoredResult, 1);
      stored->mid = item->mid;
      stored->result = kam_json_to_text (node);
      memcpy (stored->content_hash, item->content_hash, sizeof stored->content_hash);
      stored->origin_client_id = item->mutation != NULL ? g_strdup (item->mutation->origin_client_id) : NULL;
      stored->origin_mid = item->mutation != NULL ? item->mutation->origin_mid : 0;
      g_ptr_array_add (results, stored);
      last_mid = item->mid;
    }

  run->client.last_mid = last_mid;
  run->client.acked_mid = MAX (run->client.acked_mid, run->request->ack);

  return kam_mutations_store (run->db, run->request->client_id, results, error) &&
         kam_mutations_save_client (run->db, run->request->client_id, last_mid, run->client.acked_mid, error);
}

static gboolean
run_push (Run      *run,
          KamPush  *push,
          GError  **error)
{
  KamOrg org;

  if (!kam_mutations_lock_client (run->db, run->request->client_id, run->session->user_id, run->session->device_id, &run->client, error) ||
      !check_mids (run, error) || !lock_leads (run, push, error) || !kam_push_load_rights (push, error))
    return FALSE;

  for (guint i = 0; i < run->request->items->len; i++)
    {
      if (!settle_item (run, push, g_ptr_array_index (run->request->items, i), error))
        return FALSE;
    }

  if (!kam_push_write (push, error) || !kam_org_read (run->db, &org, error))
    return FALSE;

  run->head = org.head;
  run->durable = org.durable;

  return store_results (run, push, error);
}

static gboolean
transact (KamDb         *db,
          gpointer       data,
          GCancellable  *cancellable,
          GError       **error)
{
  Run *run = data;
  KamPush push = { .db = db,
                   .session = run->session,
                   .client_id = run->request->client_id,
                   .now_us = run->now_us,
                   .skew_us = MAX (run->request->sent_at - run->now_us, 0) };
  gboolean done;

  /* It may be the second try. */
  g_ptr_array_set_size (run->outcomes, 0);
  kam_push_init (&push);
  done = run_push (run, &push, error);
  g_clear_pointer (&run->touched, g_ptr_array_unref);
  run->touched = g_steal_pointer (&push.touched);
  kam_push_clear (&push);

  return done;
}

static JsonNode *
make_answer (Run *run)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *answer = json_object_new ();
  JsonArray *results = json_array_new ();

  for (guint i = 0; i < run->outcomes->len; i++)
    {
      const Outcome *outcome = g_ptr_array_index (run->outcomes, i);

      json_array_add_element (results, outcome->result != NULL ? kam_result_to_json (outcome->result) : json_from_string (outcome->stored->result, NULL));
    }

  json_object_set_array_member (answer, "results", results);
  json_object_set_int_member (answer, "last_mid", run->client.last_mid);
  json_object_set_int_member (answer, "head", run->head);
  json_object_set_int_member (answer, "durable", run->durable);
  json_node_take_object (node, answer);

  return node;
}

JsonNode *
kam_push_run (KamDb             *db,
              const KamSession  *session,
              JsonObject        *request,
              gint64             now_us,
              GPtrArray        **touched_scopes,
              GError           **error)
{
  g_auto (KamPushRequest) parsed = { 0 };
  g_autoptr (GPtrArray) outcomes = g_ptr_array_new_with_free_func ((GDestroyNotify) outcome_free);
  Run run = { .db = db, .session = session, .request = &parsed, .now_us = now_us, .outcomes = outcomes };
  g_autoptr (GPtrArray) touched = NULL;
  g_autoptr (GError) local_error = NULL;
  gboolean done;

  *touched_scopes = NULL;

  if (!kam_push_request_read (&parsed, request, error))
    return NULL;

  done = kam_db_transact (db, KAM_DB_READ_WRITE, transact, &run, NULL, error);
  touched = run.touched;

  if (!done)
    return NULL;

  /* The push is done whether or not this is: the next one forgets them then. */
  if (parsed.ack > 0 && !kam_mutations_forget (db, parsed.client_id, parsed.ack, &local_error))
    g_info ("Confirmed results stay for now: %s", local_error->message);

  *touched_scopes = g_steal_pointer (&touched);

  return make_answer (&run);
}
