import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import { setAside } from '../../../src/host/storage/quarantine.ts';
import { watchSyncs } from '../../support/syncs.ts';

const roots: string[] = [];
after(() => Promise.all(roots.map((root) => fs.rm(root, { recursive: true, force: true }))));

async function newFile(): Promise<string> {
  const root = await fs.mkdtemp(path.join(os.tmpdir(), 'parley-quarantine-'));
  roots.push(root);
  return path.join(root, 'c.quarantine');
}

test('half a line that a broken write has left does not swallow the next one', async () => {
  const file = await newFile();
  await fs.writeFile(file, 'torn\tone\ntorn\ttw');
  await setAside(file, [{ reason: 'torn', text: 'three' }]);
  assert.equal(await fs.readFile(file, 'utf8'), 'torn\tone\ntorn\ttw\ntorn\tthree\n');
});

test('a text that is only a part of a kept one is kept as well, and each one once', async () => {
  const file = await newFile();
  for (const texts of [
    ['a\tb', 'b', 'b'],
    ['b', 'a\tb', 'a'],
  ])
    await setAside(
      file,
      texts.map((text) => ({ reason: 'content', text })),
    );
  assert.equal(await fs.readFile(file, 'utf8'), 'content\ta\tb\ncontent\tb\ncontent\ta\n');
});

test('what is set aside is on the device', { skip: process.platform !== 'linux' }, async (t) => {
  const file = await newFile();
  const names = await watchSyncs(t);
  await setAside(file, [{ reason: 'unowned', text: 'the one copy' }]);
  assert.deepEqual(names, ['c.quarantine']);
});
