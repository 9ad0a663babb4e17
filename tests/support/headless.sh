#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: headless.sh COMMAND [ARGUMENT…]
# Runs a graphical program on a display, a session bus and a home of its own, with fonts and theme pinned, and leaves nothing behind.
set -eu

home=$(mktemp -d "${TMPDIR:-/tmp}/kam-headless.XXXXXX")
trap 'rm -rf "$home"' EXIT
trap 'exit 130' INT TERM

mkdir -p "$home/config/gtk-4.0" "$home/data" "$home/cache" "$home/state"
mkdir -m 700 "$home/runtime"
cat > "$home/config/gtk-4.0/settings.ini" <<'SETTINGS'
[Settings]
gtk-font-name=Cantarell 11
gtk-enable-animations=0
gtk-cursor-blink=0
gtk-xft-dpi=98304
gtk-xft-hinting=1
gtk-xft-hintstyle=hintslight
gtk-xft-rgba=none
SETTINGS

export HOME="$home" XDG_CONFIG_HOME="$home/config" XDG_DATA_HOME="$home/data" XDG_CACHE_HOME="$home/cache" XDG_STATE_HOME="$home/state"
export XDG_RUNTIME_DIR="$home/runtime" GDK_BACKEND=x11 GSK_RENDERER=cairo GDK_DEBUG=gl-disable ADW_DISABLE_PORTAL=1 GSETTINGS_BACKEND=memory
export LSAN_OPTIONS="suppressions=$(cd "$(dirname "$0")" && pwd)/leaks.supp:print_suppressions=0"
unset WAYLAND_DISPLAY GTK_THEME

dbus-run-session -- xvfb-run -a -s "-screen 0 ${KAM_SCREEN:-1280x800}x24 -nolisten tcp" "$@"
