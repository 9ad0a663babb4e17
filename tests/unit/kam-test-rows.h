/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-row.h"

G_BEGIN_DECLS

KamRow *kam_test_random_row (GRand         *rand,
                             KamEntityKind  kind);
void    kam_test_random_value (GRand          *rand,
                               const KamField *field,
                               KamValue       *value);

G_END_DECLS
