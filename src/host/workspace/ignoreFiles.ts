import * as vscode from 'vscode';
import { createIgnoreRules, type IgnoreRules } from './ignoreRules.ts';
import { quickFiles } from './quickFiles.ts';

/** Rules, and the folder that their paths start from. */
export interface RootedRules {
  readonly root: vscode.Uri;
  readonly rules: IgnoreRules;
}

/**
 * What is left out below a folder, by all that stands outside of it: the user's excludes file, the repository's
 * .git/info/exclude, .gitignore files of the folders above, `files.exclude` and `search.exclude`. The folder's own files
 * are added with `withOwnRules`. A folder that is itself left out was asked for by name: then only settings count, as
 * if it were a workspace. Never fails; what cannot be read says nothing.
 */
export async function rulesAround(folder: vscode.Uri): Promise<RootedRules> {
  const root = await rootOf(folder);
  const around = { root, rules: await rulesFromAbove(root, folder) };
  const path = pathFrom(root, folder);
  if (around.rules.exclusionOf(path, 'folder') === undefined) return around;
  return { root: folder, rules: withSettings(emptyRules(), folder, folder) };
}

/**
 * What is left out below a folder that was come to while one above it is followed, so that nobody asked for it by name: all of
 * it, where it is left out itself. `root` is that of the rules of what is followed.
 */
export async function rulesWithin(root: vscode.Uri, folder: vscode.Uri): Promise<RootedRules> {
  return { root, rules: await rulesFromAbove(root, folder) };
}

/** The rules below `folder` with its own .gitignore and, in a repository's root, .git/info/exclude, as far as `names` has them. */
export async function withOwnRules(
  { root, rules }: RootedRules,
  folder: vscode.Uri,
  names: ReadonlySet<string>,
): Promise<RootedRules> {
  const own = ['.git', '.gitignore'].filter((name) => names.has(name)).map((name) => FILES[name] ?? name);
  if (own.length === 0) return { root, rules };
  const texts = await Promise.all(
    own.map(async (name) =>
      name === EXCLUDE_FILE
        ? readText(vscode.Uri.joinPath(await gitFolder(folder), 'info', 'exclude'))
        : readText(vscode.Uri.joinPath(folder, name)),
    ),
  );
  const path = pathFrom(root, folder);
  const named = own.map((name) => (path === '' ? name : `${path}/${name}`));
  return {
    root,
    rules: texts.reduce<IgnoreRules>(
      (made, text, at) => made.withPatterns({ source: named[at] ?? '', folder: path, text }),
      rules,
    ),
  };
}

/** The path of what lies below `root`, without a slash at either end; empty for the root itself. */
export function pathFrom(root: vscode.Uri, uri: vscode.Uri): string {
  return trimmed(uri.path.slice(trimmed(root.path).length + (root.path.startsWith('/') ? 1 : 0)));
}

/** What has to be read where a folder has an entry of this name; later ones win. */
const EXCLUDE_FILE = '.git/info/exclude';
const FILES: Readonly<Record<string, string>> = { '.git': EXCLUDE_FILE, '.gitignore': '.gitignore' };

function trimmed(path: string): string {
  return path.replace(/^\/+|\/+$/g, '');
}

/** The repository around a folder; else its workspace folder; else the folder itself. */
async function rootOf(folder: vscode.Uri): Promise<vscode.Uri> {
  for (const candidate of lineage(folder)) {
    if (await exists(vscode.Uri.joinPath(candidate, '.git'))) return candidate;
  }
  return vscode.workspace.getWorkspaceFolder(folder)?.uri ?? folder;
}

/** The folder and the ones above it, the innermost first. */
function lineage(folder: vscode.Uri): readonly vscode.Uri[] {
  const above = vscode.Uri.joinPath(folder, '..');
  return above.path === folder.path || folder.path === '' ? [folder] : [folder, ...lineage(above)];
}

async function rulesFromAbove(root: vscode.Uri, folder: vscode.Uri): Promise<IgnoreRules> {
  const text = root.scheme === 'file' ? await usersExcludes(root) : '';
  let rooted: RootedRules = {
    root,
    rules: emptyRules().withPatterns({ source: 'core.excludesFile', folder: '', text }),
  };
  const between = lineage(folder).filter(
    ({ path }) => path !== folder.path && path.length >= root.path.length,
  );
  const both = new Set(['.git', '.gitignore']);
  for (const above of between.reverse()) rooted = await withOwnRules(rooted, above, both);
  return withSettings(rooted.rules, root, folder);
}

function withSettings(rules: IgnoreRules, root: vscode.Uri, folder: vscode.Uri): IgnoreRules {
  const home = vscode.workspace.getWorkspaceFolder(folder)?.uri ?? folder;
  // Where the repository lies below the workspace folder, the globs speak of what is above the root.
  const isAbove = home.path.length < root.path.length;
  const prefix = isAbove ? '' : pathFrom(root, home);
  return ['files', 'search'].reduce((made, section) => {
    const globs: unknown = vscode.workspace.getConfiguration(section, folder).get('exclude');
    if (typeof globs !== 'object' || globs === null) return made;
    const known = isAbove ? belowRoot({ ...globs }, pathFrom(home, root)) : { ...globs };
    return made.withGlobs({ source: `${section}.exclude`, folder: prefix, globs: known });
  }, rules);
}

/** Globs of a folder as they apply to one below it: those for any depth stay, those that start with its path lose it. */
function belowRoot(
  globs: Readonly<Record<string, unknown>>,
  path: string,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(globs).flatMap(([glob, value]) => {
      if (glob.startsWith('**/')) return [[glob, value]];
      return glob.startsWith(`${path}/`) ? [[glob.slice(path.length + 1), value]] : [];
    }),
  );
}

/** Both systems' file systems commonly take letters of either case for the same. */
function emptyRules(): IgnoreRules {
  return createIgnoreRules(process.platform === 'win32' || process.platform === 'darwin');
}

/**
 * The excludes file of the user (git docs, gitignore): `core.excludesFile`, of the repository first, else `git/ignore` in the
 * configuration folder.
 */
async function usersExcludes(root: vscode.Uri): Promise<string> {
  const configured = excludesFile(await readText(vscode.Uri.joinPath(await gitFolder(root), 'config')));
  const home = process.env.HOME ?? process.env.USERPROFILE;
  if (!home) return '';
  const at = vscode.Uri.file(home);
  const xdg = process.env.XDG_CONFIG_HOME;
  const configuration = xdg ? vscode.Uri.file(xdg) : vscode.Uri.joinPath(at, '.config');
  const own = await readText(vscode.Uri.joinPath(at, '.gitconfig'));
  const shared = await readText(vscode.Uri.joinPath(configuration, 'git', 'config'));
  const file = configured ?? excludesFile(own) ?? excludesFile(shared);
  if (file === undefined) return readText(vscode.Uri.joinPath(configuration, 'git', 'ignore'));
  return readText(/^~[/\\]/.test(file) ? vscode.Uri.joinPath(at, file.slice(2)) : pathAt(root, file));
}

/**
 * Where a repository keeps what all its working trees share: `.git`, unless that is a file, as in further working trees and in
 * submodules; then it says where (git docs, gitrepository-layout).
 */
async function gitFolder(root: vscode.Uri): Promise<vscode.Uri> {
  const own = vscode.Uri.joinPath(root, '.git');
  const isFile = await quickFiles.stat(own).then(
    ({ type }) => (type & vscode.FileType.File) !== 0,
    () => false,
  );
  const path = isFile ? /^gitdir:\s*(.*\S)/.exec(await readText(own))?.[1] : undefined;
  if (path === undefined) return own;
  const folder = pathAt(root, path);
  const shared = (await readText(vscode.Uri.joinPath(folder, 'commondir'))).trim();
  return shared === '' ? folder : pathAt(folder, shared);
}

/** What a path in a file of git means that is relative to a folder, or is not. */
function pathAt(folder: vscode.Uri, path: string): vscode.Uri {
  if (!/^([\\/]|[a-z]:)/i.test(path)) return vscode.Uri.joinPath(folder, path);
  return folder.scheme === 'file' ? vscode.Uri.file(path) : folder.with({ path });
}

/** The value of `core.excludesFile` in the text of a git configuration; the last one counts. */
export function excludesFile(text: string): string | undefined {
  let section = '';
  let file: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    section = /^\s*\[([^\]]*)\]/.exec(line)?.[1]?.trim().toLowerCase() ?? section;
    const value = /^\s*(?:\[[^\]]*\])?\s*excludesfile\s*=\s*(.*?)\s*$/i.exec(line)?.[1];
    if (section === 'core' && value) file = value.replace(/^"(.*)"$/, '$1');
  }
  return file;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  return quickFiles.stat(uri).then(
    () => true,
    () => false,
  );
}

/** Empty when it cannot be read. */
async function readText(uri: vscode.Uri): Promise<string> {
  return quickFiles.readFile(uri).then(
    (bytes) => new TextDecoder().decode(bytes),
    () => '',
  );
}
