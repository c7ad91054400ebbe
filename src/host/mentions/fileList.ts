import * as vscode from 'vscode';
import { createBreather } from '../workspace/breathing.ts';
import { pathFrom, type RootedRules, rulesAround, withOwnRules } from '../workspace/ignoreFiles.ts';
import type { EntryKind } from '../workspace/ignoreRules.ts';
import { walk } from '../workspace/walking.ts';
import { searchAll, searchFor, searchIgnoreFiles } from './fileSearch.ts';

/** A file or folder of the workspace. */
export interface ListedEntry {
  readonly uri: vscode.Uri;
  readonly name: string;
  /** From its workspace folder; where there are several, from above it. */
  readonly path: string;
}

/** All that is not ignored. A new value whenever something has changed. */
export interface Listing {
  readonly files: readonly ListedEntry[];
  /** Those that hold listed files; the ones nearer to the root first. */
  readonly folders: readonly ListedEntry[];
}

/** The files of the workspace, listed at the first call and kept current from then on. */
export interface FileList extends vscode.Disposable {
  /** Never rejects. */
  current(): Promise<Listing>;
  /** Files that a query may mean, where there are more than are listed; else none. Never rejects. */
  beyond(query: string): Promise<readonly ListedEntry[]>;
}

/** Files that are listed at most. */
export const MOST_FILES = 50_000;

/** Files that are looked for by a query beyond the list. */
const MOST_BEYOND = 500;

/** After so many changes it is quicker to list anew. */
const MOST_CHANGES = 500;

export function createFileList(mostFiles = MOST_FILES): FileList {
  let isCut = false;
  let files: Promise<Map<string, vscode.Uri>> | undefined;
  let known: Listing | undefined;
  let work: Promise<Listing> | undefined;
  let rules = createRules();
  let created = new Map<string, vscode.Uri>();
  let deleted = new Map<string, vscode.Uri>();
  let watching: vscode.Disposable | undefined;

  function forget(): void {
    files = undefined;
    known = undefined;
    created = new Map();
    deleted = new Map();
  }

  function take(changes: Map<string, vscode.Uri>, others: Map<string, vscode.Uri>, uri: vscode.Uri): void {
    if (uri.path.includes('/.git/')) return;
    changes.set(uri.toString(), uri);
    others.delete(uri.toString());
    if (changes.size > MOST_CHANGES || uri.path.endsWith('/.gitignore')) forget();
  }

  async function listAll(by: Rules): Promise<Map<string, vscode.Uri>> {
    const found = await searchAll(mostFiles);
    isCut = found.isCut;
    noteIgnoreFiles(isCut ? await searchIgnoreFiles() : found.uris, by);
    return filesOf(found.uris, by);
  }

  async function refresh(): Promise<Listing> {
    watching ??= watch({
      onCreated: (uri) => take(created, deleted, uri),
      onDeleted: (uri) => take(deleted, created, uri),
      onOther: forget,
    });
    if (!files) rules = createRules();
    files ??= listAll(rules);
    const [added, removed, all] = [[...created.values()], [...deleted.values()], files];
    created = new Map();
    deleted = new Map();
    const map = await all;
    // A folder that is there again may hold less than before.
    let isChanged = remove(map, [...removed, ...added]);
    for (const uri of added) isChanged = (await add(map, uri, rules)) || isChanged;
    const listing = known && !isChanged ? known : listingOf(map.values());
    if (files === all) known = listing;
    return listing;
  }

  async function current(): Promise<Listing> {
    if (known && created.size + deleted.size === 0) return known;
    work ??= refresh().finally(() => {
      work = undefined;
    });
    return work;
  }

  return {
    current,
    async beyond(query) {
      // The rules are complete only when the list is.
      await current();
      if (!isCut) return [];
      const kept = await filesOf(await searchFor(query, MOST_BEYOND), rules);
      return [...kept.values()].map(entryOf);
    },
    dispose: () => watching?.dispose(),
  };
}

/** The rules below each folder, found once. */
interface Rules {
  below(folder: vscode.Uri): Promise<RootedRules>;
  /** Has to be told before the rules below that folder are asked for. */
  readonly withGitignore: Set<string>;
}

function createRules(): Rules {
  const below = new Map<string, Promise<RootedRules>>();
  const withGitignore = new Set<string>();

  function rulesBelow(folder: vscode.Uri): Promise<RootedRules> {
    const key = folder.toString();
    const found = below.get(key) ?? findRules(folder);
    below.set(key, found);
    return found;
  }

  async function findRules(folder: vscode.Uri): Promise<RootedRules> {
    const isRoot = isWorkspaceFolder(folder) || folder.path.length <= 1;
    const around = await (isRoot ? rulesAround(folder) : rulesBelow(vscode.Uri.joinPath(folder, '..')));
    const names = [
      ...(isRoot ? ['.git'] : []),
      ...(withGitignore.has(folder.toString()) ? ['.gitignore'] : []),
    ];
    return names.length > 0 ? withOwnRules(around, folder, new Set(names)) : around;
  }

  return {
    withGitignore,
    below: rulesBelow,
  };
}

async function isLeftOut(uri: vscode.Uri, kind: EntryKind, rules: Rules): Promise<boolean> {
  return isExcluded(uri, kind, await rules.below(vscode.Uri.joinPath(uri, '..')));
}

function isExcluded(uri: vscode.Uri, kind: EntryKind, { root, rules }: RootedRules): boolean {
  return rules.exclusionOf(pathFrom(root, uri), kind) !== undefined;
}

function isWorkspaceFolder(uri: vscode.Uri): boolean {
  return (vscode.workspace.workspaceFolders ?? []).some((folder) => folder.uri.toString() === uri.toString());
}

function noteIgnoreFiles(found: readonly vscode.Uri[], rules: Rules): void {
  for (const uri of found) {
    if (uri.path.endsWith('/.gitignore')) rules.withGitignore.add(vscode.Uri.joinPath(uri, '..').toString());
  }
}

/** Those of the files that no rule leaves out. */
async function filesOf(found: readonly vscode.Uri[], rules: Rules): Promise<Map<string, vscode.Uri>> {
  const breathe = createBreather();
  const files = new Map<string, vscode.Uri>();
  const byFolder = new Map<string, RootedRules>();
  for (const uri of found) {
    await breathe();
    const folder = uri.path.slice(0, uri.path.lastIndexOf('/'));
    const known = byFolder.get(folder) ?? (await rules.below(vscode.Uri.joinPath(uri, '..')));
    byFolder.set(folder, known);
    if (!isExcluded(uri, 'file', known)) files.set(uri.toString(), uri);
  }
  return files;
}

interface Changes {
  readonly onCreated: (uri: vscode.Uri) => void;
  readonly onDeleted: (uri: vscode.Uri) => void;
  /** Something that may change any part of the list. */
  readonly onOther: () => void;
}

function watch({ onCreated, onDeleted, onOther }: Changes): vscode.Disposable {
  const all = vscode.workspace.createFileSystemWatcher('**/*', false, true, false);
  const ignoring = vscode.workspace.createFileSystemWatcher('**/.gitignore', true, false, true);
  return vscode.Disposable.from(
    all,
    ignoring,
    all.onDidCreate(onCreated),
    all.onDidDelete(onDeleted),
    ignoring.onDidChange(onOther),
    vscode.workspace.onDidChangeWorkspaceFolders(onOther),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('files.exclude') || change.affectsConfiguration('search.exclude')) {
        onOther();
      }
    }),
  );
}

/** A file or folder that is gone takes everything below it along. True when any was listed. */
function remove(files: Map<string, vscode.Uri>, gone: readonly vscode.Uri[]): boolean {
  if (gone.length === 0) return false;
  const keys = new Set(gone.map((uri) => uri.toString()));
  const isGone = (key: string): boolean => {
    if (keys.has(key)) return true;
    const end = key.lastIndexOf('/');
    return end > 0 && isGone(key.slice(0, end));
  };
  const found = [...files.keys()].filter(isGone);
  for (const key of found) files.delete(key);
  return found.length > 0;
}

/** A new folder brings its files along: one that was moved is told of as a whole. True when any is listed now. */
async function add(files: Map<string, vscode.Uri>, uri: vscode.Uri, rules: Rules): Promise<boolean> {
  const type = await vscode.workspace.fs.stat(uri).then(
    (stat) => stat.type,
    () => undefined,
  );
  if (type === undefined) return false;
  const kind = type & vscode.FileType.Directory ? 'folder' : 'file';
  if (await isLeftOut(uri, kind, rules)) return false;
  const before = files.size;
  if (kind === 'file') files.set(uri.toString(), uri);
  else for await (const file of filesBelow(uri)) files.set(file.toString(), file);
  return files.size > before;
}

async function* filesBelow(folder: vscode.Uri): AsyncGenerator<vscode.Uri> {
  const source = new vscode.CancellationTokenSource();
  let files = 0;
  for await (const file of walk(folder, { token: source.token })) {
    if (++files > MOST_FILES) return;
    yield file;
  }
}

function entryOf(uri: vscode.Uri): ListedEntry {
  const isSeveral = (vscode.workspace.workspaceFolders ?? []).length > 1;
  const path = vscode.workspace.asRelativePath(uri, isSeveral).replaceAll('\\', '/');
  return { uri, path, name: path.split('/').at(-1) ?? path };
}

function listingOf(uris: Iterable<vscode.Uri>): Listing {
  const files: ListedEntry[] = [];
  const folders = new Map<string, ListedEntry>();
  for (const uri of uris) {
    const entry = entryOf(uri);
    const names = entry.path.split('/');
    files.push(entry);
    for (let depth = names.length - 1; depth > 0; depth--) {
      const folder = names.slice(0, depth).join('/');
      if (folders.has(folder)) break;
      const up = Array.from({ length: names.length - depth }, () => '..');
      folders.set(folder, {
        uri: vscode.Uri.joinPath(uri, ...up),
        path: folder,
        name: names[depth - 1] ?? folder,
      });
    }
  }
  files.sort((one, other) => (one.path < other.path ? -1 : 1));
  const depthOf = ({ path }: ListedEntry): number => path.split('/').length;
  const sorted = [...folders.values()].sort(
    (one, other) => depthOf(one) - depthOf(other) || (one.path < other.path ? -1 : 1),
  );
  return { files, folders: sorted };
}
