#!/usr/bin/env bash
# Runs before the entrypoint of the MySQL image, which loads data only while its data directory is
# empty, and would serve half of it after a kill. A file in that directory says how far it came.
set -euo pipefail

readonly data=/var/lib/mysql files=/var/lib/mysql-files
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

# The dataset to load: one that is mounted in $files, or else /dataset, copied there. Only what was
# copied there before may be replaced.
place_dataset() {
  if [ -e "$copied" ]; then
    find "$files" -mindepth 1 -delete
  elif [ -e "$files/dataset.toml" ]; then
    return
  elif [ -n "$(ls -A "$files" 2>/dev/null)" ]; then
    fail "$files has files, but no dataset.toml; mount an empty volume or a dataset's folder"
  fi
  [ -e /dataset/dataset.toml ] || fail "/dataset has no dataset.toml; mount a dataset's folder"
  mkdir -p "$files"
  touch "$copied"
  cp -R /dataset/. "$files/"
}

case $(cat "$state" 2>/dev/null || :) in
  complete)
    exec docker-entrypoint.sh "$@"
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
place_dataset
echo loading >"$state"
sync "$state"
exec docker-entrypoint.sh "$@"
