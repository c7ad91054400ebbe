import type { RemovedEntry } from '../context/facts.ts';
import type { RemovedFolder, UpdatePart } from '../conversation/parts.ts';
import type { Steps } from '../steps.ts';
import { pathLine } from './pathLine.ts';

/**
 * What has to be said of paths that are gone, given in order, where `now` are those that are not: one part, whatever their
 * number. Where nothing is left below a folder it stands for its files; the others are listed by folder, or those that are
 * left where these are few. None for none.
 */
export function* removing(gone: readonly string[], now: ReadonlySet<string>): Steps<readonly UpdatePart[]> {
  const [path] = gone;
  if (path === undefined) return [];
  const part = { kind: 'update', change: 'removed', form: 'none', text: '', hash: '' } as const;
  if (gone.length === 1) return [{ ...part, path }];
  const removed = yield* byFolder(gone, now);
  return [{ ...part, path: folderOfAll(gone) || '.', removed }];
}

/** What updates remove, as the user sees it: whole folders, and the files that are listed. */
export function removedEntries(updates: readonly UpdatePart[]): readonly RemovedEntry[] {
  return updates.flatMap(({ change, path, removed }): readonly RemovedEntry[] => {
    if (change !== 'removed') return [];
    if (!removed) return [{ path, files: 1 }];
    return removed.flatMap(({ folder, files, names, kept }): readonly RemovedEntry[] => {
      if (kept) return [{ path: folder || './', files, kept: kept.length }];
      if (!names) return [{ path: folder, files }];
      return names.map((name) => ({ path: `${folder}${name}`, files: 1 }));
    });
  });
}

/** Takes what an update removes out of paths; whether there was anything. */
export function takeRemoved(paths: Paths, { path, removed }: Pick<UpdatePart, 'path' | 'removed'>): boolean {
  if (!removed) return paths.delete(path);
  let isAny = false;
  for (const { folder, names = [] } of removed) {
    for (const name of names) isAny = paths.delete(`${folder}${name}`) || isAny;
  }
  const whole = new Set(removed.filter(isWhole).map(({ folder }) => folder));
  const left = new Map(removed.flatMap(({ folder, kept }) => (kept ? [[folder, new Set(kept)]] : [])));
  if (whole.size + left.size === 0) return isAny;
  for (const one of paths.keys()) {
    const isLeft = left.get(folderOf(one))?.has(nameIn(one)) ?? true;
    if (isLeft && !foldersOf(one).some((folder) => whole.has(folder))) continue;
    isAny = paths.delete(one) || isAny;
  }
  return isAny;
}

/** Part of cached prefixes: the words must stay. */
export function removedText(removed: readonly RemovedFolder[]): string {
  const whole = removed.filter(isWhole).map(({ folder }) => pathLine(folder));
  const left = removed.flatMap(({ folder, kept }) => (kept ? indented(folder || './', kept) : []));
  const listed = removed.flatMap(({ folder, names }) => (names ? listing(folder, names) : []));
  if (whole.includes('')) return "None of the files given above is among the workspace's files any more.";
  if (left.length + listed.length === 0 && whole.length === 1)
    return `The files in the folder ${whole[0]} and below it are no longer among the workspace's files given above.`;
  const lines = ["These are no longer among the workspace's files given above."];
  if (whole.length > 0) lines.push('All files in these folders and below them:', ...whole);
  if (left.length > 0)
    lines.push('In these folders, but not below them, all files but those that are named:', ...left);
  if (lines.length > 1 && listed.length > 0) lines.push('And these files:');
  return [...lines, ...listed].join('\n');
}

/** A map by path, or a set of paths. */
interface Paths {
  keys(): Iterable<string>;
  delete(path: string): boolean;
}

function isWhole({ names, kept }: RemovedFolder): boolean {
  return !names && !kept;
}

function* byFolder(gone: readonly string[], now: ReadonlySet<string>): Steps<readonly RemovedFolder[]> {
  const occupied = new Set<string>();
  const counts = new Map<string, number>();
  const highest = (path: string): string => foldersOf(path).find((folder) => !occupied.has(folder)) ?? path;
  let done = 0;
  for (const path of now) {
    for (const folder of foldersOf(path)) occupied.add(folder);
    if (++done % STEP === 0) yield;
  }
  for (const path of gone) {
    counts.set(highest(path), (counts.get(highest(path)) ?? 0) + 1);
    if (++done % STEP === 0) yield;
  }
  const whole = new Map([...counts].filter(([, files]) => files > 1));
  const names = new Map<string, string[]>();
  for (const path of gone) {
    if (whole.has(highest(path))) continue;
    add(names, path);
    if (++done % STEP === 0) yield;
  }
  const left = new Map<string, string[]>();
  for (const path of now) {
    if ((names.get(folderOf(path))?.length ?? 0) > MANY) add(left, path);
    if (++done % STEP === 0) yield;
  }
  return [
    ...[...whole].map(([folder, files]) => ({ folder, files })),
    ...[...names].map(([folder, all]) => {
      const kept = left.get(folder) ?? [];
      const isShorter = all.length > MANY && 2 * kept.length < all.length;
      return { folder, files: all.length, ...(isShorter ? { kept } : { names: all }) };
    }),
  ];
}

function add(names: Map<string, string[]>, path: string): void {
  const others = names.get(folderOf(path));
  if (others) others.push(nameIn(path));
  else names.set(folderOf(path), [nameIn(path)]);
}

/** Names of a folder that are listed in any case. */
const MANY = 20;

/** Paths that are looked at in one step. */
const STEP = 2_000;

/** As the pack lists files: the folder once, and its names indented. One name takes less with its folder in front. */
function listing(folder: string, names: readonly string[]): readonly string[] {
  if (folder === '' || names.length === 1) return names.map((name) => pathLine(`${folder}${name}`));
  return indented(folder, names);
}

function indented(folder: string, names: readonly string[]): readonly string[] {
  return [pathLine(folder), ...names.map((name) => `  ${pathLine(name)}`)];
}

/** The folders that a path lies in, the highest first, each with `/` at its end but for the one that holds everything. */
function foldersOf(path: string): readonly string[] {
  const folders = [''];
  for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1))
    folders.push(path.slice(0, end + 1));
  return folders;
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

function nameIn(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The lowest folder that holds all of them; empty when none does. */
function folderOfAll(paths: readonly string[]): string {
  let common = folderOf(paths[0] ?? '');
  for (const path of paths) {
    while (!path.startsWith(common)) common = folderOf(common.slice(0, -1));
  }
  return common;
}
