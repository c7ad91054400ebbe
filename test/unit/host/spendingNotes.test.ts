import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChatEvent, emptyConversation, reduceAll } from '../../../src/core/conversation/events.ts';
import type { SpendingEntry } from '../../../src/core/money/money.ts';
import { fail, type SpendingLog, succeed } from '../../../src/core/ports.ts';
import { createSpendingNotes } from '../../../src/host/spendingNotes.ts';
import { NO_USAGE, openAnswer, question } from '../../support/conversations.ts';

const QUOTED = { fresh: 10, read: 0, write5m: 0, write1h: 0, exact: true, maxOutput: 1000 };
const SENT: readonly ChatEvent[] = [
  { type: 'turnAdded', turn: question('q', null, 'Hi') },
  { type: 'turnAdded', turn: openAnswer('a', 'q') },
  { type: 'requestSent', turn: 'a', sent: { at: 5, points: [], quoted: QUOTED } },
];
const STARTED: ChatEvent = {
  type: 'answerStarted',
  turn: 'a',
  messageId: 'm',
  usage: { ...NO_USAGE, input: 10, output: 1 },
};
const INTERRUPTED: ChatEvent = { type: 'turnEnded', turn: 'a', state: 'interrupted', at: 9 };

const sessionAfter = (...events: readonly ChatEvent[]) => ({
  conversation: reduceAll(emptyConversation('c', 1), events),
});

function setUp(known: readonly SpendingEntry[] = []) {
  const entries: SpendingEntry[] = [...known];
  const log: SpendingLog = {
    async append(entry) {
      entries.push(entry);
      return succeed(undefined);
    },
    since: async () => entries,
  };
  let noted = 0;
  const notes = createSpendingNotes(
    log,
    { now: () => 20 },
    () => undefined,
    () => noted++,
  );
  return { entries, notes, noted: () => noted };
}

test('what a dead window had reserved is billed when its answer is found interrupted, once', async () => {
  const { entries, notes, noted } = setUp();
  await notes.note(sessionAfter(...SENT), SENT.slice(-1));
  const reopened = sessionAfter(...SENT, STARTED, INTERRUPTED);
  await notes.catchUp(reopened);
  await notes.catchUp(reopened);
  assert.deepEqual(
    entries.map((entry) => entry.kind),
    ['reserved', 'billed'],
  );
  assert.deepEqual([entries[1]?.usage.fresh, entries[1]?.usage.output], [10, 1]);
  assert.equal(noted(), 2);
});

test('an answer that was billed, or never sent, is left alone', async () => {
  const { entries, notes } = setUp();
  await notes.catchUp(sessionAfter(...SENT, STARTED, INTERRUPTED));
  assert.equal(entries.length, 0, 'a log that knows nothing of it is of another machine');
  await notes.catchUp(sessionAfter(...SENT.slice(0, 2), INTERRUPTED));
  await notes.catchUp(sessionAfter());
  assert.equal(entries.length, 0);
});

test('a log that cannot be written is said, not thrown', async () => {
  const lines: string[] = [];
  const log: SpendingLog = { append: async () => fail({ kind: 'storage' }), since: async () => [] };
  const notes = createSpendingNotes(
    log,
    { now: () => 1 },
    (line) => lines.push(line),
    () => undefined,
  );
  await notes.note(sessionAfter(...SENT), SENT.slice(-1));
  assert.equal(lines.length, 1);
});
