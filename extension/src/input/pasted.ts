/**
 * What a one-line box makes of a text with line breaks: Chromium drops those at the end and turns each other one into a
 * blank, Firefox drops all or keeps the first line only (as set), a value that is set drops all (HTML, "value sanitization").
 */
function flattenings(text: string): string[] {
  const breaks = /\r\n|\r|\n/g;
  const trimmed = text.replace(/[\r\n]+$/, '');
  const all = [
    trimmed.replace(breaks, ' '),
    text.replace(breaks, ' '),
    text.replace(breaks, ''),
    trimmed.split(/[\r\n]/, 1)[0] ?? '',
  ];
  return [...new Set(all)].filter((flat) => flat !== '');
}

/** Whether a change from `before` to `after` can be a paste: more than one character came in at once. */
export function looksPasted(before: string, after: string): boolean {
  const longest = Math.min(before.length, after.length);
  let start = 0;
  while (start < longest && before[start] === after[start]) start++;
  let end = 0;
  while (end < longest - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  return after.length - start - end > 1;
}

/**
 * The text that the user meant when pasting `clipboard` turned a one-line box from `before` into `after`: with the line
 * breaks that the box lost. Null when the clipboard has none, or something else was typed.
 */
export function restorePasted(before: string, after: string, clipboard: string): string | null {
  if (!/[\r\n]/.test(clipboard)) return null;
  for (const flat of flattenings(clipboard)) {
    // What stands around the pasted part was there before; a replaced selection is what is missing between the two.
    for (let at = after.indexOf(flat); at !== -1; at = after.indexOf(flat, at + 1)) {
      const head = after.slice(0, at);
      const tail = after.slice(at + flat.length);
      if (head.length + tail.length <= before.length && before.startsWith(head) && before.endsWith(tail)) {
        return head + clipboard + tail;
      }
    }
  }
  return null;
}
