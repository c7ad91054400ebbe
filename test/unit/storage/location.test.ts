import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import { isSameFolder, judgeLocation } from '../../../src/host/storage/location.ts';

const roots: string[] = [];
after(() => Promise.all(roots.map((root) => fs.rm(root, { recursive: true, force: true }))));

async function newRoot(): Promise<string> {
  const root = await fs.mkdtemp(path.join(os.tmpdir(), 'parley-location-'));
  roots.push(root);
  return root;
}

test('a folder that can be written to is used and left as it was; one that is missing is made', async () => {
  const root = await newRoot();
  assert.deepEqual(judgeLocation(root), { kind: 'usable', folder: root });
  assert.deepEqual(await fs.readdir(root), []);
  const folder = path.join(root, 'history');
  assert.deepEqual(judgeLocation(folder), { kind: 'usable', folder });
  assert.ok((await fs.stat(folder)).isDirectory());
});

test('a drive that is not there is not made up', async () => {
  const root = await newRoot();
  const folder = path.join(root, 'drive', 'history');
  assert.deepEqual(judgeLocation(folder), { kind: 'missing', folder });
  assert.deepEqual(await fs.readdir(root), []);
});

test('a path that is not full, a file, and what lies below a file are refused', async () => {
  const root = await newRoot();
  assert.equal(judgeLocation('some/where').kind, 'relative');
  assert.equal(judgeLocation('.').kind, 'relative');
  await fs.writeFile(path.join(root, 'file'), '');
  assert.equal(judgeLocation(path.join(root, 'file')).kind, 'noFolder');
  assert.equal(judgeLocation(path.join(root, 'file', 'below')).kind, 'noFolder');
});

test('a folder that cannot be written to is refused', { skip: process.platform !== 'linux' }, () => {
  // Nobody can make files in there, not even root.
  assert.equal(judgeLocation('/proc/self/task').kind === 'usable', false);
});

test('the home folder can be written as ~', () => {
  assert.equal(judgeLocation('~').folder, path.normalize(os.homedir()));
  assert.equal(judgeLocation('~user').kind, 'relative');
});

test('two ways to one folder are the same', async () => {
  const root = await newRoot();
  await fs.mkdir(path.join(root, 'real'));
  await fs.symlink(path.join(root, 'real'), path.join(root, 'link'));
  assert.ok(isSameFolder(path.join(root, 'link'), path.join(root, 'real', '..', 'real')));
  assert.ok(!isSameFolder(root, path.join(root, 'real')));
});
