import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { localEntries, localFile, localFileNow, localStat } from '../../../src/host/storage/localFiles.ts';

const folder = await mkdtemp(join(tmpdir(), 'parley-local-'));

after(() => rm(folder, { recursive: true, force: true }));

test('a plain file has its size, its time and its bytes, also when it is empty or long', async () => {
  for (const length of [0, 5, 3_000_000]) {
    const file = join(folder, `long${length}`);
    const bytes = Uint8Array.from({ length }, (_, at) => at % 251);
    await writeFile(file, bytes);
    await utimes(file, 1_000, 1_234.567);
    const found = await localStat(file);
    assert.equal(found?.kind, 'file');
    assert.equal(found.size, length);
    assert.equal(found.mtime, 1_234_567);
    const read = await localFile(file, ({ size }) => size === length);
    assert.deepEqual(read?.stat, found);
    assert.ok(read?.bytes && Buffer.from(read.bytes).equals(bytes));
    assert.deepEqual(await localFile(file, () => false), { stat: found });
    const now = localFileNow(file, ({ size }) => size === length, new Uint8Array(length));
    assert.deepEqual(now?.stat, found);
    assert.ok(now?.bytes && Buffer.from(now.bytes).equals(bytes));
    assert.deepEqual(
      localFileNow(file, () => false, new Uint8Array(0)),
      { stat: found },
    );
  }
});

test('a folder has its entries', async () => {
  const inner = join(folder, 'inner');
  await mkdir(join(inner, 'below'), { recursive: true });
  await writeFile(join(inner, 'a.ts'), 'a');
  assert.equal((await localStat(inner))?.kind, 'folder');
  const entries = await localEntries(inner);
  assert.deepEqual(entries?.map(({ name, kind }) => `${kind} ${name}`).sort(), ['file a.ts', 'folder below']);
});

test('what is not there or no plain file is left to others', async () => {
  const missing = join(folder, 'missing');
  assert.equal(await localStat(missing), undefined);
  assert.equal(await localFile(missing, () => true), undefined);
  assert.equal(
    localFileNow(missing, () => true, new Uint8Array(9)),
    undefined,
  );
  assert.equal(
    localFileNow(folder, () => true, new Uint8Array(9)),
    undefined,
  );
  assert.equal(await localEntries(missing), undefined);
  assert.equal(await localFile(folder, () => true), undefined);
  const linked = join(folder, 'linked');
  await mkdir(linked);
  await symlink(join(folder, 'long5'), join(linked, 'link'));
  assert.equal(await localStat(join(linked, 'link')), undefined);
  assert.equal(await localEntries(linked), undefined);
});
