import { createHash, type Hash } from 'node:crypto';

/**
 * SHA-256 of a text in UTF-8, hexadecimal, without a copy of the whole as bytes; `breathe` is called between pieces of it. Halves of
 * surrogate pairs count as U+FFFD, as they do for `TextEncoder`.
 */
export async function sha256OfText(text: string, breathe: () => Promise<void>): Promise<string> {
  return createTextHasher()([text], breathe);
}

/** The same of bytes. */
export async function sha256OfBytes(bytes: Uint8Array, breathe: () => Promise<void>): Promise<string> {
  const hash = createHash('sha256');
  for (let start = 0; start < bytes.length; start += PIECE) {
    hash.update(bytes.subarray(start, start + PIECE));
    await breathe();
  }
  return hash.digest('hex');
}

/** Hashes texts that come in pieces, none of which tears a surrogate pair. */
export type TextHasher = (pieces: readonly string[], breathe: () => Promise<void>) => Promise<string>;

/** As `sha256OfText`, for texts one after the other: of each only what follows its first difference from the last is hashed. */
export function createTextHasher(): TextHasher {
  let known: readonly Hashed[] = [];
  return async (pieces, breathe) => {
    const same = known.findIndex(({ piece }, at) => piece !== pieces[at]);
    const hashed = known.slice(0, same < 0 ? pieces.length : same);
    const hash = hashed.at(-1)?.after.copy() ?? createHash('sha256');
    for (const piece of pieces.slice(hashed.length)) {
      await update(hash, piece, breathe);
      hashed.push({ piece, after: hash.copy() });
    }
    known = hashed;
    return hash.digest('hex');
  };
}

interface Hashed {
  readonly piece: string;
  /** What has been hashed when the piece ends. */
  readonly after: Hash;
}

async function update(hash: Hash, text: string, breathe: () => Promise<void>): Promise<void> {
  let start = 0;
  while (start < text.length) {
    const end = wholeCharacters(text, Math.min(text.length, start + PIECE));
    hash.update(text.slice(start, end), 'utf8');
    start = end;
    await breathe();
  }
}

/** UTF-16 units or bytes that are hashed in one go: a ms at most. */
const PIECE = 256 * 1024;

/** A place at or after this one that does not tear a surrogate pair. */
function wholeCharacters(text: string, at: number): number {
  const isTorn = isHalf(text.charCodeAt(at - 1), 0xd800) && isHalf(text.charCodeAt(at), 0xdc00);
  return isTorn ? at + 1 : at;
}

function isHalf(code: number, first: number): boolean {
  return code >= first && code < first + 0x400;
}
