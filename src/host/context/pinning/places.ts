import * as vscode from 'vscode';

/**
 * How a file or folder of the workspace is called in pins and in the context: from its workspace folder, with the folder's
 * name in front where there are several; `.` for the only workspace folder itself. Undefined outside of the workspace.
 */
export function pinPath(uri: vscode.Uri): string | undefined {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (!folder) return undefined;
  const below = pathBelow(folder.uri, uri);
  return [...(isSeveral() ? [rootName(folder)] : []), ...(below === '' ? [] : [below])].join('/') || '.';
}

/**
 * How a workspace folder is called where there are several: by its name, and if another has the same, with as many of the
 * folders above as tell them apart, as in `app (server)`.
 */
export function rootName({ name, uri }: vscode.WorkspaceFolder): string {
  const all = vscode.workspace.workspaceFolders ?? [];
  const twins = all.filter((other) => other.name === name && other.uri.toString() !== uri.toString());
  if (twins.length === 0) return name;
  const depth = uri.path
    .split('/')
    .findIndex((_name, at) => twins.every((twin) => namesAbove(twin.uri, at) !== namesAbove(uri, at)));
  return `${name} (${depth < 0 ? uri.authority || uri.scheme : namesAbove(uri, depth)})`;
}

/**
 * The file or folder that the path of a pin means, if there is one. Pins outlive the first folder that is added to a
 * workspace, so the path is tried with and without a folder's name; and names that a system has put into pieces.
 */
export async function placeOf(path: string): Promise<Place | undefined> {
  for (const uri of candidates(path)) {
    const type = await vscode.workspace.fs.stat(uri).then(
      (stat) => stat.type,
      () => undefined,
    );
    if (type === undefined) continue;
    const root = vscode.workspace.getWorkspaceFolder(uri)?.uri ?? uri;
    const isLink = (type & vscode.FileType.SymbolicLink) !== 0 && uri.path !== root.path;
    return {
      uri,
      isFolder: (type & vscode.FileType.Directory) !== 0,
      isLink: isLink || (await createLinkTest(root)(uri)),
    };
  }
  return undefined;
}

export interface Place {
  readonly uri: vscode.Uri;
  readonly isFolder: boolean;
  /** Whether it is a link, or is reached through one: then it may lie outside of the workspace. */
  readonly isLink: boolean;
}

/** Whether a folder between the root and what lies below it is a link. Remembers what it has looked at. */
export function createLinkTest(root: vscode.Uri): (uri: vscode.Uri) => Promise<boolean> {
  const known = new Map<string, Promise<boolean>>();
  const isLink = (folder: string): Promise<boolean> => {
    const found = known.get(folder) ?? isLinkAt(vscode.Uri.joinPath(root, folder));
    known.set(folder, found);
    return found;
  };
  return async (uri) => {
    const names = pathBelow(root, uri).split('/');
    for (let depth = 1; depth < names.length; depth++) {
      if (await isLink(names.slice(0, depth).join('/'))) return true;
    }
    return false;
  };
}

async function isLinkAt(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    ({ type }) => (type & vscode.FileType.SymbolicLink) !== 0,
    () => false,
  );
}

/** Whether it is what git keeps for itself, which holds nothing to read and may hold passwords; file systems may not tell case. */
export function isOfGit(uri: vscode.Uri): boolean {
  const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri;
  return folder !== undefined && pathBelow(folder, uri).toLowerCase().split('/').includes('.git');
}

/** Where something would lie that is not there. */
export function likelyPlace(path: string): vscode.Uri | undefined {
  return candidates(path)[0];
}

/** Whether VS Code tells of changes by itself: of other file systems only their own extensions know. */
export function isWatched(uri: vscode.Uri | undefined): boolean {
  return uri?.scheme === 'file';
}

/** Whether one lies below the other, or is it. */
export function isWithin(folder: vscode.Uri, uri: vscode.Uri): boolean {
  if (folder.scheme !== uri.scheme || folder.authority !== uri.authority) return false;
  const root = folder.path.replace(/\/$/, '');
  return uri.path.startsWith(root) && (uri.path.length === root.length || uri.path[root.length] === '/');
}

/** The path from a folder to what is in it, without a `/` at its ends; empty for the folder. */
export function pathBelow(folder: vscode.Uri, uri: vscode.Uri): string {
  return uri.path.slice(folder.path.replace(/\/$/, '').length).replace(/^\/|\/$/g, '');
}

function candidates(path: string): readonly vscode.Uri[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const [first = '', ...rest] = path.split('/');
  const called = folders.filter((folder) => rootName(folder) === first);
  const once = folders.filter((folder) => !called.includes(folder) && wasCalled(folder, first));
  const named = [...called, ...once].map(({ uri }) => at(uri, rest.join('/')));
  const plain = folders.map(({ uri }) => at(uri, path));
  const all = isSeveral() ? [...named, ...plain] : [...plain, ...named];
  return all.flatMap((uri) => {
    const pieces = uri.path.normalize('NFD');
    return pieces === uri.path ? [uri] : [uri, uri.with({ path: pieces })];
  });
}

/** Whether it may have had this name before others came or went that are called alike. */
function wasCalled({ name, uri }: vscode.WorkspaceFolder, before: string): boolean {
  const depths = uri.path.split('/');
  return before === name || depths.some((_name, at) => before === `${name} (${namesAbove(uri, at)})`);
}

/** The names of so many folders above one, as one name. */
function namesAbove({ path }: vscode.Uri, depth: number): string {
  const above = path.split('/').slice(1, -1);
  return above.slice(Math.max(0, above.length - depth)).join('.');
}

function at(folder: vscode.Uri, path: string): vscode.Uri {
  return path === '' || path === '.' ? folder : vscode.Uri.joinPath(folder, path);
}

function isSeveral(): boolean {
  return (vscode.workspace.workspaceFolders ?? []).length > 1;
}
