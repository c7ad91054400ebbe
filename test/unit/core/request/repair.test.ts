import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Failure, FailureKind, Repair } from '../../../../src/core/conversation/model.ts';
import type { ComposedRequest } from '../../../../src/core/request/messageRequest.ts';
import { givesUp, MOST_REPAIR_ROUNDS, repairFor } from '../../../../src/core/request/repair.ts';
import { composeCompaction, composeRequest } from '../../../../src/core/request/request.ts';
import { code, question } from '../../../support/conversations.ts';
import { createRandom, type Random } from '../../../support/random.ts';
import { REFUSALS } from '../../../support/requests400/refusals.ts';
import { type Chat, createChat, modelNamed, optionsFor, paper, picture, say } from './chat.ts';

const INVALID: Failure = { kind: 'invalidRequest', status: 400, type: 'invalid_request_error' };

/** A conversation of two exchanges with images, and a question with an image that is about to be asked. */
function asking(): Chat {
  const chat = createChat();
  chat.ask([picture(30, 20), ...say('one')]);
  chat.ask(say('two'));
  const parent = chat.conversation.turns.at(-1)?.id ?? null;
  const turn = question('q', parent, picture(40, 20), code('let a;'), 'three');
  chat.record({ type: 'turnAdded', turn });
  return chat;
}

function proposed(chat: Chat, failure: Failure, tried: readonly Repair[] = []) {
  return repairFor(failure, composeRequest(chat.conversation, chat.options), chat.conversation, tried);
}

test('what is no fault of the request is neither repaired nor held against the question', () => {
  const kinds: readonly FailureKind[] = [
    'noKey',
    'badKey',
    'forbidden',
    'billing',
    'spendLimit',
    'rateLimit',
    'overloaded',
    'server',
    'unknownModel',
    'noEndpoint',
    'network',
    'timeout',
    'cutOff',
    'onHold',
  ];
  const others: readonly Failure[] = [
    ...kinds.map((kind) => ({ kind, status: 400, message: 'messages.0.content.0: Invalid image' })),
    { ...INVALID, code: 'user_profile_required', message: 'A user profile is required.' },
    { ...INVALID, code: 'thread_unsupported_request', message: 'Not in a thread.' },
    { ...INVALID, message: 'model: claude-3-7-sonnet-20250219 is retired' },
    { ...INVALID, message: 'anthropic-version: "2023-01-01" is not a valid version.' },
  ];
  const chat = asking();
  for (const failure of others) {
    assert.equal(proposed(chat, failure), undefined, JSON.stringify(failure));
    assert.deepEqual(givesUp(failure, composeRequest(chat.conversation, chat.options)), []);
  }
});

test('an image that nobody points at is most likely the new one', () => {
  const chat = asking();
  const failure = { ...INVALID, message: 'Could not process image' };
  assert.deepEqual(proposed(chat, failure), [{ kind: 'partLeftOut', turn: 'q', part: 0 }]);
});

test('a document that nobody points at is most likely the new one', () => {
  const chat = createChat();
  chat.ask([paper(1), ...say('one')]);
  const parent = chat.conversation.turns.at(-1)?.id ?? null;
  chat.record({ type: 'turnAdded', turn: question('q', parent, 'two', picture(9, 9), paper(2), paper(3)) });
  const left = (part: number, turn = 'q'): Repair => ({ kind: 'partLeftOut', turn, part });
  for (const message of ['Could not process PDF', 'The document is password-protected', 'It is encrypted.']) {
    assert.deepEqual(proposed(chat, { ...INVALID, message }), [left(2), left(3)], message);
  }
  const tried = [left(2), left(3)];
  const gone: readonly Repair[] = [...tried, { kind: 'thinkingLeftOut', through: 'a2' }];
  chat.record({ type: 'requestRepaired', turn: 'a', repairs: tried, attempt: { at: 1 } });
  const again = proposed(chat, { ...INVALID, message: 'Could not process PDF' }, gone);
  assert.deepEqual(again, [left(0, 'q1')]);
});

test('words about other things leave documents alone', () => {
  const chat = createChat();
  const turn = question('q', null, paper(1), picture(9, 9), 'two');
  chat.record({ type: 'turnAdded', turn });
  for (const message of [
    'Could not process image',
    'Invalid username or password',
    'encrypted_content: bad',
  ]) {
    const needs = proposed(chat, { ...INVALID, message }) ?? [];
    const parts = needs.flatMap((need) => (need.kind === 'partLeftOut' ? [need.part] : []));
    assert.ok(!parts.includes(0), `${message}: ${JSON.stringify(needs)}`);
  }
});

test('too many pages: the figure decides how many documents go, and one that is too long goes alone', () => {
  const chat = createChat();
  chat.record({
    type: 'turnAdded',
    turn: question('q', null, paper(30), paper(40), paper(120), paper(20), 'x'),
  });
  const partsLeft = (message: string) =>
    (proposed(chat, { ...INVALID, message }) ?? []).map((need) => ('part' in need ? need.part : undefined));
  assert.deepEqual(partsLeft('A maximum of 100 PDF pages may be provided.'), [2]);
  assert.deepEqual(partsLeft('A maximum of 50 PDF pages may be provided.'), [2, 0, 1]);
  assert.deepEqual(partsLeft('The document exceeds the limit of 100 pages'), [2]);
  assert.deepEqual(partsLeft('too many pages: 210 > 100'), [2]);
  assert.deepEqual(partsLeft('Too many PDF pages'), [0, 1]);
  assert.deepEqual(
    partsLeft('A maximum of 1,000 PDF pages may be provided.'),
    [0, 1],
    'we have counted wrong',
  );
  const uncounted = question('q', null, paper(30), paper(40, { shown: null }), paper(5), 'x');
  chat.conversation = { ...chat.conversation, turns: [uncounted] };
  assert.deepEqual(partsLeft('A maximum of 100 PDF pages may be provided.'), [1]);
});

test('a PDF that alone is longer than the window is given up, so that the next question goes through', () => {
  const chat = createChat(optionsFor(modelNamed('claude-haiku-4-5'), { maxOutputTokens: 1000 }));
  chat.ask(say('word '.repeat(20_000)));
  const message = 'prompt is too long: 280000 tokens > 200000 maximum';
  const refuse = (): Failure => ({ kind: 'tooLong', status: 400, message });
  const { repairs } = chat.ask([paper(95), ...say('two')], { refuse });
  assert.deepEqual(repairs, [{ kind: 'turnWithdrawn', turn: 'q3' }]);
  const other = createChat(optionsFor(modelNamed('claude-haiku-4-5'), { maxOutputTokens: 1000 }));
  other.ask(say('word '.repeat(90_000)));
  assert.deepEqual(other.ask([paper(10), ...say('two')], { refuse }).repairs, []);
});

test('the newest question is never withdrawn to have an older one answered', () => {
  const chat = asking();
  const failure = { ...INVALID, message: 'messages.4: not like this' };
  const tried: Repair[] = [];
  let needs = proposed(chat, failure);
  for (let round = 0; needs; round++) {
    assert.ok(round < 10, 'It comes to an end.');
    const repairs = needs.filter((need): need is Repair => need.kind !== 'shrinkImage');
    assert.ok(
      repairs.every(({ kind }) => kind !== 'turnWithdrawn'),
      JSON.stringify(repairs),
    );
    tried.push(...repairs);
    needs = proposed(chat, failure, tried);
  }
  assert.ok(tried.some((repair) => repair.kind === 'partLeftOut' && repair.turn === 'q'));
});

test('a message of the history that is refused as a whole leaves with its exchange, from either side', () => {
  for (const message of ['messages.2: not like this', 'messages.3: not like this']) {
    const [first] = proposed(asking(), { ...INVALID, message }) ?? [];
    assert.deepEqual(first, { kind: 'turnWithdrawn', turn: 'q3' });
  }
});

test('when two questions in a row fail without a hint, the fault lies further back', () => {
  const chat = createChat();
  chat.ask([picture(30, 20), code('let a;'), ...say('one')]);
  const refuse = ({ request }: ComposedRequest): Failure | undefined =>
    JSON.stringify(request).includes('"image"') ? { ...INVALID, message: 'Error' } : undefined;
  assert.ok(chat.ask(say('two'), { refuse }).failure);
  const { failure, repairs } = chat.ask(say('three'), { refuse });
  assert.equal(failure, undefined);
  assert.deepEqual(repairs, [
    { kind: 'partLeftOut', turn: 'q1', part: 0 },
    { kind: 'partLeftOut', turn: 'q1', part: 1 },
  ]);
});

test('a summary that is refused costs no question and no attachment', () => {
  const chat = asking();
  const composed = composeCompaction(chat.conversation, chat.options, { instructions: '' });
  assert.ok(composed);
  const failure = { ...INVALID, message: 'Error' };
  const plain = repairFor(failure, composed, chat.conversation, []) ?? [];
  const tried = plain.filter((need): need is Repair => need.kind !== 'shrinkImage');
  assert.ok(tried.every(({ kind }) => kind !== 'partLeftOut'));
  assert.equal(repairFor(failure, composed, chat.conversation, tried), undefined);
  assert.deepEqual(givesUp(failure, composed), []);
});

test('a server that refuses whatever comes is left after a few rounds, and no repair is made twice', () => {
  let most = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const random = createRandom(seed);
    const chat = createChat();
    chat.ask([picture(30, 20), ...say('one')]);
    chat.ask([code('let a;'), paper(1), ...say('two')]);
    const { repairs, sent } = chat.ask([picture(50, 20), paper(2), ...say('three')], {
      refuse: (composed) => anyComplaint(composed, random),
    });
    const names = repairs.map((repair) => JSON.stringify(repair));
    assert.equal(new Set(names).size, names.length, `seed ${seed}: ${names.join('\n')}`);
    assert.ok(sent.length <= MOST_REPAIR_ROUNDS + 1, `seed ${seed}: ${sent.length} requests`);
    most = Math.max(most, sent.length);
    const next = chat.ask(say('four'));
    assert.equal(next.failure, undefined, `seed ${seed}: ${JSON.stringify(next.failure)}`);
    assert.match(JSON.stringify(next.sent.at(-1)?.request.messages), /four/);
  }
  assert.equal(most, MOST_REPAIR_ROUNDS + 1, 'Some are kept busy up to the last round.');
});

/** One of the recorded sentences, about any place of the request. */
function anyComplaint({ request }: ComposedRequest, random: Random): Failure {
  const index = random.below(request.messages.length);
  const at = random.below(request.messages[index]?.content.length ?? 1);
  const recorded = REFUSALS[random.below(REFUSALS.length)];
  const path = `messages.${index}.content.${at}`;
  return { ...INVALID, message: recorded?.message.replaceAll('{path}', path) ?? 'Error' };
}
