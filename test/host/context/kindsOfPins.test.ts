import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, beforeEach, test } from 'node:test';
import * as vscode from 'vscode';
import { createBranchFiles } from '../../../src/host/context/pinning/branchFiles.ts';
import { importsOf } from '../../../src/host/context/pinning/imports.ts';
import { createPinnedFiles } from '../../../src/host/context/pinning/pinnedFiles.ts';
import { pinPath, placeOf } from '../../../src/host/context/pinning/places.ts';
import { currentSettings } from '../../../src/host/settings.ts';
import { testFolder, until } from '../folder.ts';
import { testRepository } from '../repository.ts';
import { lookedAt, memoryCache, now, pathsOf, pinnedWith, reasonsOf } from './setup.ts';

const folder = testFolder('kinds');

beforeEach(folder.clean);
after(async () => {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await folder.clean();
});

test('a glob means the files that match it, without what is ignored; of what is left out only what would match is told', async () => {
  await folder.write('.gitignore', 'made.ts\n*.log\n');
  for (const path of ['a.ts', 'x/b.ts', 'made.ts', 'a.log', 'c.md']) await folder.write(path, 'text');
  const found = await lookedAt([{ kind: 'glob', glob: 'kinds/**/*.ts' }]);
  assert.deepEqual(pathsOf(found), ['kinds/a.ts', 'kinds/x/b.ts']);
  assert.deepEqual(reasonsOf(found), ['kinds/made.ts ignored kinds/.gitignore: made.ts']);
});

test('a glob that means too many paths is told of', async () => {
  const found = await lookedAt([{ kind: 'glob', glob: 'kinds/{a,b}'.repeat(18) }]);
  assert.deepEqual(reasonsOf(found), [
    `${'kinds/{a,b}'.repeat(18)} unreadable This glob means too many paths to be tried.`,
  ]);
});

test('open editors mean the files of the workspace that are open, as they are opened and closed', async () => {
  const uri = await folder.write('a.ts', 'a\n');
  await folder.write('b.ts', 'b\n');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  const files = pinnedWith();
  try {
    await files.pin([{ kind: 'openEditors' }]);
    assert.deepEqual(pathsOf(await now(files)), []);
    await vscode.window.showTextDocument(uri, { preview: false });
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content: 'untitled' }));
    await until(async () => pathsOf(await now(files)).join() === 'kinds/a.ts');
    await vscode.window.showTextDocument(folder.at('b.ts'), { preview: false });
    await until(async () => pathsOf(await now(files)).join() === 'kinds/a.ts,kinds/b.ts');
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await until(async () => pathsOf(await now(files)).join() === 'kinds/a.ts');
  } finally {
    files.dispose();
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  }
});

test('open editors are those of notebooks, of other kinds and comparisons, too; what is binary is left out as ever', async () => {
  const notebook = '{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}\n';
  await folder.write('book.ipynb', notebook);
  await folder.write('old.ts', 'old\n');
  await folder.write('new.ts', 'new\n');
  await folder.write('dot.png', 'dot');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  const files = pinnedWith();
  try {
    await files.pin([{ kind: 'openEditors' }]);
    await vscode.commands.executeCommand('vscode.openWith', folder.at('book.ipynb'), 'jupyter-notebook');
    await until(async () => pathsOf(await now(files)).includes('kinds/book.ipynb'));
    await vscode.commands.executeCommand('workbench.action.keepEditor');
    await vscode.commands.executeCommand('vscode.diff', folder.at('old.ts'), folder.at('new.ts'));
    await until(async () => pathsOf(await now(files)).includes('kinds/new.ts'));
    await vscode.commands.executeCommand('workbench.action.keepEditor');
    await vscode.commands.executeCommand(
      'vscode.openWith',
      folder.at('dot.png'),
      'imagePreview.previewEditor',
    );
    await until(async () => reasonsOf(await now(files)).join() === 'kinds/dot.png binary *.png');
    assert.deepEqual(pathsOf(await now(files)), ['kinds/book.ipynb', 'kinds/new.ts']);
  } finally {
    files.dispose();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  }
});

test('the branch means what differs from where it began: committed, changed, new, but not what was deleted', async () => {
  const repository = await testRepository('branching', {
    'same.ts': 'same\n',
    'edited.ts': 'one\n',
    'gone.ts': 'x\n',
  });
  const files = pinnedWith();
  try {
    repository.git('add', '.');
    repository.git('commit', '-q', '-m', 'one');
    repository.git('checkout', '-q', '-b', 'topic');
    await repository.write('committed.ts', 'new\n');
    repository.git('add', '.');
    repository.git('commit', '-q', '-m', 'two');
    await repository.write('edited.ts', 'two\n');
    await repository.write('untracked.ts', 'new\n');
    await repository.remove('gone.ts');
    await files.pin([{ kind: 'branch' }]);
    const own = async () =>
      ((await files.current())?.files ?? [])
        .map(({ path }) => path)
        .filter((path) => path.startsWith('branching/'));
    const expected = ['branching/committed.ts', 'branching/edited.ts', 'branching/untracked.ts'];
    await until(async () => (await own()).join() === expected.join());
    await repository.write('same.ts', 'changed\n');
    await until(async () => (await own()).includes('branching/same.ts'));
  } finally {
    files.dispose();
    await repository.close();
  }
});

test('nothing of a workspace that is not trusted is looked at, until the user pins something', async () => {
  await folder.write('a.ts', 'a\n');
  const asked: string[] = [];
  const pins = { version: 1, pins: [{ kind: 'file', path: 'kinds/a.ts' }] };
  const files = pinnedWith({
    cache: { read: async () => pins, write: async () => undefined },
    isTrusted: () => false,
    findSecret: async (_text, path) => void asked.push(path),
  });
  try {
    assert.equal(await files.current(), undefined, 'it is not known, which is not nothing');
    assert.deepEqual(files.pins, pins.pins);
    assert.equal(files.known, undefined);
    assert.deepEqual(asked, []);
    await files.pin([]);
    assert.deepEqual(pathsOf(await now(files)), ['kinds/a.ts']);
  } finally {
    files.dispose();
  }
});

test('what could not be looked at is not known, and what was known before is kept', async () => {
  await folder.write('a.ts', 'a\n');
  let isBroken = false;
  const logged: string[] = [];
  const files = createPinnedFiles({
    cache: memoryCache(),
    log: (line) => void logged.push(line),
    readSettings() {
      if (isBroken) throw new Error('broken');
      return { 'context.exclude': {}, 'context.maxTokens': 1_000, 'context.includeSecrets': true };
    },
  });
  try {
    assert.deepEqual(await files.current(), { files: [], leftOut: [] }, 'nothing is pinned');
    isBroken = true;
    await files.pin([{ kind: 'file', path: 'kinds/a.ts' }]);
    assert.equal(await files.current(), undefined);
    assert.equal(files.known, undefined);
    assert.ok(logged.length > 0);
    isBroken = false;
    const found = await now(files);
    assert.deepEqual(pathsOf(found), ['kinds/a.ts']);
    isBroken = true;
    await files.pin([{ kind: 'openEditors' }]);
    assert.equal(await files.current(), found);
  } finally {
    files.dispose();
  }
});

test('a branch that git cannot tell of is not known, and what was known of it is kept', async () => {
  const files = pinnedWith();
  try {
    await files.pin([{ kind: 'branch' }]);
    assert.equal(await files.current(), undefined);
  } finally {
    files.dispose();
  }
  const repository = await testRepository('forgotten', { 'a.ts': 'a\n' });
  const changed = createBranchFiles(() => undefined);
  try {
    repository.git('add', '.');
    repository.git('commit', '-q', '-m', 'one');
    repository.git('checkout', '-q', '-b', 'topic');
    await repository.write('new.ts', 'new\n');
    const own = (uris: readonly vscode.Uri[]) => uris.filter(({ path }) => path.includes('/forgotten/'));
    await until(async () => own((await changed.list()).files).length === 1);
    assert.equal((await changed.list()).isKnown, true);
    repository.git('branch', '-D', 'main');
    await until(async () => (await changed.list()).problem !== undefined);
    const { files: kept, isKnown } = await changed.list();
    assert.deepEqual([own(kept).length, isKnown], [1, true]);
  } finally {
    changed.dispose();
    await repository.close();
  }
});

test('what is excluded is read when it is looked, for each folder, and again when it differs', async () => {
  await folder.write('a.ts', 'a\n');
  await folder.write('made/b.ts', 'b\n');
  let globs: Readonly<Record<string, boolean>> = {};
  const asked: string[] = [];
  const files = createPinnedFiles({
    cache: memoryCache(),
    log: () => undefined,
    freshFor: 0,
    readSettings(of) {
      if (of) asked.push(of.toString());
      const exclude = of ? globs : {};
      return { 'context.exclude': exclude, 'context.maxTokens': 1_000, 'context.includeSecrets': true };
    },
  });
  try {
    globs = { '**/made': true };
    await files.pin([{ kind: 'folder', path: 'kinds' }]);
    assert.deepEqual(pathsOf(await now(files)), ['kinds/a.ts']);
    const [workspace] = vscode.workspace.workspaceFolders ?? [];
    assert.deepEqual([...new Set(asked)], [workspace?.uri.toString()]);
    globs = { '**/a.ts': true };
    await files.pin([{ kind: 'file', path: 'kinds/made/b.ts' }]);
    assert.deepEqual(pathsOf(await now(files)), ['kinds/made/b.ts']);
  } finally {
    files.dispose();
  }
});

test('what git keeps for itself is left out, pinned by name or open in an editor', async () => {
  const uri = await folder.write('.git/config', 'token\n');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.window.showTextDocument(uri, { preview: false });
  const found = await lookedAt([
    { kind: 'file', path: 'kinds/.git/config' },
    { kind: 'folder', path: 'kinds/.git' },
    { kind: 'openEditors' },
  ]);
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  assert.deepEqual(pathsOf(found), []);
  assert.deepEqual(reasonsOf(found), ['kinds/.git ignored .git', 'kinds/.git/config ignored .git']);
});

test('a workspace says for its files what is excluded', async () => {
  const configuration = vscode.workspace.getConfiguration('parley', folder.uri);
  const target = vscode.ConfigurationTarget.WorkspaceFolder;
  try {
    await configuration.update('context.exclude', { '**/made': true }, target);
    assert.deepEqual(currentSettings(folder.uri)['context.exclude'], { '**/made': true });
  } finally {
    await configuration.update('context.exclude', undefined, target);
  }
});

test('what is unpinned while it is being looked at is not in what comes back', async () => {
  for (let at = 0; at < 60; at++) await folder.write(`many/f${at}.ts`, `const a = ${at};\n`);
  await folder.write('a.ts', 'a\n');
  const files = pinnedWith();
  try {
    await files.pin([
      { kind: 'folder', path: 'kinds/many' },
      { kind: 'file', path: 'kinds/a.ts' },
    ]);
    const looking = now(files);
    await until(() => files.looking !== undefined);
    await files.unpin([{ kind: 'folder', path: 'kinds/many' }]);
    assert.deepEqual(pathsOf(await looking), ['kinds/a.ts']);
    assert.deepEqual(pathsOf(await now(files)), ['kinds/a.ts']);
    assert.equal(files.looking, undefined);
    await files.unpin(files.pins);
    assert.deepEqual(await now(files), { files: [], leftOut: [] });
  } finally {
    files.dispose();
  }
});

test('a second look reads only what was edited', async () => {
  for (let at = 0; at < 30; at++) await folder.write(`f${at}.ts`, `const a = ${at};\n`);
  const read: string[] = [];
  const files = pinnedWith({ findSecret: async (_text, path) => void read.push(path) });
  try {
    await files.pin([{ kind: 'folder', path: 'kinds' }]);
    await now(files);
    assert.equal(read.length, 30);
    read.length = 0;
    await folder.write('f7.ts', 'edited\n');
    await until(async () => (await now(files)).files.some(({ text }) => text === 'edited\n'));
    assert.deepEqual([...new Set(read)], ['kinds/f7.ts']);
  } finally {
    files.dispose();
  }
});

test('a change that no watcher has told of is seen by the time of the file', async () => {
  const uri = await folder.write('a.ts', 'one\n');
  const files = pinnedWith({ trustedFor: 0 });
  try {
    await files.pin([{ kind: 'file', path: 'kinds/a.ts' }]);
    assert.equal((await now(files)).files[0]?.text, 'one\n');
    writeFileSync(uri.fsPath, 'longer\n');
    assert.equal((await now(files)).files[0]?.text, 'longer\n');
  } finally {
    files.dispose();
  }
});

test('what is more than the budget is left out whole, and texts that are not sent are not kept', async () => {
  const text = 'word '.repeat(300);
  for (let at = 0; at < 20; at++) await folder.write(`f${String(at).padStart(2, '0')}.ts`, `${text}\n`);
  const found = await lookedAt([{ kind: 'folder', path: 'kinds' }], { 'context.maxTokens': 2_000 });
  assert.ok(found.files.length > 0 && found.files.length < 10, String(found.files.length));
  assert.equal(found.files.length + found.leftOut.length, 20);
  assert.ok(found.leftOut.every(({ reason, tokens }) => reason === 'overBudget' && (tokens ?? 0) > 100));
  assert.ok(found.files.every((file) => file.text === `${text}\n`));
});

test('a path names the file wherever its workspace folder is named or not', async () => {
  const uri = await folder.write('caf\u00e9/a.ts', 'a');
  const [workspace] = vscode.workspace.workspaceFolders ?? [];
  assert.equal(pinPath(uri), 'kinds/caf\u00e9/a.ts');
  assert.equal((await placeOf('kinds/caf\u00e9/a.ts'))?.uri.toString(), uri.toString());
  assert.equal((await placeOf(`${workspace?.name}/kinds/caf\u00e9/a.ts`))?.uri.toString(), uri.toString());
  assert.equal((await placeOf('kinds'))?.isFolder, true);
  assert.equal(await placeOf('kinds/none'), undefined);
  assert.equal(pinPath(vscode.Uri.file('/elsewhere')), undefined);
});

test('the files that an open document imports are suggested, as far as they are there', async () => {
  await folder.write('src/b.ts');
  await folder.write('src/c/index.ts');
  await folder.write('lib/d.css');
  const uri = await folder.write(
    'src/a.ts',
    "import './b.js';\nimport x from './c';\nimport '../lib/d.css';\nimport './none';\nimport 'vscode';\nimport './a.ts';\n",
  );
  const found = await importsOf(await vscode.workspace.openTextDocument(uri));
  assert.deepEqual(
    found.map((each) => pinPath(each)),
    ['kinds/src/b.ts', 'kinds/src/c/index.ts', 'kinds/lib/d.css'],
  );
  await folder.write('app/models.py');
  await folder.write('app/__init__.py');
  const python = await folder.write(
    'app/web/views.py',
    'from app.models import A\nfrom .. import models\nimport os\n',
  );
  const modules = await importsOf(await vscode.workspace.openTextDocument(python));
  assert.deepEqual(
    modules.map((each) => pinPath(each)),
    ['kinds/app/models.py'],
  );
});
