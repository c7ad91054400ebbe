/** A small seeded generator (mulberry32), so that a property test that fails can be run again as it was. */
export interface Random {
  /** A number from 0 up to, but not including, 1. */
  next(): number;
  /** A whole number from 0 up to, but not including, `limit`. */
  below(limit: number): number;
  pick<T>(values: readonly [T, ...T[]]): T;
  /** Text with spaces, line breaks, quotes, control characters and letters outside the basic plane. */
  text(longest: number): string;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const pick = <T>(values: readonly [T, ...T[]]): T => values[below(values.length)] ?? values[0];
  return {
    next,
    below,
    pick,
    text: (longest) => Array.from({ length: below(longest + 1) }, () => pick(LETTERS)).join(''),
  };
}

const LETTERS = [
  'a',
  'B',
  '7',
  ' ',
  '\n',
  '"',
  '\\',
  '`',
  'é',
  '漢',
  '🙂',
  '\u0000',
  '\u2028',
  '\ud800',
] as const;
