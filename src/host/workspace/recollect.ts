import * as vscode from 'vscode';
import type { PictureOrigin } from '../../core/attaching.ts';
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
export function glance(part: Part): Promise<Recollection> {
  return compare(part, async () => true);
}

/** The same in a word. */
export async function sourceState(part: Part): Promise<Recollection['state']> {
  return (await glance(part)).state;
}

/** Something that was taken from somewhere: a part by what it says itself, a picture from the file beside it. */
export interface Sourced {
  readonly part: Part;
  readonly origin?: PictureOrigin;
}

/**
 * Calls back, 300 ms after it has come to rest, with those of the things to whose sources something has happened.
 */
export function watchSources<T extends Sourced>(
  things: readonly T[],
  onMaybeChanged: (concerned: readonly T[]) => void,
): vscode.Disposable {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isDisposed = false;
  const concerned = new Set<T>();
  const listening: vscode.Disposable[] = [];
  const call = (): void => {
    const these = things.filter((thing) => concerned.has(thing));
    concerned.clear();
    onMaybeChanged(these);
  };
  const later = (these: readonly T[]): void => {
    if (isDisposed || these.length === 0) return;
    for (const thing of these) concerned.add(thing);
    clearTimeout(timer);
    timer = setTimeout(call, REST);
  };
  const listen = (listener: vscode.Disposable): void => {
    if (isDisposed) listener.dispose();
    else listening.push(listener);
  };
  listen(documents(things, later));
  listen(files(things, later));
  listen(notebooks(things, later));
  listen(problems(things, later));
  void repositories(things, later).then(listen);
  return new vscode.Disposable(() => {
    isDisposed = true;
    clearTimeout(timer);
    for (const listener of listening) listener.dispose();
  });
}

/** Typing and saving come in bursts. In ms. */
const REST = 300;

type Later<T> = (concerned: readonly T[]) => void;

/** The file or notebook that a thing was taken from. */
function fileOf({ part, origin }: Sourced): string | undefined {
  if (part.kind === 'code') return part.uri;
  const isFile = part.kind === 'document' || (part.kind === 'excerpt' && part.origin === 'notebook');
  return isFile ? part.uri : origin?.uri;
}

/** Things by the files that they were taken from. */
function byFile<T extends Sourced>(things: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const thing of things) {
    const address = fileOf(thing);
    if (address === undefined) continue;
    // Written as VS Code writes it: an address may have been kept in another form.
    const uri = vscode.Uri.parse(address).toString();
    found.set(uri, [...(found.get(uri) ?? []), thing]);
  }
  return found;
}

function excerptsOf<T extends Sourced>(
  things: readonly T[],
  wanted: 'folder' | 'changes' | 'problems',
): readonly { readonly thing: T; readonly uri: string | undefined }[] {
  return things.flatMap((thing) => {
    const { part } = thing;
    return part.kind === 'excerpt' && part.origin === wanted ? [{ thing, uri: part.uri }] : [];
  });
}

function documents<T extends Sourced>(things: readonly T[], later: Later<T>): vscode.Disposable {
  const watched = byFile(things);
  const look = ({ uri }: vscode.TextDocument): void => later(watched.get(uri.toString()) ?? []);
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeTextDocument(({ document }) => look(document)),
    // Unsaved changes are thrown away.
    vscode.workspace.onDidCloseTextDocument(look),
  );
}

/** A watcher for each folder that files lie in, and for everything below a folder that was listed. */
function files<T extends Sourced>(things: readonly T[], later: Later<T>): vscode.Disposable {
  const watched = byFile(things);
  const uris = [...watched.keys()].map((uri) => vscode.Uri.parse(uri));
  const folders = new Map(
    uris
      .filter(({ scheme }) => scheme !== 'untitled')
      .map((uri) => vscode.Uri.joinPath(uri, '..'))
      .map((uri) => [uri.toString(), uri]),
  );
  const listed = excerptsOf(things, 'folder').flatMap(({ thing, uri }) =>
    uri === undefined ? [] : [{ thing, folder: vscode.Uri.parse(uri) }],
  );
  const oneOf = (uri: vscode.Uri): void => later(watched.get(uri.toString()) ?? []);
  return vscode.Disposable.from(
    ...[...folders.values()].map((folder) => watcher(folder, '*', oneOf)),
    ...listed.map(({ thing, folder }) => watcher(folder, '**', () => later([thing]))),
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

function notebooks<T extends Sourced>(things: readonly T[], later: Later<T>): vscode.Disposable {
  const watched = byFile(things);
  return vscode.workspace.onDidChangeNotebookDocument(({ notebook }) =>
    later(watched.get(notebook.uri.toString()) ?? []),
  );
}

function problems<T extends Sourced>(things: readonly T[], later: Later<T>): vscode.Disposable {
  const watched = excerptsOf(things, 'problems');
  // The cells of a notebook have its path.
  const isMeant = (uri: string | undefined, changed: readonly vscode.Uri[]): boolean =>
    uri === undefined || changed.some(({ path }) => vscode.Uri.parse(uri).path === path);
  return vscode.languages.onDidChangeDiagnostics(({ uris }) =>
    later(watched.flatMap(({ thing, uri }) => (isMeant(uri, uris) ? [thing] : []))),
  );
}

async function repositories<T extends Sourced>(
  things: readonly T[],
  later: Later<T>,
): Promise<vscode.Disposable> {
  const listening = excerptsOf(things, 'changes').map(async ({ thing, uri }) => {
    const repository = uri === undefined ? undefined : await repositoryAt(vscode.Uri.parse(uri));
    return repository ? [repository.state.onDidChange(() => later([thing]))] : [];
  });
  return vscode.Disposable.from(...(await Promise.all(listening)).flat());
}
