import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sha256Of } from '../../../src/host/sha256.ts';
import { createTextHasher, sha256OfText } from '../../../src/host/storage/textHash.ts';

const sha256OfBytes = (text: string): Promise<string> => sha256Of(new TextEncoder().encode(text));

test('a text has the hash of its bytes, wherever it is cut on the way', async () => {
  // The pair lies before, across and behind every place where a text may be cut.
  for (const text of ['', 'a', 'é漢🙂', ...['', 'x', 'xx'].map((start) => start + '🙂'.repeat(300_000))]) {
    let breaths = 0;
    const hash = await sha256OfText(text, async () => void breaths++);
    assert.equal(hash, await sha256OfBytes(text));
    assert.ok(breaths >= text.length / 300_000);
  }
});

test('half of a pair counts as it does for bytes', async () => {
  assert.equal(await sha256OfText('a\ud83d', async () => undefined), await sha256OfBytes('a\ud83d'));
});

test('texts in pieces have the hashes of the whole ones, and what they begin with alike is hashed once', async () => {
  const hashOf = createTextHasher();
  const big = 'x'.repeat(2_000_000);
  let breaths = 0;
  const breathe = async (): Promise<void> => void breaths++;
  for (const pieces of [
    [],
    ['a'],
    [big, 'b', 'c'],
    [big, 'b', 'd'],
    [big],
    [big, '', 'é', '🙂'],
    ['y', big],
    [],
  ]) {
    breaths = 0;
    assert.equal(await hashOf(pieces, breathe), await sha256OfBytes(pieces.join('')), String(pieces.length));
    if (pieces[1] === 'b' && pieces[2] === 'd') assert.equal(breaths, 1);
  }
});

test('hashes that are made side by side do not disturb each other', async () => {
  const hashOf = createTextHasher();
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const texts = [
    ['a', 'b', 'c'],
    ['a', 'x', 'c'],
    ['a', 'b', 'd'],
  ];
  const hashes = await Promise.all(texts.map((pieces) => hashOf(pieces, turn)));
  assert.deepEqual(hashes, await Promise.all(texts.map((pieces) => sha256OfBytes(pieces.join('')))));
});
