#!/usr/bin/env bash
# Run by the MySQL image at its first start, while the server listens on a socket alone: loads the
# dataset in /var/lib/mysql-files, answers its questions into results/ beside it, and lets the
# reader in. Whatever goes wrong ends the container; the row in _ready comes last.
set -euo pipefail

readonly data=/var/lib/mysql files=/var/lib/mysql-files scripts=/tablecast
readonly results=$files/results clean=$files/.clean.csv names=$files/.names.csv
umask 022

fail() {
  echo "tablecast: $*" >&2
  exit 1
}

say() { echo "tablecast: $*"; }

# What SQL means here is what it means everywhere else: see Task1_database/databases/mysql_session.py.
sql() {
  MYSQL_PWD=$MYSQL_ROOT_PASSWORD mysql --protocol=socket --user=root --batch --raw \
    --skip-column-names --default-character-set=utf8mb4 --init-command="SET
      sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ONLY_FULL_GROUP_BY,ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,NO_ENGINE_SUBSTITUTION',
      collation_connection = 'utf8mb4_0900_bin', div_precision_increment = 16,
      cte_max_recursion_depth = 4294967295, group_concat_max_len = 16777216" \
    "$MYSQL_DATABASE" "$@"
}

quoted() { printf "'%s'" "${1//\'/\'\'}"; }

# Runs a script that prints what is wrong, if anything is, and prints it here.
check() {
  local fault
  fault=$(sql) || fail "$1 could not be checked: see the error above"
  [ -z "$fault" ] || fail "$fault"
}

no_nul_byte() {
  local line
  [ "$(tr -d '\000' <"$2" | wc -c)" = "$(wc -c <"$2")" ] && return
  line=$(tr '\n\000' '\000\n' <"$2" | head -n 1 | tr -dc '\000' | wc -c) || :
  fail "$1, line $((line + 1)): has a NUL byte; expected text"
}

# The CSV's cells as they are, as text, into _init.raw (line, c1, c2, …).
read_raw() {
  local name=$1 csv=$2 unended=0 columns count
  [ -r "$csv" ] || fail "$name cannot be read; put it beside dataset.toml, readable for everyone"
  no_nul_byte "$name" "$csv"
  [ -z "$(tail -c 1 "$csv")" ] || unended=1
  LC_ALL=C awk -v name="$name" -v unended=$unended -v header="$names" -f $scripts/clean.awk \
    "$csv" >"$clean" || fail "$name is not loaded: see the line above"
  columns=$(wc -l <"$names")
  sql <<SQL
    DROP TABLE IF EXISTS _init.header, _init.raw;
    CREATE TABLE _init.header (place INT PRIMARY KEY, name TEXT);
    LOAD DATA INFILE '$names' INTO TABLE _init.header CHARACTER SET utf8mb4
      FIELDS TERMINATED BY ',' ENCLOSED BY '"' ESCAPED BY '' LINES TERMINATED BY X'0A';
    CREATE TABLE _init.raw (line BIGINT PRIMARY KEY$(seq --format=', c%.0f LONGTEXT' "$columns" | tr -d '\n'));
SQL
  count=$(sql <<SQL
    LOAD DATA INFILE '$clean' INTO TABLE _init.raw CHARACTER SET utf8mb4
      FIELDS TERMINATED BY ',' ENCLOSED BY '"' ESCAPED BY '' LINES TERMINATED BY X'0A';
    SELECT ROW_COUNT(), @@warning_count;
SQL
  ) || fail "$name could not be read: see the error above"
  expect_rows "$name" "$count"
}

# As many rows as the file has, counted by awk, and not one warning.
expect_rows() {
  local expected
  expected=$(LC_ALL=C awk -v RS='\n' '
    { quotes += gsub(/"/, ""); if (quotes % 2 == 0) rows++ } END { print rows + 0 }' "$clean")
  [ "$expected" -gt 0 ] || fail "$1: the file has a header and no rows"
  [ "$2" = "$expected"$'\t0' ] ||
    fail "$1: has $expected rows; the server took (rows, warnings): ${2//$'\t'/, }"
}

expect_tables() {
  local declared named
  declared=$(sql <<<'SHOW TABLES' | sort | tr '\n' ' ')
  named=$(cut -f 1 <<<"$tables" | sort | tr '\n' ' ')
  [ "$declared" = "$named" ] ||
    fail "schema.sql makes the tables ${declared% }; [tables] of dataset.toml names ${named% }"
}

load_table() {
  local table=$1 name=$2 set count
  set="SET @raw_table = $(quoted "$table"), @file = $(quoted "$name");"
  say "$table: reading $name"
  read_raw "$name" "$files/$name"
  { echo "$set"; cat $scripts/columns.sql; } | check "$name"
  { echo "$set"; cat $scripts/cells.sql; } | check "$name"
  count=$({ echo "$set"; cat $scripts/insert.sql; } | sql) || fail "$name could not be loaded"
  expect_rows "$name" "$count"
  say "$table: ${count%$'\t'*} rows from $name"
}

make_features() {
  local columns
  columns=$(awk -v what=columns -f $scripts/toml.awk $files/dataset.toml | paste -sd, - | sed 's/,/, /g')
  sql <$files/features.sql || fail "features.sql: see the error above"
  { echo "SET @columns = $(quoted "$columns");"; cat $scripts/features.sql; } | check features.sql
  say "feature_store: $(sql <<<'SELECT COUNT(*) FROM feature_store') rows from features.sql"
}

# The question becomes a numbered table, whose columns have types, and that a CSV.
answer() {
  local name select
  name=$(basename "$1" .sql)
  select=$(grep -v '^--' "$1" | tr -d '\r') # and without what follows it, of which `;` is one
  select=${select%"${select##*[![:space:]]}"}
  {
    echo 'DROP TABLE IF EXISTS _init.answer;'
    echo 'CREATE TABLE _init.answer (_n BIGINT AUTO_INCREMENT PRIMARY KEY) AS'
    echo "${select%;}"
    echo ';'
    cat $scripts/answer.sql
  } | sql >"$results/$name.partial" || fail "questions/$name.sql: see the error above"
  mv "$results/$name.partial" "$results/$name.csv"
  say "results/$name.csv: $(sed -n '1s/^-- *//p' "$1")"
}

admit_reader() {
  sql <<SQL
    CREATE USER ds_user@'%' IDENTIFIED BY $(quoted "$READER_PASSWORD");
    GRANT SELECT ON "$MYSQL_DATABASE".* TO ds_user@'%';
SQL
}

cd $files
[ -r schema.sql ] && [ -r features.sql ] || fail "schema.sql or features.sql is missing in the dataset"
rm -rf "$results" && mkdir "$results"
trap 'rm -f "$clean" "$names"' EXIT

sql <<<'DROP DATABASE IF EXISTS _init; CREATE DATABASE _init;'
sql <$scripts/functions.sql
sql <schema.sql || fail "schema.sql: see the error above"
tables=$(awk -v what=tables -f $scripts/toml.awk dataset.toml) || fail "the dataset is not loaded"
expect_tables
while IFS=$'\t' read -r table name; do
  load_table "$table" "$name"
done <<<"$tables"
make_features
for question in questions/*.sql; do
  [ ! -e "$question" ] || answer "$question"
done
sql <<<'DROP DATABASE _init'
admit_reader
sql <<<'CREATE TABLE _ready AS SELECT COUNT(*) AS features_rows, UTC_TIMESTAMP() AS loaded_at FROM feature_store'
echo complete >$data/.tablecast.new
sync $data/.tablecast.new
mv $data/.tablecast.new $data/.tablecast
say "all is loaded"
