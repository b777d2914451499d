# Reads a CSV as csv_file.py does (RFC 4180 in UTF-8, any line ending) and writes its records in the
# one form that LOAD DATA cannot misread: the line on which a record begins, then each value in
# quotes. Ends at the first thing that is wrong, and says what, in the words of csv_file.py.
# The environment tells it:
#   name     what the file is called in messages
#   columns  how many columns its table has
#   unended  1 if the last line has no line ending
#   header   the file for the names in the header, as rows of line, position and name
#   counted  the file for the number of records that are written

BEGIN {
  name = ENVIRON["name"]; columns = ENVIRON["columns"] + 0; unended = ENVIRON["unended"] + 0
  header = ENVIRON["header"]; counted = ENVIRON["counted"]
  utf8 = "^([\001-\177]|[\302-\337][\200-\277]|\340[\240-\277][\200-\277]" \
    "|[\341-\354\356\357][\200-\277][\200-\277]|\355[\200-\237][\200-\277]" \
    "|\360[\220-\277][\200-\277][\200-\277]|[\361-\363][\200-\277][\200-\277][\200-\277]" \
    "|\364[\200-\217][\200-\277][\200-\277])*"
  for (i = 128; i < 256; i++) hex[sprintf("%c", i)] = sprintf("%02X", i)
  called["\n"] = "LF"; called["\r"] = "CR"; called["\r\n"] = "CRLF"
  longest = 4 * 131072 # bytes in quotes, more than any column holds
}

function fail(line, text) {
  print name (line ? ", line " line : "") ": " text >"/dev/stderr"
  print records + 0 >counted
  failed = 1
  exit 1
}

function stray(why) {
  fail(start, "a quote is not closed, or one inside a value is not doubled (" why ")")
}

# A line that ends with LF, or holds several that end with CR.
function take(text, ending,    part, parts, i) {
  if (index(text, "\r") == 0) { take_line(text, ending); return }
  parts = split(text, part, "\r")
  for (i = 1; i < parts - 1; i++) take_line(part[i], "\r")
  if (part[parts] == "") { take_line(part[parts - 1], "\r" ending); return }
  take_line(part[parts - 1], "\r")
  take_line(part[parts], ending)
}

function take_line(text, ending) {
  number++
  check_bytes(text)
  if (!first) first = ending
  if (!open) { start = number; width = 0; record = "" }
  parse(text)
  if (open) { record = record ending; return }
  if (ending && ending != first)
    fail(number, "ends with " called[ending] "; expected " called[first] ", as in line 1")
  if (text != "" || start < number || columns == 1) put()
}

function check_bytes(text,    nul) {
  nul = gsub(/\000/, "0", text)
  if (text ~ /[\200-\377]/) {
    match(text, utf8)
    if (RLENGTH < length(text))
      fail(number, "byte 0x" hex[substr(text, RLENGTH + 1, 1)] " is not UTF-8; expected text in UTF-8")
  }
  if (nul) fail(number, "has a NUL byte; expected text")
}

# Adds the values of a line to the record; `open` says that the last one goes on in the next line.
function parse(text,    value) {
  if (!open && index(text, "\"") == 0) {
    width = gsub(/,/, "\",\"", text) + 1
    record = "\"" text "\""
    return
  }
  for (;;) {
    if (!open) {
      width++
      open = sub(/^"/, "", text)
      record = record "\""
      held = 0
    }
    if (open) match(text, /^([^"]|"")*/); else match(text, /^[^,]*/)
    value = substr(text, 1, RLENGTH)
    text = substr(text, RLENGTH + 1)
    if (open) {
      record = record value
      held += RLENGTH + 1
      if (held > longest) stray("field larger than field limit (131072)")
      if (text == "") return
      text = substr(text, 2)
    } else {
      gsub(/"/, "\"\"", value)
      record = record value
    }
    open = 0
    record = record "\""
    if (text == "") return
    if (substr(text, 1, 1) != ",") stray("',' expected after '\"'")
    record = record ","
    text = substr(text, 2)
  }
}

function put(    position, names) {
  if (!expected) {
    expected = width
    names = record
    for (position = 1; position <= width; position++) {
      match(names, /^"([^"]|"")*"/)
      print start "," position "," substr(names, 1, RLENGTH) >header
      names = substr(names, RLENGTH + 2)
    }
  } else {
    if (width != expected) fail(start, "has " width " values; expected " expected)
    print start "," record
    records++
  }
}

NR == 1 && /^(\377\376|\376\377)/ { fail(0, "is UTF-16; expected UTF-8: save it as such") }
NR == 1 { sub(/^\357\273\277/, "") }
NR > 1 { take(text, "\n") }
{ text = $0 }
END {
  if (failed) exit 1
  if (NR && (text != "" || !unended)) take(text, unended ? "" : "\n")
  if (open) stray("unexpected end of data")
  if (!expected) fail(0, "the file is empty; expected a header and rows")
  print records + 0 >counted
}
