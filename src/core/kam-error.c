/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-error.h"

G_DEFINE_QUARK (kam-error-quark, kam_error)
