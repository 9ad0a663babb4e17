/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * KamSummaryBanner:
 *
 * After a long absence: what happened meanwhile, until it is shown or closed.
 */
#define KAM_TYPE_SUMMARY_BANNER (kam_summary_banner_get_type ())
G_DECLARE_FINAL_TYPE (KamSummaryBanner, kam_summary_banner, KAM, SUMMARY_BANNER, AdwBin)

void kam_summary_banner_set_workspace (KamSummaryBanner *self,
                                       KamWorkspace     *workspace);

G_END_DECLS
