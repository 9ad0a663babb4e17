/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-store-edit.h"
#include "kam-store-query.h"
#include "kam-store-sync.h"

G_BEGIN_DECLS

/* A store on real files in a folder of its own, and its asynchronous calls waited for: a call that does not answer within 20 s fails the test. */

#define TEST_NOW G_GINT64_CONSTANT (1793700000000000)
#define TEST_USER "019a2b3c-0000-7000-8000-0000000000aa"
#define TEST_OTHER_USER "019a2b3c-0000-7000-8000-0000000000bb"

typedef struct
{
  char       *dir;     /* (owned) */
  KamClock   *clock;   /* (owned) */
  KamStore   *store;   /* (owned) (nullable) */
  KamChanges *changes; /* (owned) (nullable): told last */
  guint       n_changes;
  guint       next_id;
} TestStore;

TestStore   *test_store_new      (void);
TestStore   *test_store_new_at   (const char     *dir);
void         test_store_free     (TestStore      *self); /* removes the folder */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestStore, test_store_free)
void         test_store_remove   (const char     *dir);

gboolean     test_store_open     (TestStore      *self,
                                  GError        **error);
void         test_store_close    (TestStore      *self);
void         test_store_reopen   (TestStore      *self);
char        *test_store_path     (TestStore      *self,
                                  const char     *name);
/* Lets what waits in the main context happen. */
void         test_store_spin     (TestStore      *self);

/* Rows as they should be; ids count up. */
char        *test_id             (guint           n);
KamRow      *test_user           (const char     *id,
                                  const char     *name);
KamRow      *test_lead           (guint           n,
                                  const char     *name,
                                  const char     *city);
KamRow      *test_contact        (guint           n,
                                  guint           lead,
                                  const char     *name);
KamRow      *test_call           (guint           n,
                                  guint           lead,
                                  const char     *outcome);
KamRow      *test_plan           (guint           n,
                                  guint           lead,
                                  const char     *date);

/* About the name of a lead: theirs and mine are JSON texts. */
KamRow      *test_conflict       (guint           n,
                                  guint           lead,
                                  const char     *theirs,
                                  const char     *mine);

/* Mutations: of a row, a field, its deletion and that taken back. */
KamMutation *test_create         (const KamRow   *row);
KamMutation *test_change         (const KamRow   *row,
                                  guint           field,
                                  const char     *text);
KamMutation *test_delete         (const KamRow   *row);
KamMutation *test_restore        (const KamRow   *row);
KamMutation *test_settlement     (const KamRow   *conflict,
                                  const char     *wanted);

/* Takes the mutations. The list ends with NULL. */
gboolean     test_store_edit     (TestStore      *self,
                                  GError        **error,
                                  ...) G_GNUC_NULL_TERMINATED;
void         test_store_save     (TestStore      *self,
                                  ...) G_GNUC_NULL_TERMINATED;
KamRow      *test_store_row      (TestStore      *self,
                                  KamEntityKind   entity,
                                  guint           n); /* NULL where there is none */
KamLeadPage *test_store_page     (TestStore      *self,
                                  guint           lead);
GPtrArray   *test_store_take     (TestStore      *self,
                                  guint           max);
void         test_store_settle   (TestStore      *self,
                                  gint64          mid,
                                  KamResultKind   kind,
                                  gint64          rev);
void         test_store_reject   (TestStore      *self,
                                  gint64          mid,
                                  const char     *code);
KamSyncState *test_store_state   (TestStore      *self);
char        *test_store_cursor   (TestStore      *self);
void         test_store_set      (TestStore      *self,
                                  const char     *key,
                                  const char     *value);
char        *test_store_get      (TestStore      *self,
                                  const char     *key);
gboolean     test_store_is_indexed (TestStore    *self); /* nothing is left for idle time */
void         test_store_erase    (TestStore      *self);
void         test_store_discard  (TestStore      *self);

/* Lines of a page; each takes what it is given. */
KamLine     *test_line_row       (KamRow         *row,
                                  gint64          rev);
KamLine     *test_line_evict     (KamEntityKind   entity,
                                  guint           n,
                                  gint64          rev,
                                  const char     *scope,
                                  gboolean        moved);
KamLine     *test_line_drop      (const char     *scope);
void         test_store_stage_lines (TestStore   *self,
                                  GPtrArray      *lines);
void         test_store_stage    (TestStore      *self,
                                  ...) G_GNUC_NULL_TERMINATED;
gboolean     test_store_commit   (TestStore      *self,
                                  gint64          head,
                                  gboolean        more,
                                  GError        **error);
/* One whole page that is the last. */
void         test_store_publish  (TestStore      *self,
                                  gint64          head,
                                  ...) G_GNUC_NULL_TERMINATED;

/* What a sync does on a bad day. */
KamLine     *test_line_range     (KamEntityKind   entity,
                                  const char     *digits);
void         test_store_keep     (TestStore      *self, /* a page of a resync that is not the last of its ranges */
                                  ...) G_GNUC_NULL_TERMINATED;
void         test_store_forget_stage (TestStore  *self);
gboolean     test_store_fork     (TestStore      *self,
                                  gboolean        all,
                                  GError        **error);
void         test_store_durable  (TestStore      *self,
                                  gint64          durable);
KamDigestSet *test_store_digests (TestStore      *self);
/* The file itself, read and written behind the store's back. */
void         test_store_sql      (TestStore      *self,
                                  const char     *sql);
char        *test_store_ask      (TestStore      *self,
                                  const char     *sql); /* the first column of the first row */

/* Titles in order, joined by "|"; those of a search as well. */
char        *test_store_titles   (TestStore          *self,
                                  const KamListQuery *query);
GPtrArray   *test_store_start    (TestStore          *self,
                                  const KamListQuery *query,
                                  guint               n_first,
                                  guint              *n_rows);
GArray      *test_store_keys     (TestStore          *self,
                                  const KamListQuery *query);
GPtrArray   *test_store_rows     (TestStore          *self,
                                  const KamListQuery *query,
                                  const gint64       *keys,
                                  guint               n);
GPtrArray   *test_store_similar  (TestStore          *self,
                                  KamRow             *lead);
GPtrArray   *test_store_people   (TestStore          *self);
char        *test_store_fill     (TestStore          *self,
                                  guint               leads,
                                  GError            **error);

G_END_DECLS
