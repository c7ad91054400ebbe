import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatEvent } from '../../../../src/core/conversation/events.ts';
import { emptyConversation, reduceAll } from '../../../../src/core/conversation/events.ts';
import type { Usage } from '../../../../src/core/conversation/model.ts';
import type { SpendingEntry } from '../../../../src/core/money/money.ts';
import { spendingOf } from '../../../../src/core/money/spending.ts';
import { NO_USAGE, openAnswer, question } from '../../../support/conversations.ts';

const QUOTED = { fresh: 10, read: 300, write5m: 90, write1h: 0, exact: true, maxOutput: 1000 };
const USAGE: Usage = { ...NO_USAGE, input: 10, cacheRead: 300, cacheWrite: 90, output: 50 };
const FAILURE = { kind: 'overloaded' } as const;

const asked: readonly ChatEvent[] = [
  { type: 'turnAdded', turn: question('q', null, 'Hi') },
  { type: 'turnAdded', turn: openAnswer('a', 'q') },
  { type: 'requestSent', turn: 'a', sent: { at: 5, points: [], quoted: QUOTED } },
];

/** What the last of these events means for the log. */
function spent(...events: readonly ChatEvent[]): readonly SpendingEntry[] {
  const last = events.at(-1);
  assert.ok(last);
  return spendingOf(last, reduceAll(emptyConversation('c', 1), events), 99);
}

test('a request that leaves reserves its worst case: all of it written anew, the longest answer', () => {
  const [entry, ...more] = spent(...asked);
  assert.equal(more.length, 0);
  assert.deepEqual([entry?.kind, entry?.turn, entry?.conversation, entry?.at], ['reserved', 'a', 'c', 99]);
  assert.deepEqual(entry?.usage, { fresh: 0, read: 0, write5m: 400, write1h: 0, output: 1000 });
});

test('the end of an answer bills what it took, beside what was quoted', () => {
  const [entry] = spent(...asked, { type: 'turnEnded', turn: 'a', state: 'done', at: 9, usage: USAGE });
  assert.equal(entry?.kind, 'billed');
  assert.deepEqual(entry?.usage, { fresh: 10, read: 300, write5m: 90, write1h: 0, output: 50 });
  assert.equal(entry?.quoted?.read, 300);
});

test('an attempt that was billed and repeated is noted by itself', () => {
  const waiting = { until: 9, attempt: 2, attempts: 5, failure: FAILURE };
  const attempt = { at: 7, failure: FAILURE, usage: USAGE };
  const [entry] = spent(...asked, { type: 'retryScheduled', turn: 'a', waiting, attempt });
  assert.deepEqual([entry?.kind, entry?.usage.output], ['billed', 50]);
  assert.deepEqual(spent(...asked, { type: 'retryScheduled', turn: 'a', waiting, attempt: { at: 7 } }), []);
});

test('an answer that ended without a bill releases what was reserved for it', () => {
  const [entry] = spent(...asked, { type: 'turnEnded', turn: 'a', state: 'failed', at: 9, failure: FAILURE });
  assert.equal(entry?.kind, 'billed');
  assert.equal(
    Object.values(entry?.usage ?? {}).reduce((sum, tokens) => sum + tokens, 0),
    0,
  );
});

test('a summary is billed from its iterations, also when it failed', () => {
  const compaction = {
    id: 'k',
    at: 1,
    model: { id: 'm', name: 'M' },
    through: 'a',
    way: 'summarize',
    state: 'running',
    blocks: [],
  } as const;
  const usage = { ...NO_USAGE, iterations: [{ type: 'compaction', input_tokens: 70, output_tokens: 7 }] };
  const [entry, ...more] = spent(
    { type: 'compactionStarted', compaction },
    { type: 'compactionEnded', compaction: 'k', state: 'failed', at: 2, blocks: [], usage },
  );
  assert.deepEqual(
    [entry?.what, entry?.usage.fresh, entry?.usage.output, more.length],
    ['compaction', 70, 7, 0],
  );
});

test('nothing else costs anything', () => {
  assert.deepEqual(spent(...asked, { type: 'renamed', title: 'x' }), []);
});
