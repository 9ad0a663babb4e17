/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-routes.h"

void
kam_route_push (KamServer  *server,
                KamRequest *request)
{
  kam_route_reserved (server, request);
}
