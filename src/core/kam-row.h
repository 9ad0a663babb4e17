/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-entity.h"
#include "kam-id.h"
#include "kam-value.h"

G_BEGIN_DECLS

/**
 * KamRow:
 *
 * One row of an entity: who it is, at which revision, in which scope, and a value for each field of the entity's table.
 *
 * Counted references, atomically. Whoever shares a row with another owner or thread no longer changes it: copy, then change.
 */
typedef struct _KamRow KamRow;

KamRow          *kam_row_new       (KamEntityKind   entity,
                                    const char     *id);
KamRow          *kam_row_ref       (KamRow         *self);
void             kam_row_unref     (KamRow         *self);
KamRow          *kam_row_copy      (const KamRow   *self);
gboolean         kam_row_equal     (const KamRow   *a,
                                    const KamRow   *b);

const KamEntity *kam_row_entity    (const KamRow   *self);
KamEntityKind    kam_row_kind      (const KamRow   *self);
const char      *kam_row_id        (const KamRow   *self);
gint64           kam_row_rev       (const KamRow   *self); /* 0: the server does not know the row yet */
const char      *kam_row_scope     (const KamRow   *self); /* (nullable) */
void             kam_row_set_rev   (KamRow         *self,
                                    gint64          rev);
void             kam_row_set_scope (KamRow         *self,
                                    const char     *scope);

const KamValue  *kam_row_get       (const KamRow   *self,
                                    guint           field);
const char      *kam_row_text      (const KamRow   *self,
                                    guint           field); /* (nullable): NULL where null */
gint64           kam_row_int       (const KamRow   *self,
                                    guint           field,
                                    gint64          fallback);
gboolean         kam_row_is_null   (const KamRow   *self,
                                    guint           field);
gboolean         kam_row_is        (const KamRow   *self,
                                    guint           field,
                                    const char     *text);
void             kam_row_set       (KamRow         *self,
                                    guint           field,
                                    const KamValue *value);
void             kam_row_set_text  (KamRow         *self,
                                    guint           field,
                                    const char     *text); /* (nullable) */
void             kam_row_take_text (KamRow         *self,
                                    guint           field,
                                    char           *text); /* (transfer full) (nullable) */
void             kam_row_set_int   (KamRow         *self,
                                    guint           field,
                                    gint64          number);
void             kam_row_set_null  (KamRow         *self,
                                    guint           field);

/* The lead that the row belongs to: its own id for a lead. (nullable) for entities that belong to none. */
const char      *kam_row_lead_id   (const KamRow   *self);
gboolean         kam_row_is_deleted (const KamRow  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamRow, kam_row_unref)

G_END_DECLS
