#!/usr/bin/env bash
# Run by the MySQL image at its first start, while the server listens on a socket alone: loads the
# CSVs in $files, answers the questions into results/ beside them, and lets the reader in. Whatever
# goes wrong ends the container; the row in _ready comes last.
set -euo pipefail

# Where things are: in the image, or wherever a test has them.
readonly data=${TABLECAST_DATA:-/var/lib/mysql} files=${TABLECAST_FILES:-/var/lib/mysql-files}
readonly scripts=${TABLECAST_SCRIPTS:-/tablecast} sql=${TABLECAST_SQL:-/tablecast/sql}
readonly results=$files/results records=$files/.records.csv header=$files/.header.csv
readonly error=$files/.error counted=$files/.counted
umask 022

say() { echo "tablecast: $*"; }

fail() {
  say "$@" >&2
  exit 1
}

client() {
  mysql --protocol=socket --batch --raw --binary-mode --skip-column-names \
    --default-character-set=utf8mb4 --init-command="$(<"$sql/session.sql")" "$@" "$MYSQL_DATABASE"
}

as_root() { MYSQL_PWD=$MYSQL_ROOT_PASSWORD client --user=root; }

# As one who can read the tables, make results of them, and do nothing else.
as_author() { MYSQL_PWD=$author_password client --user=_author; }

quoted() { printf "'%s'" "${1//\'/\'\'}"; }

# Runs SQL that prints what is wrong, if anything is.
expect_nothing() {
  local wrong
  wrong=$(as_root <"$sql/$1") || fail "$1 cannot be run: see the error above"
  [ "${wrong:-NULL}" = NULL ] || fail "$wrong"
}

# The server took (rows, warnings) as many rows as there are records, and had nothing to say.
expect_count() {
  [ "$2" = "$(<"$counted")"$'\t0' ] ||
    fail "$1: has $(<"$counted") rows; the server took (rows, warnings): ${2//$'\t'/, }"
}

begin() {
  mkdir "$results"
  as_root <<SQL
    SET GLOBAL read_only = OFF;
    DROP USER IF EXISTS _author@localhost;
    DROP DATABASE IF EXISTS _init;
    SET collation_server = @@collation_connection;
    CREATE DATABASE _init;
    CREATE USER _author@localhost IDENTIFIED BY '$author_password';
    GRANT SELECT ON "$MYSQL_DATABASE".* TO _author@localhost;
    GRANT CREATE, INSERT ON "$MYSQL_DATABASE".feature_store TO _author@localhost;
    GRANT SELECT, CREATE, INSERT, DROP, EXECUTE ON _init.* TO _author@localhost;
SQL
  as_root <"$scripts/functions.sql"
  as_root <"$sql/tables.sql" || fail "schema.sql: see the error above"
}

# All records before the first one that is wrong, as text, into _init.raw.
read_records() {
  local name=$1 columns=$2 unended=0 order count
  [ -z "$(tail -c 1 "$files/$name")" ] || unended=1
  : >"$header"
  env LC_ALL=C name="$name" columns="$columns" unended="$unended" header="$header" \
    counted="$counted" awk -f "$scripts/records.awk" <"$files/$name" >"$records" 2>"$error" ||
    [ -s "$error" ]
  [ -s "$header" ] || fail "$(<"$error")"
  expect_nothing "$3.header.sql"
  order=$(as_root <<<"SELECT GROUP_CONCAT('c', i ORDER BY position SEPARATOR ', ')
    FROM _init.columns INNER JOIN _init.header USING (name);")
  count=$({ cat "$sql/load.sql"; echo "(line, $order); SELECT ROW_COUNT(), @@warning_count;"; } |
    as_root) || fail "$name cannot be read: see the error above"
  expect_count "$name" "$count"
}

load_table() {
  local table=$1 name=$2 count
  say "$table: reading $name"
  [ -r "$files/$name" ] || fail "$name cannot be read; put it into $files, readable for everyone"
  read_records "$name" "$3" "$table"
  expect_nothing "$table.check.sql"
  [ ! -s "$error" ] || fail "$(<"$error")"
  [ "$(<"$counted")" -gt 0 ] || fail "$name: the file has a header and no rows"
  count=$(as_root <"$sql/$table.insert.sql") || fail "$name cannot be loaded: see the error above"
  expect_count "$name" "$count"
  say "$table: $(<"$counted") rows from $name"
}

make_features() {
  as_author <"$sql/features.sql" || fail "features.sql: see the error above"
  expect_nothing features.columns.sql
  expect_nothing features.rows.sql
  say "feature_store: $(as_root <<<'SELECT COUNT(*) FROM feature_store') rows from features.sql"
}

answer() {
  local csv=results/${1#questions/}
  csv=${csv%.sql}.csv
  as_author <"$sql/$1" >"$files/$csv.partial" || fail "$1: see the error above"
  mv "$files/$csv.partial" "$files/$csv"
  say "$csv: $2"
}

end() {
  as_root <<SQL
    DROP DATABASE _init;
    DROP USER _author@localhost;
    CREATE USER ds_user@'%' IDENTIFIED BY $(quoted "$READER_PASSWORD");
    GRANT SELECT ON "$MYSQL_DATABASE".* TO ds_user@'%';
    CREATE TABLE _ready AS
      SELECT COUNT(*) AS features_rows, UTC_TIMESTAMP() AS loaded_at FROM feature_store;
SQL
  echo "complete $(<"$sql/identity")" >"$data/.tablecast.new"
  sync "$data/.tablecast.new"
  mv "$data/.tablecast.new" "$data/.tablecast"
  say "all is loaded"
}

author_password=$(</proc/sys/kernel/random/uuid)
rm -rf "$results"
trap 'rm -f "$records" "$header" "$error" "$counted"' EXIT
begin
source "$sql/steps.sh" # as the dataset's folder has them
end
