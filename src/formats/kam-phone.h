/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KamPhoneError:
 * @KAM_PHONE_ERROR_INVALID: no phone number can be read from the text
 * @KAM_PHONE_ERROR_TOO_SHORT: digits are missing
 * @KAM_PHONE_ERROR_TOO_LONG: there are too many digits
 * @KAM_PHONE_ERROR_NO_COUNTRY: without a country the number has to begin with + and its calling code
 */
typedef enum
{
  KAM_PHONE_ERROR_INVALID,
  KAM_PHONE_ERROR_TOO_SHORT,
  KAM_PHONE_ERROR_TOO_LONG,
  KAM_PHONE_ERROR_NO_COUNTRY,
} KamPhoneError;

#define KAM_PHONE_ERROR (kam_phone_error_quark ())
GQuark kam_phone_error_quark (void);

/* FALSE where the phone library was built without support: then only E.164 is read, and shown as it is. */
gboolean kam_phone_is_supported        (void);

char    *kam_phone_parse               (const char  *text,
                                        const char  *country, /* (nullable): ISO 3166-1 alpha-2 */
                                        GError     **error);
char    *kam_phone_format_national     (const char  *e164);
char    *kam_phone_format_international (const char *e164);

/* As people of a country write it: numbers of their own country in national form, others in international form. */
char    *kam_phone_format_for          (const char  *e164,
                                        const char  *country); /* (nullable) */

G_END_DECLS
