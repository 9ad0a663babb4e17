/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-model-server.h"

#include "kam-json.h"
#include "kam-merge.h"

#include <stdio.h>
#include <string.h>

typedef struct
{
  gint64      last_mid;
  gint64      acked;
  GHashTable *results;  /* (owned) mid → KamResult */
  GHashTable *contents; /* (owned) mid → JSON */
} Client;

struct _KamModelServer
{
  char       *server_id; /* (owned) */
  gint64      head;
  guint       n_applied;
  GHashTable *rows;      /* (owned) id → KamRow */
  GHashTable *clients;   /* (owned) client_id → Client */
  GPtrArray  *conflicts; /* (owned) (element-type KamModelConflict) */
};

static void
client_free (gpointer data)
{
  Client *client = data;

  g_hash_table_unref (client->results);
  g_hash_table_unref (client->contents);
  g_free (client);
}

static void
conflict_free (gpointer data)
{
  KamModelConflict *conflict = data;

  g_free (conflict->id);
  kam_value_clear (&conflict->mine);
  g_free (conflict);
}

static Client *
client_get (KamModelServer *self,
            const char     *client_id)
{
  Client *client = g_hash_table_lookup (self->clients, client_id);

  if (client == NULL)
    {
      client = g_new0 (Client, 1);
      client->results = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) kam_result_free);
      client->contents = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
      g_hash_table_insert (self->clients, g_strdup (client_id), client);
    }

  return client;
}

KamModelServer *
kam_model_server_new (const char *server_id)
{
  KamModelServer *self = g_new0 (KamModelServer, 1);

  self->server_id = g_strdup (server_id);
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) kam_row_unref);
  self->clients = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, client_free);
  self->conflicts = g_ptr_array_new_with_free_func (conflict_free);

  return self;
}

void
kam_model_server_free (KamModelServer *self)
{
  g_free (self->server_id);
  g_hash_table_unref (self->rows);
  g_hash_table_unref (self->clients);
  g_ptr_array_unref (self->conflicts);
  g_free (self);
}

const char *
kam_model_server_get_id (KamModelServer *self)
{
  return self->server_id;
}

gint64
kam_model_server_get_head (KamModelServer *self)
{
  return self->head;
}

gint64
kam_model_server_last_mid (KamModelServer *self,
                           const char     *client_id)
{
  return client_get (self, client_id)->last_mid;
}

GHashTable *
kam_model_server_rows (KamModelServer *self)
{
  return self->rows;
}

GPtrArray *
kam_model_server_conflicts (KamModelServer *self)
{
  return self->conflicts;
}

guint
kam_model_server_n_applied (KamModelServer *self)
{
  return self->n_applied;
}

static void
store_row (KamModelServer *self,
           KamRow         *row,
           gint64          seq)
{
  kam_row_set_rev (row, seq);
  kam_row_set_scope (row, self->server_id);
  g_hash_table_insert (self->rows, g_strdup (kam_row_id (row)), row);
}

static void
note_losers (KamModelServer    *self,
             const KamMutation *mutation,
             GArray            *losers)
{
  for (guint i = 0; i < losers->len; i++)
    {
      guint field = g_array_index (losers, guint, i);
      KamChange *change = kam_mutation_find ((KamMutation *) mutation, field);
      KamModelConflict *conflict = g_new0 (KamModelConflict, 1);

      conflict->id = g_strdup (mutation->id);
      conflict->field = field;
      if (change != NULL)
        kam_value_copy (&conflict->mine, &change->new);
      g_ptr_array_add (self->conflicts, conflict);
    }
}

static KamResult *
apply (KamModelServer    *self,
       const KamMutation *mutation,
       gint64             seq)
{
  KamRow *current = g_hash_table_lookup (self->rows, mutation->id);
  KamResultKind kind;

  self->n_applied++;

  if (current == NULL && mutation->op == KAM_OP_PUT && mutation->base_rev == 0)
    {
      KamRow *row = kam_row_new (mutation->entity, mutation->id);

      kam_mutation_apply (mutation, row);
      store_row (self, row, seq);
      kind = KAM_RESULT_APPLIED;
    }
  else if (current == NULL)
    {
      KamResult *rejected = kam_result_new (mutation->mid, KAM_RESULT_REJECTED, 0);

      rejected->code = g_strdup ("not_found");
      return rejected;
    }
  else if (mutation->op == KAM_OP_PUT)
    {
      g_autoptr (KamMerge) merge = kam_merge_put (current, mutation);

      note_losers (self, mutation, merge->losers);
      kind = merge->losers->len > 0 ? KAM_RESULT_CONFLICT : kam_row_rev (current) == mutation->base_rev ? KAM_RESULT_APPLIED : KAM_RESULT_MERGED;
      store_row (self, kam_row_ref (merge->row), seq);
    }
  else
    {
      KamRow *row = kam_row_copy (current);

      kam_mutation_apply (mutation, row);
      store_row (self, row, seq);
      kind = KAM_RESULT_APPLIED;
    }

  return kam_result_new (mutation->mid, kind, seq);
}

static char *
content_of (const KamMutation *mutation)
{
  g_autoptr (JsonNode) node = kam_mutation_to_json (mutation);

  return kam_json_to_text (node);
}

static KamResult *
copy_result (const KamResult *result)
{
  KamResult *copy = kam_result_new (result->mid, result->kind, result->rev);

  copy->code = g_strdup (result->code);
  copy->field = g_strdup (result->field);
  copy->message = g_strdup (result->message);

  return copy;
}

static KamModelVerdict
check (Client    *client,
       GPtrArray *mutations)
{
  gint64 next = client->last_mid + 1;

  for (guint i = 0; i < mutations->len; i++)
    {
      const KamMutation *mutation = g_ptr_array_index (mutations, i);
      g_autofree char *content = content_of (mutation);

      if (mutation->mid > next)
        return KAM_MODEL_GAP;

      if (mutation->mid == next)
        next++;
      else if (g_strcmp0 (g_hash_table_lookup (client->contents, &mutation->mid), content) != 0)
        return KAM_MODEL_FORKED; /* also where it was acknowledged and forgotten */
    }

  return KAM_MODEL_FINE;
}

static gint64 *
key (gint64 mid)
{
  return g_memdup2 (&mid, sizeof mid);
}

static void
forget (Client *client,
        gint64  ack)
{
  for (gint64 mid = client->acked + 1; mid <= MIN (ack, client->last_mid); mid++)
    {
      g_hash_table_remove (client->results, &mid);
      g_hash_table_remove (client->contents, &mid);
      client->acked = mid;
    }
}

KamModelVerdict
kam_model_server_push (KamModelServer *self,
                       const char     *client_id,
                       gint64          ack,
                       GPtrArray      *mutations,
                       GPtrArray      *results)
{
  Client *client = client_get (self, client_id);
  KamModelVerdict verdict = check (client, mutations);
  gint64 seq = self->head + 1;

  if (verdict != KAM_MODEL_FINE)
    return verdict;

  for (guint i = 0; i < mutations->len; i++)
    {
      const KamMutation *mutation = g_ptr_array_index (mutations, i);

      if (mutation->mid > client->last_mid)
        {
          self->head = seq;
          client->last_mid = mutation->mid;
          g_hash_table_insert (client->results, key (mutation->mid), apply (self, mutation, seq));
          g_hash_table_insert (client->contents, key (mutation->mid), content_of (mutation));
        }

      g_ptr_array_add (results, copy_result (g_hash_table_lookup (client->results, &mutation->mid)));
    }

  forget (client, ack);

  return KAM_MODEL_FINE;
}

static int
compare_rows (gconstpointer a,
              gconstpointer b)
{
  const KamRow *first = *(KamRow *const *) a;
  const KamRow *second = *(KamRow *const *) b;

  if (kam_row_kind (first) != kam_row_kind (second))
    return (int) kam_row_kind (first) - (int) kam_row_kind (second);

  if (kam_row_rev (first) != kam_row_rev (second))
    return kam_row_rev (first) < kam_row_rev (second) ? -1 : 1;

  return strcmp (kam_row_id (first), kam_row_id (second));
}

/* Where a scan stands: it reads revisions after one up to another, and has come as far as this row. */
typedef struct
{
  gint64 after;
  gint64 up_to;
  int    entity;
  gint64 rev;
  char   id[KAM_ID_LENGTH + 1];
} Position;

static gboolean
parse_cursor (KamModelServer *self,
              const char     *cursor,
              Position       *position)
{
  char server_id[KAM_ID_LENGTH + 1] = "";

  if (cursor == NULL)
    {
      position->up_to = self->head;
      position->entity = -1;
      return TRUE;
    }

  if (sscanf (cursor, "%36[^ ] %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %d %" G_GINT64_FORMAT " %36s",
              server_id, &position->after, &position->up_to, &position->entity, &position->rev, position->id) != 6 ||
      strcmp (server_id, self->server_id) != 0 || position->up_to > self->head)
    return FALSE;

  /* The last scan is finished: a new one begins. */
  if (position->entity < 0)
    position->up_to = self->head;

  return TRUE;
}

static gboolean
is_after (const KamRow   *row,
          const Position *position)
{
  if ((int) kam_row_kind (row) != position->entity)
    return (int) kam_row_kind (row) > position->entity;

  if (kam_row_rev (row) != position->rev)
    return kam_row_rev (row) > position->rev;

  return strcmp (kam_row_id (row), position->id) > 0;
}

static GPtrArray *
scan (KamModelServer *self,
      const Position *position)
{
  GPtrArray *found = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    {
      if (kam_row_rev (row) > position->after && kam_row_rev (row) <= position->up_to && is_after (row, position))
        g_ptr_array_add (found, row);
    }

  g_ptr_array_sort (found, compare_rows);

  return found;
}

char *
kam_model_server_pull (KamModelServer *self,
                       const char     *cursor,
                       guint           limit,
                       GPtrArray      *rows,
                       gint64         *head,
                       gboolean       *more)
{
  Position position = { 0 };
  g_autoptr (GPtrArray) found = NULL;

  if (!parse_cursor (self, cursor, &position))
    return NULL;

  found = scan (self, &position);
  for (guint i = 0; i < MIN (found->len, limit); i++)
    {
      const KamRow *row = g_ptr_array_index (found, i);

      g_ptr_array_add (rows, kam_row_ref ((KamRow *) row));
      position.entity = (int) kam_row_kind (row);
      position.rev = kam_row_rev (row);
      g_strlcpy (position.id, kam_row_id (row), sizeof position.id);
    }

  *more = found->len > limit || position.up_to < self->head;
  *head = self->head;

  if (found->len <= limit)
    {
      position.after = position.up_to;
      position.up_to = self->head;
      position.entity = -1;
      position.rev = 0;
      position.id[0] = '\0';
    }

  return g_strdup_printf ("%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %d %" G_GINT64_FORMAT " %s", self->server_id, position.after, position.up_to,
                          position.entity, position.rev, position.id[0] != '\0' ? position.id : "-");
}
