import * as vscode from 'vscode';
import type { ExcerptPart } from '../../core/conversation/parts.ts';
import { decoded, LONGEST_TEXT, messageOf } from './fileText.ts';
import { type Found, foundNothing, foundPart, NOTHING, together } from './found.ts';
import { type LoggedCommit, openRepositories, type Repository, UNTRACKED } from './git.ts';
import { looksBinary, withoutAnsi } from './plainText.ts';
import { fileName, shownPath } from './shownPath.ts';

export type Which = 'staged' | 'unstaged';

/** A commit as lists show it. */
export interface Commit {
  readonly hash: string;
  readonly message: string;
  readonly author: string;
  /** The root of its repository. */
  readonly repository: vscode.Uri;
}

/** Roots of the repositories that are open in the window; empty also where git is missing or turned off. */
export async function repositories(): Promise<readonly vscode.Uri[]> {
  const open = await openRepositories();
  return typeof open === 'string' ? [] : open.map(({ rootUri }) => rootUri);
}

/**
 * The staged changes, or those that are not staged with new files among them, as a diff: of one repository, or an excerpt
 * for each that has some. Sentences say why there is nothing and what was left out. Never throws.
 */
export async function changes(which: Which, repository?: vscode.Uri): Promise<Found> {
  const open = await openRepositories();
  if (typeof open === 'string') return foundNothing(open);
  const finds = await Promise.all(
    chosen(open, repository).map(async (each) => {
      await each.status().catch(() => undefined);
      const found = await changesIn(each, which, open.length > 1);
      return typeof found === 'string' ? foundNothing(found) : found;
    }),
  );
  const found = together(finds);
  return found.parts.length + found.sentences.length > 0 ? found : foundNothing(noneOf(which));
}

/**
 * The changes of a repository as it is known now; undefined when they cannot be read at the moment. For looking often:
 * `changes` refreshes what is known.
 */
export async function knownChanges(which: Which, root: vscode.Uri): Promise<Found | undefined> {
  const open = await openRepositories();
  if (typeof open === 'string') return undefined;
  const [repository] = chosen(open, root);
  const found = repository ? await changesIn(repository, which, open.length > 1) : '';
  return typeof found === 'string' ? undefined : found;
}

/** What a commit changed against its first parent, with its message. Looks in all repositories unless one is named. Never throws. */
export async function commit(hash: string, repository?: vscode.Uri): Promise<Found> {
  const open = await openRepositories();
  if (typeof open === 'string') return foundNothing(open);
  for (const each of chosen(open, repository)) {
    const logged = await each.getCommit(hash).catch(() => undefined);
    if (logged) return commitIn(each, logged);
  }
  return foundNothing(vscode.l10n.t('There is no commit {0}.', hash));
}

/** The newest commits of all repositories, the newest first; empty where there are none. Never throws. */
export async function recentCommits(limit: number): Promise<readonly Commit[]> {
  const open = await openRepositories();
  if (typeof open === 'string') return [];
  const logs = await Promise.all(
    open.map(async (each) => {
      // A repository without a commit has no log.
      const log = await each.log({ maxEntries: limit }).catch(() => []);
      return log.map((entry) => ({ entry, repository: each.rootUri }));
    }),
  );
  return logs
    .flat()
    .toSorted((one, other) => timeOf(other.entry) - timeOf(one.entry))
    .slice(0, limit)
    .map(({ entry: { hash, message, authorName = '' }, repository }) => ({
      hash,
      message,
      author: authorName,
      repository,
    }));
}

/** The root of the repository that a file lies in; undefined when none is open. Never throws. */
export async function rootOf(file: vscode.Uri): Promise<vscode.Uri | undefined> {
  const roots = await repositories();
  // A submodule is a change of the repository around it, so the root itself does not count.
  const around = roots.filter((root) => file.path.startsWith(`${root.path.replace(/\/$/, '')}/`));
  return around.toSorted((one, other) => other.path.length - one.path.length)[0];
}

/** Watched for changes; undefined when it is not open. */
export async function repositoryAt(root: vscode.Uri): Promise<Repository | undefined> {
  const open = await openRepositories();
  return typeof open === 'string' ? undefined : chosen(open, root)[0];
}

function chosen(open: readonly Repository[], root: vscode.Uri | undefined): readonly Repository[] {
  return root ? open.filter(({ rootUri }) => rootUri.toString() === root.toString()) : open;
}

function timeOf({ authorDate }: LoggedCommit): number {
  return authorDate?.getTime() ?? 0;
}

/** A sentence when they cannot be read, or are longer than can be attached. */
async function changesIn(
  repository: Repository,
  which: Which,
  isOneOfSeveral: boolean,
): Promise<Found | string> {
  const name = fileName(repository.rootUri);
  const title = which === 'staged' ? vscode.l10n.t('Staged changes') : vscode.l10n.t('Changes not staged');
  const label = isOneOfSeveral ? vscode.l10n.t('{0} in {1}', title, name) : title;
  try {
    const tracked = withoutColors(await repository.diff(which === 'staged'));
    const added = which === 'staged' ? NO_NEW_FILES : await newFiles(repository);
    const text = tracked + added.text;
    const found = diffFound({ label, text, detail: which, uri: repository.rootUri.toString() });
    if (typeof found === 'string') return found;
    const unsaved = which === 'staged' ? [] : unsavedIn(repository);
    return { ...found, sentences: [...foreign(label, tracked), ...added.sentences, ...unsaved] };
  } catch (error) {
    return vscode.l10n.t('The changes in {0} cannot be read: {1}', name, messageOf(error));
  }
}

/** The user may have a tool of their own for diffs (`diff.external`), which writes what it likes. */
function foreign(label: string, diff: string): readonly string[] {
  if (diff.trim() === '' || /^(?:diff --|\* Unmerged path )/.test(diff)) return [];
  return [
    vscode.l10n.t(
      '{0}: this is no diff of Git itself but what the tool says that is set in diff.external.',
      label,
    ),
  ];
}

async function commitIn(
  repository: Repository,
  { hash, message, parents, ...more }: LoggedCommit,
): Promise<Found> {
  const short = hash.slice(0, 8);
  const subject = message.split('\n', 1)[0] ?? '';
  try {
    const diff = await repository.diffBlobs(parents[0] ?? emptyTree(hash), hash);
    const author = more.authorName === undefined ? [] : [`Author: ${more.authorName}`];
    const date = more.authorDate === undefined ? [] : [`Date: ${more.authorDate.toISOString()}`];
    const said = message.trim().replace(/^/gm, '    ');
    const text = `${[`commit ${hash}`, ...author, ...date, '', said].join('\n')}\n\n${withoutColors(diff)}`;
    const label = vscode.l10n.t('Commit {0}: {1}', short, subject);
    const found = diffFound({ label, text, detail: hash, uri: repository.rootUri.toString() });
    return typeof found === 'string' ? foundNothing(found) : found;
  } catch (error) {
    return foundNothing(vscode.l10n.t('The commit {0} cannot be read: {1}', short, messageOf(error)));
  }
}

/** The tree without a file, which every repository knows (`git hash-object -t tree /dev/null`), with SHA-1 and with SHA-256. */
function emptyTree(hash: string): string {
  return hash.length > 40
    ? '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321'
    : '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
}

function diffFound(part: Pick<ExcerptPart, 'label' | 'text' | 'detail' | 'uri'>): Found | string {
  if (part.text.trim() === '') return NOTHING;
  if (part.text.length > LONGEST_TEXT) {
    return vscode.l10n.t('{0}: the diff is longer than can be attached.', part.label);
  }
  return foundPart({ kind: 'excerpt', origin: 'changes', languageId: 'diff', ...part });
}

function noneOf(which: Which): string {
  return which === 'staged'
    ? vscode.l10n.t('There are no staged changes.')
    : vscode.l10n.t('There are no changes that are not staged.');
}

/** Where the user has `color.diff=always`; what files hold themselves is left alone. */
function withoutColors(diff: string): string {
  return diff.startsWith('\u001b[') ? withoutAnsi(diff) : diff;
}

interface NewFiles {
  readonly text: string;
  readonly sentences: readonly string[];
}

const NO_NEW_FILES: NewFiles = { text: '', sentences: [] };

/** UTF-16 units of a new file, and of all of them. Generated files are hardly what one asks about. */
const LONGEST_NEW = 200_000;
const ALL_NEW = 1_000_000;

/** Files that git does not know yet, as the diff will show them once it does. */
async function newFiles({ rootUri, state }: Repository): Promise<NewFiles> {
  const known = [...(state.untrackedChanges ?? []), ...state.workingTreeChanges];
  const uris = new Map(
    known.filter(({ status }) => status === UNTRACKED).map(({ uri }) => [uri.toString(), uri]),
  );
  const leftOut: string[] = [];
  let text = '';
  for (const uri of [...uris.values()].sort((one, other) => (one.path < other.path ? -1 : 1))) {
    const content = await textOf(uri);
    const fits =
      content !== undefined && content.length <= LONGEST_NEW && text.length + content.length <= ALL_NEW;
    if (fits) text += newFile(uri.path.slice(rootUri.path.length).replace(/^\/+/, ''), content);
    else leftOut.push(shownPath(uri));
  }
  if (leftOut.length === 0) return { text, sentences: [] };
  const names = leftOut.slice(0, 5).join(', ');
  const sentence = vscode.l10n.t('Left out of the changes, as binary or too long: {0}', names);
  const more = leftOut.length > 5 ? vscode.l10n.t(' and {0} more', leftOut.length - 5) : '';
  return { text, sentences: [`${sentence}${more}.`] };
}

/** The text of a file as it is on disk; undefined when it is none, too long or gone. */
async function textOf(uri: vscode.Uri): Promise<string | undefined> {
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > LONGEST_NEW * 3) return undefined;
    const text = await decoded(await vscode.workspace.fs.readFile(uri), { uri });
    return text === undefined || looksBinary(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function newFile(path: string, text: string): string {
  const head = `diff --git a/${path} b/${path}\nnew file mode 100644\n`;
  if (text === '') return head;
  const lines = text.replace(/\n$/, '').split('\n');
  const noEnd = text.endsWith('\n') ? '' : '\\ No newline at end of file\n';
  const added = lines.map((line) => `+${line}\n`).join('');
  return `${head}--- /dev/null\n+++ b/${path}\n@@ -0,0 +1,${lines.length} @@\n${added}${noEnd}`;
}

/** Git sees what is on disk. */
function unsavedIn({ rootUri }: Repository): readonly string[] {
  const inside = `${rootUri.toString()}/`;
  return vscode.workspace.textDocuments
    .filter(({ isDirty, uri }) => isDirty && uri.toString().startsWith(inside))
    .map(({ uri }) =>
      vscode.l10n.t('{0} has changes that are not saved; the diff is without them.', shownPath(uri)),
    );
}
