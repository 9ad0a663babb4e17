/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-test-server.h"

G_BEGIN_DECLS

/**
 * KamTestClient:
 *
 * The simplest client there can be, made from PROTOCOL.md alone: it pulls pages, checks their footers and keeps the rows, and pushes mutations
 * that are given as JSON.
 */
typedef struct
{
  KamTestServer *server;    /* (unowned) */
  char          *token;     /* (owned) */
  char          *cursor;    /* (owned) (nullable) */
  char          *columns;   /* (owned) (nullable): JSON, of the last page's header */
  GHashTable    *rows;      /* (owned) id → KamTestRow */
  char          *client_id; /* (owned) */
  gint64         mid;
  gint64         head;      /* of the last page */
  guint          pages;     /* of the last kam_test_client_pull() */
  guint          drops;     /* scopes dropped since the start */
  guint          evictions;
} KamTestClient;

typedef struct
{
  char      *entity; /* (owned) */
  char      *scope;  /* (owned) */
  gint64     rev;
  JsonArray *values; /* (owned) */
  char      *line;   /* (owned): as it came */
} KamTestRow;

KamTestClient *kam_test_client_new       (KamTestServer *server,
                                          const char    *email);
void           kam_test_client_free      (KamTestClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamTestClient, kam_test_client_free)

/* One page; FALSE when there are no more. limit 0: the server's. */
gboolean       kam_test_client_pull_page (KamTestClient *self,
                                          guint          limit);
/* Any pull: its page. body: JSON. limit: of lines, 0 for any. FALSE when there are no more. */
gboolean       kam_test_client_take_page (KamTestClient *self,
                                          const char    *body,
                                          guint          limit);
/* Pages until there are no more. */
void           kam_test_client_pull      (KamTestClient *self,
                                          guint          limit);
guint          kam_test_client_count     (KamTestClient *self,
                                          const char    *entity);

/* Pushes one mutation, of which everything but the mid is given; the result's kind: static text. */
const char    *kam_test_client_push      (KamTestClient *self,
                                          const char    *mutation);
/* Pushes mutations (element-type utf8), of which everything but the mid is given, 400 at a time. Returns: (transfer full): their results */
JsonArray     *kam_test_client_push_all  (KamTestClient *self,
                                          GPtrArray     *mutations);
/* A new lead of this owner: its id. */
char          *kam_test_client_add_lead  (KamTestClient *self,
                                          const char    *name,
                                          const char    *owner);
void           kam_test_client_set       (KamTestClient *self,
                                          const char    *entity,
                                          const char    *id,
                                          const char    *set); /* {"field": [old, new]} */

G_END_DECLS
