import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ChatEvent,
  coalesce,
  emptyConversation,
  interruption,
  reduce,
  reduceAll,
} from '../../../src/core/conversation/events.ts';
import { answerText } from '../../../src/core/conversation/model.ts';
import {
  answerEvents,
  conversationOf,
  openAnswer,
  question,
  randomEvents,
} from '../../support/conversations.ts';
import { createRandom } from '../../support/random.ts';

test('an answer grows block by block and ends with its bill', () => {
  const conversation = conversationOf('Why?');
  const answer = conversation.turns[1];
  assert.equal(answer?.role, 'assistant');
  assert.deepEqual(answer.blocks[0]?.content, {
    type: 'thinking',
    thinking: 'Let me see.',
    signature: 'sig-a0',
  });
  assert.equal(answerText(answer), 'Answer to Why?');
  assert.equal(answer.state, 'done');
  assert.equal(answer.usage?.output, 9);
  assert.equal(answer.endedAt, 6);
});

test('reducing never changes the conversation it was given', () => {
  const random = createRandom(7);
  let conversation = emptyConversation('c', 1);
  for (const event of randomEvents(random, 20)) {
    const frozen = deepFreeze(conversation);
    conversation = reduce(frozen, event);
  }
  assert.ok(conversation.turns.length > 0);
});

test('a turn that follows an earlier turn starts a branch and the rest goes aside', () => {
  const before = conversationOf('one', 'two');
  const branched = reduce(before, { type: 'turnAdded', turn: question('q9', 'a0', 'two, better') });
  assert.deepEqual(
    branched.turns.map((turn) => turn.id),
    ['q0', 'a0', 'q9'],
  );
  assert.deepEqual(
    branched.aside.map((turn) => turn.id),
    ['q1', 'a1'],
  );
});

test('a new first question sets the whole conversation aside', () => {
  const branched = reduce(conversationOf('one'), { type: 'turnAdded', turn: question('q9', null, 'anew') });
  assert.deepEqual(
    branched.turns.map((turn) => turn.id),
    ['q9'],
  );
  assert.equal(branched.aside.length, 2);
});

test('a turn whose parent was damaged follows the newest turn instead of being lost', () => {
  const grown = reduce(conversationOf('one'), { type: 'turnAdded', turn: question('q9', 'gone', 'and?') });
  assert.equal(grown.turns.at(-1)?.id, 'q9');
  assert.equal(grown.turns.length, 3);
});

test('events about unknown turns, unknown blocks and from a newer version change nothing', () => {
  const before = conversationOf('one');
  const strange = [
    { type: 'textGrew', turn: 'nobody', index: 0, text: 'x' },
    { type: 'textGrew', turn: 'a0', index: 99, text: 'x' },
    { type: 'textGrew', turn: 'q0', index: 0, text: 'x' },
    { type: 'blockStarted', turn: 'a0', index: 7, block: { type: 'text', text: '' }, at: 1 },
    { type: 'starSigned', by: 'version 9' } as unknown as ChatEvent,
  ] as const;
  assert.deepEqual(reduceAll(before, strange), before);
});

test('deltas of an unknown type leave the block as it came', () => {
  const before = conversationOf('one');
  const delta = { type: 'sparkle_delta', sparkle: 3 };
  const after = reduce(before, { type: 'blockChanged', turn: 'a0', index: 1, delta });
  assert.deepEqual(after, before);
});

test('citations are collected in order', () => {
  const cite = (n: number): ChatEvent => ({
    type: 'blockChanged',
    turn: 'a0',
    index: 1,
    delta: { type: 'citations_delta', citation: { n } },
  });
  const after = reduceAll(conversationOf('one'), [cite(1), cite(2)]);
  const answer = after.turns[1];
  assert.deepEqual(answer?.role === 'assistant' && answer.blocks[1]?.content.citations, [{ n: 1 }, { n: 2 }]);
});

test('joining neighboring growth changes the number of events and nothing else', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const events = randomEvents(createRandom(seed), 8);
    const joined = coalesce(events);
    const start = emptyConversation('c', 1);
    assert.ok(joined.length < events.length, `seed ${seed}`);
    assert.deepEqual(reduceAll(start, joined), reduceAll(start, events), `seed ${seed}`);
  }
});

test('growth of different blocks is never joined', () => {
  const grew = (index: number): ChatEvent => ({ type: 'textGrew', turn: 'a', index, text: 'x' });
  assert.deepEqual(coalesce([grew(0), grew(1), grew(1)]), [grew(0), { ...grew(1), text: 'xx' }]);
});

test('only an open answer can be interrupted', () => {
  const open = reduceAll(emptyConversation('c', 1), [
    { type: 'turnAdded', turn: question('q', null, 'hi') },
    { type: 'turnAdded', turn: openAnswer('a', 'q') },
  ]);
  assert.deepEqual(interruption(open, 5), [{ type: 'turnEnded', turn: 'a', state: 'interrupted', at: 5 }]);
  assert.deepEqual(interruption(conversationOf('one'), 5), []);
  assert.deepEqual(interruption(emptyConversation('c', 1), 5), []);
});

test('an answer whose end was damaged is closed, also when others have followed it', () => {
  const before = reduceAll(emptyConversation('c', 1), [
    { type: 'turnAdded', turn: question('q', null, 'hi') },
    { type: 'turnAdded', turn: openAnswer('a', 'q') },
    { type: 'turnAdded', turn: question('q2', 'a', 'and then') },
    ...answerEvents('a2', 'q2', 'Done.'),
  ]);
  const closed = interruption(before, 5);
  assert.deepEqual(closed, [{ type: 'turnEnded', turn: 'a', state: 'interrupted', at: 5 }]);
  assert.deepEqual(interruption(reduceAll(before, closed), 6), []);
});

test('a summary that was on its way as its writer died has failed, and another can be asked for', () => {
  const model = { id: 'm', name: 'M' };
  const running = {
    id: 'k',
    at: 1,
    model,
    through: 'a0',
    way: 'summarize',
    state: 'running',
    blocks: [],
  } as const;
  const open = reduce(conversationOf('one'), { type: 'compactionStarted', compaction: running });
  const closed = reduceAll(open, interruption(open, 5));
  assert.equal(closed.compactions[0]?.state, 'failed');
  assert.deepEqual(interruption(closed, 6), []);
});

test('a deleted conversation can be restored', () => {
  const before = conversationOf('one');
  const deleted = reduce(before, { type: 'deleted', at: 8 });
  assert.equal(deleted.deletedAt, 8);
  assert.deepEqual(reduce(deleted, { type: 'restored', at: 9 }), before);
});

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
