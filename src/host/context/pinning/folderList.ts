import * as vscode from 'vscode';
import type { LeftOutEntry } from '../../../core/context/pinned.ts';
import {
  pathFrom,
  type RootedRules,
  rulesAround,
  rulesWithin,
  withOwnRules,
} from '../../workspace/ignoreFiles.ts';
import type { EntryKind, Exclusion } from '../../workspace/ignoreRules.ts';
import { quickFiles } from '../../workspace/quickFiles.ts';
import { type LeftOut, type WalkOptions, walk } from '../../workspace/walking.ts';
import { EXCLUDE, type Excludes } from './excludes.ts';
import { createLinkTest, isWatched, isWithin, pinPath } from './places.ts';

/** The files below one folder, listed when asked for and kept current by what is told of them. */
export interface FolderList {
  readonly folder: vscode.Uri;
  /**
   * The files in bundles, while they are being found where they are not known. Only what has changed is looked at. When
   * cancelled, it ends early and begins anew the next time.
   */
  files(token: vscode.CancellationToken): AsyncGenerator<readonly vscode.Uri[]>;
  /** What was passed over at the last listing. */
  readonly leftOut: Iterable<LeftOutEntry>;
  /** A file or folder has come or gone. True when that may concern the list. */
  note(uri: vscode.Uri): boolean;
  /** Everything is to be listed anew. */
  forget(): void;
}

export function createFolderList(folder: vscode.Uri, excludes: Pick<Excludes, 'exclusionOf'>): FolderList {
  let files = new Map<string, vscode.Uri>();
  let leftOut = new Map<string, LeftOutEntry>();
  let changed = new Map<string, vscode.Uri>();
  let isListed = false;
  let isForgotten = false;
  let isAskedByName = false;

  function onLeftOut(entry: LeftOut): void {
    const told = entryOf(entry);
    if (told) leftOut.set(told.uri, told);
  }

  function walking(token: vscode.CancellationToken): WalkOptions {
    return { token, onLeftOut, exclude: excludes.exclusionOf, isWithoutLinks: true };
  }

  async function* listAll(token: vscode.CancellationToken): AsyncGenerator<readonly vscode.Uri[]> {
    const found = new Map<string, vscode.Uri>();
    files = found;
    leftOut = new Map();
    changed = new Map();
    isForgotten = false;
    isAskedByName = await isIgnored(folder);
    let bundle: vscode.Uri[] = [];
    for await (const uri of walk(folder, walking(token))) {
      found.set(uri.toString(), uri);
      bundle.push(uri);
      if (bundle.length < BUNDLE) continue;
      yield bundle;
      bundle = [];
    }
    isListed = !token.isCancellationRequested && !isForgotten && isWatched(folder);
    yield bundle;
  }

  async function takeChanges(token: vscode.CancellationToken): Promise<void> {
    const rules = createRulesAt(folder);
    const noted = [...changed.values()];
    changed = new Map();
    const taken = await withThoseBeside(noted, folder, rules);
    forgetBelow(files, taken);
    forgetBelow(leftOut, taken);
    const isThroughLink = createLinkTest(folder);
    for (const uri of taken) {
      if (!(await isThroughLink(uri))) await take(uri, rules, token);
    }
    // What was not come to is looked at the next time.
    if (token.isCancellationRequested) for (const uri of noted) changed.set(uri.toString(), uri);
  }

  async function take(uri: vscode.Uri, rulesAt: RulesAt, token: vscode.CancellationToken): Promise<void> {
    const found = await kindOf(uri);
    if (!found || token.isCancellationRequested) return;
    const { kind, isLink } = found;
    const rooted = await rulesAt(vscode.Uri.joinPath(uri, '..'));
    const exclusion =
      rooted.rules.exclusionOf(pathFrom(rooted.root, uri), kind, rooted.names) ??
      excludes.exclusionOf(uri, kind);
    if (exclusion) onLeftOut({ uri, kind, reason: 'ignored', exclusion });
    else if (isLink) onLeftOut({ uri, kind, reason: 'link' });
    else if (kind === 'file') files.set(uri.toString(), uri);
    else {
      for await (const file of walk(uri, { ...walking(token), rules: rooted })) {
        files.set(file.toString(), file);
      }
    }
  }

  function forget(): void {
    isListed = false;
    isForgotten = true;
  }

  return {
    folder,
    async *files(token) {
      if (!isListed) {
        yield* listAll(token);
        return;
      }
      if (changed.size > 0) await takeChanges(token);
      yield [...files.values()];
    },
    get leftOut() {
      return leftOut.values();
    },
    note(uri) {
      if (!isWithin(folder, uri) || isBelowLeftOut(folder, uri, leftOut)) return false;
      changed.set(uri.toString(), uri);
      if (changed.size > MOST_CHANGES || isAskedByName) forget();
      return true;
    },
    forget,
  };
}

/** After so many changes it is quicker to list anew. */
const MOST_CHANGES = 500;

/** Files that are handed on at a time while they are being found. */
const BUNDLE = 50;

/** Whether a folder is itself left out: then it is walked by its own rules, which say nothing of single files in it. */
async function isIgnored(folder: vscode.Uri): Promise<boolean> {
  const isRoot = vscode.workspace.getWorkspaceFolder(folder)?.uri.toString() === folder.toString();
  const { root } = await rulesAround(folder);
  return !isRoot && root.path === folder.path && !(await kindOf(vscode.Uri.joinPath(folder, '.git')));
}

/** What a walk passes over as the user is told of it; undefined for `.git`, which every repository has and nobody misses. */
export function entryOf({ uri, kind, reason, exclusion }: LeftOut): LeftOutEntry | undefined {
  if (exclusion?.source === '') return undefined;
  const entry = { path: pinPath(uri) ?? uri.path, uri: uri.toString(), kind };
  if (!exclusion) return { ...entry, reason };
  const isExcluded = exclusion.source === EXCLUDE;
  return { ...entry, reason: isExcluded ? 'excluded' : reason, detail: detailOf(exclusion) };
}

function detailOf({ source, pattern }: Exclusion): string {
  return source === EXCLUDE ? pattern : `${source}: ${pattern}`;
}

/** Below a folder that is passed over nothing matters, whatever happens there. */
function isBelowLeftOut(
  folder: vscode.Uri,
  uri: vscode.Uri,
  leftOut: ReadonlyMap<string, LeftOutEntry>,
): boolean {
  if (uri.path.includes('/.git/')) return true;
  const end = folder.toString().length;
  const key = uri.toString();
  for (let at = key.lastIndexOf('/'); at > end; at = key.lastIndexOf('/', at - 1)) {
    if (leftOut.has(key.slice(0, at))) return true;
  }
  return false;
}

/** What is gone takes everything below it along. */
function forgetBelow(entries: Map<string, unknown>, gone: readonly vscode.Uri[]): void {
  const folders = gone.filter((uri) => !entries.delete(uri.toString())).map((uri) => `${uri.toString()}/`);
  if (folders.length === 0) return;
  for (const key of entries.keys()) {
    if (folders.some((start) => key.startsWith(start))) entries.delete(key);
  }
}

interface Kind {
  readonly kind: EntryKind;
  readonly isLink: boolean;
}

async function kindOf(uri: vscode.Uri): Promise<Kind | undefined> {
  return vscode.workspace.fs.stat(uri).then(
    ({ type }) => ({
      kind: type & vscode.FileType.Directory ? 'folder' : 'file',
      isLink: (type & vscode.FileType.SymbolicLink) !== 0,
    }),
    () => undefined,
  );
}

/** What has come or gone, and the files beside it where they may be left out because of it. */
async function withThoseBeside(
  uris: readonly vscode.Uri[],
  folder: vscode.Uri,
  rulesAt: RulesAt,
): Promise<readonly vscode.Uri[]> {
  const all = new Map(uris.map((uri) => [uri.toString(), uri]));
  for (const uri of uris) {
    const parent = vscode.Uri.joinPath(uri, '..');
    if (!isWithin(folder, parent)) continue;
    const { rules, files } = await rulesAt(parent);
    const beside = rules.hasConditions ? files.map((name) => vscode.Uri.joinPath(parent, name)) : [];
    for (const one of beside) all.set(one.toString(), one);
  }
  return [...all.values()];
}

/** The rules in a folder, its own among them, and what is in it. */
type RulesAt = (folder: vscode.Uri) => Promise<RulesIn>;

interface RulesIn extends RootedRules {
  readonly names: ReadonlySet<string>;
  readonly files: readonly string[];
}

function createRulesAt(followed: vscode.Uri): RulesAt {
  const around = rulesAround(followed);
  const known = new Map<string, Promise<RulesIn>>();
  const rulesIn = async (folder: vscode.Uri): Promise<RulesIn> => {
    const entries = await quickFiles.readDirectory(folder).then(undefined, () => []);
    const names = new Set(entries.map(([name]) => name));
    const files = entries.flatMap(([name, type]) => (type & vscode.FileType.Directory ? [] : [name]));
    const rules = await rulesWithin((await around).root, folder);
    return { ...(await withOwnRules(rules, folder, names)), names, files };
  };
  return (folder) => {
    const key = folder.toString();
    const found = known.get(key) ?? rulesIn(folder);
    known.set(key, found);
    return found;
  };
}
