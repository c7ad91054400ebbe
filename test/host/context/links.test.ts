import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { createFolderList } from '../../../src/host/context/pinning/folderList.ts';
import { testFolder, uncancelled, until } from '../folder.ts';
import { testRepository } from '../repository.ts';
import { lookedAt, now, pathsOf, pinnedWith, reasonsOf } from './setup.ts';

/** Links lead wherever they like: what is pinned must not be read outside of the workspace. */

const folder = testFolder('links');
const outside = mkdtempSync(join(tmpdir(), 'parley-outside-'));
mkdirSync(join(outside, 'sub'));
writeFileSync(join(outside, 'private.txt'), 'diary\n');
writeFileSync(join(outside, 'sub', 'deep.txt'), 'diary\n');

beforeEach(async () => {
  await folder.clean();
  await folder.write('a.ts', 'a\n');
});
after(async () => {
  await folder.clean();
  rmSync(outside, { recursive: true, force: true });
});

function link(path: string, target: string): void {
  symlinkSync(join(outside, target), folder.at(path).fsPath);
}

test('links to files and folders in a pinned folder are left out as links', async () => {
  link('notes.txt', 'private.txt');
  link('linked', 'sub');
  const found = await lookedAt([
    { kind: 'folder', path: 'links' },
    { kind: 'glob', glob: 'links/*.txt' },
  ]);
  assert.deepEqual(pathsOf(found), ['links/a.ts']);
  assert.deepEqual(reasonsOf(found), ['links/linked link', 'links/notes.txt link']);
});

test('links that are made while the folder is followed are left out, and so is what is told of below them', async () => {
  const files = pinnedWith();
  try {
    await files.pin([{ kind: 'folder', path: 'links' }]);
    assert.deepEqual(pathsOf(await now(files)), ['links/a.ts']);
    link('notes.txt', 'private.txt');
    link('linked', 'sub');
    await folder.write('b.ts', 'b\n');
    await until(async () => pathsOf(await now(files)).length > 1 && reasonsOf(await now(files)).length > 1);
    assert.deepEqual(pathsOf(await now(files)), ['links/a.ts', 'links/b.ts']);
    assert.deepEqual(reasonsOf(await now(files)), ['links/linked link', 'links/notes.txt link']);
  } finally {
    files.dispose();
  }
});

test('what is told of below a link that nobody has told of is no file of the folder', async () => {
  const list = createFolderList(folder.uri, { exclusionOf: () => undefined });
  const listed = async (): Promise<readonly string[]> => {
    const found: string[] = [];
    for await (const uris of list.files(uncancelled())) found.push(...uris.map(({ path }) => path));
    return found;
  };
  assert.equal((await listed()).length, 1);
  link('linked', 'sub');
  assert.equal((await listed()).length, 1, 'nobody has told of it');
  list.note(folder.at('linked/deep.txt'));
  assert.deepEqual(await listed(), [folder.at('a.ts').path]);
});

test('a pin whose path is a link or leads through one is left out, as a set of the workspace may name it', async () => {
  link('notes.txt', 'private.txt');
  link('linked', '.');
  const found = await lookedAt([
    { kind: 'file', path: 'links/notes.txt' },
    { kind: 'file', path: 'links/linked/private.txt' },
    { kind: 'folder', path: 'links/linked' },
    { kind: 'folder', path: 'links/linked/sub' },
    { kind: 'file', path: 'links/a.ts' },
  ]);
  assert.deepEqual(pathsOf(found), ['links/a.ts']);
  assert.deepEqual(reasonsOf(found), [
    'links/linked link',
    'links/linked/private.txt link',
    'links/linked/sub link',
    'links/notes.txt link',
  ]);
});

test('links that are new on a branch are left out', async () => {
  const repository = await testRepository('linking', { 'a.ts': 'a\n' });
  const files = pinnedWith();
  try {
    repository.git('add', '.');
    repository.git('commit', '-q', '-m', 'one');
    repository.git('checkout', '-q', '-b', 'topic');
    await repository.write('b.ts', 'b\n');
    symlinkSync(join(outside, 'private.txt'), repository.at('notes.txt').fsPath);
    await files.pin([{ kind: 'branch' }]);
    const own = (paths: readonly string[]) => paths.filter((path) => path.startsWith('linking/'));
    await until(async () => {
      const found = await files.current();
      return found !== undefined && own(pathsOf(found)).length + own(reasonsOf(found)).length === 2;
    });
    assert.deepEqual(own(pathsOf(await now(files))), ['linking/b.ts']);
    assert.deepEqual(own(reasonsOf(await now(files))), ['linking/notes.txt link']);
  } finally {
    files.dispose();
    await repository.close();
  }
});
