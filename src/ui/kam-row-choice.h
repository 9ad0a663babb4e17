/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-draft.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A drop-down of rows of one kind, by name: contacts of a lead, or people; it edits a field that refers to one. */
GtkWidget *kam_row_choice_new (KamDraft  *draft,
                               guint      field,
                               GPtrArray *rows,      /* (element-type KamRow) */
                               guint      name_field,
                               gboolean   optional);

G_END_DECLS
