/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-draft.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* One thing to pick. */
#define KAM_TYPE_CHOICE (kam_choice_get_type ())
G_DECLARE_FINAL_TYPE (KamChoice, kam_choice, KAM, CHOICE, GObject)
KamChoice *kam_choice_new (const char *id,
                           const char *title,
                           const char *subtitle); /* (nullable) */

/**
 * KamPicker:
 *
 * A button that shows what is chosen and opens a list to search. Edits one field of a draft.
 */
#define KAM_TYPE_PICKER (kam_picker_get_type ())
G_DECLARE_FINAL_TYPE (KamPicker, kam_picker, KAM, PICKER, GtkWidget)

/* Called whenever what is searched changes; answer, then or later, with kam_picker_take_choices(). */
typedef void (*KamPickerSearch) (KamPicker  *picker,
                                 const char *text,
                                 gpointer    user_data);

GtkWidget *kam_picker_new          (KamDraft        *draft,
                                    guint            field,
                                    gboolean         optional, /* can be cleared */
                                    KamPickerSearch  search,
                                    gpointer         user_data); /* lives as long as the picker */
void       kam_picker_take_choices (KamPicker       *self,
                                    GPtrArray       *choices); /* (element-type KamChoice) */
/* How the draft's value reads; without, its text is shown. */
void       kam_picker_set_title    (KamPicker       *self,
                                    const char      *title);
KamDraft  *kam_picker_get_draft    (KamPicker       *self);

/* All time zones, found by any part of their names. */
GtkWidget *kam_zone_picker_new     (KamDraft        *draft,
                                    guint            field);
/* Leads, found as the lists find them. */
GtkWidget *kam_lead_picker_new     (KamDraft        *draft,
                                    guint            field);

G_END_DECLS
