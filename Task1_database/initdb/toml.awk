# Reads out of dataset.toml what loading must know.
#   what=tables    each raw table and its CSV, in the order in which they are loaded
#   what=columns   the columns of feature_store: row_id, the features, the target

function fail(text) {
  printf "tablecast: dataset.toml, line %d: %s\n", NR, text >"/dev/stderr"
  failed = 1
  exit 1
}

# The text in quotes after the equals sign.
function value(line) {
  if (line !~ /^[^=]+=[ \t]*("[^"\\]*"|'[^']*')[ \t]*(#.*)?$/) fail("expected name = \"text\"")
  sub(/^[^=]+=[ \t]*/, "", line)
  line = substr(line, 1, index(substr(line, 2), substr(line, 1, 1)) + 1)
  return substr(line, 2, length(line) - 2)
}

function key(line) {
  sub(/[ \t]*=.*/, "", line)
  gsub(/^[ \t]*["']?|["']$/, "", line)
  return line
}

{ sub(/\r$/, "") }
/^[ \t]*(#|$)/ { next }
/^[ \t]*\[/ {
  section = $0
  gsub(/^[ \t]*\[[ \t]*|[ \t]*\].*$/, "", section)
  if (section ~ /^features\./) features = features "\n" substr(section, 10)
  next
}
section == "tables" && what == "tables" {
  file = value($0)
  if (file ~ /[\/\\]/) fail("expected the name of a CSV file in the dataset's folder")
  print key($0) "\t" file
  tables++
}
section == "target" && key($0) == "name" { target = value($0) }

END {
  if (failed) exit 1
  if (what == "tables" && !tables) fail("[tables] names no table")
  if (what == "columns" && (!features || !target)) fail("expected [features.NAME] and [target] name")
  if (what == "columns") print "row_id" features "\n" target
}
