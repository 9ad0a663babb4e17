/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-change-item.h"
#include "kam-changes-model.h"
#include "kam-test-store.h"
#include "kam-ui-fixture.h"
#include "kam-workspace.h"

G_BEGIN_DECLS

/* A store as a server has filled it: two people (TEST_USER is signed in), the lead "Spice Garden" (1) with the contact "Ramesh" (3). */
typedef struct
{
  TestStore       *test;
  KamSync         *sync;
  KamWorkspace    *workspace;
  KamChangesModel *model; /* (unowned) */
} ChangesFixture;

void           changes_fixture_init  (ChangesFixture *self);
void           changes_fixture_clear (ChangesFixture *self);

/* About a field of a lead, by its JSON texts; NULL is null. */
KamRow        *changes_conflict      (guint           n,
                                      guint           field,
                                      const char     *base,
                                      const char     *theirs,
                                      const char     *mine,
                                      const char     *author_id);
/* Publishes it; takes it. */
void           changes_add_conflict  (ChangesFixture *self,
                                      gint64          head,
                                      KamRow         *conflict);
/* Saves an edit of the lead, which waits. */
void           changes_edit_lead     (ChangesFixture *self,
                                      guint           field,
                                      const char     *text);
/* As above, then sends it and rejects it. */
void           changes_reject_lead   (ChangesFixture *self,
                                      guint           field,
                                      const char     *text,
                                      const char     *code);
/* Waits until a list has so many entries; the first. (nullable) (transfer none) */
KamChangeItem *changes_wait          (ChangesFixture *self,
                                      KamChangesKind  kind,
                                      guint           n);

G_END_DECLS
