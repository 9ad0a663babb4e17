/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-profile-problem.h"

#include "kam-store.h"

#include <glib/gi18n.h>

typedef struct
{
  KamStoreError code;
  const char   *title;
  const char   *advice;
} Problem;

static const Problem problems[] = {
  { KAM_STORE_ERROR_BUSY, N_("This Profile Is in Use"), N_("Another Kam window works with it. Close that one, then try again.") },
  { KAM_STORE_ERROR_NEWER, N_("Kam Must Be Updated"), N_("A newer version of Kam has used this profile. Update Kam to go on; nothing is lost.") },
  { KAM_STORE_ERROR_CORRUPT, N_("The Local Data Is Damaged"),
    N_("Move the folder away and start again: what has been sent comes back from the server.") },
  { KAM_STORE_ERROR_FULL, N_("The Disk Is Full"), N_("Make room, then try again.") },
};

const char *
kam_profile_describe (const GError  *error,
                      const char    *dir,
                      char         **what_to_do)
{
  for (guint i = 0; i < G_N_ELEMENTS (problems); i++)
    {
      if (g_error_matches (error, KAM_STORE_ERROR, (int) problems[i].code))
        {
          *what_to_do = g_strdup_printf ("%s\n\n%s", _(problems[i].advice), dir);
          return _(problems[i].title);
        }
    }

  *what_to_do = g_strdup_printf ("%s\n\n%s", error->message, dir);

  return _("Kam Could Not Open Its Data");
}
