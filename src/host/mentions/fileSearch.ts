import * as vscode from 'vscode';
import { globFor, plainNames } from './searchGlobs.ts';

/** What a search has found before any rule is asked, and whether it ended at the limit. */
export interface Searched {
  readonly uris: readonly vscode.Uri[];
  readonly isCut: boolean;
}

/** Files of all workspace folders, so many at most; each folder gets its share, and what others leave of theirs. Never rejects. */
export async function searchAll(most: number): Promise<Searched> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  let uris: readonly vscode.Uri[] = [];
  let isCut = false;
  for (const [at, folder] of folders.entries()) {
    const share = Math.floor((most - uris.length) / (folders.length - at));
    const found = await searchFolder(folder, share);
    uris = [...uris, ...found.uris];
    isCut ||= found.isCut;
  }
  return { uris, isCut };
}

/** The ignore files of all workspace folders, for where a search has not come to all of them. Never rejects. */
export async function searchIgnoreFiles(): Promise<readonly vscode.Uri[]> {
  return searchGlob('**/.gitignore', MOST_IGNORE_FILES);
}

const MOST_IGNORE_FILES = 5_000;

/** Files whose names may be meant by a query, for where not all files are listed. Never rejects. */
export async function searchFor(query: string, most: number): Promise<readonly vscode.Uri[]> {
  const glob = globFor(query);
  return glob === undefined ? [] : searchGlob(glob, most);
}

async function searchGlob(glob: string, most: number): Promise<readonly vscode.Uri[]> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const found = await Promise.all(
    folders.map(async (folder) => find(folder, glob, await withIgnored(folder), most)),
  );
  return found.flat();
}

/**
 * VS Code's search knows nothing of ignore files. Only where all that is ignored would use up the limit, their plain names
 * are left to the search: a file deeper in the tree may bring back what they name.
 */
async function searchFolder(folder: vscode.WorkspaceFolder, most: number): Promise<Searched> {
  const whole = await find(folder, '**/*', settingsOf(folder), most);
  if (whole.length < most) return { uris: whole, isCut: false };
  const uris = await find(folder, '**/*', await withIgnored(folder), most);
  return { uris, isCut: uris.length >= most };
}

async function find(
  folder: vscode.WorkspaceFolder,
  glob: string,
  excludes: readonly string[],
  most: number,
): Promise<readonly vscode.Uri[]> {
  // No limit is what a search takes 0 for.
  if (most <= 0) return [];
  try {
    const within = new vscode.RelativePattern(folder, glob);
    return await vscode.workspace.findFiles(within, `{${excludes.join(',')}}`, most);
  } catch {
    return [];
  }
}

/** What the settings leave out; a glob that cannot stand within braces is left to the rules. */
function settingsOf(folder: vscode.WorkspaceFolder): readonly string[] {
  const settings = ['files', 'search'].flatMap((section) => {
    const globs: unknown = vscode.workspace.getConfiguration(section, folder).get('exclude');
    if (typeof globs !== 'object' || globs === null) return [];
    return Object.entries(globs).flatMap(([glob, value]) => (value === true ? [glob] : []));
  });
  return ['**/.git', ...settings.filter((glob) => !/[{},]/.test(glob))];
}

async function withIgnored(folder: vscode.WorkspaceFolder): Promise<readonly string[]> {
  const text = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder.uri, '.gitignore')).then(
    (bytes) => new TextDecoder().decode(bytes),
    () => '',
  );
  return [...settingsOf(folder), ...plainNames(text)];
}
