/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-conflict-whose.h"

#include "kam-format.h"
#include "kam-settle.h"

typedef struct
{
  KamWorkspace  *workspace; /* (owned) */
  KamChangeItem *item;      /* (owned) */
} Question;

static void
question_free (Question *question)
{
  g_object_unref (question->workspace);
  g_object_unref (question->item);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void
tell (Question              *question,
      const KamHistoryEntry *entry)
{
  const char *name = kam_workspace_get_person_name (question->workspace, entry->author_id);
  g_autofree char *when = kam_format_instant_full (entry->at, NULL);
  g_autofree char *whose = NULL;

  if (name == NULL)
    name = entry->author;
  whose = name != NULL ? g_strdup_printf ("%s · %s", name, when) : g_steal_pointer (&when);
  kam_change_item_set_whose (question->item, whose);
}

static void
history_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (Question) question = user_data;
  gint64 next = 0;
  g_autoptr (GPtrArray) entries = kam_sync_history_finish (KAM_SYNC (source), result, &next, NULL);
  KamEntityKind entity;
  guint field;

  if (entries == NULL || !kam_settle_target (kam_change_item_get (question->item)->conflict, &entity, &field))
    return;

  for (guint i = 0; i < entries->len; i++)
    {
      const KamHistoryEntry *entry = g_ptr_array_index (entries, i);

      if (entry->field == (int) field && !entry->settled)
        {
          tell (question, entry);
          return;
        }
    }
}

void
kam_conflict_whose_ask (KamWorkspace  *workspace,
                        KamChangeItem *item)
{
  const KamPending *pending = kam_change_item_get (item);
  KamSync *sync = kam_workspace_get_sync (workspace);
  KamSyncStatus status = kam_sync_get_status (sync);
  Question *question = NULL;
  KamEntityKind entity;
  guint field;

  if ((status != KAM_SYNC_SYNCED && status != KAM_SYNC_SYNCING) || pending->mine_only || !kam_settle_target (pending->conflict, &entity, &field))
    return;

  question = g_new0 (Question, 1);
  question->workspace = g_object_ref (workspace);
  question->item = g_object_ref (item);
  kam_sync_history_async (sync, entity, kam_row_text (pending->conflict, KAM_CONFLICT_TARGET), FALSE, 0, NULL, history_cb, question);
}
