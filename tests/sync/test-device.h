/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-store-edit.h"
#include "kam-store-query.h"
#include "kam-store-sync.h"
#include "kam-sync.h"

G_BEGIN_DECLS

/* A profile of its own with its store and its sync, driven from the test's main context. */
typedef struct
{
  char     *dir;      /* (owned) */
  KamClock *clock;    /* (owned) */
  KamStore *store;    /* (owned) (nullable): closed */
  KamSync  *sync;     /* (owned) (nullable): stopped */
} TestDevice;

TestDevice *test_device_new      (void);
/* On a folder that is there already, of another process that has ended. */
TestDevice *test_device_new_at   (const char *dir);
/* With a clock that stands still and is turned by hand. */
TestDevice *test_device_new_with_clock (gint64 now_us);
/* Stops and closes; the folder stays. */
void        test_device_stop     (TestDevice *self);
/* Opens and starts again on the same folder. */
void        test_device_start    (TestDevice *self);
void        test_device_free     (TestDevice *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestDevice, test_device_free)

gboolean    test_device_sign_in  (TestDevice *self,
                                  const char *server,
                                  const char *ca_file,
                                  const char *email,
                                  const char *password,
                                  GError    **error);
gboolean    test_device_sign_out (TestDevice *self,
                                  gboolean    discard,
                                  GError    **error);
/* Waits, at most as many seconds; FALSE where it did not come to pass. */
gboolean    test_device_reaches  (TestDevice   *self,
                                  KamSyncStatus status,
                                  guint         seconds);
/* In step with the server with nothing left to send. */
void        test_device_settle   (TestDevice *self);
/* Saves a new lead: its id. */
char       *test_device_add_lead (TestDevice *self,
                                  const char *name);
void        test_device_rename   (TestDevice *self,
                                  const char *id,
                                  const char *name);
/* Has it a lead of this name? Waits for it, at most as many seconds. */
gboolean    test_device_has_lead (TestDevice *self,
                                  const char *id,
                                  const char *name,
                                  guint       seconds);
guint       test_device_pending  (TestDevice *self);
/* Lets the main loop run for some milliseconds. */
void        test_wait            (guint       milliseconds);

G_END_DECLS
