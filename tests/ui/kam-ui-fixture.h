/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-profile.h"

G_BEGIN_DECLS

/* A profile in a folder of its own, open, with sample leads where asked for. */
typedef struct
{
  char       *dir;     /* (owned) */
  KamClock   *clock;   /* (owned) */
  KamProfile *profile; /* (owned) */
} KamUiFixture;

void       kam_ui_fixture_init   (KamUiFixture *self,
                                  guint         leads); /* 0: nobody is signed in */
/* Closes the profile and opens it again, as another start would. */
void       kam_ui_fixture_reopen (KamUiFixture *self);
void       kam_ui_fixture_clear  (KamUiFixture *self);

/* Runs the main loop until a condition holds, and fails after some seconds. */
typedef gboolean (*KamUiCondition) (gpointer user_data);
void       kam_ui_wait           (KamUiCondition condition,
                                  gpointer       user_data);
void       kam_ui_settle         (guint          ms);
/* The result of an asynchronous call: pass as callback with a GAsyncResult* as data, then wait for it. (transfer full) */
void       kam_ui_result_cb      (GObject       *source,
                                  GAsyncResult  *result,
                                  gpointer       user_data);
GAsyncResult *kam_ui_wait_result (GAsyncResult **result);

G_END_DECLS
