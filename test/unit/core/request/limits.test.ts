import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyConversation, reduce } from '../../../../src/core/conversation/events.ts';
import type { Conversation, Part } from '../../../../src/core/conversation/model.ts';
import { checkLimits, type Need } from '../../../../src/core/request/limits.ts';
import { composeRequest } from '../../../../src/core/request/request.ts';
import { question } from '../../../support/conversations.ts';
import { createChat, infoOf, modelNamed, optionsFor, picture, say } from './chat.ts';

const MB = 1024 * 1024;
const MODERN = modelNamed('claude-sonnet-5-5');

function needsOf(conversation: Conversation, model = MODERN, base64 = 44): readonly Need[] {
  const options = optionsFor(model, { attachment: () => 'A'.repeat(base64) });
  return checkLimits(composeRequest(conversation, options), conversation, infoOf(model));
}

function asking(...parts: readonly Part[]): Conversation {
  return reduce(emptyConversation('c', 1), {
    type: 'turnAdded',
    turn: question('q', null, ...parts, 'Look.'),
  });
}

/** A conversation with an image in its first question, an answer with thinking, and a new question. */
function withHistory(image: Part, count: number): Conversation {
  const chat = createChat();
  chat.ask([image, ...say('Look.')]);
  const pictures = Array.from({ length: count }, () => picture(100, 100));
  const turn = question('q', chat.conversation.turns.at(-1)?.id ?? null, ...pictures, 'And these?');
  return reduce(chat.conversation, { type: 'turnAdded', turn });
}

function heavy(bytes: number): Part {
  const image = picture(100, 100);
  assert.ok(image.kind === 'image' && image.source.type === 'stored');
  return { ...image, source: { ...image.source, bytes } };
}

test('what keeps the limits is left alone', () => {
  assert.deepEqual(needsOf(asking(picture(8000, 8000))), []);
  assert.deepEqual(needsOf(asking()), []);
});

test('an image of more than 8000 px is made smaller, once and for all', () => {
  assert.deepEqual(needsOf(asking(picture(20, 20), picture(90, 8001))), [
    { kind: 'shrinkImage', turn: 'q', part: 1, maxSide: 2000, maxBytes: 7.5 * MB },
  ]);
});

test('an image whose base64 has more than 10 MB is made smaller', () => {
  assert.deepEqual(needsOf(asking(heavy(7.5 * MB))), []);
  assert.deepEqual(
    needsOf(asking(heavy(7.5 * MB + 1))).map(({ kind }) => kind),
    ['shrinkImage'],
  );
});

test('from the twenty-first image on, 2000 px are the limit for all of them', () => {
  const twenty = Array.from({ length: 20 }, () => picture(2001, 20));
  assert.deepEqual(needsOf(asking(...twenty)), []);
  const needs = needsOf(asking(...twenty, picture(2000, 20)));
  assert.deepEqual(
    needs.map((need) => ('part' in need ? need.part : undefined)),
    [...twenty.keys()],
  );
});

test('an image that changes in the history takes the thinking behind it with it', () => {
  const conversation = withHistory(picture(2500, 90), 20);
  const [first, answer] = conversation.turns;
  assert.deepEqual(needsOf(conversation), [
    { kind: 'shrinkImage', turn: first?.id, part: 0, maxSide: 2000, maxBytes: 7.5 * MB },
    { kind: 'thinkingLeftOut', through: answer?.id },
  ]);
});

test('more images than the window allows: the oldest stay behind', () => {
  const many = Array.from({ length: 103 }, () => picture(100, 100));
  const needs = needsOf(asking(...many), modelNamed('claude-haiku-4-5'));
  assert.deepEqual(
    needs,
    [0, 1, 2].map((part) => ({ kind: 'partLeftOut', turn: 'q', part })),
  );
  assert.deepEqual(needsOf(asking(...many)), []);
});

test('a model without eyes gets no images', () => {
  const needs = needsOf(asking(picture(20, 20), picture(9000, 20)), modelNamed('claude-quill-1'));
  assert.deepEqual(needs, [
    { kind: 'partLeftOut', turn: 'q', part: 0 },
    { kind: 'partLeftOut', turn: 'q', part: 1 },
  ]);
});

test('a request of more than 32 MB goes without its oldest images', () => {
  const five = Array.from({ length: 5 }, () => heavy(6 * MB));
  const needs = needsOf(asking(...five), MODERN, 8 * MB);
  assert.deepEqual(needs, [
    { kind: 'partLeftOut', turn: 'q', part: 0 },
    { kind: 'partLeftOut', turn: 'q', part: 1 },
  ]);
});

test('text of more than 32 MB is not the fault of the images', () => {
  const text: Part = { kind: 'text', text: 'é'.repeat(17 * MB) };
  assert.deepEqual(needsOf(asking(picture(20, 20), text)), []);
});
