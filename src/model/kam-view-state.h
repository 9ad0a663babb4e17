/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * KamViewState:
 *
 * What the views of one profile remember: a key file in its folder, written a little after the last change and off the main loop. Main thread only.
 */
#define KAM_TYPE_VIEW_STATE (kam_view_state_get_type ())
G_DECLARE_FINAL_TYPE (KamViewState, kam_view_state, KAM, VIEW_STATE, GObject)

KamViewState *kam_view_state_new         (const char   *profile_dir);
char         *kam_view_state_get_string  (KamViewState *self, /* (transfer full) (nullable) */
                                          const char   *group,
                                          const char   *key);
int           kam_view_state_get_int     (KamViewState *self,
                                          const char   *group,
                                          const char   *key,
                                          int           fallback);
gboolean      kam_view_state_get_boolean (KamViewState *self,
                                          const char   *group,
                                          const char   *key,
                                          gboolean      fallback);
void          kam_view_state_set_string  (KamViewState *self,
                                          const char   *group,
                                          const char   *key,
                                          const char   *value); /* (nullable): forgets the key */
void          kam_view_state_set_int     (KamViewState *self,
                                          const char   *group,
                                          const char   *key,
                                          int           value);
void          kam_view_state_set_boolean (KamViewState *self,
                                          const char   *group,
                                          const char   *key,
                                          gboolean      value);
/* Forgets one group: what a view kept of the rows of somebody who has signed out. */
void          kam_view_state_forget      (KamViewState *self,
                                          const char   *group);
/* Writes at once what is not written yet; for the end of the program. */
void          kam_view_state_flush       (KamViewState *self);

G_END_DECLS
