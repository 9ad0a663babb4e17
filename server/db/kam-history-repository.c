/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-history-repository.h"

#include "kam-wire.h"

#define N_COLUMNS 10

/* Params point into texts and rows, so the texts live as long. */
typedef struct
{
  GArray    *params; /* (owned) (element-type KamParam) */
  GPtrArray *texts;  /* (owned) (element-type utf8) */
} Batch;

static const char *
keep_text (Batch          *batch,
           const KamField *field,
           const KamValue *value)
{
  GString *text;

  if (value->kind == KAM_VALUE_NULL)
    return NULL;

  text = g_string_new (NULL);
  kam_wire_append_value (text, field, value);
  g_ptr_array_add (batch->texts, text->str);

  return g_string_free (text, FALSE);
}

static void
add_entry (Batch                 *batch,
           const KamHistoryStamp *stamp,
           const KamRow          *row,
           const char            *field,
           const char            *before,
           const char            *after)
{
  KamParam params[N_COLUMNS] = {
    KAM_PARAM_ID (kam_row_id (row)),
    KAM_PARAM_INT (stamp->seq),
    KAM_PARAM_TEXT (field),
    KAM_PARAM_TEXT (kam_row_entity (row)->name),
    KAM_PARAM_ID (kam_row_lead_id (row)),
    KAM_PARAM_TEXT (before),
    KAM_PARAM_TEXT (after),
    KAM_PARAM_ID (stamp->author_id),
    KAM_PARAM_ID (stamp->device_id),
    KAM_PARAM_INT (stamp->at),
  };

  g_array_append_vals (batch->params, params, N_COLUMNS);
}

static void
add_row (Batch                 *batch,
         const KamHistoryStamp *stamp,
         const KamRow          *before,
         const KamRow          *after)
{
  const KamEntity *entity = kam_row_entity (after);

  if (before == NULL)
    {
      add_entry (batch, stamp, after, "", NULL, NULL);
      return;
    }

  for (guint i = 0; i < entity->n_fields; i++)
    {
      const KamField *field = &entity->fields[i];

      if (!kam_value_equal (kam_row_get (before, i), kam_row_get (after, i)))
        add_entry (batch, stamp, after, field->name, keep_text (batch, field, kam_row_get (before, i)),
                   keep_text (batch, field, kam_row_get (after, i)));
    }
}

gboolean
kam_history_write_many (KamDb                 *db,
                        const KamHistoryStamp *stamp,
                        GPtrArray             *before,
                        GPtrArray             *after,
                        GError               **error)
{
  g_autoptr (GArray) params = g_array_new (FALSE, FALSE, sizeof (KamParam));
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  Batch batch = { .params = params, .texts = texts };

  for (guint i = 0; i < after->len; i++)
    add_row (&batch, stamp, g_ptr_array_index (before, i), g_ptr_array_index (after, i));

  return kam_db_insert_many (db,
                             "INSERT INTO `history` (`row_id`, `seq`, `field`, `entity`, `lead_id`, `before`, `after`, `author_id`, `device_id`, `at`)",
                             N_COLUMNS, params, error);
}

gboolean
kam_history_write (KamDb                 *db,
                   const KamHistoryStamp *stamp,
                   const KamRow          *before,
                   const KamRow          *after,
                   GError               **error)
{
  g_autoptr (GPtrArray) befores = g_ptr_array_new ();
  g_autoptr (GPtrArray) afters = g_ptr_array_new ();

  g_ptr_array_add (befores, (gpointer) before);
  g_ptr_array_add (afters, (gpointer) after);

  return kam_history_write_many (db, stamp, befores, afters, error);
}

gboolean
kam_history_has_others (KamDb         *db,
                        KamEntityKind  entity,
                        const char    *id,
                        gint64         since_seq,
                        const char    *user_id,
                        const char    *device_id,
                        gboolean      *others,
                        GError       **error)
{
  g_autoptr (KamDbRows) row = NULL;
  KamParam params[] = { KAM_PARAM_ID (id), KAM_PARAM_INT (since_seq), KAM_PARAM_ID (user_id), KAM_PARAM_ID (device_id) };
  const char *sql = entity == KAM_ENTITY_LEAD
                        ? "SELECT 1 FROM `history` WHERE `lead_id` = ? AND `seq` > ? AND NOT (`author_id` <=> ? AND `device_id` <=> ?) LIMIT 1"
                        : "SELECT 1 FROM `history` WHERE `row_id` = ? AND `seq` > ? AND NOT (`author_id` <=> ? AND `device_id` <=> ?) LIMIT 1";

  if (!kam_db_query_row (db, sql, params, 4, &row, error))
    return FALSE;

  *others = row != NULL;

  return TRUE;
}

gboolean
kam_history_find_author (KamDb       *db,
                         const char  *id,
                         const char  *field,
                         char       **author_id,
                         GError     **error)
{
  g_autoptr (KamDbRows) row = NULL;
  KamParam params[] = { KAM_PARAM_ID (id), KAM_PARAM_TEXT (field) };

  *author_id = NULL;

  if (!kam_db_query_row (db, "SELECT `author_id` FROM `history` WHERE `row_id` = ? AND `field` = ? ORDER BY `seq` DESC LIMIT 1", params, 2, &row, error))
    return FALSE;

  *author_id = row != NULL ? g_strdup (kam_db_rows_id (row, 0)) : NULL;

  return TRUE;
}
