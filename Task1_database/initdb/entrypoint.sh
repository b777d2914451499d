#!/usr/bin/env bash
# Runs before the entrypoint of the MySQL image, which loads data only while its data directory is
# empty, and would serve half of it after a kill. A file in that directory says how far it came, and
# with which dataset.
set -euo pipefail

readonly data=/var/lib/mysql files=/var/lib/mysql-files sql=/tablecast/sql
readonly state=$data/.tablecast copied=$files/.copied

fail() {
  echo "tablecast: $*" >&2
  exit 1
}

# Anything else than the server (a shell, the client) is none of our business.
case ${1:-} in
  mysqld | -*) ;;
  *) exec docker-entrypoint.sh "$@" ;;
esac

for name in MYSQL_ROOT_PASSWORD READER_PASSWORD; do
  [ -n "${!name:-}" ] || fail "$name is not set; choose a password, there is no default"
done
export MYSQL_ROOT_HOST=localhost # nobody is root from another machine
rm -f /var/run/mysqld/*.lock     # of a server that was killed in this container: none runs yet

# The CSVs to load: those that are mounted in $files, or else those of the image, copied there. Only
# what was copied there before may be replaced.
place_files() {
  local names name mounted=""
  mapfile -t names <"$sql/files"
  if [ -e "$copied" ]; then
    find "$files" -mindepth 1 -delete
  else
    for name in "${names[@]}"; do
      [ ! -e "$files/$name" ] || mounted=yes
    done
  fi
  if [ "$mounted" ]; then
    expect_this_dataset
    return
  fi
  [ -z "$(ls -A "$files" 2>/dev/null)" ] ||
    fail "$files has files, but not ${names[0]}; mount an empty volume, or a folder with that CSV"
  mkdir -p "$files"
  touch "$copied"
  for name in "${names[@]}"; do
    cp "/dataset/$name" "$files/"
  done
}

# What else of a dataset's folder is mounted must be what this image was made of.
expect_this_dataset() {
  local path name
  for path in "$files"/{dataset.toml,schema.sql,features.sql,questions/*.sql}; do
    name=${path#"$files/"}
    [ ! -e "$path" ] || [ "$(<"$path")" = "$(cat "/dataset/$name")" ] ||
      fail "$name in $files is not that of this image; build the image with that folder"
  done
}

case $(cat "$state" 2>/dev/null || :) in
  "complete $(<"$sql/identity")")
    exec docker-entrypoint.sh "$@"
    ;;
  complete*)
    read -r _ held _ <"$state"
    read -r ours _ <"$sql/identity"
    [ "$held" != "$ours" ] || held="$held with other tables"
    fail "$data holds $held; this image is of $ours: give it a volume of its own"
    ;;
  loading)
    echo "tablecast: the last start was stopped while loading; starting again from nothing" >&2
    find "$data" -mindepth 1 -delete
    ;;
  *)
    [ -z "$(ls -A "$data")" ] ||
      fail "$data holds files that this image did not make; give it an empty volume"
    ;;
esac
place_files
echo loading >"$state"
sync "$state"
exec docker-entrypoint.sh "$@"
