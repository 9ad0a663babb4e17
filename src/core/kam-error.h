/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KamError:
 * @KAM_ERROR_INVALID_JSON: the text is not strict JSON (RFC 8259, depth 32, no duplicate keys, 64-bit integers, UTF-8)
 * @KAM_ERROR_INVALID_WIRE: well-formed JSON that is not what the protocol says
 * @KAM_ERROR_INVALID_VALUE: a value breaks a rule of its field
 * @KAM_ERROR_UNKNOWN_ENTITY: no entity of that name
 * @KAM_ERROR_UNKNOWN_FIELD: no field of that name in the entity
 * @KAM_ERROR_INVALID_TIME: a date, time, instant or zone that cannot be read
 */
typedef enum
{
  KAM_ERROR_INVALID_JSON,
  KAM_ERROR_INVALID_WIRE,
  KAM_ERROR_INVALID_VALUE,
  KAM_ERROR_UNKNOWN_ENTITY,
  KAM_ERROR_UNKNOWN_FIELD,
  KAM_ERROR_INVALID_TIME,
} KamError;

#define KAM_ERROR (kam_error_quark ())
GQuark      kam_error_quark     (void);

/* The field that an error of this domain is about, as the wire calls it: (nullable), as long as the error. */
const char *kam_error_get_field (const GError *error);
void        kam_error_set_field (GError       *error,
                                 const char   *field);

G_END_DECLS
