/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-lead-gone.h"

#include <glib/gi18n.h>

static char *
explain (KamLeadModel *model)
{
  KamRow *lead = kam_lead_model_get_lead (model);

  switch (kam_lead_model_get_state (model))
    {
    case KAM_LEAD_STATE_DELETED:
      return g_strdup_printf (_("%s stays in the bin for 30 days."), kam_row_text (lead, KAM_LEAD_NAME));
    case KAM_LEAD_STATE_MOVED:
      return g_strdup_printf (_("%s belongs to somebody else now."), kam_row_text (lead, KAM_LEAD_NAME));
    case KAM_LEAD_STATE_FAILED:
      return g_strdup (kam_lead_model_get_error (model));
    default:
      return g_strdup (_("It may have been deleted, or belong to somebody else."));
    }
}

void
kam_lead_gone_words (KamLeadModel *model,
                     const char  **title,
                     const char  **icon,
                     char        **text)
{
  g_autofree char *plain = explain (model);

  *text = g_markup_escape_text (plain != NULL ? plain : "", -1);
  switch (kam_lead_model_get_state (model))
    {
    case KAM_LEAD_STATE_DELETED:
      *title = _("This Lead Was Deleted");
      *icon = "user-trash-symbolic";
      break;
    case KAM_LEAD_STATE_MOVED:
      *title = _("This Lead Has Moved");
      *icon = "avatar-default-symbolic";
      break;
    case KAM_LEAD_STATE_FAILED:
      *title = _("This Lead Cannot Be Read");
      *icon = "dialog-error-symbolic";
      break;
    default:
      *title = _("This Lead Is Not Here");
      *icon = "user-bookmarks-symbolic";
      break;
    }
}
