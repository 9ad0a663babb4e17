/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-field-row.h"

G_BEGIN_DECLS

/* A control that edits one field of a draft and follows it, by the field's type: an entry, a text view, a drop-down, a switch or the days of a week. */
GtkWidget *kam_field_control_new    (KamDraft    *draft,
                                     guint        field,
                                     gboolean    *beside); /* (out): looks best beside its label */
/* Lets the row say what was understood while one types. */
void       kam_field_control_attach (GtkWidget   *control,
                                     KamFieldRow *row);

/* The seven days of a mask. */
GtkWidget *kam_days_control_new     (KamDraft    *draft,
                                     guint        field);

G_END_DECLS
