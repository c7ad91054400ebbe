import { byPath } from '../context/ordering.ts';
import type { PinnedFile } from '../context/pinned.ts';
import type { Steps } from '../steps.ts';

/** A path that holds nothing any more, and the hash of what it held. */
export interface Gone {
  readonly path: string;
  readonly hash: string;
}

/**
 * Where files whose paths are new have come from: from a path that is gone and had the same text, best under the same
 * name; else from the only one left with the same name, or in the same folder, if `isLike` says that they are alike.
 * Each path is the origin of one file at most. The order of what is given makes no difference. In steps of an asking each.
 */
export function* originsOf(
  added: readonly PinnedFile[],
  gone: readonly Gone[],
  isLike: (file: PinnedFile, from: string) => boolean,
): Steps<ReadonlyMap<PinnedFile, string>> {
  const search: Search = { added: added.toSorted(byPath), gone: gone.toSorted(byPath), origins: new Map() };
  takeEqual(search, ({ path, hash }) => `${hash} ${nameIn(path)}`);
  takeEqual(search, ({ hash }) => hash);
  yield* takeAlike(search, ({ path }) => nameIn(path), isLike);
  yield* takeAlike(search, ({ path }) => folderOf(path), isLike);
  return search.origins;
}

/** What has no match yet, by path, and the matches so far. */
interface Search {
  added: readonly PinnedFile[];
  gone: readonly Gone[];
  readonly origins: Map<PinnedFile, string>;
}

/** Matches what has the same key, first with first. */
function takeEqual(search: Search, keyOf: (entry: Gone) => string): void {
  const byKey = groupsOf(search.gone, keyOf);
  const taken = new Map<PinnedFile, string>();
  for (const file of search.added) {
    const origin = byKey.get(keyOf(file))?.shift();
    if (origin) taken.set(file, origin.path);
  }
  settle(search, taken);
}

/** Matches what alone has its key on both sides. */
function* takeAlike(
  search: Search,
  keyOf: (entry: Gone) => string,
  isLike: (file: PinnedFile, from: string) => boolean,
): Steps<void> {
  const byKey = groupsOf(search.gone, keyOf);
  const taken = new Map<PinnedFile, string>();
  for (const [key, [file, ...others]] of groupsOf(search.added, keyOf)) {
    const [origin, ...rivals] = byKey.get(key) ?? [];
    const isAlone = others.length === 0 && rivals.length === 0;
    if (!file || !origin || !isAlone) continue;
    if (isLike(file, origin.path)) taken.set(file, origin.path);
    yield;
  }
  settle(search, taken);
}

function settle(search: Search, taken: ReadonlyMap<PinnedFile, string>): void {
  const paths = new Set(taken.values());
  search.added = search.added.filter((file) => !taken.has(file));
  search.gone = search.gone.filter(({ path }) => !paths.has(path));
  for (const [file, origin] of taken) search.origins.set(file, origin);
}

function groupsOf<T>(entries: readonly T[], keyOf: (entry: T) => string): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const group = groups.get(key);
    if (group) group.push(entry);
    else groups.set(key, [entry]);
  }
  return groups;
}

function nameIn(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
