import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import * as vscode from 'vscode';
import { byCodePoints } from '../../../src/core/context/ordering.ts';
import { type LeftOut, walk } from '../../../src/host/workspace/walking.ts';
import { uncancelled } from '../folder.ts';

/** What is listed and what is left out, held against what git itself says of real repositories. */

// Outside of the workspace, where VS Code's own git does not meddle.
const root = vscode.Uri.file(mkdtempSync(join(tmpdir(), 'parley-rules-')));
const home = mkdtempSync(join(tmpdir(), 'parley-home-'));
const HOME = process.env.HOME;
const XDG = process.env.XDG_CONFIG_HOME;

beforeEach(() => {
  restore();
  rmSync(root.fsPath, { recursive: true, force: true });
  mkdirSync(root.fsPath);
});
after(() => {
  restore();
  for (const path of [home, root.fsPath]) rmSync(path, { recursive: true, force: true });
});

async function write(path: string, text: string): Promise<void> {
  await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(root, path), new TextEncoder().encode(text));
}

function restore(): void {
  if (HOME === undefined) delete process.env.HOME;
  else process.env.HOME = HOME;
  if (XDG === undefined) delete process.env.XDG_CONFIG_HOME;
  else process.env.XDG_CONFIG_HOME = XDG;
}

function git(cwd: string, ...args: readonly string[]): string {
  return run(cwd, args, '');
}

function run(cwd: string, args: readonly string[], input: string): string {
  const identity = [
    '-c',
    'user.name=A Tester',
    '-c',
    'user.email=t@example.com',
    '-c',
    'core.quotePath=false',
  ];
  const environment = { ...process.env, GIT_CONFIG_NOSYSTEM: '1' };
  return execFileSync('git', [...identity, ...args], { cwd, encoding: 'utf8', env: environment, input });
}

function listOf(text: string): readonly string[] {
  return text.split('\0').filter((path) => path !== '');
}

interface Walked {
  readonly files: readonly string[];
  readonly leftOut: ReadonlyMap<string, LeftOut>;
}

/** Paths from the root; of what is left out, those of folders end with `/`. */
async function walked(): Promise<Walked> {
  const pathOf = (uri: vscode.Uri): string => uri.path.slice(root.path.length + 1);
  const leftOut = new Map<string, LeftOut>();
  const onLeftOut = (entry: LeftOut): void => {
    if (entry.exclusion?.source === '') return;
    leftOut.set(`${pathOf(entry.uri)}${entry.kind === 'folder' ? '/' : ''}`, entry);
  };
  const files: string[] = [];
  for await (const uri of walk(root, { token: uncancelled(), onLeftOut })) files.push(pathOf(uri));
  return { files, leftOut };
}

/**
 * Files are those that git knows or would add. One that is in the index and ignored all the same is left out here: who wants it
 * pins it by name, and what the index holds only git can say.
 */
async function holdsAgainstGit(): Promise<Walked> {
  const at = root.fsPath;
  const found = await walked();
  const tracked = new Set(listOf(git(at, 'ls-files', '-z', '--cached', '--ignored', '--exclude-standard')));
  const known = listOf(git(at, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'));
  const expected = [...new Set(known)].filter((path) => !tracked.has(path)).sort(byCodePoints);
  assert.deepEqual(found.files.toSorted(byCodePoints), expected);
  // What VS Code is told to leave out git does not know of.
  const ignored = [...found.leftOut].filter(
    ([, { exclusion }]) => exclusion && !/\.exclude$/.test(exclusion.source),
  );
  const told = checked(
    at,
    ignored.map(([path]) => path),
  );
  for (const [path, { exclusion }] of ignored) {
    assert.deepEqual([path, exclusion?.pattern], [path, told.get(path)?.pattern]);
    // The user's own file is somewhere else on every machine.
    const source = told.get(path)?.source ?? '';
    if (!source.startsWith('/')) assert.deepEqual([path, exclusion?.source], [path, source]);
    else assert.equal(exclusion?.source, 'core.excludesFile');
  }
  return found;
}

/** The rule that git names for each path. */
function checked(
  cwd: string,
  paths: readonly string[],
): ReadonlyMap<string, { readonly source: string; readonly pattern: string }> {
  if (paths.length === 0) return new Map();
  const fields = run(cwd, ['check-ignore', '-v', '-z', '--no-index', '--stdin'], paths.join('\0')).split(
    '\0',
  );
  const rules = new Map<string, { readonly source: string; readonly pattern: string }>();
  for (let at = 0; at + 3 < fields.length; at += 4) {
    rules.set(fields[at + 3] ?? '', { source: fields[at] ?? '', pattern: fields[at + 2] ?? '' });
  }
  return rules;
}

async function repository(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) await write(path, text);
  git(root.fsPath, 'init', '-q', '-b', 'main');
}

test('nested and negated patterns, folders, anchors and escapes leave out what git leaves out, by the same rules', async () => {
  const names = [
    'a.log',
    'keep.log',
    'deep/a.log',
    'deep/keep.log',
    'deep/er/x.log',
    'build/out.js',
    'src/build/out.js',
    'build.txt',
    'docs/a.md',
    'docs/x/a.md',
    'docs/x/y/a.md',
    'only/this',
    'only/that',
    'sub/only/this',
    '#hash',
    '!bang',
    'with space ',
    'with space',
    'foo/bar/baz',
    'foo/x/baz',
    'foo/baz',
    'a1',
    'a2',
    'aa',
    'b/inner/secret',
    'b/inner/kept',
    'b/secret',
    'tree/one/two/three',
    'tree/keep/two',
    'vendor/lib/a.js',
    'vendor/own/b.js',
    'é.tmp',
    'data[1].txt',
    'data1.txt',
    'logs/deep/.gitkeep',
    'logs/x',
    'star*name',
    'starXname',
    '.hidden/x',
    '.hidden.txt',
    'Upper.LOG',
    'q?',
    'qq',
  ];
  await repository({
    ...Object.fromEntries(names.map((name) => [name, 'x'])),
    '.gitignore': [
      '# comment',
      '',
      '*.log',
      '!keep.log',
      'build/',
      '/docs/**/a.md',
      '/only/this',
      '\\#hash',
      '\\!bang',
      'with\\ space\\ ',
      'foo/**/baz',
      'a[0-9]',
      'tree/*',
      '!tree/keep',
      'vendor/*',
      '!vendor/own/',
      '*.tmp   ',
      'data\\[1\\].txt',
      'logs/*',
      '!logs/deep',
      'star\\*name',
      '.hidden/',
      'q\\?',
    ].join('\r\n'),
    'b/.gitignore': '/inner/*\n!/inner/kept\nsecret\n',
    'deep/.gitignore': '!a.log\n',
    'deep/er/.gitignore': '*\n!.gitignore\n',
  });
  const { files, leftOut } = await holdsAgainstGit();
  assert.ok(files.includes('deep/a.log') && files.includes('vendor/own/b.js') && files.includes('keep.log'));
  assert.ok(leftOut.has('build/') && leftOut.has('src/build/') && leftOut.has('a1'));
});

test('what is in the index, what was ignored later and what is new are told apart as git does', async () => {
  await repository({ 'tracked.txt': 'x', 'later.txt': 'x', 'src/a.ts': 'x' });
  git(root.fsPath, 'add', '.');
  git(root.fsPath, 'commit', '-q', '-m', 'one');
  await write('.gitignore', 'later.txt\nnew.txt\n');
  await write('new.txt', 'x');
  await write('src/b.ts', 'x');
  const { files } = await holdsAgainstGit();
  assert.deepEqual(files.toSorted(), ['.gitignore', 'src/a.ts', 'src/b.ts', 'tracked.txt']);
});

test('the excludes of the repository and of the user count as git counts them', async () => {
  process.env.HOME = home;
  delete process.env.XDG_CONFIG_HOME;
  const excludes = join(home, 'excluded');
  writeFileSync(excludes, '*.swp\nmine/\nover\n');
  writeFileSync(join(home, '.gitconfig'), `[core]\n\texcludesFile = ${excludes}\n`);
  await repository({
    'x.swp': 'x',
    'mine/a': 'x',
    'private/a': 'x',
    over: 'x',
    'kept.swp': 'x',
    'a.ts': 'x',
  });
  await write('.git/info/exclude', 'private\n!over\n');
  await write('.gitignore', '!kept.swp\n');
  const { files } = await holdsAgainstGit();
  assert.deepEqual(files.toSorted(), ['.gitignore', 'a.ts', 'kept.swp', 'over']);
});

test('the excludes file that the repository itself names counts before the user has one', async () => {
  process.env.HOME = home;
  delete process.env.XDG_CONFIG_HOME;
  writeFileSync(join(home, 'own'), '*.own\n');
  writeFileSync(join(home, 'excluded'), '*.swp\n');
  writeFileSync(join(home, '.gitconfig'), `[core]\n\texcludesFile = ${join(home, 'excluded')}\n`);
  await repository({ 'x.own': 'x', 'x.swp': 'x', 'a.ts': 'x' });
  git(root.fsPath, 'config', 'core.excludesFile', join(home, 'own'));
  const { files } = await holdsAgainstGit();
  assert.deepEqual(files.toSorted(), ['a.ts', 'x.swp']);
});

test('a further working tree and a submodule have the excludes of their repositories', async () => {
  const main = mkdtempSync(join(tmpdir(), 'parley-main-'));
  try {
    git(main, 'init', '-q', '-b', 'main');
    git(main, 'commit', '-q', '--allow-empty', '-m', 'one');
    git(main, 'worktree', 'add', '-q', '-b', 'other', join(root.fsPath, 'tree'));
    writeFileSync(join(main, '.git', 'info', 'exclude'), 'private\n');
    for (const name of ['private', 'a.ts']) await write(`tree/${name}`, 'x');
    await write('module/.git', 'gitdir: ../kept/module\n');
    await write('kept/module/info/exclude', 'hidden\n');
    for (const name of ['hidden', 'a.ts']) await write(`module/${name}`, 'x');
    const { files } = await walked();
    assert.deepEqual(
      files.filter((path) => !path.startsWith('kept/')),
      ['module/a.ts', 'tree/a.ts'],
    );
    const listed = git(join(root.fsPath, 'tree'), 'ls-files', '--others', '--exclude-standard');
    assert.equal(listed.trim(), 'a.ts');
  } finally {
    rmSync(main, { recursive: true, force: true });
  }
});

test('the excludes file that git looks for by itself counts as well', async () => {
  process.env.HOME = home;
  process.env.XDG_CONFIG_HOME = join(home, 'config');
  await vscode.workspace.fs
    .delete(vscode.Uri.file(join(home, '.gitconfig')))
    .then(undefined, () => undefined);
  const file = vscode.Uri.file(join(home, 'config', 'git', 'ignore'));
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode('*.bak\n'));
  await repository({ 'a.bak': 'x', 'a.ts': 'x' });
  assert.deepEqual((await holdsAgainstGit()).files, ['a.ts']);
});

test('of this repository the same files are listed as git lists, by the same rules', async () => {
  const own = vscode.extensions.getExtension('parley.parley')?.extensionUri.fsPath;
  assert.ok(own, 'Parley is loaded from its repository');
  for (const path of listOf(git(own, 'ls-files', '-z'))) {
    cpSync(join(own, path), join(root.fsPath, path), { recursive: true });
  }
  for (const path of [
    'node_modules/a/index.js',
    'dist/x.cjs',
    'out/x',
    'parley.vsix',
    '.vscode-test/x',
    'src/new.ts',
  ]) {
    await write(path, 'x');
  }
  git(root.fsPath, 'init', '-q', '-b', 'main');
  git(root.fsPath, 'add', '.');
  const { files, leftOut } = await holdsAgainstGit();
  assert.ok(files.includes('src/extension.ts') && files.includes('src/new.ts') && files.length > 500);
  assert.ok(leftOut.has('node_modules/') && leftOut.has('dist/'));
});
