// Where an error is. The services count bytes of UTF-8, browsers count units of
// UTF-16.

/** Turns a problem's position into [start, end] of a text in this page. */
export function span(text, position) {
  const start = unitsOf(text, position.offset);
  return [start, unitsOf(text, position.offset + position.length)];
}

function unitsOf(text, bytes) {
  let units = 0;
  for (const character of text) {
    if (bytes <= 0) break;
    bytes -= byteLength(character.codePointAt(0));
    units += character.length;
  }
  return units;
}

function byteLength(codePoint) {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}

/**
 * Returns a text as nodes with its span in a mark. An empty span takes the
 * character that follows; at the end of the text a space stands for what is
 * missing.
 */
export function marked(text, [start, end]) {
  if (end === start) end = start + (text.codePointAt(start) > 0xffff ? 2 : 1);
  const mark = document.createElement("mark");
  mark.textContent = text.slice(start, end).replace("\n", " \n") || " ";
  return [text.slice(0, start), mark, text.slice(end)];
}
