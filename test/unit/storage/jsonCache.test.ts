import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import { createJsonCache } from '../../../src/host/storage/jsonCache.ts';

const roots: string[] = [];
after(() => Promise.all(roots.map((root) => fs.rm(root, { recursive: true, force: true }))));

async function newFile(): Promise<string> {
  const root = await fs.mkdtemp(path.join(os.tmpdir(), 'parley-cache-'));
  roots.push(root);
  return path.join(root, 'deep', 'value.json');
}

test('of values that are written at once the last one counts, and is read at once', async () => {
  const file = await newFile();
  const cache = createJsonCache(file);
  for (let value = 0; value < 200; value++)
    void cache.write({ value, text: 'x'.repeat(1000 * (200 - value)) });
  const text = 'x'.repeat(1000);
  assert.deepEqual(await cache.read(), { value: 199, text });
  assert.deepEqual(await createJsonCache(file).read(), { value: 199, text });
  assert.deepEqual(await fs.readdir(path.dirname(file)), ['value.json']);
});

test('a value that cannot be written fails nobody, and the next one is written', async () => {
  const file = await newFile();
  await fs.writeFile(path.dirname(file), 'a file where the folder should be');
  const cache = createJsonCache(file);
  await cache.write(1);
  assert.equal(await cache.read(), undefined);
  await fs.rm(path.dirname(file));
  await cache.write(2);
  assert.equal(await cache.read(), 2);
});

test('what cannot take its place leaves nothing behind', async () => {
  const file = await newFile();
  await fs.mkdir(file, { recursive: true });
  await createJsonCache(file).write(1);
  assert.deepEqual(await fs.readdir(path.dirname(file)), ['value.json']);
});
