/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-push-request.h"

#include "kam-json.h"
#include "kam-time.h"
#include "kam-wire.h"

/* The error of a gap brings along from where to send again. */
typedef struct
{
  gint64 last_mid;
} KamPushErrorPrivate;

static void
kam_push_error_private_init (KamPushErrorPrivate *priv)
{
  priv->last_mid = 0;
}

static void
kam_push_error_private_copy (const KamPushErrorPrivate *from,
                             KamPushErrorPrivate       *to)
{
  *to = *from;
}

static void
kam_push_error_private_clear (KamPushErrorPrivate *priv)
{
}

G_DEFINE_EXTENDED_ERROR (KamPushError, kam_push_error)

GError *
kam_push_error_new_gap (gint64 last_mid)
{
  GError *error = g_error_new (KAM_PUSH_ERROR, KAM_PUSH_ERROR_MID_GAP, "Mutations are missing: send again from %" G_GINT64_FORMAT, last_mid + 1);

  kam_push_error_get_private (error)->last_mid = last_mid;

  return error;
}

gint64
kam_push_error_last_mid (const GError *error)
{
  g_return_val_if_fail (g_error_matches (error, KAM_PUSH_ERROR, KAM_PUSH_ERROR_MID_GAP), 0);

  return kam_push_error_get_private (error)->last_mid;
}

static void
item_free (KamPushItem *item)
{
  g_clear_pointer (&item->mutation, kam_mutation_free);
  g_clear_error (&item->error);
  g_free (item);
}

/* Of what makes it this mutation and no other, which stays the same when it is sent again under another number and on a newer base: so a clone's other
 * mutation under the same number is told apart, and one that was sent again is known. Canonical, so that a client that writes its JSON otherwise after an
 * update is not taken for another. */
static void
hash_content (KamPushItem *item,
              JsonNode    *node)
{
  g_autoptr (KamMutation) core = item->mutation != NULL ? kam_mutation_copy (item->mutation) : NULL;
  g_autoptr (JsonNode) canonical = NULL;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *text = NULL;
  gsize length = sizeof item->content_hash;

  if (core != NULL)
    {
      core->mid = 0;
      core->base_rev = 0;
      g_clear_pointer (&core->origin_client_id, g_free);
      for (guint i = 0; i < core->changes->len; i++)
        kam_value_clear (&g_array_index (core->changes, KamChange, i).old);
    }

  canonical = core != NULL ? kam_mutation_to_json (core) : json_node_ref (node);
  text = kam_json_to_text (canonical);
  g_checksum_update (checksum, (const guchar *) text, -1);
  g_checksum_get_digest (checksum, item->content_hash, &length);
}

static gboolean
read_item (KamPushRequest *self,
           JsonNode       *node,
           GError        **error)
{
  KamPushItem *item = g_new0 (KamPushItem, 1);

  g_ptr_array_add (self->items, item);

  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      g_set_error_literal (error, KAM_PUSH_ERROR, KAM_PUSH_ERROR_BAD_REQUEST, "Each of “mutations” must be an object");
      return FALSE;
    }

  /* Without its number it could have no result. */
  if (!kam_json_get_int (json_node_get_object (node), "mid", &item->mid, error))
    return FALSE;

  item->mutation = kam_mutation_from_json (node, &item->error);
  hash_content (item, node);

  return TRUE;
}

static gboolean
read_envelope (KamPushRequest  *self,
               JsonObject      *object,
               JsonArray      **mutations,
               GError         **error)
{
  const char *sent_at = NULL;
  gint64 schema = 0;

  if (!kam_json_get_string (object, "client_id", &self->client_id, error) || !kam_json_get_int (object, "schema", &schema, error) ||
      !kam_json_get_string (object, "sent_at", &sent_at, error) || !kam_json_opt_int (object, "ack", &self->ack, error) ||
      !kam_json_get_array (object, "mutations", mutations, error) || !kam_instant_parse (sent_at, &self->sent_at, error))
    return FALSE;

  if (!kam_id_is_valid (self->client_id))
    g_set_error_literal (error, KAM_PUSH_ERROR, KAM_PUSH_ERROR_BAD_REQUEST, "“client_id” must be a UUID");
  else if (self->ack < 0)
    g_set_error_literal (error, KAM_PUSH_ERROR, KAM_PUSH_ERROR_BAD_REQUEST, "“ack” must not be negative");
  else if (schema > KAM_SCHEMA_VERSION)
    g_set_error_literal (error, KAM_PUSH_ERROR, KAM_PUSH_ERROR_TOO_NEW, "The client is newer than the server. Update the server");
  else if (json_array_get_length (*mutations) > KAM_PUSH_MAX_MUTATIONS)
    g_set_error (error, KAM_PUSH_ERROR, KAM_PUSH_ERROR_TOO_LARGE, "At most %d mutations in one push", KAM_PUSH_MAX_MUTATIONS);
  else
    return TRUE;

  return FALSE;
}

static gboolean
read_all (KamPushRequest  *self,
          JsonObject      *object,
          GError         **error)
{
  JsonArray *mutations = NULL;

  if (!read_envelope (self, object, &mutations, error))
    return FALSE;

  for (guint i = 0; i < json_array_get_length (mutations); i++)
    {
      if (!read_item (self, json_array_get_element (mutations, i), error))
        return FALSE;

      if (i > 0 && ((KamPushItem *) g_ptr_array_index (self->items, i))->mid <= ((KamPushItem *) g_ptr_array_index (self->items, i - 1))->mid)
        {
          g_set_error_literal (error, KAM_PUSH_ERROR, KAM_PUSH_ERROR_BAD_REQUEST, "The mutations must come in the order of their “mid”");
          return FALSE;
        }
    }

  return TRUE;
}

gboolean
kam_push_request_read (KamPushRequest  *self,
                       JsonObject      *object,
                       GError         **error)
{
  g_autoptr (GError) local_error = NULL;

  *self = (KamPushRequest) { 0 };
  self->items = g_ptr_array_new_with_free_func ((GDestroyNotify) item_free);

  if (read_all (self, object, &local_error))
    return TRUE;

  if (local_error->domain == KAM_PUSH_ERROR)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else
    g_set_error_literal (error, KAM_PUSH_ERROR, KAM_PUSH_ERROR_BAD_REQUEST, local_error->message);

  return FALSE;
}

void
kam_push_request_clear (KamPushRequest *self)
{
  g_clear_pointer (&self->items, g_ptr_array_unref);
}
