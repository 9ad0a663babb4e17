#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# with-keyring.sh open|locked|none PROGRAM…: runs it on a bus of its own with such a keyring, in a home of its own.
set -eu

if [ "${KAM_TEST_KEYRING:-}" = "" ]; then
  export KAM_TEST_KEYRING="$1"
  home=$(mktemp -d "${TMPDIR:-/tmp}/kam-keyring.XXXXXX")
  status=0
  HOME=$home XDG_DATA_HOME=$home/data XDG_RUNTIME_DIR=$home XDG_CACHE_HOME=$home/cache DISPLAY='' WAYLAND_DISPLAY='' dbus-run-session -- "$0" "$@" || status=$?
  rm -rf "$home"
  exit $status
fi
shift

daemon () {
  input=$1
  shift
  gnome-keyring-daemon --foreground --components=secrets "$@" < "$input" >/dev/null 2>&1 &
  pid=$!
  tries=0
  # Only looked for, not called: a call would have the bus start a second one beside it, on the same files.
  until gdbus call --session -d org.freedesktop.DBus -o /org/freedesktop/DBus -m org.freedesktop.DBus.NameHasOwner org.freedesktop.secrets 2>/dev/null |
    grep -q true; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || break
    sleep 0.1
  done
}

end () {
  kill "$1" && wait "$1" || true
}

case $KAM_TEST_KEYRING in
  open | locked)
    printf secret > "$HOME/password"
    daemon "$HOME/password" --unlock
    ;;
esac
if [ "$KAM_TEST_KEYRING" = locked ]; then
  end $pid
  daemon /dev/null
fi

status=0
"$@" || status=$?
[ -z "${pid:-}" ] || end $pid 2>/dev/null
exit $status
