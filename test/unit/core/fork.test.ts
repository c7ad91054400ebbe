import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyConversation, reduce, reduceAll } from '../../../src/core/conversation/events.ts';
import { forkEvents } from '../../../src/core/conversation/fork.ts';
import { answerText, type Conversation, streamingTurn } from '../../../src/core/conversation/model.ts';
import { answerEvents, conversationOf, question } from '../../support/conversations.ts';

const forked = (conversation: Conversation, turn: string): Conversation =>
  reduceAll(emptyConversation('c2', 2), forkEvents(conversation, turn, 'Copy'));

test('a fork has the turns up to the one that was named, word for word, and the same system prompt', () => {
  const system = { format: 1, texts: ['Base.'], sources: ['base'] };
  const before = reduce(conversationOf('one', 'two', 'three'), { type: 'systemFrozen', system });
  const copy = forked(before, 'a1');
  assert.deepEqual(copy.turns, before.turns.slice(0, 4));
  assert.deepEqual(copy.system, system);
  assert.deepEqual([copy.id, copy.title, copy.aside.length], ['c2', 'Copy', 0]);
});

test('a summary goes with the fork when all that it stands for does', () => {
  const compaction = {
    id: 'k',
    at: 1,
    model: { id: 'm', name: 'M' },
    through: 'a1',
    way: 'summarize',
    state: 'taken',
    blocks: [{ type: 'compaction', content: 'x' }],
  } as const;
  const before = reduce(conversationOf('one', 'two', 'three'), { type: 'compactionStarted', compaction });
  assert.deepEqual(forked(before, 'a2').compactions, [compaction]);
  assert.deepEqual(forked(before, 'a0').compactions, []);
});

test('thinking that is left out stays out, also when the fork ends earlier', () => {
  const leaveOut = (through: string) =>
    reduce(conversationOf('one', 'two', 'three'), {
      type: 'requestRepaired',
      turn: 'a2',
      repairs: [{ kind: 'thinkingLeftOut', through }],
      attempt: { at: 1 },
    });
  assert.equal(forked(leaveOut('a0'), 'a1').thinkingLeftOutThrough, 'a0');
  assert.equal(forked(leaveOut('a2'), 'a1').thinkingLeftOutThrough, 'a1');
});

test('an answer that still arrives comes no further in the fork, which can be asked at once', () => {
  const before = reduceAll(conversationOf('one'), [
    { type: 'turnAdded', turn: question('q', 'a0', 'more') },
    ...answerEvents('open', 'q', 'half of it').slice(0, -1),
  ]);
  assert.ok(streamingTurn(before));
  const copy = forked(before, 'open');
  const answer = copy.turns.at(-1);
  assert.ok(answer?.role === 'assistant' && answer.state === 'interrupted');
  assert.equal(answerText(answer), 'half of it');
});

test('a turn that is not there makes no fork', () => {
  assert.deepEqual(forkEvents(conversationOf('one'), 'nowhere', 'Copy'), []);
});
