/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Codes of standards, by their lists or, where new ones come too often, by their form. All want canonical text and take NULL for invalid. */

gboolean           kam_country_is_valid  (const char *code); /* ISO 3166-1 alpha-2 */
gboolean           kam_currency_is_valid (const char *code); /* ISO 4217 */
int                kam_currency_digits   (const char *code); /* decimal places of its minor unit: 2 for INR; -1 where unknown */
gboolean           kam_language_is_valid (const char *tag);  /* BCP 47, by its form, in its usual case: hi, zh-Hant-TW */
gboolean           kam_email_is_valid    (const char *email);

const char *const *kam_country_list      (void);             /* NULL-terminated, sorted */
const char *const *kam_currency_list     (void);

G_END_DECLS
