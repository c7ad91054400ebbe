import * as vscode from 'vscode';
import { KINDS } from '../../../core/context/choosing.ts';
import type { LeftOutEntry, Pin } from '../../../core/context/pinned.ts';
import { type BranchFiles, createBranchFiles } from './branchFiles.ts';
import { createExcludes, type Excludes, type ReadGlobs } from './excludes.ts';
import { createFolderList, type FolderList } from './folderList.ts';
import { globTest, isTooMuch } from './globs.ts';
import { isOfGit, isWatched, likelyPlace, type Place, pathBelow, pinPath, placeOf } from './places.ts';

/** The files that pins mean, found when asked for and kept current by what is told. */
export interface Sources extends vscode.Disposable {
  /**
   * Files in bundles, those of the stronger pins first; one that several pins mean comes several times. Ends early when
   * cancelled. Never throws.
   */
  files(pins: readonly Pin[], token: vscode.CancellationToken): AsyncGenerator<FoundFiles>;
  /** What the pins mean that is no file, or was passed over on the way to files. Complete when `files` has come to its end. */
  leftOut(): readonly LeftOutEntry[];
  /** Whether a pin means files that could not be found out and never were. Settled when `files` has come to its end. */
  readonly isUncertain: boolean;
  /** Files or folders have come or gone. True when that may change what the pins mean. */
  note(moved: readonly vscode.Uri[]): boolean;
  /** Everything is to be found anew. */
  forget(): void;
}

export interface FoundFiles {
  readonly kind: Pin['kind'];
  readonly uris: readonly vscode.Uri[];
}

/** A pin, and what it has turned out to be. */
interface Meant {
  readonly kind: Pin['kind'];
  readonly pin: Pin;
  /** Of one that is pinned by name. */
  readonly place?: Place;
}

/**
 * The globs are read whenever files are found: what a workspace says counts once it is trusted. `onChanged` hears when what git
 * sees has changed.
 */
export function createSources(readGlobs: ReadGlobs, onChanged: () => void): Sources {
  let excludes = NO_EXCLUDES;
  let lists = new Map<string, FolderList>();
  let places = new Map<string, Place | undefined>();
  /** Folders that are pinned as a whole, and those that were only searched by a glob. */
  let whole = new Set<FolderList>();
  let searched = new Map<FolderList, ((path: string) => boolean)[]>();
  let problems: LeftOutEntry[] = [];
  let branch: BranchFiles | undefined;
  let isUncertain = false;

  function leaveOut(entry: LeftOutEntry): readonly vscode.Uri[] {
    problems.push(entry);
    return [];
  }

  /** Where a pinned path leads: a file that has become a folder, or the other way round, is what it is. */
  async function placed(path: string, isFolder: boolean): Promise<Place | undefined> {
    const place = places.has(path) ? places.get(path) : await placeOf(path);
    if (isWatched(place?.uri ?? likelyPlace(path))) places.set(path, place);
    const kind = (place?.isFolder ?? isFolder) ? 'folder' : 'file';
    if (place && isOfGit(place.uri))
      leaveOut({ path, uri: place.uri.toString(), kind, reason: 'ignored', detail: '.git' });
    else if (place?.isLink) leaveOut({ path, uri: place.uri.toString(), kind, reason: 'link' });
    else if (place) {
      const excluded = excludes.exclusionOf(place.uri, kind);
      if (!excluded) return place;
      leaveOut({ path, uri: place.uri.toString(), kind, reason: 'excluded', detail: excluded.pattern });
    } else leaveOut({ path, uri: likelyPlace(path)?.toString() ?? '', kind, reason: 'missing' });
    return undefined;
  }

  function listOf(folder: vscode.Uri): FolderList {
    const key = folder.toString();
    const list = lists.get(key) ?? createFolderList(folder, excludes);
    lists.set(key, list);
    return list;
  }

  async function* below(
    folder: vscode.Uri,
    token: vscode.CancellationToken,
  ): AsyncGenerator<readonly vscode.Uri[]> {
    const list = listOf(folder);
    whole.add(list);
    yield* list.files(token);
  }

  async function* everywhere(token: vscode.CancellationToken): AsyncGenerator<readonly vscode.Uri[]> {
    for (const { uri } of vscode.workspace.workspaceFolders ?? []) yield* below(uri, token);
  }

  async function* matching(
    glob: string,
    token: vscode.CancellationToken,
  ): AsyncGenerator<readonly vscode.Uri[]> {
    const matches = globTest(glob);
    if (isTooMuch(glob)) {
      const [folder] = vscode.workspace.workspaceFolders ?? [];
      const detail = vscode.l10n.t('This glob means too many paths to be tried.');
      leaveOut({
        path: glob,
        uri: folder?.uri.toString() ?? '',
        kind: 'folder',
        reason: 'unreadable',
        detail,
      });
      return;
    }
    for (const { uri: folder } of vscode.workspace.workspaceFolders ?? []) {
      const list = listOf(folder);
      searched.set(list, [...(searched.get(list) ?? []), matches]);
      for await (const uris of list.files(token)) {
        yield uris.filter((uri) => matches(pathBelow(folder, uri)));
      }
    }
  }

  async function changedOnBranch(): Promise<readonly vscode.Uri[]> {
    branch ??= createBranchFiles(onChanged);
    const { files, problem, isKnown } = await branch.list();
    isUncertain ||= !isKnown;
    if (problem !== undefined) {
      const [folder] = vscode.workspace.workspaceFolders ?? [];
      const uri = folder?.uri.toString() ?? '';
      leaveOut({ path: '.', uri, kind: 'folder', reason: 'unreadable', detail: problem });
    }
    return kept(await thatAreThere(files, leaveOut), excludes, leaveOut);
  }

  async function meaningOf(pin: Pin): Promise<Meant | undefined> {
    if (pin.kind !== 'file' && pin.kind !== 'folder') return { kind: pin.kind, pin };
    const place = await placed(pin.path, pin.kind === 'folder');
    return place && { kind: place.isFolder ? 'folder' : 'file', pin, place };
  }

  async function* filesOf(
    { pin, place }: Meant,
    token: vscode.CancellationToken,
  ): AsyncGenerator<readonly vscode.Uri[]> {
    switch (pin.kind) {
      case 'file':
      case 'folder':
        if (place?.isFolder) yield* below(place.uri, token);
        else if (place) yield [place.uri];
        return;
      case 'glob':
        return yield* matching(pin.glob, token);
      case 'workspace':
        return yield* everywhere(token);
      case 'openEditors':
        return yield kept(openFiles(), excludes, leaveOut);
      case 'branch':
        return yield await changedOnBranch();
      default:
        return pin satisfies never;
    }
  }

  function forget(): void {
    lists = new Map();
    places = new Map();
  }

  /** Of a folder that was only searched, what would have matched. */
  function passedOver(list: FolderList): readonly LeftOutEntry[] {
    const { folder } = list;
    const entries = [...list.leftOut];
    if (whole.has(list)) return entries;
    const tests = searched.get(list) ?? [];
    return entries.filter(({ kind, uri }) => {
      const path = pathBelow(folder, vscode.Uri.parse(uri));
      return kind === 'file' && tests.some((matches) => matches(path));
    });
  }

  return {
    async *files(pins, token) {
      whole = new Set();
      searched = new Map();
      problems = [];
      isUncertain = false;
      if (!excludes.isCurrent) {
        forget();
        excludes = createExcludes(readGlobs);
      }
      const meant: Meant[] = [];
      for (const pin of pins) {
        if (token.isCancellationRequested) return;
        const meaning = await meaningOf(pin);
        if (meaning) meant.push(meaning);
      }
      const ordered = meant.toSorted((one, other) => KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind));
      for (const meaning of ordered) {
        for await (const uris of filesOf(meaning, token)) {
          if (token.isCancellationRequested) return;
          yield { kind: meaning.kind, uris };
        }
      }
      if (token.isCancellationRequested) return;
      lists = new Map([...lists].filter(([, list]) => whole.has(list) || searched.has(list)));
      if (!pins.some(({ kind }) => kind === 'branch')) branch = void branch?.dispose();
    },
    // Of the lists that were used, though they may be forgotten by now.
    leftOut: () => [...problems, ...[...new Set([...whole, ...searched.keys()])].flatMap(passedOver)],
    get isUncertain() {
      return isUncertain;
    },
    note(moved) {
      let isConcerned = false;
      for (const uri of moved) {
        for (const list of lists.values()) isConcerned = list.note(uri) || isConcerned;
      }
      const keys = new Set(moved.map((uri) => uri.toString()));
      for (const [path, place] of places) {
        const uri = place?.uri ?? likelyPlace(path);
        if (uri && !isBelowAny(uri, keys)) continue;
        places.delete(path);
        isConcerned = true;
      }
      return isConcerned;
    },
    forget,
    dispose: () => branch?.dispose(),
  };
}

/** Before the globs have been read. */
const NO_EXCLUDES: Excludes = { exclusionOf: () => undefined, isCurrent: false };

/** Whether it, or a folder that it lies in, is among them. */
function isBelowAny(uri: vscode.Uri, keys: ReadonlySet<string>): boolean {
  const key = uri.toString();
  for (let end = key.length; end > 0; end = key.lastIndexOf('/', end - 1)) {
    if (keys.has(key.slice(0, end))) return true;
  }
  return false;
}

/** The files that are open in editors of whatever kind, the groups in their order; each once. */
function openFiles(): readonly vscode.Uri[] {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  const uris = tabs.flatMap(({ input }) => fileBehind(input) ?? []);
  return [...new Map(uris.map((uri) => [uri.toString(), uri])).values()];
}

/** Of two that are compared the one that can be edited. */
function fileBehind(input: unknown): vscode.Uri | undefined {
  const { TabInputText, TabInputNotebook, TabInputCustom, TabInputTextDiff, TabInputNotebookDiff } = vscode;
  if (input instanceof TabInputText || input instanceof TabInputNotebook || input instanceof TabInputCustom)
    return input.uri;
  const isDiff = input instanceof TabInputTextDiff || input instanceof TabInputNotebookDiff;
  return isDiff ? input.modified : undefined;
}

/** Those in the workspace that no setting excludes, and that are not git's own. */
function kept(
  uris: readonly vscode.Uri[],
  excludes: Excludes,
  leaveOut: (entry: LeftOutEntry) => void,
): readonly vscode.Uri[] {
  return uris.filter((uri) => {
    const path = pinPath(uri);
    if (path === undefined || isOfGit(uri)) return false;
    const excluded = excludes.exclusionOf(uri, 'file');
    if (!excluded) return true;
    leaveOut({ path, uri: uri.toString(), kind: 'file', reason: 'excluded', detail: excluded.pattern });
    return false;
  });
}

/** Files that were deleted differ from what they were, too. What a link leads to is none of git's. */
async function thatAreThere(
  uris: readonly vscode.Uri[],
  leaveOut: (entry: LeftOutEntry) => void,
): Promise<readonly vscode.Uri[]> {
  const known = await Promise.all(
    uris.map(async (uri) =>
      vscode.workspace.fs.stat(uri).then(
        ({ type }) => {
          const isLink = (type & vscode.FileType.SymbolicLink) !== 0;
          const path = pinPath(uri);
          if (isLink && path !== undefined)
            leaveOut({ path, uri: uri.toString(), kind: 'file', reason: 'link' });
          return isLink || type & vscode.FileType.Directory ? [] : [uri];
        },
        () => [],
      ),
    ),
  );
  return known.flat();
}
