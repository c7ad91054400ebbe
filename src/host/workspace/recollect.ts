import * as vscode from 'vscode';
import type { Part } from '../../core/conversation/parts.ts';
import type { AttachmentStore } from '../../core/ports.ts';
import { repositoryAt } from './changes.ts';
import { compare, type Recollection } from './comparing.ts';

/**
 * Takes what a part was taken from as it is now. Never throws. What has no source (a terminal, a pasted text) is always
 * the same, and so is what cannot be read at the moment.
 */
export async function recollect(part: Part, store: AttachmentStore): Promise<Recollection> {
  return compare(part, (bytes) => store.put(bytes).then(({ ok }) => ok));
}

/** Only how it compares: like `recollect`, but nothing is stored. For looking often. */
export async function sourceState(part: Part): Promise<Recollection['state']> {
  return (await compare(part, async () => true)).state;
}

/** Calls back, 300 ms after it has come to rest, when something has happened to what the parts were taken from. */
export function watchSources(parts: readonly Part[], onMaybeChanged: () => void): vscode.Disposable {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isDisposed = false;
  const listening: vscode.Disposable[] = [];
  const later = (): void => {
    clearTimeout(timer);
    if (!isDisposed) timer = setTimeout(onMaybeChanged, REST);
  };
  const listen = (listener: vscode.Disposable): void => {
    if (isDisposed) listener.dispose();
    else listening.push(listener);
  };
  for (const source of [documents, files, notebooks, problems]) listen(source(parts, later));
  void repositoriesOf(parts).then((states) => {
    for (const state of states) listen(state.onDidChange(later));
  });
  return new vscode.Disposable(() => {
    isDisposed = true;
    clearTimeout(timer);
    for (const listener of listening) listener.dispose();
  });
}

/** Typing and saving come in bursts. In ms. */
const REST = 300;

/** What was taken from a file or notebook. */
function filesOf(parts: readonly Part[]): readonly vscode.Uri[] {
  const addresses = parts.flatMap((part) => {
    if (part.kind === 'code') return [part.uri];
    const isFile = part.kind === 'document' || (part.kind === 'excerpt' && part.origin === 'notebook');
    return isFile && part.uri !== undefined ? [part.uri] : [];
  });
  return [...new Set(addresses)].map((address) => vscode.Uri.parse(address));
}

function excerptsOf(
  parts: readonly Part[],
  wanted: 'folder' | 'changes' | 'problems',
): readonly (string | undefined)[] {
  return parts.flatMap((part) => (part.kind === 'excerpt' && part.origin === wanted ? [part.uri] : []));
}

function documents(parts: readonly Part[], later: () => void): vscode.Disposable {
  const watched = new Set(filesOf(parts).map(String));
  const look = ({ uri }: vscode.TextDocument): void => {
    if (watched.has(uri.toString())) later();
  };
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeTextDocument(({ document }) => look(document)),
    // Unsaved changes are thrown away.
    vscode.workspace.onDidCloseTextDocument(look),
  );
}

/** A watcher for each folder that files lie in, and for everything below a folder that was listed. */
function files(parts: readonly Part[], later: () => void): vscode.Disposable {
  const watched = filesOf(parts).filter(({ scheme }) => scheme !== 'untitled');
  const names = new Set(watched.map(String));
  const folders = new Map(
    watched.map((uri) => vscode.Uri.joinPath(uri, '..')).map((uri) => [uri.toString(), uri]),
  );
  const listed = excerptsOf(parts, 'folder').flatMap((uri) =>
    uri === undefined ? [] : [vscode.Uri.parse(uri)],
  );
  const oneOf = (uri: vscode.Uri): void => {
    if (names.has(uri.toString())) later();
  };
  return vscode.Disposable.from(
    ...[...folders.values()].map((folder) => watcher(folder, '*', oneOf)),
    ...listed.map((folder) => watcher(folder, '**', later)),
  );
}

/** Names of files can hold what means something else in a pattern (`[id].ts`), so patterns name folders only. */
function watcher(folder: vscode.Uri, pattern: string, hear: (uri: vscode.Uri) => void): vscode.Disposable {
  const watching = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, pattern));
  return vscode.Disposable.from(
    watching,
    watching.onDidChange(hear),
    watching.onDidCreate(hear),
    watching.onDidDelete(hear),
  );
}

function notebooks(parts: readonly Part[], later: () => void): vscode.Disposable {
  const watched = new Set(filesOf(parts).map(String));
  return vscode.workspace.onDidChangeNotebookDocument(({ notebook }) => {
    if (watched.has(notebook.uri.toString())) later();
  });
}

function problems(parts: readonly Part[], later: () => void): vscode.Disposable {
  const watched = excerptsOf(parts, 'problems');
  const isMeant = ({ path }: vscode.Uri): boolean =>
    // The cells of a notebook have its path.
    watched.some((uri) => uri === undefined || vscode.Uri.parse(uri).path === path);
  return vscode.languages.onDidChangeDiagnostics(({ uris }) => {
    if (watched.length > 0 && uris.some(isMeant)) later();
  });
}

async function repositoriesOf(
  parts: readonly Part[],
): Promise<readonly { onDidChange: vscode.Event<void> }[]> {
  const roots = new Set(excerptsOf(parts, 'changes').filter((uri) => uri !== undefined));
  const found = await Promise.all([...roots].map((root) => repositoryAt(vscode.Uri.parse(root))));
  return found.flatMap((repository) => (repository ? [repository.state] : []));
}
