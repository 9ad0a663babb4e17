/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Words of what was typed and of what is stored, cut as the search index cuts them: runs of letters, digits and marks, folded. Pure functions. */

char   **kam_search_words      (const char         *search);
/* One or two letters: too few to look everywhere. */
gboolean kam_search_is_short   (const char *const  *words);
/* Does a word of the text begin like this? start and length (optional) are bytes of the text. */
gboolean kam_search_find       (const char         *text,
                                const char         *word,
                                gsize              *start,
                                gsize              *length);
gboolean kam_search_phone_fits (const char         *phone, /* (nullable) */
                                const char         *search);
/* "Contact: <b>Ra</b>mesh": Pango markup, with some of the text around the hit. */
char    *kam_search_mark       (const char         *label,
                                const char         *text,
                                gsize               start,
                                gsize               length);

G_END_DECLS
