#!/bin/bash
# Stands in for the entrypoint of the official MySQL image, written from its documentation:
# initialises an empty data directory, runs /docker-entrypoint-initdb.d/*.sh while the server
# listens on a socket alone, then becomes the server, as the user mysql.
set -eo pipefail

[ "${1:0:1}" != - ] || set -- mysqld "$@"
[ "$1" = mysqld ] || exec "$@"

data=/var/lib/mysql socket=/var/run/mysqld/mysqld.sock
if [ "$(id -u)" = 0 ]; then
  mkdir -p $data /var/run/mysqld /var/lib/mysql-files
  find $data /var/run/mysqld /var/lib/mysql-files ! -user mysql -exec chown mysql {} +
  exec gosu mysql "$0" "$@"
fi

if [ ! -d $data/mysql ]; then
  [ -n "$MYSQL_ROOT_PASSWORD" ] || { echo "MYSQL_ROOT_PASSWORD is not set" >&2; exit 1; }
  "$@" --initialize-insecure
  "$@" --daemonize --skip-networking --socket=$socket
  mysql --socket=$socket --user=root <<SQL
    ALTER USER 'root'@'localhost' IDENTIFIED BY '$MYSQL_ROOT_PASSWORD';
    CREATE DATABASE IF NOT EXISTS \`$MYSQL_DATABASE\`;
SQL
  if [ "${MYSQL_ROOT_HOST:=%}" != localhost ]; then
    MYSQL_PWD=$MYSQL_ROOT_PASSWORD mysql --socket=$socket --user=root <<SQL
    CREATE USER 'root'@'$MYSQL_ROOT_HOST' IDENTIFIED BY '$MYSQL_ROOT_PASSWORD';
    GRANT ALL ON *.* TO 'root'@'$MYSQL_ROOT_HOST' WITH GRANT OPTION;
SQL
  fi
  for file in /docker-entrypoint-initdb.d/*.sh; do
    echo "running $file"
    "$file"
  done
  MYSQL_PWD=$MYSQL_ROOT_PASSWORD mysqladmin --socket=$socket --user=root shutdown
fi
exec "$@"
