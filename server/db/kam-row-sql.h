/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Inside server/db only: the statements of an entity, made once from the constant names of the field table. */

#include "kam-db.h"

G_BEGIN_DECLS

typedef struct
{
  char *find;          /* by id */
  char *find_locked;   /* by id, FOR UPDATE */
  char *of_lead;       /* by lead id; NULL for entities that belong to none */
  char *find_lead_id;  /* by id; NULL likewise */
  char *insert;        /* up to the values */
  char *update;        /* the fields, rev, scope; then the id */
  char *purge;         /* by id */
  char *move;          /* scope, rev; then the lead's id */
  char *feed_same_rev; /* scope, rev, id, limit */
  char *feed_later;    /* scope, rev, last rev, limit */
  char *feed_count;    /* scope, rev, last rev */
  char *bits_same_rev; /* scope, rev, id, bits, limit */
  char *bits_later;    /* scope, rev, last rev, bits, limit */
  char *scan;          /* all */
  char *scan_from;     /* after an id, limit */
  char *of_leads;      /* of the leads after one and up to another; NULL for leads and for entities that belong to none */
  guint n_columns;     /* of insert */
} KamRowSql;

const KamRowSql *kam_row_sql_get    (KamEntityKind   entity);
KamRow          *kam_row_sql_read   (KamEntityKind   entity,
                                     KamDbRows      *rows);
/* Appends id, rev, scope and the fields, in the order of insert. */
void             kam_row_sql_bind   (const KamRow   *row,
                                     GArray         *params);
KamParam         kam_row_sql_param  (const KamField *field,
                                     const KamValue *value);

G_END_DECLS
