# Reads a CSV as RFC 4180 has it (UTF-8, either line ending) and writes it in the one form that LOAD
# DATA cannot misread: the number of the line on which a record begins, then each value in quotes.
#   name     what the file is called in messages
#   unended  1 if the last line has no line ending
#   header   the file for the names in the header, as rows of place and name

BEGIN {
  utf8 = "^([\001-\177]|[\302-\337][\200-\277]|\340[\240-\277][\200-\277]" \
    "|[\341-\354\356\357][\200-\277][\200-\277]|\355[\200-\237][\200-\277]" \
    "|\360[\220-\277][\200-\277][\200-\277]|[\361-\363][\200-\277][\200-\277][\200-\277]" \
    "|\364[\200-\217][\200-\277][\200-\277])*$"
}

function fail(line, text) {
  printf "tablecast: %s%s: %s\n", name, line ? ", line " line : "", text >"/dev/stderr"
  failed = 1
  exit 1
}

function stray() {
  fail(start, "a quote is not closed, or one inside a value is not doubled")
}

# The record with each of its values in quotes; `width` is how many there are.
function quoted(record,    out, field) {
  if (index(record, "\"") == 0) {
    width = gsub(/,/, "\",\"", record) + 1
    return "\"" record "\""
  }
  for (width = 1; ; width++) {
    if (substr(record, 1, 1) == "\"") {
      if (!match(record, /^"([^"]|"")*"/)) stray()
      field = substr(record, 1, RLENGTH)
    } else {
      match(record, /^[^,"]*/)
      field = "\"" substr(record, 1, RLENGTH) "\""
    }
    out = out (width > 1 ? "," : "") field
    record = substr(record, RLENGTH + 1)
    if (record == "") return out
    if (substr(record, 1, 1) != ",") stray()
    record = substr(record, 2)
  }
}

# The names in the header, each in small letters and on a line of its own after its place.
function write_header(line,    place) {
  for (place = 1; place <= width; place++) {
    match(line, /^"([^"]|"")*"/)
    print place "," tolower(substr(line, 1, RLENGTH)) >header
    line = substr(line, RLENGTH + 2)
  }
}

function take_header(record) {
  if (record == "") fail(1, "is blank; expected the names of the columns")
  record = quoted(record)
  columns = width
  write_header(record)
}

function take(record) {
  if (record == "" && columns > 1) return
  record = quoted(record)
  if (width != columns) fail(start, "has " width " values; expected " columns)
  print start "," record
}

NR == 1 && /^(\377\376|\376\377)/ { fail(1, "is UTF-16; expected UTF-8: save it as such") }
NR == 1 { sub(/^\357\273\277/, "") }
{
  if (other) fail(other, "ends with " found "; expected " ending ", as in line 1")
  if (/[\200-\377]/ && $0 !~ utf8) fail(NR, "is not UTF-8; expected text in UTF-8")
  if (!open) { start = NR; record = ""; quotes = 0 }
  record = record (open ? "\n" : "") $0
  quotes += gsub(/"/, "\"")
  open = quotes % 2
  if (open) next
  found = sub(/\r$/, "", record) ? "CRLF" : "LF"
  if (!ending) ending = found
  if (found != ending) other = NR
  if (index(record, "\r") && record !~ /"/) fail(start, "ends with CR; expected LF or CRLF")
  if (start == 1) take_header(record); else take(record)
}
END {
  if (failed) exit 1
  if (open) stray()
  if (!columns) fail(0, "the file is empty; expected a header and rows")
  if (other && !unended) fail(other, "ends with " found "; expected " ending ", as in line 1")
}
