/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-lead-model.h"

G_BEGIN_DECLS

/* Why there is no lead to show, for a status page: the text is markup. title and icon are static. */
void kam_lead_gone_words (KamLeadModel *model,
                          const char  **title,
                          const char  **icon,
                          char        **text);

G_END_DECLS
