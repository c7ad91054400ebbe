import * as vscode from 'vscode';
import { fileName } from '../../workspace/shownPath.ts';
import { type ImportTarget, importTargets } from './importText.ts';
import { isWithin } from './places.ts';

/**
 * Files of the workspace that an open document imports, in the order in which it does: as likely to matter as the document
 * itself. Knows JavaScript, TypeScript and what is built on them, CSS, Python, C and C++, Rust. Go is passed over: it imports
 * folders, under names that only its module file explains. Looks for at most 100 imports, and never rejects.
 */
export async function importsOf(document: vscode.TextDocument): Promise<readonly vscode.Uri[]> {
  const root = vscode.workspace.getWorkspaceFolder(document.uri)?.uri;
  if (!root) return [];
  const text = document.getText().slice(0, LONGEST);
  const targets = importTargets(document.languageId, text, fileName(document.uri)).slice(0, MOST_IMPORTS);
  const found = await Promise.all(targets.map((target) => resolve(target, document.uri, root)));
  const files = new Map(found.flatMap((uri) => (uri ? [[uri.toString(), uri] as const] : [])));
  files.delete(document.uri.toString());
  return [...files.values()];
}

const MOST_IMPORTS = 100;
/** Characters in which imports are looked for: they stand at the beginning. */
const LONGEST = 200_000;

/** The first of the paths that is a file, each from the document's folder and the ones above it as far as the target allows. */
async function resolve(
  { paths, from }: ImportTarget,
  document: vscode.Uri,
  root: vscode.Uri,
): Promise<vscode.Uri | undefined> {
  const own = vscode.Uri.joinPath(document, '..');
  const starts = from === 'document' ? [own] : upTo(own, root);
  for (const start of starts) {
    for (const path of paths) {
      const uri = vscode.Uri.joinPath(start, path);
      if (isWithin(root, uri) && (await isFile(uri))) return uri;
    }
  }
  return undefined;
}

/** The folder and the ones above it, to the root. */
function upTo(folder: vscode.Uri, root: vscode.Uri): readonly vscode.Uri[] {
  const folders = [folder];
  for (let at = folder; at.path !== root.path && isWithin(root, at); ) {
    at = vscode.Uri.joinPath(at, '..');
    folders.push(at);
  }
  return folders;
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    ({ type }) => (type & vscode.FileType.File) !== 0,
    () => false,
  );
}
