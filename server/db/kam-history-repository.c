/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-history-repository.h"

#include "kam-wire.h"

#include <string.h>

#define N_COLUMNS 10

#define INSERT \
  "INSERT INTO `history` (`row_id`, `seq`, `field`, `entity`, `lead_id`, `before`, `after`, `author_id`, `device_id`, `at`)"

/* Before the name of a field about which a conflict was settled. */
#define SETTLED "conflict."

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

/* A conflict's row is gone one day: its making says what it was about. */
static const char *
keep_target (Batch        *batch,
             const KamRow *conflict)
{
  char *text;

  if (kam_row_kind (conflict) != KAM_ENTITY_CONFLICT)
    return NULL;

  text = g_strdup_printf ("[\"%s\",\"%s\",\"%s\"]", kam_row_text (conflict, KAM_CONFLICT_TARGET_ENTITY), kam_row_text (conflict, KAM_CONFLICT_TARGET),
                          kam_row_text (conflict, KAM_CONFLICT_FIELD));
  g_ptr_array_add (batch->texts, text);

  return text;
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
      add_entry (batch, stamp, after, "", NULL, keep_target (batch, after));
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

  return kam_db_insert_many (db, INSERT, N_COLUMNS, params, error);
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

void
kam_history_record_free (KamHistoryRecord *self)
{
  g_free (self->author_id);
  g_free (self->author);
  g_free (self->device);
  g_free (self->field);
  g_free (self->before);
  g_free (self->after);
  g_free (self);
}

static KamHistoryRecord *
read_record (KamDbRows *rows)
{
  KamHistoryRecord *self = g_new0 (KamHistoryRecord, 1);
  const KamEntity *entity = kam_entity_by_name (kam_db_rows_text (rows, 1));
  const char *field = kam_db_rows_text (rows, 3);

  self->seq = kam_db_rows_int (rows, 0);
  self->entity = entity != NULL ? entity->kind : KAM_ENTITY_USER;
  g_strlcpy (self->id, kam_db_rows_id (rows, 2), sizeof self->id);
  self->settled = g_str_has_prefix (field, SETTLED);
  self->field = field[0] != '\0' ? g_strdup (self->settled ? field + strlen (SETTLED) : field) : NULL;
  self->before = g_strdup (kam_db_rows_text (rows, 4));
  self->after = g_strdup (kam_db_rows_text (rows, 5));
  self->author_id = g_strdup (kam_db_rows_id (rows, 6));
  self->author = g_strdup (kam_db_rows_text (rows, 7));
  self->device = g_strdup (kam_db_rows_text (rows, 8));
  self->at = kam_db_rows_int (rows, 9);

  return self;
}

#define SELECT                                                                                                                              \
  "SELECT h.`seq`, h.`entity`, h.`row_id`, h.`field`, h.`before`, h.`after`, h.`author_id`, u.`name`, d.`name`, h.`at` FROM `history` h " \
  "LEFT JOIN `user` u ON u.`id` = h.`author_id` LEFT JOIN `device` d ON d.`id` = h.`device_id` WHERE "
#define IN_ORDER " AND h.`seq` >= ? AND h.`seq` < ? ORDER BY h.`seq` DESC, h.`row_id`, h.`field`"

/* The commit in which the limit is reached; 0 where it never is. */
static gboolean
find_last_seq (KamDb       *db,
               const char  *id,
               gboolean     all,
               gint64       before_seq,
               guint        limit,
               gint64      *last_seq,
               GError     **error)
{
  g_autoptr (KamDbRows) row = NULL;
  KamParam params[] = { KAM_PARAM_ID (id), KAM_PARAM_INT (before_seq), KAM_PARAM_INT (limit - 1) };
  const char *sql = all ? "SELECT `seq` FROM `history` WHERE `lead_id` = ? AND `seq` < ? ORDER BY `seq` DESC LIMIT 1 OFFSET ?"
                        : "SELECT `seq` FROM `history` WHERE `row_id` = ? AND `seq` < ? ORDER BY `seq` DESC LIMIT 1 OFFSET ?";

  if (!kam_db_query_row (db, sql, params, 3, &row, error))
    return FALSE;

  *last_seq = row != NULL ? kam_db_rows_int (row, 0) : 0;

  return TRUE;
}

static gboolean
has_before (KamDb       *db,
            const char  *id,
            gboolean     all,
            gint64       before_seq,
            gboolean    *has,
            GError     **error)
{
  gint64 seq = 0;

  if (!find_last_seq (db, id, all, before_seq, 1, &seq, error))
    return FALSE;

  *has = seq != 0;

  return TRUE;
}

GPtrArray *
kam_history_read (KamDb       *db,
                  const char  *id,
                  gboolean     all,
                  gint64       before_seq,
                  guint        limit,
                  gboolean    *more,
                  GError     **error)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_history_record_free);
  g_autoptr (KamDbRows) rows = NULL;
  gint64 last_seq = 0;

  if (!find_last_seq (db, id, all, before_seq, limit, &last_seq, error) || !has_before (db, id, all, last_seq, more, error))
    return NULL;

  {
    KamParam params[] = { KAM_PARAM_ID (id), KAM_PARAM_INT (last_seq), KAM_PARAM_INT (before_seq) };

    rows = kam_db_query (db, all ? SELECT "h.`lead_id` = ?" IN_ORDER : SELECT "h.`row_id` = ?" IN_ORDER, params, 3, error);
  }

  if (rows == NULL)
    return NULL;

  while (kam_db_rows_next (rows, error))
    g_ptr_array_add (records, read_record (rows));

  return kam_db_rows_ended (rows) ? g_steal_pointer (&records) : NULL;
}

gboolean
kam_history_write_settled (KamDb                    *db,
                           const KamHistoryStamp    *stamp,
                           const KamHistorySettled  *settled,
                           GError                  **error)
{
  g_autoptr (GArray) params = g_array_new (FALSE, FALSE, sizeof (KamParam));
  g_autofree char *field = g_strconcat (SETTLED, settled->field->name, NULL);
  Batch batch = { .params = params };

  /* Of two conflicts about one field, settled in one commit, one entry is enough. */
  add_entry (&batch, stamp, settled->row, field, settled->lost, settled->decided);

  return kam_db_exec (db, INSERT " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE `at` = `at`", &g_array_index (params, KamParam, 0),
                      params->len, NULL, error);
}

gboolean
kam_history_find_target (KamDb       *db,
                         const char  *conflict_id,
                         char       **target,
                         GError     **error)
{
  g_autoptr (KamDbRows) row = NULL;
  KamParam param = KAM_PARAM_ID (conflict_id);

  if (!kam_db_query_row (db, "SELECT `after` FROM `history` WHERE `row_id` = ? AND `field` = '' AND `entity` = 'conflict' LIMIT 1", &param, 1, &row,
                         error))
    return FALSE;

  *target = row != NULL ? g_strdup (kam_db_rows_text (row, 0)) : NULL;

  return TRUE;
}
