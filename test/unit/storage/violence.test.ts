import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hammerOneStorage } from '../../violence/hammer.ts';
import { killWhileStreaming } from '../../violence/kills.ts';
import { tearLastRecord } from '../../violence/tears.ts';

// A short round of `npm run test:violence`, by the same rules.

test('a journal torn at any byte of its last record keeps all before, the torn text, and what comes after', async () => {
  const { tears, broken } = await tearLastRecord();
  assert.deepEqual(broken, []);
  assert.ok(tears > 100);
});

test('three processes on one storage: every event is there once, in order', async () => {
  const { events, handovers, broken } = await hammerOneStorage(2);
  assert.deepEqual(broken, []);
  assert.ok(events > 0 && handovers > 0);
});

test('killed while it streams, a process loses no conversation, no finished turn, and no text older than promised', async () => {
  const { kills, cutAnswers, broken } = await killWhileStreaming(12, 2, Date.now() % 1_000_000);
  assert.deepEqual(broken, []);
  assert.ok(kills === 12 && cutAnswers > 0);
});
