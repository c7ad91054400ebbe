import { createHash } from 'node:crypto';

/**
 * SHA-256 of a text in UTF-8, hexadecimal, without a copy of the whole as bytes; `breathe` is called between pieces of it. Halves of
 * surrogate pairs count as U+FFFD, as they do for `TextEncoder`.
 */
export async function sha256OfText(text: string, breathe: () => Promise<void>): Promise<string> {
  const hash = createHash('sha256');
  let start = 0;
  while (start < text.length) {
    const end = wholeCharacters(text, Math.min(text.length, start + PIECE));
    hash.update(text.slice(start, end), 'utf8');
    start = end;
    await breathe();
  }
  return hash.digest('hex');
}

/** UTF-16 units that are hashed in one go: a ms at most. */
const PIECE = 256 * 1024;

/** A place at or after this one that does not tear a surrogate pair. */
function wholeCharacters(text: string, at: number): number {
  const isTorn = isHalf(text.charCodeAt(at - 1), 0xd800) && isHalf(text.charCodeAt(at), 0xdc00);
  return isTorn ? at + 1 : at;
}

function isHalf(code: number, first: number): boolean {
  return code >= first && code < first + 0x400;
}
