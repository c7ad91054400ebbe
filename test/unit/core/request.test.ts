import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyConversation, reduce, reduceAll } from '../../../src/core/conversation/events.ts';
import type { Conversation } from '../../../src/core/conversation/model.ts';
import type { ModelInfo } from '../../../src/core/modelInfo.ts';
import { effortFor, maxTokensFor, thinkingFor } from '../../../src/core/request/capabilities.ts';
import { buildRequest, type RequestMessage, type RequestOptions } from '../../../src/core/request/request.ts';
import {
  answerEvents,
  code,
  conversationOf,
  openAnswer,
  question,
  randomEvents,
} from '../../support/conversations.ts';
import { createRandom } from '../../support/random.ts';

const MODERN: ModelInfo = {
  id: 'm',
  name: 'M',
  maxOutput: 128_000,
  thinking: ['adaptive', 'between_tools'],
  efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
};
const OLD: ModelInfo = {
  id: 'o',
  name: 'O',
  maxOutput: 64_000,
  thinking: ['enabled', 'disabled'],
  efforts: [],
};
const OPTIONS: RequestOptions = { modelId: 'm', model: MODERN, effort: 'high', maxOutputTokens: 32_000 };

function asked(conversation: Conversation, text = 'and now?'): Conversation {
  return reduce(conversation, {
    type: 'turnAdded',
    turn: question('last', conversation.turns.at(-1)?.id ?? null, text),
  });
}

test('history goes back block by block as it came, signatures included', () => {
  const request = buildRequest(asked(conversationOf('Why?')), OPTIONS);
  assert.deepEqual(request.messages[1], {
    role: 'assistant',
    content: [
      { type: 'thinking', thinking: 'Let me see.', signature: 'sig-a0' },
      { type: 'text', text: 'Answer to Why?' },
    ],
  });
});

test('blocks of a type nobody knows go back untouched', () => {
  const block = { type: 'hologram', nested: { deep: [1, null, 'x'] } };
  const conversation = reduceAll(emptyConversation('c', 1), [
    { type: 'turnAdded', turn: question('q', null, 'hi') },
    { type: 'turnAdded', turn: openAnswer('a', 'q') },
    { type: 'blockStarted', turn: 'a', index: 0, block, at: 1 },
    { type: 'blockEnded', turn: 'a', index: 0, at: 2 },
    { type: 'turnEnded', turn: 'a', state: 'done', at: 3, stopReason: 'end_turn' },
  ]);
  assert.deepEqual(buildRequest(asked(conversation), OPTIONS).messages[1]?.content, [block]);
});

test('each request starts with the messages of the one before it', () => {
  for (let seed = 1; seed <= 100; seed++) {
    let conversation = emptyConversation('c', 1);
    let before: readonly RequestMessage[] = [];
    for (const event of randomEvents(createRandom(seed), 10)) {
      const branches =
        event.type === 'turnAdded' && event.turn.parent !== (conversation.turns.at(-1)?.id ?? null);
      conversation = reduce(conversation, event);
      if (branches) before = [];
      if (event.type !== 'turnAdded' || event.turn.role !== 'user') continue;
      const messages = buildRequest(conversation, OPTIONS).messages.map(withoutMarks);
      assert.deepEqual(messages.slice(0, before.length), before, `seed ${seed}`);
      before = messages;
    }
  }
});

test('the system prompt carries one cache point and the newest question the other', () => {
  const conversation = reduce(asked(conversationOf('one', 'two')), {
    type: 'systemFrozen',
    system: { format: 1, texts: ['Base.', 'Mine.', ' '] },
  });
  const request = buildRequest(conversation, OPTIONS);
  const marks = JSON.stringify(request).split('"cache_control"').length - 1;
  assert.equal(marks, 2);
  assert.ok(request.system?.[1]?.cache_control);
  assert.equal(request.system?.length, 2);
  const newest = request.messages.at(-1);
  assert.ok(newest?.role === 'user' && newest.content.at(-1)?.cache_control);
});

test('attached code comes before the question, with path, lines and language', () => {
  const part = code('let a = 1;', { startLine: 7, endLine: 7, unsaved: true });
  const turn = question('q', null, 'What is a?', part);
  const request = buildRequest(reduce(emptyConversation('c', 1), { type: 'turnAdded', turn }), OPTIONS);
  assert.deepEqual(
    request.messages[0]?.content.map((block) => block.text),
    ['src/a.ts, line 7, with unsaved changes:\n```typescript\nlet a = 1;\n```', 'What is a?'],
  );
});

test('code that holds fences is fenced with a longer one', () => {
  const turn = question('q', null, code('````\nnested\n````\n'));
  const request = buildRequest(reduce(emptyConversation('c', 1), { type: 'turnAdded', turn }), OPTIONS);
  assert.match(
    String(request.messages[0]?.content[0]?.text),
    /\n`````typescript\n````\nnested\n````\n`````$/,
  );
});

test('of an answer that was cut short, text goes back and half a thought does not', () => {
  const [added, started, ...rest] = answerEvents('a', 'q', 'Half an answer');
  const cutInText = reduceAll(emptyConversation('c', 1), [
    { type: 'turnAdded', turn: question('q', null, 'hi') },
    ...[added, started, ...rest.slice(0, 6)].filter((event) => event !== undefined),
    { type: 'turnEnded', turn: 'a', state: 'stopped', at: 9 },
  ]);
  assert.deepEqual(
    buildRequest(asked(cutInText), OPTIONS).messages[1]?.content.map((block) => block.type),
    ['thinking', 'text'],
  );
  const cutInThought = reduceAll(emptyConversation('c', 1), [
    { type: 'turnAdded', turn: question('q', null, 'hi') },
    ...[added, started, ...rest.slice(0, 2)].filter((event) => event !== undefined),
    { type: 'turnEnded', turn: 'a', state: 'interrupted', at: 9 },
  ]);
  assert.deepEqual(
    buildRequest(asked(cutInThought), OPTIONS).messages.map((message) => message.role),
    ['user', 'user'],
  );
});

test('an answer whose length limit fell into its first thought does not go back', () => {
  const thinkingOnly = reduceAll(emptyConversation('c', 1), [
    { type: 'turnAdded', turn: question('q', null, 'hi') },
    ...answerEvents('a', 'q', 'x').slice(0, 6),
    { type: 'turnEnded', turn: 'a', state: 'done', at: 9, stopReason: 'max_tokens' },
  ]);
  assert.deepEqual(
    buildRequest(asked(thinkingOnly), OPTIONS).messages.map((message) => message.role),
    ['user', 'user'],
  );
});

test('a block that is neither text nor whole does not go back', () => {
  const cut = reduceAll(emptyConversation('c', 1), [
    { type: 'turnAdded', turn: question('q', null, 'hi') },
    { type: 'turnAdded', turn: openAnswer('a', 'q') },
    { type: 'blockStarted', turn: 'a', index: 0, block: { type: 'text', text: 'Let me look.' }, at: 1 },
    { type: 'blockEnded', turn: 'a', index: 0, at: 2 },
    {
      type: 'blockStarted',
      turn: 'a',
      index: 1,
      block: { type: 'server_tool_use', id: 's', input: {} },
      at: 3,
    },
    { type: 'turnEnded', turn: 'a', state: 'stopped', at: 4 },
  ]);
  assert.deepEqual(
    buildRequest(asked(cut), OPTIONS).messages[1]?.content.map((block) => block.type),
    ['text'],
  );
});

test('a refused exchange leaves the history, question and answer both', () => {
  const refused = reduceAll(conversationOf('one'), [
    { type: 'turnAdded', turn: question('q9', 'a0', 'something forbidden') },
    { type: 'turnAdded', turn: openAnswer('a9', 'q9') },
    {
      type: 'turnEnded',
      turn: 'a9',
      state: 'failed',
      at: 9,
      stopReason: 'refusal',
      failure: { kind: 'refusal' },
    },
  ]);
  const text = JSON.stringify(buildRequest(asked(refused), OPTIONS).messages);
  assert.doesNotMatch(text, /forbidden/);
  assert.match(text, /and now\?/);
});

test('nothing blank is ever sent', () => {
  const turn = question('q', null, '  \n', code('   '), 'hi');
  const request = buildRequest(reduce(emptyConversation('c', 1), { type: 'turnAdded', turn }), OPTIONS);
  for (const block of request.messages[0]?.content ?? []) assert.notEqual(String(block.text).trim(), '');
});

test('thinking follows what the model accepts', () => {
  assert.deepEqual(thinkingFor(MODERN, 32_000), { type: 'adaptive', display: 'summarized' });
  assert.deepEqual(thinkingFor(OLD, 32_000), {
    type: 'enabled',
    budget_tokens: 16_000,
    display: 'summarized',
  });
  assert.equal(thinkingFor({ id: 'x', name: 'X', thinking: ['disabled'] }, 32_000), undefined);
  assert.equal(thinkingFor(undefined, 32_000), undefined);
});

test('a thinking budget is at least 1,024 tokens and always below the answer length', () => {
  for (const maxTokens of [1, 1024, 1025, 1500, 4096, 200_000]) {
    const thinking = thinkingFor(OLD, maxTokens);
    if (thinking?.type !== 'enabled') {
      assert.ok(maxTokens <= 1024);
      continue;
    }
    assert.ok(thinking.budget_tokens >= 1024 && thinking.budget_tokens < maxTokens, `${maxTokens}`);
  }
});

test('an effort the model lacks becomes the next lower one it has', () => {
  const some: ModelInfo = { id: 's', name: 'S', efforts: ['low', 'medium', 'high', 'max'] };
  assert.equal(effortFor(some, 'xhigh'), 'high');
  assert.equal(effortFor(some, 'max'), 'max');
  assert.equal(effortFor({ ...some, efforts: ['max'] }, 'low'), 'max');
  assert.equal(effortFor(OLD, 'high'), undefined);
  assert.equal(effortFor(undefined, 'high'), undefined);
});

test('a model without effort and thinking gets neither field', () => {
  const request = buildRequest(asked(conversationOf()), {
    modelId: 'x',
    effort: 'high',
    maxOutputTokens: 10,
  });
  assert.deepEqual(Object.keys(request).sort(), ['max_tokens', 'messages', 'model']);
});

test('the answer length never passes what the model can write', () => {
  assert.equal(maxTokensFor(OLD, 100_000), 64_000);
  assert.equal(maxTokensFor(undefined, 100_000), 100_000);
});

/** Marks move from turn to turn and are no part of the prompt. */
function withoutMarks(message: RequestMessage): RequestMessage {
  const text = JSON.stringify(message).replaceAll(/,"cache_control":\{[^}]*\}/g, '');
  return JSON.parse(text) as RequestMessage;
}
