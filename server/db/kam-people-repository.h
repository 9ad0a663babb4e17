/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-db.h"

G_BEGIN_DECLS

typedef struct
{
  char     id[KAM_ID_LENGTH + 1];
  char    *name;          /* (owned) */
  char    *email;         /* (owned) */
  char    *role;          /* (owned) */
  char    *password_hash; /* (owned) (nullable) crypto_pwhash_str */
  gboolean active;
} KamPerson;

void       kam_person_free           (KamPerson    *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamPerson, kam_person_free)

/* NULL without error where there is none. Emails compare without case. */
KamPerson *kam_people_find_by_email  (KamDb        *db,
                                      const char   *email,
                                      GError      **error);
KamPerson *kam_people_find           (KamDb        *db,
                                      const char   *id,
                                      GError      **error);
/* (element-type KamRow) of entity user, by name */
GPtrArray *kam_people_list           (KamDb        *db,
                                      GError      **error);

/* People change one transaction at a time: locks them all until the transaction ends. */
gboolean   kam_people_lock           (KamDb        *db,
                                      GError      **error);
/* Would the person stand above themselves with this manager? */
gboolean   kam_people_would_cycle    (KamDb        *db,
                                      const char   *id,
                                      const char   *manager_id, /* (nullable) */
                                      gboolean     *cycle,
                                      GError      **error);

/* Run inside a read-write transaction; they stamp the row and bring all grants up to date (own leads, the team's further down, all for admins, the
 * directory, one's own). */
gboolean   kam_people_put            (KamDb        *db,
                                      KamRow       *user, /* new or changed; its rev is set */
                                      gint64        now_us,
                                      GError      **error);
gboolean   kam_people_set_password   (KamDb        *db,
                                      const char   *id,
                                      const char   *password_hash, /* ends the person's sessions */
                                      GError      **error);
gboolean   kam_people_refresh_grants (KamDb        *db,
                                      gint64        seq,
                                      GError      **error);

/* How many leads the person owns, without those in the bin. -1 on error. */
gint64     kam_people_count_leads    (KamDb        *db,
                                      const char   *id,
                                      GError      **error);

/* The scopes that a person may read now: (element-type utf8), sorted. */
GPtrArray *kam_people_scopes         (KamDb        *db,
                                      const char   *user_id,
                                      GError      **error);
/* May the person work the leads of this owner? */
gboolean   kam_people_may_read       (KamDb        *db,
                                      const char   *user_id,
                                      const char   *scope,
                                      gboolean     *may,
                                      GError      **error);

G_END_DECLS
