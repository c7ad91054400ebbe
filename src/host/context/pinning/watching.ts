import * as vscode from 'vscode';

/** What has happened in the workspace since it was asked last. */
export interface FileEvents {
  /** Files that hold something else. */
  readonly changed: readonly vscode.Uri[];
  /** Files and folders that have come or gone. */
  readonly moved: readonly vscode.Uri[];
  /** Whether rules have changed by which files are listed. */
  readonly isListing: boolean;
  /** Whether so much has happened that it was not collected; then every file may be concerned. */
  readonly isAll: boolean;
}

/** Collects what happens to the files of the workspace, between `start` and `stop`. */
export interface Watching extends vscode.Disposable {
  start(): void;
  stop(): void;
  take(): FileEvents;
}

/** `onEvent` hears of each; what it was about waits to be taken. */
export function createWatching(onEvent: () => void): Watching {
  let watching: vscode.Disposable | undefined;
  let changed: vscode.Uri[] = [];
  let moved: vscode.Uri[] = [];
  let isListing = false;
  let isAll = false;

  function collect(into: () => vscode.Uri[], rules: RegExp): (uri: vscode.Uri) => void {
    return (uri) => {
      const isRules = rules.test(uri.path);
      if (!isRules && INSIDE_GIT.test(uri.path)) return;
      isListing ||= isRules;
      isAll ||= changed.length + moved.length > MOST_EVENTS;
      if (!isAll) into().push(uri);
      onEvent();
    };
  }

  function start(): vscode.Disposable {
    const watcher = vscode.workspace.createFileSystemWatcher('**/*');
    const onMoved = collect(() => moved, RULES_OR_REPOSITORY);
    return vscode.Disposable.from(
      watcher,
      // What is done in VS Code is told at once, and also where the system has no room for more watchers.
      vscode.workspace.onDidCreateFiles(({ files }) => files.forEach(onMoved)),
      vscode.workspace.onDidDeleteFiles(({ files }) => files.forEach(onMoved)),
      vscode.workspace.onDidRenameFiles(({ files }) => {
        for (const { oldUri, newUri } of files) {
          onMoved(oldUri);
          onMoved(newUri);
        }
      }),
      watcher.onDidChange(collect(() => changed, RULES)),
      watcher.onDidCreate(onMoved),
      watcher.onDidDelete(onMoved),
    );
  }

  function stop(): void {
    watching?.dispose();
    watching = undefined;
  }

  return {
    start() {
      watching ??= start();
    },
    stop,
    take() {
      const events = isAll ? { changed: [], moved: [] } : { changed, moved };
      const taken = { ...events, isListing, isAll };
      changed = [];
      moved = [];
      isListing = false;
      isAll = false;
      return taken;
    },
    dispose: stop,
  };
}

/** Files whose rules hold for others. */
const RULES = /\/\.gitignore$|\/\.git\/info\/exclude$/;
const RULES_OR_REPOSITORY = /\/\.gitignore$|\/\.git\/info\/exclude$|\/\.git$/;
const INSIDE_GIT = /\/\.git\//;

/** Beyond so many it is quicker, and needs less memory, to look at everything. */
const MOST_EVENTS = 5_000;

/** Calls back at once, and after that at most once in so many ms for all calls in between. */
export function createThrottle(run: () => void, interval: number): vscode.Disposable & { call(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isWanted = false;

  function rest(): void {
    timer = undefined;
    if (isWanted) call();
  }

  function call(): void {
    isWanted = timer !== undefined;
    if (isWanted) return;
    timer = setTimeout(rest, interval);
    run();
  }

  return { call, dispose: () => clearTimeout(timer) };
}
