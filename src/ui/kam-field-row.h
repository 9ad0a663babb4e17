/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-draft.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * KamFieldRow:
 *
 * A line of a form: the name of a field, a control for it, what was understood or is wrong, and the value that came from elsewhere meanwhile. The control is
 * accessible under the field's name, and problems are its accessible description.
 */
#define KAM_TYPE_FIELD_ROW (kam_field_row_get_type ())
G_DECLARE_FINAL_TYPE (KamFieldRow, kam_field_row, KAM, FIELD_ROW, AdwPreferencesRow)

/* A row with the control that fits the field's type. label: translated, with a mnemonic. */
GtkWidget *kam_field_row_new          (KamDraft   *draft,
                                       guint       field,
                                       const char *label);
/* With a control of one's own that follows the draft by itself. beside: the label stands beside it, not above. */
GtkWidget *kam_field_row_new_for      (KamDraft   *draft,
                                       guint       field,
                                       const char *label,
                                       GtkWidget  *control,
                                       gboolean    beside);
GtkWidget *kam_field_row_get_control  (KamFieldRow *self);
void       kam_field_row_update       (KamFieldRow *self);

G_END_DECLS
