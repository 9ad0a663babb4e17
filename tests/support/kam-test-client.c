/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-client.h"

#include "kam-id.h"

static void
row_free (gpointer data)
{
  KamTestRow *row = data;

  g_free (row->entity);
  g_free (row->scope);
  g_free (row->line);
  json_array_unref (row->values);
  g_free (row);
}

KamTestClient *
kam_test_client_new (KamTestServer *server,
                     const char    *email)
{
  KamTestClient *self = g_new0 (KamTestClient, 1);

  self->server = server;
  self->token = kam_test_sign_in (server, email);
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, row_free);
  self->client_id = kam_id_new (g_get_real_time ());

  return self;
}

void
kam_test_client_free (KamTestClient *self)
{
  g_free (self->token);
  g_free (self->cursor);
  g_free (self->columns);
  g_free (self->client_id);
  g_hash_table_unref (self->rows);
  g_free (self);
}

static void
drop_scope (KamTestClient *self,
            const char    *scope)
{
  GHashTableIter iter;
  gpointer value;

  self->drops++;
  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      if (g_str_equal (((KamTestRow *) value)->scope, scope))
        g_hash_table_iter_remove (&iter);
    }
}

/* A row, and what belongs to it where it is a lead, as far as it is of that scope and not newer. */
static void
evict (KamTestClient *self,
       JsonArray     *line)
{
  gint64 rev = json_array_get_int_element (line, 2);
  const char *scope = json_array_get_string_element (line, 3);
  const char *id = json_array_get_string_element (line, 4);
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  self->evictions++;
  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      KamTestRow *row = value;
      gboolean belongs = g_str_equal (key, id) || (!g_str_equal (row->entity, "lead") && json_array_get_length (row->values) > 1 &&
                                                   JSON_NODE_HOLDS_VALUE (json_array_get_element (row->values, 1)) &&
                                                   g_strcmp0 (json_node_get_string (json_array_get_element (row->values, 1)), id) == 0);

      if (belongs && g_str_equal (row->scope, scope) && row->rev <= rev)
        g_hash_table_iter_remove (&iter);
    }
}

/* Whatever is there of a range is forgotten. */
static void
forget_range (KamTestClient *self,
              JsonArray     *line)
{
  const char *entity = json_array_get_string_element (line, 1);
  const char *digits = json_array_get_string_element (line, 2);
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      if (g_str_equal (((KamTestRow *) value)->entity, entity) && g_str_has_suffix (key, digits))
        g_hash_table_iter_remove (&iter);
    }
}

static void
put (KamTestClient *self,
     JsonArray     *line,
     const char    *text)
{
  JsonArray *values = json_array_get_array_element (line, 3);
  const char *id = json_array_get_string_element (values, 0);
  KamTestRow *known = g_hash_table_lookup (self->rows, id);
  KamTestRow *row;

  if (known != NULL && known->rev > json_array_get_int_element (line, 1))
    return;

  row = g_new0 (KamTestRow, 1);
  row->entity = g_strdup (json_array_get_string_element (line, 0));
  row->rev = json_array_get_int_element (line, 1);
  row->scope = g_strdup (json_array_get_string_element (line, 2));
  row->values = json_array_ref (values);
  row->line = g_strdup (text);
  g_hash_table_replace (self->rows, g_strdup (id), row);
}

static void
apply (KamTestClient *self,
       JsonNode      *node,
       const char    *text)
{
  JsonArray *line = json_node_get_array (node);
  const char *what = json_array_get_string_element (line, 0);

  if (g_str_equal (what, "drop"))
    drop_scope (self, json_array_get_string_element (line, 1));
  else if (g_str_equal (what, "-"))
    evict (self, line);
  else if (g_str_equal (what, "range"))
    forget_range (self, line);
  else
    put (self, line, text);
}

static JsonNode *
parse_line (const char *line)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = json_from_string (line, &error);

  g_assert_no_error (error);

  return node;
}

static void
take_header (KamTestClient *self,
             const char    *line)
{
  g_autoptr (JsonNode) header = parse_line (line);

  g_free (self->columns);
  self->columns = json_to_string (json_object_get_member (json_node_get_object (header), "columns"), FALSE);
}

gboolean
kam_test_client_take_page (KamTestClient *self,
                           const char    *body,
                           guint          limit)
{
  g_autoptr (KamTestReply) reply = kam_test_request (self->server, "POST", "/v1/pull", self->token, body);
  g_autoptr (GChecksum) digest = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *text = g_strndup (g_bytes_get_data (reply->body, NULL), g_bytes_get_size (reply->body));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint n = g_strv_length (lines);
  g_autoptr (JsonNode) footer = NULL;
  JsonObject *last;

  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_cmpuint (n, >=, 3);
  g_assert_cmpstr (lines[n - 1], ==, "");
  footer = parse_line (lines[n - 2]);
  last = json_node_get_object (footer);
  take_header (self, lines[0]);

  for (guint i = 1; i + 2 < n; i++)
    {
      g_autoptr (JsonNode) node = parse_line (lines[i]);

      g_checksum_update (digest, (const guchar *) lines[i], -1);
      g_checksum_update (digest, (const guchar *) "\n", 1);
      apply (self, node, lines[i]);
    }

  g_assert_cmpint (json_object_get_int_member (last, "count"), ==, n - 3);
  g_assert_cmpstr (json_object_get_string_member (last, "digest"), ==, g_checksum_get_string (digest));
  if (limit > 0)
    g_assert_cmpuint (n - 3, <=, limit + 100);

  g_free (self->cursor);
  self->cursor = g_strdup (json_object_get_string_member (last, "cursor"));
  self->head = json_object_get_int_member (last, "head");

  return json_object_get_boolean_member (last, "more");
}

gboolean
kam_test_client_pull_page (KamTestClient *self,
                           guint          limit)
{
  g_autofree char *cursor = self->cursor != NULL ? g_strdup_printf ("\"%s\"", self->cursor) : g_strdup ("null");
  g_autofree char *limited = limit > 0 ? g_strdup_printf (",\"limit\":%u", limit) : g_strdup ("");
  g_autofree char *body = g_strdup_printf ("{\"schema\":1,\"cursor\":%s%s}", cursor, limited);

  return kam_test_client_take_page (self, body, limit);
}

void
kam_test_client_pull (KamTestClient *self,
                      guint          limit)
{
  self->pages = 1;
  while (kam_test_client_pull_page (self, limit))
    self->pages++;
}

guint
kam_test_client_count (KamTestClient *self,
                       const char    *entity)
{
  GHashTableIter iter;
  gpointer value;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    n += g_str_equal (((KamTestRow *) value)->entity, entity);

  return n;
}

const char *
kam_test_client_push (KamTestClient *self,
                      const char    *mutation)
{
  g_autofree char *body = g_strdup_printf ("{\"client_id\":\"%s\",\"schema\":1,\"sent_at\":\"2026-01-01T00:00:00.000000Z\",\"ack\":%" G_GINT64_FORMAT
                                           ",\"mutations\":[{\"mid\":%" G_GINT64_FORMAT ",%s}]}", self->client_id, self->mid, self->mid + 1, mutation);
  g_autoptr (KamTestReply) reply = kam_test_request (self->server, "POST", "/v1/push", self->token, body);
  JsonObject *result;

  if (reply->status != 200)
    g_error ("push: %s", (const char *) g_bytes_get_data (reply->body, NULL));

  self->mid++;
  g_assert_cmpint (kam_test_reply_int (reply, "last_mid"), ==, self->mid);
  result = json_array_get_object_element (json_object_get_array_member (json_node_get_object (reply->json), "results"), 0);

  return g_intern_string (json_object_get_string_member (result, "result"));
}

static void
push_some (KamTestClient *self,
           GPtrArray     *mutations,
           guint          start,
           guint          n,
           JsonArray     *results)
{
  g_autoptr (GString) body = g_string_new (NULL);
  g_autoptr (KamTestReply) reply = NULL;
  JsonArray *some;

  g_string_append_printf (body, "{\"client_id\":\"%s\",\"schema\":1,\"sent_at\":\"2026-01-01T00:00:00.000000Z\",\"ack\":%" G_GINT64_FORMAT
                          ",\"mutations\":[", self->client_id, self->mid);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (body, "%s{\"mid\":%" G_GINT64_FORMAT ",%s}", i > 0 ? "," : "", self->mid + 1 + i, (char *) mutations->pdata[start + i]);
  g_string_append (body, "]}");
  reply = kam_test_request (self->server, "POST", "/v1/push", self->token, body->str);
  if (reply->status != 200)
    g_error ("push: %s", (const char *) g_bytes_get_data (reply->body, NULL));

  self->mid += n;
  some = json_object_get_array_member (json_node_get_object (reply->json), "results");
  g_assert_cmpuint (json_array_get_length (some), ==, n);
  for (guint i = 0; i < n; i++)
    json_array_add_element (results, json_node_copy (json_array_get_element (some, i)));
}

JsonArray *
kam_test_client_push_all (KamTestClient *self,
                          GPtrArray     *mutations)
{
  JsonArray *results = json_array_new ();

  for (guint i = 0; i < mutations->len; i += 400)
    push_some (self, mutations, i, MIN (400, mutations->len - i), results);

  return results;
}

char *
kam_test_client_add_lead (KamTestClient *self,
                          const char    *name,
                          const char    *owner)
{
  char *id = kam_id_new (g_get_real_time ());
  g_autofree char *mutation = g_strdup_printf ("\"entity\":\"lead\",\"id\":\"%s\",\"op\":\"put\",\"base_rev\":0,\"at\":\"2026-01-01T00:00:00.000000Z\","
                                               "\"set\":{\"name\":[null,\"%s\"],\"kam_id\":[null,\"%s\"],\"status\":[null,\"new\"],"
                                               "\"time_zone\":[null,\"Asia/Kolkata\"]}", id, name, owner);

  g_assert_cmpstr (kam_test_client_push (self, mutation), ==, "applied");

  return id;
}

void
kam_test_client_set (KamTestClient *self,
                     const char    *entity,
                     const char    *id,
                     const char    *set)
{
  KamTestRow *row = g_hash_table_lookup (self->rows, id);
  g_autofree char *mutation = g_strdup_printf ("\"entity\":\"%s\",\"id\":\"%s\",\"op\":\"put\",\"base_rev\":%" G_GINT64_FORMAT
                                               ",\"at\":\"2026-01-01T00:00:00.000000Z\",\"set\":%s", entity, id, row != NULL ? row->rev : 1, set);

  g_assert_cmpstr (kam_test_client_push (self, mutation), ==, "applied");
}
