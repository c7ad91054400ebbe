import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnswerPiece } from '../../../src/core/ports.ts';
import { conversationOf, NO_USAGE } from '../../support/conversations.ts';
import { askContext, createScriptedClaude } from '../../support/memoryPorts.ts';
import { DONE, newest, STARTED, say, setUp, TEXT, until } from './sessionSetUp.ts';

const SUMMARY: readonly AnswerPiece[] = [
  STARTED,
  {
    type: 'blockStarted',
    index: 0,
    block: { type: 'compaction', content: 'They talked.', signature: 's', encrypted_content: 'e' },
  },
  { type: 'blockEnded', index: 0 },
  { type: 'end', outcome: 'done', stopReason: 'compaction', usage: { ...NO_USAGE, iterations: [] } },
];

test('a summary is offered, changes nothing until it is taken, and is undone to the byte', async () => {
  const { session, claude, context } = setUp(conversationOf('one', 'two'));
  session.ask(say('before'), context);
  claude.say(...TEXT, { type: 'blockEnded', index: 0 }, DONE);
  await session.settled();
  assert.equal(session.compact('Keep names.', context), undefined);
  claude.say(...SUMMARY);
  await session.settled();
  const [compaction] = session.conversation.compactions;
  assert.equal(compaction?.state, 'offered');
  assert.deepEqual(claude.requests[1]?.compaction, { type: 'summarize', instructions: 'Keep names.' });
  const id = compaction?.id ?? '';
  session.record({ type: 'compactionDecided', compaction: id, state: 'taken' });
  session.ask(say('with the summary'), context);
  claude.say(...TEXT, DONE);
  await session.settled();
  const compacted = claude.requests[2];
  assert.deepEqual(compacted?.messages[0], { role: 'assistant', content: compaction?.blocks });
  assert.deepEqual(compacted?.messages.length, 2);
  assert.ok(compacted?.betas?.includes('compact-2026-09-04'));
  session.record({ type: 'compactionDecided', compaction: id, state: 'undone' });
  session.ask(say('after undo'), context);
  await claude.asked(4);
  const restored = claude.requests[3]?.messages.slice(0, 5);
  const plain = (value: unknown): string =>
    JSON.stringify(value).replaceAll(/,"cache_control":\{[^}]*\}/g, '');
  assert.equal(plain(restored), plain(claude.requests[0]?.messages.slice(0, 5)));
  session.stop();
  await session.settled();
});

test('nothing is settled while a summary is still on its way, also when an answer has ended meanwhile', async () => {
  const { session, claude, context } = setUp(conversationOf('one'));
  session.compact('', context);
  await claude.asked(1);
  const other = createScriptedClaude();
  session.ask(say('meanwhile'), askContext(other));
  other.say(...TEXT, { type: 'blockEnded', index: 0 }, DONE);
  let isSettled = false;
  const settled = session.settled().then(() => {
    isSettled = true;
  });
  await until(() => !session.busy);
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(!isSettled);
  claude.say(...SUMMARY);
  await settled;
  assert.equal(session.conversation.compactions[0]?.state, 'offered');
});

test('a summary that comes back empty leaves the history as it was and keeps its bill', async () => {
  for (const stopReason of ['max_tokens', 'refusal', 'end_turn', 'model_context_window_exceeded']) {
    const { session, claude, context } = setUp(conversationOf('one'));
    session.compact('', context);
    const usage = { ...NO_USAGE, iterations: [{ type: 'compaction', input_tokens: 9, output_tokens: 1 }] };
    claude.say(STARTED, { type: 'end', outcome: 'done', stopReason, usage });
    await session.settled();
    const [compaction] = session.conversation.compactions;
    assert.equal(compaction?.state, 'failed', stopReason);
    assert.deepEqual(compaction?.usage?.iterations, usage.iterations);
  }
});

test('a model that cannot summarize and an empty conversation are told so', () => {
  const { session, context } = setUp(conversationOf('one'));
  const modelInfo = { id: 'm', name: 'M', compaction: [] };
  assert.equal(session.compact('', { ...context, modelInfo }), 'cannotCompact');
  assert.equal(setUp().session.compact('', context), 'cannotCompact');
});

test('a question asked while a summary is made is not part of it', async () => {
  const { session, claude, context } = setUp(conversationOf('one'));
  session.compact('', context);
  session.ask(say('meanwhile'), context);
  await claude.asked(2);
  const summaryRequest = claude.requests.find((request) => request.compaction);
  assert.equal(JSON.stringify(summaryRequest).includes('meanwhile'), false);
  session.stop();
  await until(() => !session.busy);
  session.stop();
  await session.settled();
});

test('an answer that replaces the last one of a summary is asked for without that summary', async () => {
  const { session, claude, context } = setUp(conversationOf('one', 'two'));
  session.compact('', context);
  claude.say(...SUMMARY);
  await session.settled();
  const id = session.conversation.compactions[0]?.id ?? '';
  session.record({ type: 'compactionDecided', compaction: id, state: 'taken' });
  session.retry(context);
  claude.say(...TEXT, DONE);
  await session.settled();
  const answer = newest(session);
  assert.ok(answer?.role === 'assistant' && answer.compaction === undefined);
  assert.notEqual(claude.requests[1]?.messages[0]?.role, 'assistant');
});

test('a summary that the user stops is no failure, and what it cost is kept', async () => {
  const { session, claude, context } = setUp(conversationOf('one'));
  session.compact('', context);
  await claude.asked(1);
  session.stop();
  await session.settled();
  const [compaction] = session.conversation.compactions;
  assert.deepEqual([compaction?.state, compaction?.failure], ['declined', undefined]);
});
