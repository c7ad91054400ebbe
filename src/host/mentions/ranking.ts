import { go, single, snapshot } from 'fuzzysort';

/** Something that fits a query, and how well: 1 is exactly, 0.5 is well. */
export interface Ranked<T> {
  readonly item: T;
  readonly score: number;
}

/** Many things that are looked through again and again. */
export interface NameIndex<T> {
  /** The best first. Words apart from each other may fit in any order; letters may be left out, not added. */
  find(query: string, limit: number): readonly Ranked<T>[];
}

/** Fits that are worse than this are chance. */
const LEAST = 0.3;

/** A fit of the path is worth this much of the same fit of the name. */
const PATH_SHARE = 0.9;

/** An index of things with a name and a path, in which the name stands last. Of equals the shorter path comes first. */
export function createNameIndex<T extends { readonly name: string; readonly path: string }>(
  items: readonly T[],
): NameIndex<T> {
  const prepared = snapshot(items, { keys: ['name', 'path'] });
  return {
    find: (query, limit) =>
      go(query, prepared, {
        limit,
        threshold: LEAST,
        scoreFn: ([name, path]) => Math.max(name?.score ?? 0, (path?.score ?? 0) * PATH_SHARE),
      })
        .map(({ obj, score }) => ({ item: obj, score }))
        .sort((one, other) => other.score - one.score || byPath(one.item.path, other.item.path)),
  };
}

function byPath(one: string, other: string): number {
  return one.length - other.length || (one < other ? -1 : 1);
}

/** How well the best of some words fits a query; 0 when none does. */
export function fitOf(query: string, words: readonly string[]): number {
  const scores = words.map((word) => single(query, word)?.score ?? 0);
  const best = Math.max(0, ...scores);
  return best >= LEAST ? best : 0;
}

/** Those that fit best, the best first; of equals the earlier one. */
export function best<T>(ranked: readonly Ranked<T>[], limit: number): readonly T[] {
  return ranked
    .filter(({ score }) => score > 0)
    .toSorted((one, other) => other.score - one.score)
    .slice(0, limit)
    .map(({ item }) => item);
}
