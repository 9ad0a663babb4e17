/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-quarantine.h"

#include "kam-json.h"
#include "kam-mutation.h"
#include "kam-push.h"
#include "kam-server-error.h"
#include "kam-time.h"
#include "kam-wire.h"

#include <string.h>

/* Taking. */

typedef struct
{
  const KamSession *session;
  gint64            now_us;
  const char       *client_id;
  gint64            schema;
  const char       *server_id;
  JsonArray        *mutations;
  gboolean          last;
  char              receipt[KAM_ID_LENGTH + 1];
  gint64            kept;
} Taking;

static gboolean
refuse (GError         **error,
        KamServerError   code,
        const char      *message)
{
  g_set_error_literal (error, KAM_SERVER_ERROR, code, message);

  return FALSE;
}

static gboolean
read_last (JsonObject  *request,
           gboolean    *last,
           GError     **error)
{
  JsonNode *node = json_object_get_member (request, "last");

  if (node != NULL && json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return refuse (error, KAM_SERVER_ERROR_BAD_REQUEST, "“last” must be true or false");

  *last = node != NULL && json_node_get_boolean (node);

  return TRUE;
}

static gboolean
read_mid (JsonArray  *mutations,
          guint       index,
          gint64     *mid,
          GError    **error)
{
  JsonNode *node = json_array_get_element (mutations, index);

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse (error, KAM_SERVER_ERROR_BAD_REQUEST, "Each of “mutations” must be an object");

  if (!kam_json_get_int (json_node_get_object (node), "mid", mid, error))
    return FALSE;

  return *mid > 0 || refuse (error, KAM_SERVER_ERROR_BAD_REQUEST, "“mid” must be 1 or more");
}

static gboolean
read_request (Taking      *taking,
              JsonObject  *request,
              GError     **error)
{
  gint64 before = 0;
  gint64 mid = 0;

  if (!kam_json_get_string (request, "client_id", &taking->client_id, error) || !kam_json_get_int (request, "schema", &taking->schema, error) ||
      !kam_json_get_string (request, "server_id", &taking->server_id, error) || !kam_json_get_array (request, "mutations", &taking->mutations, error) ||
      !read_last (request, &taking->last, error))
    return FALSE;

  if (!kam_id_is_valid (taking->client_id))
    return refuse (error, KAM_SERVER_ERROR_BAD_REQUEST, "“client_id” must be a UUID");

  if (taking->schema < 1 || taking->schema > G_MAXINT32)
    return refuse (error, KAM_SERVER_ERROR_BAD_REQUEST, "“schema” must be 1 or more");

  if (json_array_get_length (taking->mutations) > KAM_PUSH_MAX_MUTATIONS)
    return refuse (error, KAM_SERVER_ERROR_TOO_LARGE, "At most 500 mutations at a time");

  for (guint i = 0; i < json_array_get_length (taking->mutations); i++, before = mid)
    {
      if (!read_mid (taking->mutations, i, &mid, error))
        return FALSE;

      if (mid <= before)
        return refuse (error, KAM_SERVER_ERROR_BAD_REQUEST, "The mutations must come in the order of their “mid”");
    }

  return TRUE;
}

/* The canonical form, so that the order of members does not matter. */
static char *
canonical (JsonNode *node)
{
  g_autoptr (KamMutation) mutation = kam_mutation_from_json (node, NULL);
  g_autoptr (JsonNode) form = mutation != NULL ? kam_mutation_to_json (mutation) : json_node_ref (node);

  return kam_json_to_text (form);
}

static gboolean
is_same (const char *content,
         JsonNode   *node)
{
  g_autoptr (JsonNode) kept = json_from_string (content, NULL);
  g_autofree char *a = kept != NULL ? canonical (kept) : NULL;
  g_autofree char *b = canonical (node);

  return g_strcmp0 (a, b) == 0;
}

static gboolean
keep (KamDb                *db,
      const KamQuarantine  *quarantine,
      JsonNode             *node,
      gint64               *n,
      gint64               *n_bytes,
      GError              **error)
{
  g_autoptr (KamQuarantined) found = NULL;
  g_autofree char *content = kam_json_to_text (node);
  gint64 mid = json_object_get_int_member (json_node_get_object (node), "mid");

  if (!kam_quarantine_find_mutation (db, quarantine->id, mid, &found, error))
    return FALSE;

  if (found != NULL)
    return is_same (found->content, node) ||
           refuse (error, KAM_SERVER_ERROR_CLIENT_FORKED, "Another mutation was handed in under the same number.");

  *n += 1;
  *n_bytes += (gint64) strlen (content);

  if (*n > KAM_QUARANTINE_MOST_MUTATIONS || *n_bytes > KAM_QUARANTINE_MOST_BYTES)
    return refuse (error, KAM_SERVER_ERROR_TOO_LARGE, "So much cannot be kept for one person. Export it, and ask an administrator.");

  return kam_quarantine_add (db, quarantine->id, mid, content, error);
}

/* An outbox is one person's and device's, here as in a push. */
static gboolean
check_client (KamDb         *db,
              const Taking  *taking,
              const char    *user_id,
              const char    *device_id,
              GError       **error)
{
  KamClient client = { 0 };

  if (!kam_mutations_lock_client (db, taking->client_id, taking->session->user_id, taking->session->device_id, &client, error))
    return FALSE;

  return (strcmp (user_id, taking->session->user_id) == 0 && strcmp (device_id, taking->session->device_id) == 0 &&
          strcmp (client.user_id, taking->session->user_id) == 0 && strcmp (client.device_id, taking->session->device_id) == 0) ||
         refuse (error, KAM_SERVER_ERROR_CLIENT_FORKED, "This client id belongs to another person or device");
}

static gboolean
take (KamDb         *db,
      gpointer       data,
      GCancellable  *cancellable,
      GError       **error)
{
  Taking *taking = data;
  const KamSession *session = taking->session;
  g_autoptr (KamQuarantine) quarantine = NULL;
  gint64 n = 0;
  gint64 n_bytes = 0;

  quarantine = kam_quarantine_lock (db, taking->client_id, session->user_id, session->device_id, taking->schema, taking->now_us, error);

  if (quarantine == NULL || !check_client (db, taking, quarantine->user_id, quarantine->device_id, error) ||
      !kam_quarantine_usage (db, session->user_id, &n, &n_bytes, error))
    return FALSE;

  taking->kept = -n + quarantine->n_mutations;

  for (guint i = 0; i < json_array_get_length (taking->mutations); i++)
    {
      if (!keep (db, quarantine, json_array_get_element (taking->mutations, i), &n, &n_bytes, error))
        return FALSE;
    }

  taking->kept += n;
  g_strlcpy (taking->receipt, quarantine->id, sizeof taking->receipt);

  return !taking->last || kam_quarantine_complete (db, quarantine->id, error);
}

JsonNode *
kam_quarantine_take (KamDb             *db,
                     const KamSession  *session,
                     JsonObject        *request,
                     gint64             now_us,
                     GError           **error)
{
  Taking taking = { .session = session, .now_us = now_us };
  KamOrg org;
  JsonObject *answer;
  JsonNode *node;

  if (!read_request (&taking, request, error) || !kam_org_read (db, &org, error))
    return NULL;

  if (strcmp (taking.server_id, org.server_id) != 0)
    {
      refuse (error, KAM_SERVER_ERROR_BAD_REQUEST, "“server_id” is another server's: these data do not belong here.");
      return NULL;
    }

  if (!kam_db_transact (db, KAM_DB_READ_WRITE, take, &taking, NULL, error))
    return NULL;

  answer = json_object_new ();
  json_object_set_string_member (answer, "receipt", taking.receipt);
  json_object_set_int_member (answer, "kept", taking.kept);
  json_object_set_string_member (answer, "server_id", org.server_id);
  node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, answer);

  return node;
}

/* Applying. */

typedef struct
{
  KamDb                *db;
  const KamQuarantine  *quarantine;
  const KamSession     *session;
  gint64                now_us;
  char                 *client_id; /* (owned): of this run */
  gint64                mid;       /* of the last mutation that was sent in this run */
  KamQuarantineOutcome *outcome;
} Applying;

static gboolean
has_result (const KamQuarantined *item,
            gboolean             *rejected)
{
  g_autoptr (JsonNode) node = item->result != NULL ? json_from_string (item->result, NULL) : NULL;
  g_autoptr (KamResult) result = node != NULL ? kam_result_from_json (node, NULL) : NULL;

  *rejected = result != NULL && result->kind == KAM_RESULT_REJECTED;

  return result != NULL;
}

static void
set_origin (JsonObject *mutation,
            const char *client_id,
            gint64      mid)
{
  JsonArray *origin = json_array_new ();

  json_array_add_string_element (origin, client_id);
  json_array_add_int_element (origin, mid);
  json_object_set_array_member (mutation, "origin", origin);
}

/* As it is to be pushed; NULL where it has been, with success. */
static JsonObject *
prepare (Applying             *applying,
         const KamQuarantined *item)
{
  g_autoptr (JsonNode) node = json_from_string (item->content, NULL);
  gboolean rejected = FALSE;
  gboolean settled = has_result (item, &rejected);
  JsonObject *mutation;

  if ((settled && !rejected) || node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return NULL;

  mutation = json_node_dup_object (node);
  json_object_set_int_member (mutation, "mid", ++applying->mid);

  if (rejected)
    {
      /* Its rejection is known under its first origin; under this one a run that was cut short is recognised. */
      g_autofree char *name = g_strdup_printf ("again:%" G_GINT64_FORMAT, applying->quarantine->tries);
      g_autofree char *again = kam_id_derive (applying->quarantine->id, name);

      set_origin (mutation, again, item->mid);
    }
  else if (!json_object_has_member (mutation, "origin") || json_object_get_null_member (mutation, "origin"))
    {
      set_origin (mutation, applying->quarantine->client_id, item->mid);
    }

  return mutation;
}

static void
count (KamQuarantineOutcome *outcome,
       const KamResult      *result)
{
  switch (result->kind)
    {
    case KAM_RESULT_APPLIED:
      outcome->n_applied++;
      break;
    case KAM_RESULT_MERGED:
      outcome->n_merged++;
      break;
    case KAM_RESULT_CONFLICT:
      outcome->n_conflict++;
      break;
    case KAM_RESULT_REJECTED:
    default:
      outcome->n_rejected++;
      break;
    }
}

static gboolean
note_results (Applying   *applying,
              GPtrArray  *sent,
              JsonArray  *results,
              GError    **error)
{
  for (guint i = 0; i < sent->len; i++)
    {
      const KamQuarantined *item = g_ptr_array_index (sent, i);
      JsonNode *node = json_array_get_element (results, i);
      g_autofree char *text = kam_json_to_text (node);
      g_autoptr (KamResult) result = kam_result_from_json (node, error);

      if (result == NULL || !kam_quarantine_note_result (applying->db, applying->quarantine->id, item->mid, text, error))
        return FALSE;

      count (applying->outcome, result);
    }

  return TRUE;
}

static gboolean
push_some (Applying   *applying,
           GPtrArray  *items,
           GError    **error)
{
  g_autoptr (JsonObject) request = json_object_new ();
  g_autoptr (GPtrArray) sent = g_ptr_array_new ();
  g_autoptr (GPtrArray) touched = NULL;
  g_autoptr (JsonNode) answer = NULL;
  g_autofree char *sent_at = kam_instant_format (applying->now_us);
  JsonArray *mutations = json_array_new ();

  json_object_set_string_member (request, "client_id", applying->client_id);
  json_object_set_int_member (request, "schema", KAM_SCHEMA_VERSION);
  json_object_set_string_member (request, "sent_at", sent_at);
  json_object_set_array_member (request, "mutations", mutations);

  for (guint i = 0; i < items->len; i++)
    {
      JsonObject *mutation = prepare (applying, g_ptr_array_index (items, i));

      if (mutation == NULL)
        continue;

      json_array_add_object_element (mutations, mutation);
      g_ptr_array_add (sent, g_ptr_array_index (items, i));
    }

  if (sent->len == 0)
    return TRUE;

  answer = kam_push_run (applying->db, applying->session, request, applying->now_us, &touched, error);

  return answer != NULL &&
         note_results (applying, sent, json_object_get_array_member (json_node_get_object (answer), "results"), error);
}

static gboolean
apply_all (Applying  *applying,
           GError   **error)
{
  gint64 after = 0;

  for (;;)
    {
      g_autoptr (GPtrArray) items = kam_quarantine_read (applying->db, applying->quarantine->id, after, KAM_PUSH_MAX_MUTATIONS, error);

      if (items == NULL)
        return FALSE;

      if (items->len == 0)
        return kam_quarantine_note_try (applying->db, applying->quarantine->id, error);

      after = ((const KamQuarantined *) g_ptr_array_index (items, items->len - 1))->mid;

      if (!push_some (applying, items, error))
        return FALSE;
    }
}

gboolean
kam_quarantine_apply (KamDb                 *db,
                      const char            *id,
                      const char            *successor_id,
                      gint64                 now_us,
                      KamQuarantineOutcome  *outcome,
                      GError               **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (KamQuarantine) quarantine = kam_quarantine_find (db, id, &failure);
  g_autoptr (KamPerson) person = quarantine != NULL ? kam_people_find (db, quarantine->user_id, &failure) : NULL;
  g_autofree char *client_id = kam_id_new (now_us);
  KamSession session = { 0 };
  Applying applying = { .db = db, .quarantine = quarantine, .session = &session, .now_us = now_us, .client_id = client_id, .outcome = outcome };

  *outcome = (KamQuarantineOutcome) { 0 };

  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }

  if (person == NULL)
    return refuse (error, KAM_SERVER_ERROR_REFUSED, "there is nothing of this id in quarantine; see “kam-server quarantine list”");

  g_strlcpy (session.user_id, quarantine->user_id, sizeof session.user_id);
  g_strlcpy (session.device_id, quarantine->device_id, sizeof session.device_id);
  session.role = person->role;
  session.is_former = !person->active;

  if (successor_id != NULL)
    g_strlcpy (session.successor_id, successor_id, sizeof session.successor_id);

  return apply_all (&applying, error);
}
