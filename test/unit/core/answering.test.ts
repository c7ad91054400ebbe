import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Failure } from '../../../src/core/conversation/model.ts';
import type { AnswerPiece } from '../../../src/core/ports.ts';
import { DONE, failed, newest, say, setUp, TEXT, until } from './sessionSetUp.ts';

const OVERLOADED: Failure = { kind: 'overloaded', status: 529 };
test('what fails for a while is asked again after a wait that is told, and then answered', async () => {
  const { session, claude, clock, context } = setUp();
  session.ask(say('Hi'), context);
  claude.say(failed(OVERLOADED), ...TEXT, DONE);
  await until(() => clock.waiting === 1);
  const waiting = newest(session);
  assert.ok(waiting?.role === 'assistant' && waiting.waiting);
  assert.deepEqual([waiting.waiting.attempt, waiting.waiting.attempts], [2, 3]);
  assert.equal(session.busy, true);
  clock.pass(waiting.waiting.until);
  await session.settled();
  const answer = newest(session);
  assert.ok(answer?.role === 'assistant' && answer.state === 'done' && !answer.waiting);
  assert.equal(answer.attempts?.[0]?.failure?.kind, 'overloaded');
  assert.deepEqual(claude.requests[1], claude.requests[0]);
});

test('attempts end at the most that are allowed', async () => {
  const { session, claude, clock, context } = setUp();
  session.ask(say('Hi'), context);
  claude.say(failed(OVERLOADED), failed(OVERLOADED), failed(OVERLOADED));
  for (let wait = 1; wait < 3; wait++) {
    await until(() => clock.waiting === 1);
    session.retryNow();
  }
  await session.settled();
  const answer = newest(session);
  assert.ok(answer?.role === 'assistant' && answer.failure?.kind === 'overloaded');
  assert.equal(claude.requests.length, 3);
});

test('a wait can be called off', async () => {
  const { session, claude, clock, context } = setUp();
  session.ask(say('Hi'), context);
  claude.say(failed(OVERLOADED));
  await until(() => clock.waiting === 1);
  session.stop();
  await session.settled();
  const answer = newest(session);
  assert.ok(answer?.role === 'assistant' && answer.state === 'stopped');
  assert.deepEqual([claude.requests.length, clock.waiting], [1, 0]);
});

test('a server that says how long to wait is not asked earlier', async () => {
  const { session, claude, clock, context } = setUp();
  session.ask(say('Hi'), context);
  claude.say(failed({ kind: 'rateLimit', retryAfter: 90_000 }));
  await until(() => clock.waiting === 1);
  const answer = newest(session);
  assert.ok(answer?.role === 'assistant' && answer.waiting);
  assert.ok(answer.waiting.until - clock.now() > 89_000);
  session.stop();
  await session.settled();
});

test('an answer that has begun is kept as it is and not asked for again', async () => {
  const { session, claude, context } = setUp();
  session.ask(say('Hi'), context);
  claude.say(...TEXT, failed({ kind: 'cutOff' }));
  await session.settled();
  assert.equal(claude.requests.length, 1);
  const answer = newest(session);
  assert.ok(answer?.role === 'assistant' && answer.state === 'failed');
  assert.equal(answer.usage?.input, 12, 'what it cost is kept');
});

test('continuing quotes the end of the answer in a new question', async () => {
  const { session, claude, context } = setUp();
  session.ask(say('Hi'), context);
  claude.say(...TEXT, failed({ kind: 'cutOff' }));
  await session.settled();
  assert.equal(session.continueAnswer(context), undefined);
  claude.say(...TEXT, DONE);
  await session.settled();
  const [, cut, asked] = session.conversation.turns;
  assert.ok(asked?.role === 'user' && asked.continues === cut?.id);
  const sent = claude.requests[1]?.messages ?? [];
  assert.deepEqual(
    sent.map((message) => message.role),
    ['user', 'assistant', 'user'],
  );
  assert.match(JSON.stringify(sent.at(-1)), /> Hello/);
});

test('a pause of the server is followed up and becomes one answer', async () => {
  const { session, claude, context } = setUp();
  session.ask(say('Hi'), context);
  claude.say(...TEXT, { type: 'blockEnded', index: 0 }, { ...DONE, stopReason: 'pause_turn' } as AnswerPiece);
  claude.say(...TEXT, { type: 'blockEnded', index: 0 }, DONE);
  await session.settled();
  const answer = newest(session);
  assert.ok(answer?.role === 'assistant' && answer.state === 'done');
  assert.equal(answer.blocks.length, 2);
  assert.equal(answer.attempts?.[0]?.stopReason, 'pause_turn');
  assert.equal(claude.requests[1]?.messages.at(-1)?.role, 'assistant');
});

test('an optional field that the endpoint refuses is dropped, shown and remembered', async () => {
  const { session, claude, context } = setUp();
  const taught: string[] = [];
  const endpoint = {
    without: new Set<never>(),
    learn: (repairs: readonly { kind: string }[]) => taught.push(...repairs.map((repair) => repair.kind)),
  };
  session.ask(say('Hi'), { ...context, endpoint });
  const message = 'output_config: Extra inputs are not permitted';
  claude.say(failed({ kind: 'invalidRequest', status: 400, message }), ...TEXT, DONE);
  await session.settled();
  const answer = newest(session);
  assert.ok(answer?.role === 'assistant' && answer.state === 'done');
  assert.deepEqual(answer.repairs, [{ kind: 'fieldDropped', field: 'effort' }]);
  assert.equal(claude.requests[1]?.output_config, undefined);
  assert.deepEqual(taught, ['fieldDropped']);
});

test('a question that nothing could repair is withdrawn, and the next one goes through without it', async () => {
  const { session, claude, context } = setUp();
  session.ask(say('Hi'), context);
  const refusal = failed({ kind: 'invalidRequest', status: 400, message: 'no' });
  claude.say(...Array.from({ length: 12 }, () => refusal));
  await session.settled();
  const asked = claude.requests.length;
  assert.ok(asked < 10, `${asked} requests`);
  const [first] = session.conversation.turns;
  assert.ok(first?.role === 'user' && first.withdrawn === true);
  session.ask(say('Next'), context);
  await claude.asked(asked + 1);
  assert.equal(JSON.stringify(claude.requests.at(-1)?.messages).includes('"Hi"'), false);
  session.stop();
  await session.settled();
});

test('what an endpoint refuses is remembered only after a request without it was taken', async () => {
  const { session, claude, context } = setUp();
  const taught: string[] = [];
  const learn = (repairs: readonly { kind: string }[]) => taught.push(...repairs.map(({ kind }) => kind));
  session.ask(say('Hi'), { ...context, endpoint: { without: new Set(), learn } });
  const message = 'output_config: Extra inputs are not permitted';
  claude.say(
    failed({ kind: 'invalidRequest', status: 400, message }),
    failed({ kind: 'badKey', status: 401 }),
  );
  await session.settled();
  assert.equal(claude.requests.length, 2);
  assert.deepEqual(taught, []);
});
