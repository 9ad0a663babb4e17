/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sync.h"

#include "kam-error.h"
#include "kam-id.h"
#include "kam-json.h"
#include "kam-sync-ask.h"
#include "kam-time.h"
#include "kam-wire.h"

#define PAGE_ENTRIES 50

/* What has been done to a row, from the server's books. */

typedef struct
{
  KamEntityKind entity;
  char         *id;      /* (owned) */
} Question;

typedef struct
{
  GPtrArray *entries;    /* (owned) (nullable) (element-type KamHistoryEntry) */
  gint64     next;
} Page;

static void
question_free (Question *question)
{
  g_free (question->id);
  g_free (question);
}

static void
page_free (Page *page)
{
  g_clear_pointer (&page->entries, g_ptr_array_unref);
  g_free (page);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Page, page_free)

void
kam_history_entry_free (KamHistoryEntry *self)
{
  g_free (self->author_id);
  g_free (self->author);
  g_free (self->device);
  g_free (self->id);
  kam_value_clear (&self->before);
  kam_value_clear (&self->after);
  g_free (self);
}

/* Which row: what was asked about, unless the entry says otherwise. FALSE without error for an entity of a newer server. */
static gboolean
read_place (JsonObject      *object,
            const Question  *question,
            KamHistoryEntry *entry,
            const KamField **field,
            GError         **error)
{
  const KamEntity *entity = kam_entity_get (question->entity);
  const char *id = question->id;
  const char *entity_name = entity->name;
  const char *field_name = NULL;
  int index;

  if (!kam_json_opt_string (object, "entity", &entity_name, error) || !kam_json_opt_string (object, "id", &id, error) ||
      !kam_json_opt_string (object, "field", &field_name, error))
    return FALSE;

  if (!kam_id_is_valid (id))
    {
      g_set_error (error, KAM_ERROR, KAM_ERROR_INVALID_WIRE, "“id” is no id");
      return FALSE;
    }

  entity = kam_entity_by_name (entity_name);
  index = entity != NULL && field_name != NULL ? kam_entity_find_field (entity, field_name) : -1;
  if (entity == NULL || (field_name != NULL && index < 0))
    return FALSE;

  *field = index >= 0 ? &entity->fields[index] : NULL;
  entry->entity = entity->kind;
  entry->field = index;
  entry->id = g_strdup (id);

  return TRUE;
}

static gboolean
read_author (JsonObject      *object,
             KamHistoryEntry *entry,
             GError         **error)
{
  const char *author_id = NULL;
  const char *author = NULL;
  const char *device = NULL;
  const char *at = NULL;

  if (!kam_json_get_int (object, "seq", &entry->seq, error) || !kam_json_get_string (object, "at", &at, error) ||
      !kam_instant_parse (at, &entry->at, error) || !kam_json_opt_string (object, "author_id", &author_id, error) ||
      !kam_json_opt_string (object, "author", &author, error) || !kam_json_opt_string (object, "device", &device, error))
    return FALSE;

  entry->author_id = g_strdup (author_id);
  entry->author = g_strdup (author);
  entry->device = g_strdup (device);

  return TRUE;
}

static gboolean
read_value (JsonObject      *object,
            const char      *member,
            const KamField  *field,
            KamValue        *value,
            GError         **error)
{
  return !json_object_has_member (object, member) || kam_wire_value_from_json (field, json_object_get_member (object, member), value, error);
}

/* NULL without error for what a newer server knows and this version does not. */
static KamHistoryEntry *
read_entry (JsonNode        *node,
            const Question  *question,
            gint64          *seq,
            GError         **error)
{
  g_autoptr (KamHistoryEntry) entry = g_new0 (KamHistoryEntry, 1);
  const KamField *field = NULL;
  JsonObject *object;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      g_set_error (error, KAM_ERROR, KAM_ERROR_INVALID_WIRE, "An entry is no object");
      return NULL;
    }

  object = json_node_get_object (node);
  if (!read_author (object, entry, error))
    return NULL;

  *seq = entry->seq;
  if (!read_place (object, question, entry, &field, error))
    return NULL;

  if (field != NULL && (!read_value (object, "before", field, &entry->before, error) || !read_value (object, "after", field, &entry->after, error)))
    return NULL;

  if (!kam_json_opt_bool (object, "settled", &entry->settled, error))
    return NULL;

  return g_steal_pointer (&entry);
}

static gpointer
read_page (JsonObject  *object,
           gpointer     data,
           GError     **error)
{
  g_autoptr (Page) page = g_new0 (Page, 1);
  JsonArray *array = NULL;
  gboolean more = FALSE;
  gint64 last = 0;

  if (!kam_json_get_array (object, "entries", &array, error) || !kam_json_opt_bool (object, "more", &more, error))
    return NULL;

  page->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_history_entry_free);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      g_autoptr (GError) cause = NULL;
      KamHistoryEntry *entry = read_entry (json_array_get_element (array, i), data, &last, &cause);

      if (cause != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&cause));
          return NULL;
        }

      if (entry != NULL)
        g_ptr_array_add (page->entries, entry);
    }

  if (more)
    page->next = last;

  return g_steal_pointer (&page);
}

void
kam_sync_history_async (KamSync             *self,
                        KamEntityKind        entity,
                        const char          *id,
                        gboolean             all,
                        gint64               before,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GString) path = g_string_new ("/v1/history?entity=");
  Question *question = g_new0 (Question, 1);

  question->entity = entity;
  question->id = g_strdup (id);
  g_task_set_source_tag (task, kam_sync_history_async);
  g_task_set_task_data (task, question, (GDestroyNotify) question_free);

  g_string_append_printf (path, "%s&id=%s&limit=%d", kam_entity_get (entity)->name, id, PAGE_ENTRIES);
  if (all)
    g_string_append (path, "&all=1");
  if (before > 0)
    g_string_append_printf (path, "&before=%" G_GINT64_FORMAT, before);

  kam_sync_worker_ask (kam_sync_get_worker (self), "GET", path->str, read_page, (GDestroyNotify) page_free, task);
}

GPtrArray *
kam_sync_history_finish (KamSync       *self,
                         GAsyncResult  *result,
                         gint64        *next,
                         GError       **error)
{
  g_autoptr (Page) page = g_task_propagate_pointer (G_TASK (result), error);

  if (page == NULL)
    return NULL;

  *next = page->next;

  return g_steal_pointer (&page->entries);
}
