/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-window.h"

G_BEGIN_DECLS

/* Sends what waits and signs out; where something cannot be sent, asks first. */
void kam_sign_out_begin (KamWindow  *window,
                         KamProfile *profile);

G_END_DECLS
