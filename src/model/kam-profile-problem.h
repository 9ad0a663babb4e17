/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What an error at opening a profile means to a person: a title (transfer none), and the way out (transfer full). Both translated. */
const char *kam_profile_describe (const GError  *error,
                                  const char    *dir,
                                  char         **what_to_do);

G_END_DECLS
