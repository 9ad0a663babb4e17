/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-command.h"

#include "kam-server-error.h"

gboolean
kam_command_sample (const KamServerConfig  *config,
                    int                     argc,
                    char                  **argv,
                    GError                **error)
{
  g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_REFUSED, "no sample data yet");

  return FALSE;
}
