import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyConversation, reduceAll } from '../../../../src/core/conversation/events.ts';
import type { MessageRequest } from '../../../../src/core/request/messageRequest.ts';
import { composeWarming } from '../../../../src/core/request/warming.ts';
import type { Wire } from '../../../support/fakeClaude/wire.ts';
import { type Chat, createChat, infoOf, modelNamed, say, serve } from './chat.ts';

/** Sends what warms the cache, and gives the bill. */
function warm(chat: Chat): { readonly request: MessageRequest; readonly usage: Wire } {
  const request = composeWarming(chat.conversation, chat.options);
  assert.ok(request);
  const message = serve(chat.account, request);
  assert.deepEqual(message.content, []);
  return { request, usage: message.usage as Wire };
}

test('before the first question the system prompt is written, and the first question reads it', () => {
  const chat = createChat();
  const { request, usage } = warm(chat);
  assert.equal(request.max_tokens, 0);
  const written = Number(usage.cache_creation_input_tokens);
  assert.ok(written > 1000, `${written}`);
  const { usage: asked } = chat.ask(say('Hi'));
  assert.equal(Number(asked.cache_read_input_tokens), written);
});

test('warming a conversation reads all of it again, so that its lifetime begins anew, and the next question reads as much', () => {
  const chat = createChat();
  chat.account.script.enqueue({
    blocks: [
      { type: 'thinking', thinking: 'Hm.' },
      { type: 'text', text: 'Yes.' },
    ],
  });
  const first = chat.ask(say('Hi')).usage;
  const cached = Number(first.cache_creation_input_tokens);
  const { usage } = warm(chat);
  assert.deepEqual([usage.cache_read_input_tokens, usage.cache_creation_input_tokens], [cached, 0]);
  assert.equal(Number(chat.ask(say('And?')).usage.cache_read_input_tokens), cached);
});

test('a model that thinks by a budget takes no answer of no length with it, so only its system prompt is warmed', () => {
  const old = modelNamed('claude-haiku-4-5');
  const chat = createChat({ modelId: old.info.id, model: infoOf(old) });
  chat.ask(say('Hi'));
  const { request } = warm(chat);
  assert.deepEqual([request.thinking, request.messages.length], [undefined, 1]);
});

test('a failed question is not what the next one will read', () => {
  const chat = createChat();
  chat.ask(say('Hi'));
  chat.ask(say('Again?'), { fails: { kind: 'overloaded' } });
  const { request } = warm(chat);
  assert.equal(request.messages.length, 1);
});

test('behind a summary only what is still sent is warmed', () => {
  const chat = createChat();
  chat.ask(say('A long question. '.repeat(400)));
  const compaction = chat.compact();
  assert.ok(compaction);
  chat.record({ type: 'compactionDecided', compaction: compaction.id, state: 'taken' });
  const { request } = warm(chat);
  assert.equal(request.messages.length, 1);
  assert.doesNotMatch(JSON.stringify(request.messages), /A long question/);
  chat.ask(say('Next'));
  const { usage } = warm(chat);
  assert.equal(usage.cache_creation_input_tokens, 0);
});

test('where nothing could be cached nothing is sent', () => {
  const bare = reduceAll(emptyConversation('c', 1), [
    { type: 'systemFrozen', system: { format: 1, texts: [] } },
  ]);
  const { options } = createChat();
  assert.equal(composeWarming(bare, options), undefined);
  const without = { ...options, without: new Set(['cache_control'] as const) };
  assert.equal(composeWarming(createChat().conversation, without), undefined);
});
