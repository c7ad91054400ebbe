/** The text without the codes by which terminals are told of colors, cursors, titles and links. */
export function withoutAnsi(text: string): string {
  return text.includes('\u001b') || text.includes('\u009b') ? text.replace(ANSI, '') : text;
}

/** At most `most` characters: the start and a fourth of that from the end, with a line in between that says what was left out. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const tail = wholeCharacters(text, text.length - Math.floor(most / 5));
  const head = wholeCharacters(text, most - (text.length - tail));
  const hidden = (tail - head).toLocaleString('en-US');
  return `${text.slice(0, head)}\n[… ${hidden} characters left out …]\n${text.slice(tail)}`;
}

/** The text that bytes are in UTF-8, without a byte order mark; undefined when they are none. */
export function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Whether a text that was decoded is no text: it holds zeros, or much in it is no character. */
export function looksBinary(text: string): boolean {
  if (text.includes('\0')) return true;
  if (!MAY_BE_STRANGE.test(text)) return false;
  const length = Math.min(text.length, SAMPLE);
  let strange = 0;
  for (let at = 0; at < length; at++) if (isStrange(text.charCodeAt(at))) strange++;
  return strange > length * MOST_STRANGE;
}

/** Lines end with `\n` only. */
export function withPlainEnds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

/** Strings for the terminal itself (title, link) up to their end, then CSI sequences, then short ones (ECMA-48, 5.3 and 5.4). */
const ANSI = new RegExp(
  [
    '\\u001b[\\]PX^_][^\\u0007\\u001b\\u009c]*(?:\\u0007|\\u001b\\\\|\\u009c)',
    '(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]',
    '\\u001b[ -/]*[0-~]',
  ].join('|'),
  'g',
);

/** Characters that are looked at. */
const SAMPLE = 100_000;
/** Share of characters. A text read in the wrong encoding has fewer. */
const MOST_STRANGE = 0.3;
/** All of what is strange, and little else: most texts have none, which an expression finds out in a fourth of the time. */
const MAY_BE_STRANGE = /[^\s -\ufffc\ufffe\uffff]/;
/** What stands for bytes that cannot be decoded, and control characters but those of texts (7 to 13) and terminals (27). */
function isStrange(code: number): boolean {
  return code === 0xfffd || code < 7 || (code > 13 && code < 32 && code !== 27);
}

/** A place that does not tear a surrogate pair. */
function wholeCharacters(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
