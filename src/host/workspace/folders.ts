import * as vscode from 'vscode';
import { type Found, foundNothing, foundPart, together } from './found.ts';
import { pathFrom } from './ignoreFiles.ts';
import { type LeftOut, walk } from './walking.ts';

/**
 * The files below a folder as an indented tree, without what is ignored; after 2,000 entries a line says how many more
 * there are. Says in a sentence when the folder cannot be read or holds nothing, and how many folders in it could not be
 * read. Cancelling gives nothing.
 */
export async function folderListing(uri: vscode.Uri, token: vscode.CancellationToken): Promise<Found> {
  const unreadable: LeftOut[] = [];
  const tree = createTree();
  const onLeftOut = (entry: LeftOut): void => {
    if (entry.reason === 'unreadable') unreadable.push(entry);
  };
  for await (const file of walk(uri, { token, onLeftOut })) {
    tree.add(pathFrom(uri, file).split('/'));
    if (tree.files >= MOST_FILES) break;
  }
  const label = `${nameOf(uri)}/`;
  if (token.isCancellationRequested) return foundNothing(vscode.l10n.t('Listing {0} was cancelled.', label));
  if (tree.files === 0) return foundNothing(emptySentence(label, unreadable.length > 0));
  const listing = foundPart({
    kind: 'excerpt',
    origin: 'folder',
    label: vscode.l10n.t('{0} ({1})', label, filesOf(tree.files)),
    languageId: 'plaintext',
    text: tree.text(),
    uri: uri.toString(),
  });
  if (unreadable.length === 0) return listing;
  const skipped = vscode.l10n.t('{0} folders in {1} could not be read.', unreadable.length, label);
  return together([listing, foundNothing(skipped)]);
}

/** Entries, files and folders, that a listing shows. */
const MOST_ENTRIES = 2_000;

/** Files that are looked at to say how many there are. */
const MOST_FILES = 100_000;

/** A file or folder as it is called in the window: by its path in the workspace, a workspace folder by its name. */
export function nameOf(uri: vscode.Uri): string {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const itself = folders.find((folder) => folder.uri.toString() === uri.toString());
  const path = itself ? itself.name : vscode.workspace.asRelativePath(uri).replaceAll('\\', '/');
  return path.replace(/\/+$/, '');
}

function filesOf(count: number): string {
  if (count >= MOST_FILES) return vscode.l10n.t('more than {0} files', MOST_FILES.toLocaleString('en-US'));
  return count === 1 ? vscode.l10n.t('1 file') : vscode.l10n.t('{0} files', count.toLocaleString('en-US'));
}

function emptySentence(label: string, unreadable: boolean): string {
  return unreadable
    ? vscode.l10n.t('{0} cannot be read.', label)
    : vscode.l10n.t('{0} holds no files, apart from ignored ones.', label);
}

/** Takes paths in the order of a walk, each as its names. */
function createTree(): { readonly files: number; add(path: readonly string[]): void; text(): string } {
  const lines: string[] = [];
  let before: readonly string[] = [];
  let files = 0;
  let hidden = 0;
  return {
    get files() {
      return files;
    },
    add(path) {
      files++;
      const folders = path.slice(0, -1);
      const fork = folders.findIndex((name, at) => name !== before[at]);
      const fresh = path.map(
        (name, depth) => `${'  '.repeat(depth)}${name}${depth < folders.length ? '/' : ''}`,
      );
      const added = fresh.slice(fork < 0 ? folders.length : fork);
      if (lines.length + added.length <= MOST_ENTRIES && hidden === 0) lines.push(...added);
      else hidden++;
      before = folders;
    },
    text: () =>
      [...lines, ...(hidden > 0 ? [`… and ${hidden.toLocaleString('en-US')} more files`] : [])].join('\n'),
  };
}
