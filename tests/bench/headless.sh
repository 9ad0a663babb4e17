#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# headless.sh PROGRAM […]: runs it on a display and a session bus of its own
set -eu

export GSK_RENDERER=cairo GDK_DEBUG=gl-disable GDK_BACKEND=x11 GTK_A11Y=none ADW_DISABLE_PORTAL=1 GSETTINGS_BACKEND=memory LC_ALL=C.UTF-8
exec dbus-run-session -- xvfb-run -a -s '-screen 0 1280x800x24' "$@"
