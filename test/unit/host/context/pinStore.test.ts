import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pin } from '../../../../src/core/context/pinned.ts';
import { pinOf } from '../../../../src/core/context/pinText.ts';
import { createPinStore, decodePins } from '../../../../src/host/context/pinning/pinStore.ts';
import type { JsonCache } from '../../../../src/host/storage/jsonCache.ts';

/** A file that two windows share, and whose reading and writing takes its time. */
function slowCache(): JsonCache & { value: unknown } {
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return {
    value: undefined,
    async read() {
      await turn();
      return this.value;
    },
    async write(value) {
      await turn();
      this.value = value;
    },
  };
}

const A: Pin = { kind: 'file', path: 'a' };
const B: Pin = { kind: 'glob', glob: '*.ts' };

test('pins of every kind are read as they were written', async () => {
  const cache = slowCache();
  const pins: readonly Pin[] = [
    A,
    B,
    { kind: 'folder', path: 'src/x' },
    { kind: 'workspace' },
    { kind: 'openEditors' },
    { kind: 'branch' },
  ];
  await createPinStore(cache).change(() => pins);
  assert.deepEqual(await createPinStore(cache).read(), pins);
});

test('changes wait for one another, and build on what another window has written', async () => {
  const cache = slowCache();
  const store = createPinStore(cache);
  await Promise.all([store.change((pins) => [...pins, A]), store.change((pins) => [...pins, B])]);
  assert.deepEqual(await store.read(), [A, B]);
  await createPinStore(cache).change(() => [B]);
  assert.deepEqual(await store.change((pins) => [...pins, A]), [B, A]);
});

test('what is no pin is dropped, and so is what leads out of the workspace', () => {
  const read = (pins: unknown) => decodePins({ version: 1, pins });
  assert.deepEqual(read([A, null, 1, {}, { kind: 'file' }, { kind: 'file', path: 1 }, { kind: 'new' }, B]), [
    A,
    B,
  ]);
  for (const path of ['../x', 'a/../../x', '/etc/passwd', '..\\x', '', 'a\0b', 'a'.repeat(5_000)]) {
    assert.deepEqual(
      read([
        { kind: 'file', path },
        { kind: 'folder', path },
        { kind: 'glob', glob: path },
      ]),
      [],
    );
  }
  assert.deepEqual(read([{ kind: 'file', path: 'a..b/c', extra: 1 }]), [{ kind: 'file', path: 'a..b/c' }]);
});

test('whatever a line of text may mean is kept', () => {
  const lines = ['a', '/a', './a/', '../a', 'glob:x', 'glob:/x', 'glob:../x', 'glob:\\x', 'glob:a\0', 'a\0'];
  const pins = lines.flatMap((line) => pinOf(line) ?? []);
  assert.equal(pins.length, 3);
  assert.deepEqual(decodePins({ version: 1, pins }), pins);
});

test('anything else on disk is no pins', () => {
  for (const value of [
    undefined,
    null,
    'x',
    [],
    {},
    { version: 1 },
    { version: 2, pins: [A] },
    { version: 1, pins: {} },
  ]) {
    assert.deepEqual(decodePins(value), []);
  }
});
