#!/bin/sh
# Starts Redis as the official image does: on every address, without a password, data in /data.
set -eu

if [ $# -eq 0 ]; then set -- redis-server; fi
case "$1" in
-* | *.conf) set -- redis-server "$@" ;;
redis-server) ;;
*) exec "$@" ;;
esac

if [ "$(id -u)" = 0 ]; then
	mkdir -p /data
	chown redis:redis /data
	exec setpriv --reuid=redis --regid=redis --init-groups sh "$0" "$@"
fi
cd /data
shift
exec redis-server --bind '* -::*' --protected-mode no "$@"
