/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-push.h"
#include "kam-test-mariadb.h"

G_BEGIN_DECLS

/* A migrated database with people: an admin; a manager with kam1 and kam2; another manager with kam3. */

#define FIXTURE_NOW 1767225600000000 /* 2026-01-01T00:00:00Z */
#define SECOND G_USEC_PER_SEC
#define DAY G_TIME_SPAN_DAY

typedef enum
{
  ADMIN,
  MANAGER,
  KAM1,
  KAM2,
  OTHER_MANAGER,
  KAM3,
  N_PEOPLE
} FixturePerson;

typedef struct
{
  const KamDbOptions *options;
  KamDb              *db;                                /* (owned) */
  char                people[N_PEOPLE][KAM_ID_LENGTH + 1];
  gint64              now_us;
  gboolean            by_hand;                           /* the test has done what no server does, so the database need not be clean */
} Fixture;

void      fixture_start      (int            *argc,
                              char         ***argv);
int       fixture_run        (void);
void      fixture_stop       (void); /* where the program runs its tests itself */
void      fixture_set_up     (Fixture        *self,
                              gconstpointer   data);
/* Whatever a test has done through the server, the database must be clean. */
void      fixture_tear_down  (Fixture        *self,
                              gconstpointer   data);
/* For tests that write into the database by hand. */
void      fixture_tear_down_by_hand (Fixture       *self,
                                     gconstpointer  data);
KamRow   *fixture_make_user  (const char     *id,
                              const char     *name,
                              const char     *role,
                              const char     *manager_id);
void      fixture_put_user   (Fixture        *self,
                              KamRow         *user);
void      fixture_exec       (Fixture        *self,
                              const char     *sql);
gint64    fixture_count      (Fixture        *self,
                              const char     *sql);
KamRow   *fixture_find       (Fixture        *self,
                              KamEntityKind   kind,
                              const char     *id);
/* A lead of a person with a push of its own. */
char     *fixture_add_lead   (Fixture        *self,
                              FixturePerson   person,
                              const char     *name);

G_END_DECLS
