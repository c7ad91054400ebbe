/** The terms of a text as the search index has them: folded words, parts of `camelCase` words, pairs of characters of scripts without spaces. */
export function termsOf(text: string): string[] {
  return terms(text, true);
}

/** The terms that a text must have to be found by a query. */
export function queryTerms(query: string): string[] {
  return terms(query, false);
}

/** Without case and accents: `Größe` and `grosse` differ, `Café` and `cafe` do not. */
export function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return text.normalize('NFKD').replace(ACCENTS, '').normalize('NFC').toLowerCase();
}

/** The same, each character in its place, so that positions in the one are those in the other. */
export function foldInPlace(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  let folded = '';
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    const one = fold(character);
    folded += one.length === 1 ? one : character;
  }
  return folded;
}

const ASCII = /^[\0-\x7f]*$/;
const ACCENTS = /[\u0300-\u036f]/g;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** Scripts that are written without spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]+/gu;

const HUMP = /(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/;

/** Nobody types more of a word; what is longer is data. In UTF-16 units. */
const LONGEST = 40;

function terms(text: string, withParts: boolean): string[] {
  const found: string[] = [];
  for (const [word] of text.matchAll(WORD)) {
    if (ASCII.test(word)) addWord(word, withParts, found);
    else addMixed(word, withParts, found);
  }
  return found;
}

function addWord(word: string, withParts: boolean, found: string[]): void {
  found.push(fold(word).slice(0, LONGEST));
  const parts = withParts && word.length <= LONGEST ? word.split(HUMP) : [];
  if (parts.length > 1) for (const part of parts) if (part.length > 1) found.push(fold(part));
}

function addMixed(word: string, withParts: boolean, found: string[]): void {
  let end = 0;
  for (const run of word.matchAll(UNSPACED)) {
    if (run.index > end) addWord(word.slice(end, run.index), withParts, found);
    addPairs(fold(run[0]), withParts, found);
    end = run.index + run[0].length;
  }
  if (end < word.length) addWord(word.slice(end), withParts, found);
}

/** In a text the last character stands alone as well: who searches for it alone finds pairs that begin with it, and this. */
function addPairs(run: string, withParts: boolean, found: string[]): void {
  const characters = [...run];
  for (let at = 0; at + 1 < characters.length; at++) found.push(`${characters[at]}${characters[at + 1]}`);
  if (withParts || characters.length === 1) found.push(characters.at(-1) ?? '');
}
