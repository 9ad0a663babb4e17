/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-row-sql.h"

#define N_SYSTEM_COLUMNS 3 /* id, rev, scope_id */

/* Whether the bit is set, of the 4,096 that are bound, that the last three hexadecimal digits of the id are the number of. */
#define HAS_BIT                                                                                            \
  "ASCII(SUBSTR(?, 1 + (ASCII(SUBSTR(`id`, 15, 1)) & 15) * 32 + (ASCII(SUBSTR(`id`, 16, 1)) >> 3), 1)) & " \
  "(128 >> (ASCII(SUBSTR(`id`, 16, 1)) & 7))"

static KamRowSql statements[KAM_N_ENTITIES];

static char *
column_list (const KamEntity *entity)
{
  GString *list = g_string_new ("`id`, `rev`, `scope_id`");

  for (guint i = 0; i < entity->n_fields; i++)
    g_string_append_printf (list, ", `%s`", entity->fields[i].name);

  return g_string_free (list, FALSE);
}

static char *
make_update (const KamEntity *entity)
{
  GString *sql = g_string_new (NULL);

  g_string_append_printf (sql, /* names only */ "UPDATE `%s` SET `rev` = ?, `scope_id` = ?", entity->name);

  for (guint i = 0; i < entity->n_fields; i++)
    g_string_append_printf (sql, ", `%s` = ?", entity->fields[i].name);

  g_string_append (sql, " WHERE `id` = ?");

  return g_string_free (sql, FALSE);
}

static void
make_statements (KamEntityKind kind)
{
  const KamEntity *entity = kam_entity_get (kind);
  g_autofree char *columns = column_list (entity);
  const char *table = entity->name;
  const char *lead = kind == KAM_ENTITY_LEAD ? "id" : entity->lead_field >= 0 ? entity->fields[entity->lead_field].name : NULL;
  KamRowSql *sql = &statements[kind];

  sql->n_columns = N_SYSTEM_COLUMNS + entity->n_fields;
  sql->find = g_strdup_printf (/* names only */ "SELECT %s FROM `%s` WHERE `id` = ?", columns, table);
  sql->find_locked = g_strdup_printf (/* names only */ "SELECT %s FROM `%s` WHERE `id` = ? FOR UPDATE", columns, table);
  sql->insert = g_strdup_printf (/* names only */ "INSERT INTO `%s` (%s)", table, columns);
  sql->update = make_update (entity);
  sql->purge = g_strdup_printf (/* names only */ "DELETE FROM `%s` WHERE `id` = ?", table);
  sql->feed_same_rev =
      g_strdup_printf (/* names only */ "SELECT %s FROM `%s` WHERE `scope_id` = ? AND `rev` = ? AND `id` > ? ORDER BY `id` LIMIT ?", columns, table);
  sql->feed_later =
      g_strdup_printf (/* names only */ "SELECT %s FROM `%s` WHERE `scope_id` = ? AND `rev` > ? AND `rev` <= ? ORDER BY `rev`, `id` LIMIT ?", columns, table);
  sql->feed_count = g_strdup_printf (/* names only */ "SELECT COUNT(*) FROM `%s` WHERE `scope_id` = ? AND `rev` > ? AND `rev` <= ?", table);
  sql->scan = g_strdup_printf (/* names only */ "SELECT %s FROM `%s`", columns, table);
  sql->scan_from = g_strdup_printf (/* names only */ "SELECT %s FROM `%s` WHERE `id` > ? ORDER BY `id` LIMIT ?", columns, table);

  sql->bits_same_rev = g_strdup_printf (
      /* names only */ "SELECT %s FROM `%s` WHERE `scope_id` = ? AND `rev` = ? AND `id` > ? AND " HAS_BIT " ORDER BY `id` LIMIT ?", columns, table);
  sql->bits_later = g_strdup_printf (
      /* names only */ "SELECT %s FROM `%s` WHERE `scope_id` = ? AND `rev` > ? AND `rev` <= ? AND " HAS_BIT " ORDER BY `rev`, `id` LIMIT ?", columns, table);

  if (lead == NULL)
    return;

  sql->find_lead_id = g_strdup_printf (/* names only */ "SELECT `%s` FROM `%s` WHERE `id` = ?", lead, table);
  sql->of_lead = g_strdup_printf (/* names only */ "SELECT %s FROM `%s` WHERE `%s` = ? ORDER BY `id`", columns, table, lead);
  sql->of_leads = kind == KAM_ENTITY_LEAD ? NULL
                                          : g_strdup_printf (/* names only */ "SELECT %s FROM `%s` WHERE `%s` > ? AND `%s` <= ? ORDER BY `%s`, `id`",
                                                             columns, table, lead, lead, lead);
  sql->move = g_strdup_printf (/* names only */ "UPDATE `%s` SET `scope_id` = ?, `rev` = ? WHERE `%s` = ?", table, lead);
}

const KamRowSql *
kam_row_sql_get (KamEntityKind entity)
{
  static gsize made;

  if (g_once_init_enter (&made))
    {
      for (int kind = 0; kind < KAM_N_ENTITIES; kind++)
        make_statements ((KamEntityKind) kind);

      g_once_init_leave (&made, 1);
    }

  return &statements[entity];
}

KamRow *
kam_row_sql_read (KamEntityKind  entity,
                  KamDbRows     *rows)
{
  const KamEntity *table = kam_entity_get (entity);
  KamRow *row = kam_row_new (entity, kam_db_rows_id (rows, 0));

  kam_row_set_rev (row, kam_db_rows_int (rows, 1));
  kam_row_set_scope (row, kam_db_rows_id (rows, 2));

  for (guint i = 0; i < table->n_fields; i++)
    {
      guint column = i + N_SYSTEM_COLUMNS;

      if (kam_db_rows_is_null (rows, column))
        continue;

      if (kam_field_is_number (&table->fields[i]))
        kam_row_set_int (row, i, kam_db_rows_int (rows, column));
      else if (table->fields[i].type == KAM_TYPE_ID)
        kam_row_set_text (row, i, kam_db_rows_id (rows, column));
      else
        kam_row_set_text (row, i, kam_db_rows_text (rows, column));
    }

  return row;
}

KamParam
kam_row_sql_param (const KamField *field,
                   const KamValue *value)
{
  switch (value->kind)
    {
    case KAM_VALUE_INT:
      return KAM_PARAM_INT (value->number);
    case KAM_VALUE_TEXT:
      return field->type == KAM_TYPE_ID ? KAM_PARAM_ID (value->text) : KAM_PARAM_TEXT (value->text);
    case KAM_VALUE_NULL:
    default:
      return KAM_PARAM_TEXT (NULL);
    }
}

void
kam_row_sql_bind (const KamRow *row,
                  GArray       *params)
{
  const KamEntity *entity = kam_row_entity (row);
  KamParam system[] = { KAM_PARAM_ID (kam_row_id (row)), KAM_PARAM_INT (kam_row_rev (row)), KAM_PARAM_ID (kam_row_scope (row)) };

  g_array_append_vals (params, system, N_SYSTEM_COLUMNS);

  for (guint i = 0; i < entity->n_fields; i++)
    {
      KamParam param = kam_row_sql_param (&entity->fields[i], kam_row_get (row, i));

      g_array_append_val (params, param);
    }
}
