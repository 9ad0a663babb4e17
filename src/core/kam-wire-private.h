/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-wire.h"

G_BEGIN_DECLS

gboolean    kam_wire_take_tags (const KamField    *field,
                                const char *const *tags,
                                KamValue          *value,
                                GError           **error);
const char *kam_wire_wanted    (const KamField    *field);

G_END_DECLS
