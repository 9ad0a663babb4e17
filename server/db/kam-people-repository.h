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
                                      gint64        now_us,
                                      GError      **error);
/* Cover for people on leave begins and ends with days. Where grants are not as they should be at this time, a commit of its own brings them there;
 * may be run as often as one likes, by any number of processes. Call outside a transaction. */
gboolean   kam_people_turn_day       (KamDb        *db,
                                      gint64        now_us,
                                      gboolean     *changed,
                                      GError      **error);
/* What it brings together, for who looks after it: (element-type utf8 gint64), “user scope” → when it is over. */
GHashTable *kam_people_wanted_grants (KamDb        *db,
                                      gint64        now_us,
                                      GError      **error);
GHashTable *kam_people_current_grants (KamDb       *db,
                                       GError     **error);

/* How many leads the person owns, without those in the bin. -1 on error. */
gint64     kam_people_count_leads    (KamDb        *db,
                                      const char   *id,
                                      GError      **error);

/* The scopes that a person may read at this time: (element-type utf8), sorted. Cover that is over by then is left out, also before a commit has noted
 * it. */
GPtrArray *kam_people_scopes         (KamDb        *db,
                                      const char   *user_id,
                                      gint64        now_us,
                                      GError      **error);
/* Those of them that a person reads only because they cover for somebody: (element-type utf8). */
GPtrArray *kam_people_covered_scopes (KamDb        *db,
                                      const char   *user_id,
                                      GError      **error);
gboolean   kam_people_may_read       (KamDb        *db,
                                      const char   *user_id,
                                      const char   *scope,
                                      gint64        now_us,
                                      gboolean     *may,
                                      GError      **error);

G_END_DECLS
