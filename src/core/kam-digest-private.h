/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-digest.h"

G_BEGIN_DECLS

/* (nullable): NULL for all. */
const guint *kam_digest_fields (const KamDigest *self,
                                guint           *n_fields);

G_END_DECLS
