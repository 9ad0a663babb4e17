/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-mutation.h"
#include "kam-store-edit.h"
#include "kam-store-query.h"
#include "kam-workspace.h"

G_BEGIN_DECLS

/* Sunday, 22 November 2026, 10:00 UTC: 15:30 in Kolkata. */
#define TEST_WORKSPACE_NOW (G_GINT64_CONSTANT (1795341600) * G_USEC_PER_SEC)

/* A workspace over a real store in a folder of its own, without a server. */
typedef struct
{
  char         *dir;       /* (owned) */
  KamClock     *clock;     /* (owned) */
  KamStore     *store;     /* (owned) */
  KamSync      *sync;      /* (owned) */
  KamWorkspace *workspace; /* (owned) */
} TestWorkspace;

typedef gboolean (*TestCondition) (gpointer user_data);

/* leads: how many of the sample; a person is signed in in any case. */
TestWorkspace *test_workspace_new      (guint            leads);
void           test_workspace_free     (TestWorkspace   *self);
/* Lets everything run until the condition holds; fails after some seconds. */
void           test_workspace_wait     (TestCondition    condition,
                                        gpointer         user_data);
/* Lets everything run that is under way in the store. */
void           test_workspace_settle   (TestWorkspace   *self);
/* Writes rows as a person does: before may be NULL. */
void           test_workspace_put      (TestWorkspace   *self,
                                        KamRow          *before,
                                        KamRow          *after);
KamRow        *test_workspace_get      (TestWorkspace   *self,
                                        KamEntityKind    kind,
                                        const char      *id);
/* Id of the n-th lead by name. (transfer full) */
char          *test_workspace_lead     (TestWorkspace   *self,
                                        guint            n);
/* A lead of the person who is signed in, saved. (transfer full) */
KamRow        *test_workspace_add_lead (TestWorkspace   *self,
                                        const char      *name);
KamRow        *test_workspace_add_contact (TestWorkspace *self,
                                           KamRow        *lead,
                                           const char    *name,
                                           KamRow        *reports_to); /* (nullable) */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestWorkspace, test_workspace_free)

G_END_DECLS
