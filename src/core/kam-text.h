/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Nothing here depends on the locale, so that all sides compute alike. */

/* Trimmed of white space and NFC. NULL where the text is not valid UTF-8. */
char  *kam_text_normalise   (const char *text);

/* Key by which lists sort: case and accents folded, digits by number; compares with memcmp in SQLite. */
char  *kam_text_sort_key    (const char *text);
char  *kam_text_fold        (const char *text);

/* Tags in canonical form: trimmed, without doubles (case folded), sorted, joined by newlines; and back. NULL where there are none. */
char  *kam_tags_join        (const char *const *tags);
char **kam_tags_split       (const char *tags);

G_END_DECLS
