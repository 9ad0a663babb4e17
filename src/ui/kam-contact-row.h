/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-lead-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * KamContactRow:
 *
 * A contact in the tree of a lead's contacts. Actions: `contact.edit`, `contact.delete`.
 */
#define KAM_TYPE_CONTACT_ROW (kam_contact_row_get_type ())
G_DECLARE_FINAL_TYPE (KamContactRow, kam_contact_row, KAM, CONTACT_ROW, GtkListBoxRow)

GtkWidget *kam_contact_row_new (KamWorkspace *workspace,
                                KamLeadModel *model,
                                KamRowItem   *item);

G_END_DECLS
