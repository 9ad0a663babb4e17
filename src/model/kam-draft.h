/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-workspace.h"

G_BEGIN_DECLS

/**
 * KamDraft:
 *
 * What a person is making of one row: the text of each field as typed, what it means, and what is wrong with it. Nothing typed is ever
 * lost: not when it cannot be read, not when
 * saving fails, not when the row changes underneath. Fields that were not touched then take the new value; a touched one keeps what was
 * typed and knows the other value as *theirs*.
 *
 * Dates take `+3`, `fri`, `24/11`; times `930`; money is typed in major units; phones as they are dialled in the lead's country; tags with
 * commas between them.
 *
 * Properties: `dirty`, `saving` (boolean). Emits `field-changed` (uint) when a field's text, value, problem or theirs changed by anything
 * but typing into it, and `notice-changed`.
 * Main thread only.
 */
#define KAM_TYPE_DRAFT (kam_draft_get_type ())
G_DECLARE_FINAL_TYPE (KamDraft, kam_draft, KAM, DRAFT, GObject)

/* Of a row that exists. lead: whose country and zone count; (nullable) for a lead itself. */
KamDraft        *kam_draft_new_for_row     (KamWorkspace        *workspace,
                                            KamRow              *row,
                                            KamRow              *lead);
KamDraft        *kam_draft_new_lead        (KamWorkspace        *workspace);
KamDraft        *kam_draft_new_contact     (KamWorkspace        *workspace,
                                            KamRow              *lead);
KamDraft        *kam_draft_new_interaction (KamWorkspace        *workspace,
                                            KamRow              *lead,
                                            const char          *kind,
                                            const char          *state);

KamWorkspace    *kam_draft_get_workspace   (KamDraft            *self);
const KamEntity *kam_draft_get_entity      (KamDraft            *self);
/* Until the row changes: copy it to keep it. */
const char      *kam_draft_get_id          (KamDraft            *self);
gboolean         kam_draft_is_new          (KamDraft            *self);
gboolean         kam_draft_is_dirty        (KamDraft            *self);
gboolean         kam_draft_is_saving       (KamDraft            *self);
KamRow          *kam_draft_get_lead        (KamDraft            *self); /* (nullable) (transfer none) */
KamRow          *kam_draft_get_row         (KamDraft            *self); /* (transfer none): as it would be saved now */

const char      *kam_draft_get_text        (KamDraft            *self,
                                            guint                field);
void             kam_draft_set_text        (KamDraft            *self,
                                            guint                field,
                                            const char          *text);
const KamValue  *kam_draft_get_value       (KamDraft            *self,
                                            guint                field);
void             kam_draft_set_value       (KamDraft            *self,
                                            guint                field,
                                            const KamValue      *value);

/* A default of a new row: nothing to lose when the draft is closed. */
void             kam_draft_preset          (KamDraft            *self,
                                            guint                field,
                                            const KamValue      *value);

/* What is wrong, for a person; NULL where nothing is, or where it is too early to say so: a field's problem is held back until
 * kam_draft_reveal(), which saving does for all. */
const char      *kam_draft_get_problem     (KamDraft            *self,
                                            guint                field);
void             kam_draft_reveal          (KamDraft            *self,
                                            guint                field);
/* What was understood, where that is not plain from what was typed: a date in full, a phone in international form. */
char            *kam_draft_get_meaning     (KamDraft            *self,
                                            guint                field);
/* What concerns the whole: why saving failed, that the row was deleted elsewhere. (nullable) */
const char      *kam_draft_get_notice      (KamDraft            *self);

/* The value that came from elsewhere while this field was being edited, as text; NULL where none did. */
const char      *kam_draft_get_theirs      (KamDraft            *self,
                                            guint                field);
void             kam_draft_use_theirs      (KamDraft            *self,
                                            guint                field);

/* A second draft, of the same lead, that is saved along with this one if anything was typed into it. */
void             kam_draft_set_companion   (KamDraft            *self,
                                            KamDraft            *companion);

/* Whether one field, as it is now, could be saved; where not, its problem is told. */
gboolean         kam_draft_check_field     (KamDraft            *self,
                                            guint                field);

/* The draft stands for a change that the server did not accept, which saving settles: an edit is dismissed, as this one takes its place; the making of a row
 * waits again, with what was changed in it. */
void             kam_draft_answer          (KamDraft            *self,
                                            gint64               seq,
                                            gboolean             makes_row);

/* Fails with KAM_STORE_ERROR_INVALID when a field has a problem; then all problems are revealed. */
void             kam_draft_save_async      (KamDraft            *self,
                                            const char          *label,
                                            GCancellable        *cancellable,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data);
gboolean         kam_draft_save_finish     (KamDraft            *self,
                                            GAsyncResult        *result,
                                            GError             **error);

G_END_DECLS
