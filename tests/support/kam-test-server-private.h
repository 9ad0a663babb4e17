/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Inside the test support only. */

#include "kam-test-server.h"

G_BEGIN_DECLS

struct _KamTestServer
{
  char               *dir;      /* (owned) */
  char               *uri;      /* (owned) */
  char               *ca_file;  /* (owned) (nullable) */
  GPid                pid;      /* 0 once it has ended */
  const KamDbOptions *database; /* (unowned) (nullable): to be clean at the end */
};

/* A folder, and in it a certificate with the authority that signed it. */
KamTestServer *kam_test_server_prepare         (gboolean tls);
/* For g_spawn_async(): plain system calls only. */
void           kam_test_server_die_with_parent (gpointer data);

G_END_DECLS
