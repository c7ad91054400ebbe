import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyConversation, reduceAll } from '../../../src/core/conversation/events.ts';
import type { Conversation, Failure } from '../../../src/core/conversation/model.ts';
import { draftRequest } from '../../../src/core/conversation/quoting.ts';
import { sentParts } from '../../../src/core/conversation/sentParts.ts';
import { type AttachmentStore, fail, GONE, succeed } from '../../../src/core/ports.ts';
import type { MessageRequest } from '../../../src/core/request/messageRequest.ts';
import { answerEvents, code, eventsOf, image, question } from '../../support/conversations.ts';
import { DONE, newest, say, setUp, TEXT } from './sessionSetUp.ts';

/** Attachments whose bytes are called after their names, and the failures of some. */
function createStore(failures: Map<string, Failure>) {
  const asked: string[] = [];
  const store: AttachmentStore = {
    put: async () => fail({ kind: 'unexpected' }),
    async base64(name) {
      asked.push(name);
      const failure = failures.get(name);
      return failure ? fail(failure) : succeed(name);
    },
    text: async () => fail({ kind: 'unexpected' }),
  };
  return { store, asked };
}

/** A picture that was asked about and answered. */
function pictured(): Conversation {
  return reduceAll(emptyConversation('c1', 1), [
    { type: 'turnAdded', turn: question('q0', null, image('abc'), 'Look.') },
    ...answerEvents('a0', 'q0', 'I see.'),
  ]);
}

const textOf = ({ messages = [] }: Partial<MessageRequest> = {}): string => JSON.stringify(messages);
const BUSY: Failure = { kind: 'storage', message: 'EMFILE' };
const LOST: Failure = { kind: 'storage', code: GONE, message: 'ENOENT' };

test('a file that cannot be read just now fails the answer, and nothing goes out without it', async () => {
  const { session, claude, context } = setUp(pictured());
  const failures = new Map([['abc', BUSY]]);
  const { store: attachments } = createStore(failures);
  session.ask(say('And now?'), { ...context, attachments });
  await session.settled();
  assert.equal(claude.requests.length, 0);
  const failedAnswer = newest(session);
  assert.ok(failedAnswer?.role === 'assistant' && failedAnswer.state === 'failed');
  assert.deepEqual(failedAnswer.failure, BUSY);
  assert.equal(failedAnswer.repairs, undefined);
  failures.clear();
  claude.say(...TEXT, DONE);
  session.retry({ ...context, attachments });
  await session.settled();
  assert.match(textOf(claude.requests[0]), /"data":"abc"/);
  assert.match(textOf(claude.requests[0]), /sig-a0/);
});

test('a file that is gone is left out for good, which is recorded, with the thinking behind it', async () => {
  const { session, claude, context, written } = setUp(pictured());
  const failures = new Map([['abc', LOST]]);
  const { store: attachments } = createStore(failures);
  session.ask(say('And now?'), { ...context, attachments });
  claude.say(...TEXT, DONE);
  await session.settled();
  assert.match(textOf(claude.requests[0]), /shot\.png.{0,3} is no longer sent: its file is gone\./);
  assert.doesNotMatch(textOf(claude.requests[0]), /sig-a0/);
  const repaired = written.find((event) => event.type === 'requestRepaired');
  assert.deepEqual(repaired?.repairs, [
    { kind: 'partLeftOut', turn: 'q0', part: 0, gone: true },
    { kind: 'thinkingLeftOut', through: 'a0' },
  ]);
  // Were it found again, the next request would still begin as this one did.
  failures.clear();
  claude.say(...TEXT, DONE);
  session.ask(say('And then?'), { ...context, attachments });
  await session.settled();
  const [first, second] = claude.requests.map(({ messages }) => messages[0]?.content[0]);
  assert.deepEqual(second, first);
});

test('a summary is not asked for while a file cannot be read', async () => {
  const { session, claude, context } = setUp(pictured());
  const { store: attachments } = createStore(new Map([['abc', BUSY]]));
  session.compact('', { ...context, attachments });
  await session.settled();
  assert.equal(claude.requests.length, 0);
  assert.deepEqual(session.conversation.compactions[0]?.failure, BUSY);
});

test('only files that are still sent are read', async () => {
  const { context, clock } = setUp();
  const before = reduceAll(emptyConversation('c1', 1), eventsOf(['one', 'two', 'three', 'four']));
  const turns = before.turns.map((turn) => {
    if (turn.role !== 'user') return turn;
    const parts = [image(`${turn.id}-first`), image(`${turn.id}-second`), ...turn.parts];
    return { ...turn, parts, ...(turn.id === 'q2' ? { leftOut: [0] } : {}) };
  });
  const [, answered] = turns;
  assert.equal(answered?.role, 'assistant');
  const compaction = {
    id: 'k',
    at: 1,
    model: context.model,
    through: answered.id,
    way: 'summarize',
    state: 'taken',
    blocks: [{ type: 'compaction', content: 'In short.', signature: 's' }],
  } as const;
  const refused = turns.map((turn) =>
    turn.id === 'a1' && turn.role === 'assistant' ? { ...turn, stopReason: 'refusal' } : turn,
  );
  const conversation = { ...before, turns: refused, compactions: [compaction] };
  const { store: attachments, asked } = createStore(new Map());
  await draftRequest(conversation, [image('draft'), ...say('Look.')], { ...context, attachments }, clock);
  assert.deepEqual(asked, ['q2-second', 'q3-first', 'q3-second', 'draft']);
  const kept = sentParts(conversation, false).flatMap(({ part }) =>
    part.kind === 'image' && part.source.type === 'stored' ? [part.source.sha256] : [],
  );
  assert.deepEqual(kept, asked.slice(0, -1));
});

test('blocks of questions are the same objects in the next request, until their bytes are others', async () => {
  const { context, clock } = setUp();
  const conversation = reduceAll(emptyConversation('c1', 1), [
    { type: 'turnAdded', turn: question('q0', null, image('abc'), code('let a;'), 'Look.') },
    ...answerEvents('a0', 'q0', 'I see.'),
  ]);
  const failures = new Map<string, Failure>();
  const { store: attachments } = createStore(failures);
  const compose = async (text: string) => {
    const { request } = await draftRequest(conversation, say(text), { ...context, attachments }, clock);
    return request.messages[0]?.content ?? [];
  };
  const [first, second] = [await compose('And'), await compose('And now?')];
  assert.equal(first.length, 3);
  for (const at of [0, 1]) assert.equal(first[at], second[at]);
  failures.set('abc', BUSY);
  const without = await compose('And now?');
  assert.equal(without[0]?.type, 'text');
  assert.equal(without[1], first[1]);
});
