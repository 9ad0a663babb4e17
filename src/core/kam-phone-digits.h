/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Phone numbers as runs of digits, for finding them in any spelling: a number is found when one of its search digits begins with one of the typed
 * digits. */

/* What a stored number is found by: +919876543210 gives 919876543210 and 9876543210. */
char **kam_phone_search_digits (const char *e164);

/* What a person may have meant: 09876-543210 gives 09876543210 and 9876543210. Empty for what does not look like (the beginning of) a number. */
char **kam_phone_typed_digits  (const char *text);

/* How many digits after the + are the country's calling code; 0 for what is not E.164. */
guint  kam_phone_calling_code_length (const char *e164);

/* + and 7 to 15 digits, the first not 0 */
gboolean kam_phone_is_e164     (const char *text);

G_END_DECLS
