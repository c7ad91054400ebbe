import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import { type AttachmentStore, fail, GONE, NOT_READ, type Result } from '../../../src/core/ports.ts';
import { createAttachmentStore, UNUSED } from '../../../src/host/storage/attachmentStore.ts';
import { watchSyncs } from '../../support/syncs.ts';

const roots: string[] = [];
after(() => Promise.all(roots.map((root) => fs.rm(root, { recursive: true, force: true }))));

async function newStore(): Promise<{ readonly store: AttachmentStore; readonly folder: string }> {
  const root = await fs.mkdtemp(path.join(os.tmpdir(), 'parley-attachments-'));
  roots.push(root);
  const folder = path.join(root, 'attachments');
  return { store: createAttachmentStore(folder), folder };
}

function valueOrFail<T>(result: Result<T>): T {
  if (!result.ok) assert.fail(`failed: ${JSON.stringify(result.failure)}`);
  return result.value;
}

const BYTES = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 255, 10, 13);

test('bytes lie under their hash, for the user alone, and come back as base64', async () => {
  const { store, folder } = await newStore();
  const { sha256 } = valueOrFail(await store.put(BYTES));
  assert.equal(sha256, createHash('sha256').update(BYTES).digest('hex'));
  assert.deepEqual(await fs.readdir(folder), [sha256]);
  const { mode } = await fs.stat(path.join(folder, sha256));
  if (process.platform !== 'win32') assert.equal(mode & 0o777, 0o600);
  assert.equal(valueOrFail(await store.base64(sha256)), Buffer.from(BYTES).toString('base64'));
});

test('the same bytes are stored once, also when they are given many times at once', async () => {
  const { store, folder } = await newStore();
  const other = createAttachmentStore(folder);
  const puts = Array.from({ length: 20 }, (_, n) => (n % 2 ? store : other).put(BYTES));
  const names = (await Promise.all(puts)).map((result) => valueOrFail(result).sha256);
  assert.equal(new Set(names).size, 1);
  assert.deepEqual(await fs.readdir(folder), [names[0]]);
  const before = await fs.stat(path.join(folder, names[0] ?? ''));
  await store.put(BYTES);
  const after = await fs.stat(path.join(folder, names[0] ?? ''));
  assert.equal(after.ino, before.ino);
});

test('nothing at all can be stored as well', async () => {
  const { store } = await newStore();
  const { sha256 } = valueOrFail(await store.put(new Uint8Array()));
  assert.equal(valueOrFail(await store.base64(sha256)), '');
});

test('what is no hash is no attachment, so that no path can be made of it', async () => {
  const { store, folder } = await newStore();
  await fs.mkdir(folder, { recursive: true });
  await fs.writeFile(path.join(folder, '..', 'secret'), 'key');
  const { sha256 } = valueOrFail(await store.put(BYTES));
  for (const name of ['../secret', sha256.toUpperCase(), `${sha256}\n`, `./${sha256}`, '', 'a'.repeat(63)]) {
    const result = await store.base64(name);
    assert.deepEqual(result, fail({ kind: 'storage', code: GONE, message: 'not an attachment' }), name);
  }
});

test('an attachment that is gone or damaged is a failure, never a wrong picture', async () => {
  const { store, folder } = await newStore();
  const { sha256 } = valueOrFail(await store.put(BYTES));
  const file = path.join(folder, sha256);
  await fs.writeFile(file, BYTES.toReversed());
  const damaged = await store.base64(sha256);
  assert.deepEqual(damaged, fail({ kind: 'storage', code: GONE, message: 'attachment damaged' }));
  await fs.rm(file);
  const gone = await store.base64(sha256);
  assert.deepEqual(gone, fail({ kind: 'storage', code: GONE, message: 'ENOENT' }));
});

test('an attachment that only cannot be read is not gone', async () => {
  const { store, folder } = await newStore();
  const name = 'a'.repeat(64);
  await fs.mkdir(path.join(folder, name), { recursive: true });
  const failed = await store.base64(name);
  assert.ok(!failed.ok && failed.failure.kind === 'storage' && failed.failure.code === NOT_READ);
});

test('an attachment that was cut short is made whole by the next put', async () => {
  const { store, folder } = await newStore();
  const { sha256 } = valueOrFail(await store.put(BYTES));
  await fs.truncate(path.join(folder, sha256), 3);
  valueOrFail(await store.put(BYTES));
  assert.equal(valueOrFail(await store.base64(sha256)), Buffer.from(BYTES).toString('base64'));
});

test('a folder that cannot be used is a failure with the reason of the system', async () => {
  const { store, folder } = await newStore();
  await fs.writeFile(folder, 'a file where the folder should be');
  const result = await store.put(BYTES);
  assert.ok(!result.ok);
  assert.match(result.failure.message ?? '', /^E(NOTDIR|EXIST)$/);
});

test('what was read stays in memory, and what was used longest ago makes room', async () => {
  const { store, folder } = await newStore();
  const megabytes = async (value: number): Promise<string> => {
    const bytes = new Uint8Array(15 * 1024 * 1024).fill(value);
    const { sha256 } = valueOrFail(await store.put(bytes));
    valueOrFail(await store.base64(sha256));
    return sha256;
  };
  // 15 MB are 20 MB in base64: three of them have room.
  const [first, second, third] = [await megabytes(1), await megabytes(2), await megabytes(3)];
  valueOrFail(await store.base64(first));
  const fourth = await megabytes(4);
  await fs.rm(folder, { recursive: true });
  for (const name of [first, third, fourth]) assert.equal((await store.base64(name)).ok, true);
  assert.equal((await store.base64(second)).ok, false);
});

test('what lies there damaged is whole again when it is attached again', async () => {
  const { store, folder } = await newStore();
  const { sha256 } = valueOrFail(await store.put(BYTES));
  await fs.writeFile(path.join(folder, sha256), BYTES.toReversed());
  assert.equal((await store.base64(sha256)).ok, false);
  valueOrFail(await store.put(BYTES));
  assert.equal(valueOrFail(await store.base64(sha256)), Buffer.from(BYTES).toString('base64'));
});

test('an attachment that was set aside is found by all who want it at once', async () => {
  const { store, folder } = await newStore();
  for (let round = 0; round < 20; round++) {
    const { sha256 } = valueOrFail(await store.put(Uint8Array.of(round)));
    await fs.mkdir(path.join(folder, UNUSED), { recursive: true });
    await fs.rename(path.join(folder, sha256), path.join(folder, UNUSED, sha256));
    const stores = Array.from({ length: 8 }, () => createAttachmentStore(folder));
    for (const found of await Promise.all(stores.map((one) => one.base64(sha256)))) valueOrFail(found);
  }
});

test('an attachment is on the device before what names it can be', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const { store, folder } = await newStore();
  const names = await watchSyncs(t);
  valueOrFail(await store.put(BYTES));
  assert.equal(names.at(-1), path.basename(folder));
});
