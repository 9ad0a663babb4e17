/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-changes-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * KamChangesSection:
 *
 * One of the lists of the Changes page, with its heading; there only while something stands in it.
 */
#define KAM_TYPE_CHANGES_SECTION (kam_changes_section_get_type ())
G_DECLARE_FINAL_TYPE (KamChangesSection, kam_changes_section, KAM, CHANGES_SECTION, AdwPreferencesGroup)

GtkWidget *kam_changes_section_new      (KamWorkspace      *workspace,
                                         KamChangesKind     kind,
                                         const char        *title,
                                         const char        *description);
/* The row of an item, NULL where it is not shown. */
GtkWidget *kam_changes_section_find_row (KamChangesSection *self,
                                         KamChangeItem     *item);

G_END_DECLS
