import * as vscode from 'vscode';
import { createBreather } from '../../workspace/breathing.ts';
import { createIgnoreRules } from '../../workspace/ignoreRules.ts';
import { isWatched, pathBelow } from './places.ts';
import { createThrottle, createWatching } from './watching.ts';

/** Follows what may change the pinned files, between `start` and `stop`: files, unsaved texts, tabs, settings. */
export interface Changes extends vscode.Disposable {
  start(): void;
  stop(): void;
  /** Resolves when what has happened so far has been told. */
  settle(): Promise<void>;
  /** Whether a change of the file is noticed by itself. */
  readonly isWatched: (uri: vscode.Uri) => boolean;
}

export interface ChangesParts {
  /** Files and folders have come or gone. True when that matters. */
  onMoved(uris: readonly vscode.Uri[]): boolean;
  /** A file holds something else. True when that matters. */
  onChanged(uri: vscode.Uri): boolean;
  /** Which files there are may have changed; or what they hold and are called, too; or how they are read. */
  onAll(what: 'files' | 'contents' | 'reading'): void;
  /** Something of this mattered. */
  onTouched(): void;
  /** Whether it matters which files are open. */
  usesEditors(): boolean;
}

export function createChanges(parts: ChangesParts): Changes {
  let following: vscode.Disposable | undefined;
  let working: Promise<void> = Promise.resolve();
  let isUnwatched = unwatchedTest();
  const watching = createWatching(() => collecting.call());
  const collecting = createThrottle(() => void settle(), COLLECTED);
  const typing = createRest(parts.onTouched, TYPING);

  async function tell(): Promise<void> {
    const { changed, moved, isListing, isAll } = watching.take();
    const breathe = createBreather();
    let isTouched = isListing || isAll;
    if (isTouched) parts.onAll(isAll ? 'contents' : 'files');
    for (const uri of changed) {
      isTouched = parts.onChanged(uri) || isTouched;
      await breathe();
    }
    for (let at = 0; at < moved.length; at += BATCH) {
      const batch = moved.slice(at, at + BATCH);
      // A file that comes anew under its name is another file.
      for (const uri of batch) parts.onChanged(uri);
      isTouched = parts.onMoved(batch) || isTouched;
      await breathe();
    }
    if (isTouched) parts.onTouched();
  }

  function settle(): Promise<void> {
    working = working.then(tell);
    return working;
  }

  function all(what: 'files' | 'contents' | 'reading'): void {
    isUnwatched = unwatchedTest();
    parts.onAll(what);
    parts.onTouched();
  }

  function follow(): vscode.Disposable {
    return vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && parts.onChanged(document.uri)) typing.call();
      }),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => {
        if (parts.onChanged(uri)) parts.onTouched();
      }),
      vscode.window.tabGroups.onDidChangeTabs(({ opened, closed }) => {
        if (opened.length + closed.length > 0 && parts.usesEditors()) parts.onTouched();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => all('contents')),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (!SETTINGS.some((name) => change.affectsConfiguration(name))) return;
        all(READING.some((name) => change.affectsConfiguration(name)) ? 'reading' : 'files');
      }),
    );
  }

  function stop(): void {
    watching.stop();
    following?.dispose();
    following = undefined;
    typing.dispose();
  }

  return {
    start() {
      watching.start();
      following ??= follow();
    },
    stop,
    settle,
    isWatched: (uri) => isWatched(uri) && !isUnwatched(uri),
    dispose() {
      stop();
      collecting.dispose();
    },
  };
}

/** Events are told after that time together, in ms. */
const COLLECTED = 100;
/** Unsaved text is looked at when typing has rested for so long, in ms. */
const TYPING = 500;
/** Events that are told in one go. */
const BATCH = 100;

/** Settings by which files are found, and those by which they are read. */
const READING = ['parley.context.includeSecrets', 'files.encoding', 'files.autoGuessEncoding'];
const SETTINGS = [...READING, 'parley.context', 'files.exclude', 'search.exclude', 'files.watcherExclude'];

/** Files that VS Code has been told not to watch. */
function unwatchedTest(): (uri: vscode.Uri) => boolean {
  const globs: unknown = vscode.workspace.getConfiguration('files').get('watcherExclude');
  const known = typeof globs === 'object' && globs !== null ? { ...globs } : {};
  const rules = createIgnoreRules(false).withGlobs({
    source: 'files.watcherExclude',
    folder: '',
    globs: known,
  });
  return (uri) => {
    const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri;
    const path = folder ? pathBelow(folder, uri) : '';
    return path === '' || rules.exclusionOf(path, 'file') !== undefined;
  };
}

/** Calls back when there have been no calls for so many ms. */
function createRest(run: () => void, rest: number): vscode.Disposable & { call(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const dispose = (): void => clearTimeout(timer);
  return {
    call() {
      dispose();
      timer = setTimeout(run, rest);
    },
    dispose,
  };
}
