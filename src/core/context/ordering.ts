import type { Steps } from '../steps.ts';

/** Orders texts by code points, as no language does but every machine can. */
export function byCodePoints(one: string, other: string): number {
  if (one === other) return 0;
  let at = 0;
  while (one.charCodeAt(at) === other.charCodeAt(at)) at++;
  // Inside of a pair the difference of its halves is the one that counts, and halves of pairs come after all else.
  const rank = (text: string): number => {
    const code = at < text.length ? text.charCodeAt(at) : -1;
    return code >= 0xd800 && code <= 0xdfff ? code + 0x10000 : code;
  };
  return rank(one) - rank(other);
}

/** The order of files in the context, whatever the system and its languages. */
export function byPath(one: { readonly path: string }, other: { readonly path: string }): number {
  return byCodePoints(one.path, other.path);
}

/** The items as `sort(byPath)` has them, in steps. */
export function* sortedByPath<T extends { readonly path: string }>(items: readonly T[]): Steps<T[]> {
  let runs: T[][] = [];
  for (let at = 0; at < items.length; at += STEP) {
    runs.push(items.slice(at, at + STEP).sort(byPath));
    yield;
  }
  while (runs.length > 1) {
    const longer: T[][] = [];
    for (let at = 0; at < runs.length; at += 2)
      longer.push(yield* merged(runs[at] ?? [], runs[at + 1] ?? []));
    runs = longer;
  }
  return runs[0] ?? [];
}

/** Items that are put in order in one step. */
const STEP = 2_000;

function* merged<T extends { readonly path: string }>(some: readonly T[], others: readonly T[]): Steps<T[]> {
  const all: T[] = [];
  let one = 0;
  for (const item of others) {
    for (let first = some[one]; first && byPath(first, item) <= 0; first = some[++one]) {
      all.push(first);
      if (all.length % STEP === 0) yield;
    }
    all.push(item);
    if (all.length % STEP === 0) yield;
  }
  for (const item of some.slice(one)) all.push(item);
  return all;
}
