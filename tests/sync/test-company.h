/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-test-client.h"
#include "kam-test-mariadb.h"
#include "kam-test-server.h"
#include "test-device.h"

G_BEGIN_DECLS

/* An administrator, a manager and two key account managers under them, on a real server over TLS and a real MariaDB. */
typedef struct
{
  const KamDbOptions *database;
  KamTestServer      *server;  /* (owned) */
  char               *admin;   /* (owned): ids */
  char               *manager; /* (owned) */
  char               *kam1;    /* (owned) */
  char               *kam2;    /* (owned) */
  guint               port;    /* of a server without TLS */
  KamTestClient      *boss;    /* (owned): the administrator, speaking the bare protocol */
} TestCompany;

void        test_company_set_up    (TestCompany    *self,
                                    KamTestMariadb *mariadb);
/* The same without TLS: then the server can be stopped, and come back at the same address, over what the database option says by then; bare: where nobody is
 * known. */
void        test_company_set_up_plain (TestCompany *self,
                                       KamTestMariadb *mariadb);
void        test_company_stop      (TestCompany    *self);
void        test_company_restart   (TestCompany    *self);
void        test_company_restart_bare (TestCompany *self);
void        test_company_tear_down (TestCompany    *self);
/* A device on which this person has signed in, in step. */
TestDevice *test_company_device    (TestCompany    *self,
                                    const char     *email);
void        test_company_sign_in   (TestCompany    *self,
                                    TestDevice     *device,
                                    const char     *email);
/* The administrator changes a field: of a lead its kam_id, of a person their manager_id. */
void        test_company_change    (TestCompany    *self,
                                    const char     *entity,
                                    const char     *id,
                                    const char     *field,
                                    const char     *from,  /* (nullable) */
                                    const char     *to);   /* (nullable) */
/* Moves a lead and everything that belongs to it. */
void        test_company_move_lead (TestCompany    *self,
                                    const char     *lead,
                                    const char     *from,
                                    const char     *to);
/* One number from the server's database. */
gint64      test_company_number    (TestCompany    *self,
                                    const char     *sql);
void        test_company_exec      (TestCompany    *self,
                                    const char     *sql);
/* In step, and holding exactly what a new device of this person gets: no row more or less, each with the same values. */
void        test_company_check     (TestCompany    *self,
                                    TestDevice     *device,
                                    const char     *email);

/* What a person does on a device. */
KamRow     *test_device_load       (TestDevice     *self,
                                    KamEntityKind   entity,
                                    const char     *id);     /* NULL where there is none */
gboolean    test_device_try_save   (TestDevice     *self,
                                    const KamRow   *before,  /* (nullable) */
                                    const KamRow   *after,
                                    GError        **error);
void        test_device_set        (TestDevice     *self,
                                    KamEntityKind   entity,
                                    const char     *id,
                                    guint           field,
                                    const char     *text);
void        test_device_delete     (TestDevice     *self,
                                    KamEntityKind   entity,
                                    const char     *id);
char       *test_device_add_contact (TestDevice    *self,
                                    const char     *lead,
                                    const char     *name);
char       *test_device_add_call   (TestDevice     *self,
                                    const char     *lead,
                                    const char     *summary);
/* The text of a field; "?" where there is no such row. */
char       *test_device_text       (TestDevice     *self,
                                    KamEntityKind   entity,
                                    const char     *id,
                                    guint           field);
/* Waits for it, at most as many seconds; NULL waits until the row is gone. */
gboolean    test_device_shows      (TestDevice     *self,
                                    KamEntityKind   entity,
                                    const char     *id,
                                    guint           field,
                                    const char     *text,
                                    guint           seconds);
/* Leads that look like this one: (element-type KamRow). */
GPtrArray  *test_device_similar    (TestDevice     *self,
                                    KamRow         *lead);
/* The sync ends and the store goes on, as without a network; and it is back. */
void        test_device_offline    (TestDevice     *self);
void        test_device_connect    (TestDevice     *self); /* does not wait */
void        test_device_online     (TestDevice     *self);
/* One number, and rows as text, from the cache's file. */
gint64      test_device_number     (TestDevice     *self,
                                    const char     *sql);
void        test_device_exec       (TestDevice     *self,
                                    const char     *sql);
char       *test_device_dump       (TestDevice     *self,
                                    KamEntityKind   entity);
/* Is there such a text in any of its files? */
gboolean    test_device_holds_text (TestDevice     *self,
                                    const char     *text);

G_END_DECLS
