// Counts the rows of a CSV, a piece at a time, so that a page stays alive beside a million of them.

const MILLISECONDS = 15; // of counting at a stretch, before the page may do something else
const [COMMA, QUOTE, NEWLINE, RETURN] = [44, 34, 10, 13];

// Yields, after every piece of the Blob, how many rows there were so far (the header is one) and
// how many of them are complete, that is, end with an empty cell: an answer's last one is `error`.
export async function* rowsOf(blob) {
  let quoted = false;
  let before = NEWLINE; // the last byte that was neither the end of a row nor inside quotes
  let rows = 0;
  let complete = 0;
  const end = () => {
    if (before === NEWLINE) return; // an empty line is no row
    rows += 1;
    complete += before === COMMA;
    before = NEWLINE;
  };
  const reader = blob.stream().getReader();
  let begun = performance.now();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    for (let index = 0; index < value.length; index += 1) {
      const byte = value[index];
      if (byte === QUOTE) quoted = !quoted;
      if (!quoted && (byte === NEWLINE || byte === RETURN)) end();
      else before = byte;
    }
    yield { rows, complete };
    if (performance.now() - begun > MILLISECONDS) {
      await new Promise((resolve) => setTimeout(resolve));
      begun = performance.now();
    }
  }
  end();
  yield { rows, complete };
}
