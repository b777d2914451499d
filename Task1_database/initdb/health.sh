#!/usr/bin/env bash
# Healthy is: the reader, over TCP, finds the row that loading leaves as its very last step. The
# server that loads listens on a socket alone, so nothing is healthy before.
set -euo pipefail

export MYSQL_PWD=$READER_PASSWORD
found=$(mysql --no-defaults --protocol=tcp --host=127.0.0.1 --user=ds_user \
  --get-server-public-key --skip-column-names \
  --execute='SELECT COUNT(*) FROM _ready' "$MYSQL_DATABASE" 2>&1) || {
  echo "$found"
  exit 1
}
[ "$found" = 1 ]
