/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-list.h"
#include "kam-view-state.h"
#include "kam-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * KamListPage:
 *
 * All leads, or all contacts: columns where there is room, rows of two lines where there is not, search, filter, and what stands there when
 * nothing does.
 * Remembers its order, filter, search, columns, place and selection.
 *
 * Properties: `searching` (boolean). Signals: `selected` (lead id, nullable): one row is selected, or none · `opened` (lead id): a row was
 * activated or clicked.
 */
#define KAM_TYPE_LIST_PAGE (kam_list_page_get_type ())
G_DECLARE_FINAL_TYPE (KamListPage, kam_list_page, KAM, LIST_PAGE, AdwBin)

GtkWidget  *kam_list_page_new          (KamWorkspace  *workspace,
                                        KamViewState  *views,
                                        KamEntityKind  entity);
void        kam_list_page_search       (KamListPage   *self);
/* Search, then selection; FALSE where there was neither. */
gboolean    kam_list_page_leave        (KamListPage   *self);
/* Selects a row by the id of its entity as soon as the list knows it. */
void        kam_list_page_select       (KamListPage   *self,
                                        const char    *id);
/* Lead of the one selected row. (nullable) */
const char *kam_list_page_get_selected_lead (KamListPage *self);
void        kam_list_page_unselect     (KamListPage   *self);
void        kam_list_page_focus        (KamListPage   *self);
void        kam_list_page_save         (KamListPage   *self);

/* For tests. (transfer none) */
KamList    *kam_list_page_get_list     (KamListPage   *self);
GtkSelectionModel *kam_list_page_get_selection (KamListPage *self);
const char *kam_list_page_get_state    (KamListPage   *self); /* "list", "blank", "loading", "empty", "no-match" or "error" */
gboolean    kam_list_page_is_wide      (KamListPage   *self);

G_END_DECLS
