import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyConversation, reduceAll } from '../../../src/core/conversation/events.ts';
import type { Failure } from '../../../src/core/conversation/model.ts';
import { createSession, titleFrom } from '../../../src/core/conversation/session.ts';
import { fail, succeed } from '../../../src/core/ports.ts';
import { code, conversationOf, openAnswer, question } from '../../support/conversations.ts';
import { createTestClock, openInMemory } from '../../support/memoryPorts.ts';
import { DONE, newest, STARTED, say, setUp, TEXT, until } from './sessionSetUp.ts';

test('a question is asked, streamed, billed and written', async () => {
  const { session, claude, context, written } = setUp();
  assert.equal(session.ask(say('Hi'), context), undefined);
  assert.equal(session.busy, true);
  claude.say(...TEXT, { type: 'blockEnded', index: 0 }, DONE);
  await session.settled();
  const answer = newest(session);
  assert.ok(answer?.role === 'assistant');
  assert.deepEqual(
    [
      answer.state,
      answer.stopReason,
      answer.messageId,
      answer.requestId,
      answer.usage?.output,
      answer.effort,
    ],
    ['done', 'end_turn', 'msg_1', 'req_1', 3, 'high'],
  );
  assert.deepEqual(answer.blocks[0]?.content, { type: 'text', text: 'Hello' });
  assert.equal(session.busy, false);
  assert.deepEqual(reduceAll(emptyConversation('c1', 1), written), session.conversation);
});

test('the request ends with the question and holds no trace of the waiting answer', async () => {
  const { session, claude, context } = setUp();
  session.ask(say('Hi'), context);
  await claude.asked(1);
  const request = claude.requests[0];
  assert.deepEqual(
    request?.messages.map((message) => message.role),
    ['user'],
  );
  assert.equal(request?.system?.[0]?.text, 'Be brief.');
});

test('the system prompt is frozen with the first question', async () => {
  const { session, claude, context } = setUp();
  session.ask(say('one'), context);
  claude.say(...TEXT, DONE);
  await session.settled();
  session.ask(say('two'), { ...context, systemTexts: [{ source: 'base', text: 'Something else.' }] });
  await claude.asked(2);
  assert.equal(claude.requests[1]?.system?.[0]?.text, 'Be brief.');
});

test('a blank question and a question during an answer change nothing', () => {
  const { session, context, written } = setUp();
  assert.equal(session.ask(say(' \n '), context), 'empty');
  assert.equal(written.length, 0);
  session.ask(say('one'), context);
  const before = session.conversation;
  assert.equal(session.ask(say('two'), context), 'busy');
  assert.equal(session.retry(context), 'busy');
  assert.equal(session.conversation, before);
});

test('stop cuts the exchange and keeps what has come', async () => {
  const { session, claude, context } = setUp();
  session.ask(say('Hi'), context);
  claude.say(...TEXT);
  await until(
    () => newest(session)?.role === 'assistant' && JSON.stringify(newest(session)).includes('Hello'),
  );
  session.stop();
  await session.settled();
  const answer = newest(session);
  assert.equal(claude.stops, 1);
  assert.ok(answer?.role === 'assistant' && answer.state === 'stopped');
  assert.deepEqual(answer.blocks[0]?.content, { type: 'text', text: 'Hello' });
  session.stop();
  assert.equal(claude.stops, 1, 'a second stop has nothing to stop');
});

test('a failure ends the turn with its reason and the next question goes through', async () => {
  const { session, claude, context } = setUp();
  session.ask(say('Hi'), context);
  const failure: Failure = { kind: 'overloaded', status: 529, requestId: 'req_9' };
  claude.say(...TEXT, { type: 'end', outcome: 'failed', failure });
  await session.settled();
  const answer = newest(session);
  assert.ok(answer?.role === 'assistant' && answer.state === 'failed');
  assert.deepEqual(answer.failure, failure);
  assert.equal(session.ask(say('again'), context), undefined);
});

test('without a way to Claude the question is kept and its answer says why', async () => {
  const { session, context, written } = setUp();
  session.ask(say('Hi'), { ...context, claude: fail({ kind: 'noKey' }) });
  await session.settled();
  const [asked, answer] = session.conversation.turns;
  assert.equal(asked?.role, 'user');
  assert.ok(answer?.role === 'assistant' && answer.failure?.kind === 'noKey');
  assert.ok(written.some((event) => event.type === 'turnAdded' && event.turn.role === 'user'));
});

test('retry asks the same question again and sets the old answer aside', async () => {
  const { session, claude, context } = setUp();
  session.ask(say('Hi'), context);
  claude.say({ type: 'end', outcome: 'failed', failure: { kind: 'badKey' } });
  await session.settled();
  assert.equal(session.retry(context), undefined);
  claude.say(...TEXT, DONE);
  await session.settled();
  assert.deepEqual(claude.requests[1]?.messages, claude.requests[0]?.messages);
  assert.equal(session.conversation.turns.length, 2);
  assert.equal(session.conversation.aside.length, 1);
});

test('there is nothing to retry in an empty conversation', () => {
  const { session, context } = setUp();
  assert.equal(session.retry(context), 'nothingToRetry');
});

test('a refusal and an empty answer are failures to the user', async () => {
  const { session, claude, context } = setUp();
  session.ask(say('Hi'), context);
  claude.say(STARTED, { type: 'end', outcome: 'done', stopReason: 'refusal', explanation: 'Not that.' });
  await session.settled();
  const refused = newest(session);
  assert.ok(refused?.role === 'assistant' && refused.stopReason === 'refusal');
  assert.deepEqual(refused.failure, { kind: 'refusal', message: 'Not that.' });
  session.retry(context);
  claude.say(STARTED, DONE);
  await session.settled();
  const empty = newest(session);
  assert.ok(empty?.role === 'assistant' && empty.state === 'failed' && empty.failure?.kind === 'empty');
});

test('an interrupted conversation can be taken up again', async () => {
  const interrupted = reduceAll(conversationOf('one'), [
    { type: 'turnAdded', turn: question('q9', 'a0', 'two') },
    { type: 'turnAdded', turn: openAnswer('a9', 'q9') },
    { type: 'turnEnded', turn: 'a9', state: 'interrupted', at: 5 },
  ]);
  const { session, claude, context } = setUp(interrupted);
  session.retry(context);
  claude.say(...TEXT, DONE);
  await session.settled();
  assert.equal(newest(session)?.role, 'assistant');
  assert.equal(claude.requests[0]?.messages.length, 3);
});

test('listeners hear each batch after the conversation has changed, and can leave', () => {
  const { session, context } = setUp();
  const heard: string[] = [];
  const leave = session.subscribe((events) => {
    heard.push(...events.map((event) => event.type));
    assert.equal(session.busy, true);
  });
  session.ask(say('Hi'), context);
  leave();
  session.stop();
  assert.deepEqual(heard.slice(0, 4), ['systemFrozen', 'renamed', 'turnAdded', 'turnAdded']);
});

test('a journal that cannot be written is reported and the answer stays', async () => {
  const open = openInMemory();
  const failures: Failure[] = [];
  const broken = {
    ...open,
    journal: { ...open.journal, settle: async () => fail<void>({ kind: 'storage' }) },
  };
  const session = createSession(broken, createTestClock(), (failure) => failures.push(failure));
  const { claude, context } = setUp();
  session.ask(say('Hi'), { ...context, claude: succeed(claude) });
  claude.say(...TEXT, DONE);
  await session.settled();
  assert.ok(failures.length > 0);
  assert.equal(newest(session)?.role, 'assistant');
});

test('a title is the first words of the question, else the name of the attached code', () => {
  assert.equal(titleFrom(say('  What   does\nparse() do?  ')), 'What does parse() do?');
  assert.equal(titleFrom(say('x'.repeat(200))).length, 60);
  assert.equal(titleFrom([code('let a'), ...say('Why?')]), 'Why?');
  assert.equal(titleFrom([code('let a'), ...say(' ')]), 'src/a.ts');
});

test('an edit starts a branch before the edited question', async () => {
  const { session, claude, context } = setUp(conversationOf('one', 'two'));
  assert.equal(session.edit('q1', say('another'), context), undefined);
  claude.say(...TEXT, DONE);
  await session.settled();
  assert.equal(session.conversation.turns.length, 4);
  assert.match(JSON.stringify(claude.requests[0]?.messages.at(-1)), /another/);
  assert.equal(JSON.stringify(claude.requests[0]).includes('two'), false);
  assert.equal(session.edit('nowhere', say('x'), context), 'nothingToEdit');
});

test('what a listener records is heard by all after what it listened to', () => {
  const { session } = setUp(conversationOf('one'));
  const heard: string[] = [];
  session.subscribe((events) => {
    if (events.some((event) => event.type === 'renamed')) session.record({ type: 'deleted', at: 1 });
  });
  session.subscribe((events) => heard.push(...events.map((event) => event.type)));
  session.record({ type: 'renamed', title: 'x' });
  assert.deepEqual(heard, ['renamed', 'deleted']);
});
