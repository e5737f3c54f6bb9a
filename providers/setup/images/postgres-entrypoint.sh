#!/bin/sh
# Starts PostgreSQL as the official image does: the same variables, the same log lines, the same order.
# A first, local server creates the user and the database; only then does one listen on the network.
set -eu

: "${POSTGRES_USER:=postgres}"
: "${POSTGRES_DB:=$POSTGRES_USER}"
: "${PGDATA:=/var/lib/postgresql/data}"
export PGDATA
PATH="$(echo /usr/lib/postgresql/*/bin):$PATH"

if [ $# -eq 0 ]; then set -- postgres; fi
case "$1" in
-*) set -- postgres "$@" ;;
postgres) ;;
*) exec "$@" ;;
esac

if [ "$(id -u)" = 0 ]; then
	mkdir -p "$PGDATA" /var/run/postgresql
	chown postgres:postgres "$PGDATA" /var/run/postgresql
	chmod 700 "$PGDATA"
	exec setpriv --reuid=postgres --regid=postgres --init-groups sh "$0" "$@"
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
	if [ -z "${POSTGRES_PASSWORD:-}" ]; then
		echo "Error: Database is uninitialized and superuser password is not specified. Set POSTGRES_PASSWORD." >&2
		exit 1
	fi
	password=$(mktemp)
	printf '%s\n' "$POSTGRES_PASSWORD" >"$password"
	initdb --username="$POSTGRES_USER" --pwfile="$password" --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8
	rm -f "$password"
	printf 'host all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"

	pg_ctl --pgdata="$PGDATA" --options="-c listen_addresses=''" --wait start
	if [ "$POSTGRES_DB" != postgres ]; then
		psql --username="$POSTGRES_USER" --dbname=postgres --no-psqlrc --set=ON_ERROR_STOP=1 --set=name="$POSTGRES_DB" <<-'SQL'
			CREATE DATABASE :"name";
		SQL
	fi
	pg_ctl --pgdata="$PGDATA" --mode=fast --wait stop
	echo
	echo 'PostgreSQL init process complete; ready for start up.'
	echo
fi
shift
exec postgres -c listen_addresses='*' "$@"
