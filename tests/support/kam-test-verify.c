/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-verify.h"

#define MOST_RANGES 4096

static void
add_line (guint64    *sums,
          guint       digits,
          const char *id,
          const char *line)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint64 range = g_ascii_strtoull (id + strlen (id) - digits, NULL, 16);
  guint8 bytes[32];
  gsize length = sizeof bytes;
  guint64 sum = 0;

  g_checksum_update (checksum, (const guchar *) line, -1);
  g_checksum_get_digest (checksum, bytes, &length);

  for (guint i = 0; i < 8; i++)
    sum = sum << 8 | bytes[i];

  sums[range] += sum;
}

/* “sums” of one entity. */
static char *
sum_entity (KamTestClient *self,
            const char    *entity,
            guint          digits)
{
  guint n = 1u << (4 * digits);
  guint64 sums[MOST_RANGES] = { 0 };
  guint8 bytes[8 * MOST_RANGES];
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const KamTestRow *row = value;

      if (g_str_equal (row->entity, entity))
        add_line (sums, digits, key, row->line);
    }

  for (guint i = 0; i < 8 * n; i++)
    bytes[i] = (guint8) (sums[i / 8] >> (8 * (7 - i % 8)));

  return g_base64_encode (bytes, 8 * n);
}

char *
kam_test_verify_body (KamTestClient *self,
                      guint          digits,
                      const char    *without)
{
  g_autoptr (JsonNode) columns = json_from_string (self->columns, NULL);
  g_autoptr (GList) entities = json_object_get_members (json_node_get_object (columns));
  GString *body = g_string_new (NULL);
  const char *comma = "";

  g_string_append_printf (body, "{\"schema\":1,\"columns\":%s,\"digests\":{", self->columns);

  for (GList *l = entities; l != NULL; l = l->next)
    {
      g_autofree char *sums = sum_entity (self, l->data, digits);

      if (g_strcmp0 (l->data, without) == 0)
        continue;

      g_string_append_printf (body, "%s\"%s\":{\"digits\":%u,\"sums\":\"%s\"}", comma, (const char *) l->data, digits, sums);
      comma = ",";
    }

  g_string_append (body, "}}");

  return g_string_free (body, FALSE);
}

KamTestReply *
kam_test_verify (KamTestClient *self,
                 guint          digits)
{
  g_autofree char *body = kam_test_verify_body (self, digits, NULL);
  KamTestReply *reply = kam_test_request (self->server, "POST", "/v1/verify", self->token, body);

  if (reply->status != 200)
    g_error ("verify: %s", (const char *) g_bytes_get_data (reply->body, NULL));

  return reply;
}

static JsonArray *
differ_of (KamTestReply *reply)
{
  return json_object_get_array_member (json_node_get_object (reply->json), "differ");
}

static int
compare_texts (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
kam_test_verify_ranges (KamTestReply *reply)
{
  GPtrArray *ranges = g_ptr_array_new_with_free_func (g_free);
  JsonArray *differ = differ_of (reply);

  for (guint i = 0; i < json_array_get_length (differ); i++)
    {
      JsonArray *pair = json_array_get_array_element (differ, i);

      g_assert_cmpuint (json_array_get_length (pair), ==, 2);
      g_ptr_array_add (ranges, g_strconcat (json_array_get_string_element (pair, 0), " ", json_array_get_string_element (pair, 1), NULL));
    }

  g_ptr_array_sort (ranges, compare_texts);

  return ranges;
}

void
kam_test_verify_pull (KamTestClient *self,
                      KamTestReply  *reply,
                      guint          start,
                      guint          n)
{
  g_autoptr (JsonArray) some = json_array_new ();
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  g_autofree char *ranges = NULL;
  g_autofree char *body = NULL;
  const char *cursor = kam_test_reply_text (reply, "cursor");

  for (guint i = start; i < MIN (start + n, json_array_get_length (differ_of (reply))); i++)
    json_array_add_element (some, json_node_copy (json_array_get_element (differ_of (reply), i)));

  json_node_set_array (node, some);
  ranges = json_to_string (node, FALSE);
  body = g_strdup_printf ("{\"schema\":1,\"cursor\":\"%s\",\"ranges\":%s}", cursor, ranges);
  g_assert_true (kam_test_client_take_page (self, body, 0));
  g_assert_cmpstr (self->cursor, ==, cursor);
}

void
kam_test_verify_repair (KamTestClient *self,
                        KamTestReply  *reply,
                        guint          at_a_time)
{
  guint n = json_array_get_length (differ_of (reply));

  for (guint i = 0; i < n; i += at_a_time)
    kam_test_verify_pull (self, reply, i, at_a_time);

  g_free (self->cursor);
  self->cursor = g_strdup (kam_test_reply_text (reply, "cursor"));
  kam_test_client_pull (self, 0);
}

void
kam_test_verify_same (KamTestClient *a,
                      KamTestClient *b)
{
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_assert_cmpuint (g_hash_table_size (a->rows), ==, g_hash_table_size (b->rows));
  g_hash_table_iter_init (&iter, a->rows);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const KamTestRow *other = g_hash_table_lookup (b->rows, key);

      g_assert_nonnull (other);
      g_assert_cmpstr (((KamTestRow *) value)->line, ==, other->line);
    }
}
