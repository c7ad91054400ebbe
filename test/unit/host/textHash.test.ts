import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sha256Of } from '../../../src/host/sha256.ts';
import { sha256OfText } from '../../../src/host/storage/textHash.ts';

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
