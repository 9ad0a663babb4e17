/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-store.h"

G_BEGIN_DECLS

/* One row by id; deleted rows too. KAM_STORE_ERROR_MISSING where there is none. */
void       kam_store_get_row_async      (KamStore            *self,
                                         KamEntityKind        entity,
                                         const char          *id,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data);
KamRow    *kam_store_get_row_finish     (KamStore            *self,
                                         GAsyncResult        *result,
                                         GError             **error);

/**
 * KamLeadPage:
 *
 * Everything the page of one lead shows, read in one snapshot. Deleted children are left out.
 */
typedef struct
{
  KamRow    *lead;           /* (owned) */
  KamRow    *parent;         /* (owned) (nullable): the chain */
  GPtrArray *contacts;       /* (owned) (element-type KamRow): all, by name */
  GPtrArray *timeline;       /* (owned) (element-type KamRow): interactions and lead events, planned ones first, then newest first */
  guint      n_timeline;     /* how many there are in all */
  gboolean   has_pending;    /* something of this lead waits to be sent */
} KamLeadPage;

void         kam_lead_page_free         (KamLeadPage         *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamLeadPage, kam_lead_page_free)

void         kam_store_lead_page_async  (KamStore            *self,
                                         const char          *lead_id,
                                         guint                timeline_limit, /* 0: all */
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data);
KamLeadPage *kam_store_lead_page_finish (KamStore            *self,
                                         GAsyncResult        *result,
                                         GError             **error);

/* The people directory: (element-type KamRow), by name. */
void       kam_store_people_async       (KamStore            *self,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data);
GPtrArray *kam_store_people_finish      (KamStore            *self,
                                         GAsyncResult        *result,
                                         GError             **error);

/**
 * KamListQuery:
 *
 * Which rows of a list, in which order. Ties are broken by name where that is kept, then by key, so that an order is total.
 */
typedef enum
{
  KAM_SORT_NAME,
  KAM_SORT_CITY,
  KAM_SORT_STATUS,
  KAM_SORT_OWNER,        /* of leads: name of the KAM; of contacts: name of the lead */
  KAM_SORT_TIER,
  KAM_SORT_LAST_CONTACT, /* newest first when descending; never contacted last */
} KamSort;

typedef struct
{
  KamEntityKind entity;     /* KAM_ENTITY_LEAD or KAM_ENTITY_CONTACT */
  KamSort       sort;
  gboolean      descending;
  guint         statuses;   /* bits by place in the table's choices; 0: all. Of contacts: of their leads */
  const char   *search;     /* (nullable): what was typed; then at most 200 rows, in order of the match */
} KamListQuery;

/* What the lists show of a row. For a lead: title its name, subtitle its chain; for a contact: title its name, subtitle its lead. */
typedef struct
{
  gint64  key;              /* stays with the row as long as it is cached */
  KamRow *row;              /* (owned) */
  char   *subtitle;         /* (owned) (nullable) */
  char   *owner;            /* (owned) (nullable): name of the KAM */
  char   *country;          /* (owned) (nullable): of the lead, or of the contact's lead: phones of one's own country are written without its code */
  gint64  last_contact_us;  /* 0: never */
  char   *next_on;          /* (owned) (nullable): date of the earliest open planned item */
  char   *match;            /* (owned) (nullable): where a search matched, Pango markup with the hit in bold */
  gboolean pending;         /* waits to be sent */
} KamListRow;

void       kam_list_row_free            (KamListRow          *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamListRow, kam_list_row_free)

/* How many rows, and the first of them, fast: without sorting or counting everything again. */
void       kam_store_list_start_async   (KamStore            *self,
                                         const KamListQuery  *query, /* copied */
                                         guint                n_first,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data);
GPtrArray *kam_store_list_start_finish  (KamStore            *self, /* (element-type KamListRow) */
                                         GAsyncResult        *result,
                                         guint               *n_rows, /* (out) */
                                         GError             **error);

/* The keys of all rows in order: (element-type gint64). */
void       kam_store_list_keys_async    (KamStore            *self,
                                         const KamListQuery  *query,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data);
GArray    *kam_store_list_keys_finish   (KamStore            *self,
                                         GAsyncResult        *result,
                                         GError             **error);

/* The rows of given keys, in the order asked: (element-type KamListRow); NULL in the place of a row that is gone. */
void       kam_store_list_rows_async    (KamStore            *self,
                                         const KamListQuery  *query,
                                         const gint64        *keys,
                                         guint                n_keys,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data);
GPtrArray *kam_store_list_rows_finish   (KamStore            *self,
                                         GAsyncResult        *result,
                                         GError             **error);

/* Key of a cached row, 0 where there is none. */
void       kam_store_find_key_async     (KamStore            *self,
                                         KamEntityKind        entity,
                                         const char          *id,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data);
gint64     kam_store_find_key_finish    (KamStore            *self,
                                         GAsyncResult        *result,
                                         GError             **error);

/* Leads that look like this one (same phone, or name and city alike): (element-type KamRow), at most 5. */
void       kam_store_similar_leads_async  (KamStore            *self,
                                           KamRow              *lead,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);
GPtrArray *kam_store_similar_leads_finish (KamStore            *self,
                                           GAsyncResult        *result,
                                           GError             **error);

G_END_DECLS
