/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which of two possible dates is meant by `fri` or `24/11`: the one to come (a plan), or the one that was (a record). Today counts as either. */
typedef enum
{
  KAM_WHEN_AHEAD,
  KAM_WHEN_BACK,
} KamWhenSide;

char *kam_when_parse_date (const char  *typed,
                           const char  *today,
                           KamWhenSide  side);
char *kam_when_parse_time (const char  *typed);

G_END_DECLS
