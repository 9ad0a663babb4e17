/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-db.h"

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * KamTestServer:
 *
 * The real program kam-server on a free loopback port, with TLS by an authority made for it, over a database of the MariaDB fixture. It dies with
 * the test program.
 */
typedef struct _KamTestServer KamTestServer;

/* extra: (nullable) lines of the configuration, with their groups. Waits until it serves; ends the program where it does not. */
KamTestServer *kam_test_server_new       (const KamDbOptions *database,
                                          const char         *extra);
/* The same without TLS, for tests that speak to the bare socket. */
KamTestServer *kam_test_server_new_plain (const KamDbOptions *database,
                                          const char         *extra);
/* nginx in front of some of them, which speak without TLS: it takes the requests in turn, and goes on with the others where one is gone. */
KamTestServer *kam_test_server_new_proxy (KamTestServer *const *backends,
                                          guint                 n_backends);
/* SIGTERM; the server must end by itself, and well, and what it leaves in the database must be clean. */
void           kam_test_server_free      (KamTestServer      *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamTestServer, kam_test_server_free)

/* The test does to the database what no server does, or ends it: it need not be clean. */
void           kam_test_server_leave_damaged (KamTestServer *self);
const char    *kam_test_server_uri       (KamTestServer      *self);
const char    *kam_test_server_ca_file   (KamTestServer      *self);
guint          kam_test_server_port      (KamTestServer      *self);
GPid           kam_test_server_pid       (KamTestServer      *self);
/* What it has logged so far. */
char          *kam_test_server_log       (KamTestServer      *self);
/* SIGTERM, and wait: the exit status. */
int            kam_test_server_stop      (KamTestServer      *self);
/* Once it has ended: again, on the same port, with the same certificate. */
void           kam_test_server_restart   (KamTestServer      *self);
void           kam_test_server_terminate (KamTestServer      *self); /* does not wait */
void           kam_test_server_kill      (KamTestServer      *self); /* SIGKILL, and wait */
int            kam_test_server_wait      (KamTestServer      *self);

/* Runs a command of kam-server: its exit status. input: (nullable) standard input. args: NULL-terminated. */
int            kam_test_server_command   (const KamDbOptions *database,
                                          const char         *input,
                                          char              **output,  /* (out) (optional) */
                                          char              **errors,  /* (out) (optional) */
                                          const char         *args,
                                          ...) G_GNUC_NULL_TERMINATED;

/* An answer. */
typedef struct
{
  guint               status;
  GBytes             *body;    /* (owned): decompressed */
  JsonNode           *json;    /* (owned) (nullable) where it is one */
  SoupMessageHeaders *headers; /* (owned) */
} KamTestReply;

void           kam_test_reply_free       (KamTestReply       *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamTestReply, kam_test_reply_free)

/* One request on a connection of its own, over TLS; waits for the answer. token and body may be NULL; body is JSON text. May be called from any thread. */
KamTestReply  *kam_test_request          (KamTestServer      *self,
                                          const char         *method,
                                          const char         *path,
                                          const char         *token,
                                          const char         *body);
KamTestReply  *kam_test_request_bytes    (KamTestServer      *self,
                                          const char         *method,
                                          const char         *path,
                                          const char         *token,
                                          GBytes             *body);
/* The same with an Authorization header (nullable) as it is given. */
KamTestReply  *kam_test_request_as       (KamTestServer      *self,
                                          const char         *method,
                                          const char         *path,
                                          const char         *authorization,
                                          GBytes             *body);

/* Members of the answer's object. */
const char    *kam_test_reply_text       (KamTestReply       *self,
                                          const char         *member);
gint64         kam_test_reply_int        (KamTestReply       *self,
                                          const char         *member);
/* It must be a problem document of this status and code. */
void           kam_test_assert_problem   (KamTestReply       *self,
                                          guint               status,
                                          const char         *code);

/* Somebody in the database: their id. Their password is “a-long-password”. manager_id: (nullable) */
char          *kam_test_add_person       (const KamDbOptions *database,
                                          const char         *email,
                                          const char         *role,
                                          const char         *manager_id);
#define KAM_TEST_PASSWORD "a-long-password"
#define KAM_TEST_DEVICE "01890000-0000-7000-8000-000000000001"
/* Their token. */
char          *kam_test_sign_in          (KamTestServer      *self,
                                          const char         *email);

G_END_DECLS
