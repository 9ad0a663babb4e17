/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-list-page.h"

G_BEGIN_DECLS

/**
 * KamMainPage:
 *
 * The frame of the views: sidebar, view and lead side by side where there is room, one over the other where there is not.
 *
 * Property: `view` (string): "today", "leads", "contacts", "performance", "changes" or "team".
 */
#define KAM_TYPE_MAIN_PAGE (kam_main_page_get_type ())
G_DECLARE_FINAL_TYPE (KamMainPage, kam_main_page, KAM, MAIN_PAGE, AdwBin)

GtkWidget   *kam_main_page_new            (KamWorkspace *workspace,
                                           KamViewState *views);
const char  *kam_main_page_get_view       (KamMainPage  *self);
void         kam_main_page_show_view      (KamMainPage  *self,
                                           const char   *view);
void         kam_main_page_show_lead      (KamMainPage  *self,
                                           const char   *lead_id);
/* The Changes view, at the first entry about a lead. */
void         kam_main_page_show_changes   (KamMainPage  *self,
                                           const char   *lead_id);
void         kam_main_page_search         (KamMainPage  *self);
void         kam_main_page_toggle_sidebar (KamMainPage  *self);
/* From the lead to the list, from the list to the sidebar, as far as they lie over each other. */
void         kam_main_page_go_back        (KamMainPage  *self);

/* For tests: NULL where the view shows no list. (transfer none) */
KamListPage *kam_main_page_get_list_page  (KamMainPage  *self);
/* "sidebar", "content" or "lead": what lies on top where not all have room. */
const char  *kam_main_page_get_top        (KamMainPage  *self);

G_END_DECLS
