#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# private-server.sh BUILD [server] [--dir DIR] [--port N] [--leads N] [--kams N] [--seed N]
#
# A MariaDB of its own behind a unix socket, kam-server over it on the loopback interface, sample data, and (unless `server` is said)
# Kam signed in as a sample person. Everything lives in one folder, and ends with this script, however it ends.
set -eu
umask 077

say () {
  printf 'run: %s\n' "$*" >&2
}

die () {
  say "$*"
  exit 1
}

number () {
  case $2 in
    '' | *[!0-9]*) die "$1 needs a number, not '$2'" ;;
  esac
}

build=$(cd "$1" && pwd)
shift
with_window=yes
if [ "${1:-}" = server ]; then
  with_window=no
  shift
fi

dir=${XDG_DATA_HOME:-${HOME:?}/.local/share}/kam/private
port='' leads=3000 kams=12 seed=1
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || die "$1 needs a value"
  case $1 in
    --dir) dir=$2 ;;
    --port) number "$1" "$2" && port=$2 ;;
    --leads) number "$1" "$2" && leads=$2 ;;
    --kams) number "$1" "$2" && kams=$2 ;;
    --seed) number "$1" "$2" && seed=$2 ;;
    *) die "unknown option $1; there are --dir --port --leads --kams --seed" ;;
  esac
  shift 2
done

mkdir -p "$dir" || die "cannot make $dir"
dir=$(cd "$dir" && pwd)

# Every process started here inherits the lock and dies with this script (setpriv), so whoever holds the lock is alone.
exec 9>"$dir/lock"
flock -w 20 9 || die "another one is running in $dir; end it first, or choose another folder with --dir"

database_pid='' server_pid='' window_pid='' scratch=''

stop () {
  [ -z "$1" ] || { kill -TERM "$1" 2>/dev/null && wait "$1" 2>/dev/null; } || true
}

clean_up () {
  trap '' INT TERM HUP
  stop "$window_pid"
  stop "$server_pid"
  stop "$database_pid"
  [ -z "$scratch" ] || rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

dying_with_me () {
  exec setpriv --pdeathsig TERM -- "$@"
}

socket=$dir/mariadb.sock
if [ ${#socket} -gt 100 ]; then # a unix socket's path has at most 107 bytes
  scratch=$(mktemp -d "${XDG_RUNTIME_DIR:-/tmp}/kam.XXXXXX")
  socket=$scratch/mariadb.sock
fi

sql () {
  mariadb --no-defaults --socket="$socket" --user=root "$@"
}

# A folder whose first start was interrupted holds nothing that anybody entered.
[ -f "$dir/complete" ] || rm -rf "$dir/mariadb" "$dir/mariadb.new" "$dir/profile" "$dir/tls"

# Its own folder for temporary files: a MariaDB that starts deletes those of others in a shared one.
mkdir -p "$dir/tmp"

make_database () {
  rm -rf "$dir/mariadb.new"
  mariadb-install-db --no-defaults --user="$(id -un)" --auth-root-authentication-method=normal --skip-test-db \
    --datadir="$dir/mariadb.new" --tmpdir="$dir/tmp" >"$dir/install.log" 2>&1 || { cat "$dir/install.log" >&2; die 'the database could not be made'; }
  mv "$dir/mariadb.new" "$dir/mariadb"
}

start_database () {
  dying_with_me mariadbd --no-defaults --user="$(id -un)" --datadir="$dir/mariadb" --tmpdir="$dir/tmp" --socket="$socket" --pid-file="$dir/mariadb.pid" \
    --skip-networking --skip-name-resolve --performance-schema=0 --character-set-server=utf8mb4 --innodb-buffer-pool-size=256M \
    >"$dir/mariadb.log" 2>&1 &
  database_pid=$!
  tries=0
  until sql -e 'SELECT 1' >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] && kill -0 "$database_pid" 2>/dev/null || { tail -n 20 "$dir/mariadb.log" >&2; die 'the database did not start'; }
    sleep 0.1
  done
}

make_certificate () {
  mkdir -p "$dir/tls"
  {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj '/CN=Kam private server' \
      -keyout "$dir/tls/ca.key" -out "$dir/tls/ca.pem" -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign &&
      openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=localhost' -keyout "$dir/tls/server.key" -out "$dir/tls/server.csr" &&
      printf 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\nextendedKeyUsage=serverAuth\n' >"$dir/tls/server.ext" &&
      openssl x509 -req -in "$dir/tls/server.csr" -CA "$dir/tls/ca.pem" -CAkey "$dir/tls/ca.key" -CAcreateserial -days 3650 \
        -extfile "$dir/tls/server.ext" -out "$dir/tls/server.pem"
  } >"$dir/tls/log" 2>&1 || { cat "$dir/tls/log" >&2; die 'the certificate could not be made'; }
}

# Not much later than the certificate's own end: a day before it is made anew.
certificate_is_good () {
  [ -f "$dir/tls/server.pem" ] && openssl x509 -checkend 86400 -noout -in "$dir/tls/server.pem" >/dev/null 2>&1
}

write_config () {
  cat >"$dir/server.conf" <<EOF
[server]
address=127.0.0.1
port=$1
certificate=$dir/tls/server.pem
key=$dir/tls/server.key

[database]
socket=$socket
name=kam
user=root
EOF
}

kam_server () {
  "$build/server/kam-server" --config "$dir/server.conf" "$@"
}

fill_database () {
  sql -e 'CREATE DATABASE kam CHARACTER SET utf8mb4'
  write_config 0
  kam_server init >&2 || die 'the database could not be set up'
  kam_server sample --leads "$leads" --kams "$kams" --seed "$seed" >&2 || die 'the sample data could not be loaded'
  : >"$dir/complete"
}

# start_server PORT: waits until it serves; leaves its address in $url
start_server () {
  write_config "$1"
  : >"$dir/server.out"
  dying_with_me "$build/server/kam-server" --config "$dir/server.conf" serve >"$dir/server.out" 2>"$dir/server.log" &
  server_pid=$!
  tries=0
  until url=$(sed -n 's/^ready //p' "$dir/server.out") && [ -n "$url" ]; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] && kill -0 "$server_pid" 2>/dev/null || { stop "$server_pid"; server_pid=''; return 1; }
    sleep 0.1
  done
}

# The port of the first start stays, because the clients know it; if somebody else has taken it meanwhile, another one does.
serve () {
  if [ -n "$port" ]; then
    start_server "$port" || { tail -n 20 "$dir/server.log" >&2; die "the server did not start on port $port"; }
  else
    { [ -f "$dir/port" ] && start_server "$(cat "$dir/port")"; } || start_server 0 || { tail -n 20 "$dir/server.log" >&2; die 'the server did not start'; }
  fi
  expr "$url" : '.*:\([0-9]*\)' >"$dir/port"
}

certificate_is_good || make_certificate
if [ -f "$dir/complete" ]; then
  start_database
  write_config 0
  kam_server migrate >&2 || die 'the database could not be brought up to date'
else
  say "making a database with $leads leads for $kams key account managers in $dir"
  make_database
  start_database
  fill_database
fi
serve

if [ $with_window = no ]; then
  printf 'ready %s %s\n' "$url" "$dir/tls/ca.pem"
  wait "$server_pid" || exit $?
  exit 0
fi

[ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || die 'there is no display to open a window on; ./run server starts the server alone'
printf '%s' sample-password >"$dir/password"
say "$url; sign in as kam1@kam.test, manager1@kam.test or admin@kam.test with the password sample-password"
GSETTINGS_SCHEMA_DIR=$build/data dying_with_me "$build/src/kam" --profile "$dir/profile" --sign-in "$url" --ca-file "$dir/tls/ca.pem" \
  --email kam1@kam.test --password-file "$dir/password" &
window_pid=$!
wait "$window_pid"
