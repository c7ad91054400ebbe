import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Part, UpdatePart } from '../../../../src/core/conversation/parts.ts';
import type { ComposedRequest } from '../../../../src/core/request/messageRequest.ts';
import { composeRequest } from '../../../../src/core/request/request.ts';
import { code } from '../../../support/conversations.ts';
import { createRandom, type Random } from '../../../support/random.ts';
import { type Chat, createChat, type Outcome, picture, say } from './chat.ts';

test('whatever an answer or a question is made of, the next request reads all that was cached', () => {
  let long = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const random = createRandom(seed);
    const chat = createChat();
    // The first image changes the cache of all messages (API docs, prompt caching), so it comes first.
    let cached = figure(chat.ask([picture(300, 200), ...say('Look.')]));
    for (let step = 0; step < 8; step++) {
      const outcome = talk(chat, random);
      if (outcome.sent.length === 0) continue;
      const read = Number(outcome.usage.cache_read_input_tokens);
      assert.ok(read >= cached, `seed ${seed}, step ${step}: ${read} of ${cached} read`);
      cached = figure(outcome);
    }
    const answers = chat.conversation.turns.filter((turn) => turn.role === 'assistant');
    long += answers.filter((answer) => answer.blocks.length > 20).length;
  }
  assert.ok(long > 100, `${long} long answers`);
});

/** Tokens that lie in the cache once this answer has begun. */
function figure({ usage }: Outcome): number {
  return Number(usage.cache_read_input_tokens) + Number(usage.cache_creation_input_tokens);
}

function talk(chat: Chat, random: Random): Outcome {
  chat.account.script.clear();
  const pieces = Array.from({ length: 1 + random.below(50) }, (_, at) => ({
    type: 'text',
    text: `Line ${at}.`,
  }));
  const manner = random.below(8);
  if (manner === 0) return chat.ask(parts(random), { fails: { kind: 'overloaded' } });
  if (manner === 1) {
    chat.account.script.enqueue({ blocks: pieces, stopReason: 'pause_turn' });
  }
  chat.account.script.enqueue({ blocks: [{ type: 'thinking', thinking: 'Hm.' }, ...pieces] });
  if (manner === 2) return chat.ask(parts(random), { stopAfter: 1 + random.below(pieces.length) });
  if (manner === 3) return chat.retry();
  return chat.ask(parts(random));
}

function parts(random: Random): readonly Part[] {
  const attached = Array.from({ length: random.below(3) * random.below(20) }, (_, at) =>
    code(`let a = ${at};`),
  );
  return [...attached, ...say(`Question ${random.below(1000)}?`)];
}

test('the end of the system prompt, the last answered question and the newest one carry the points', () => {
  const chat = createChat();
  chat.ask(say('one'));
  chat.ask(say('two'));
  chat.ask(say('never sent'), { fails: { kind: 'network' } });
  chat.ask(say('three'));
  assert.deepEqual(marked(composeRequest(chat.conversation, chat.options)), ['Be kind.', 'two', 'three']);
});

test('updates that the first question begins with carry the point of the system prompt, for other conversations to read', () => {
  const chat = createChat();
  const updates = [{ ...update('a.ts'), shared: true }, { ...update('b.ts'), shared: true }, update('c.ts')];
  chat.ask([...updates, ...say('one')]);
  const first = chat.conversation.turns.slice(0, 1);
  const asked = composeRequest({ ...chat.conversation, turns: first }, chat.options);
  assert.deepEqual(marked(asked).map(firstWords), ['The file b.ts', 'The file c.ts', 'one']);
  chat.ask([update('d.ts'), ...say('two')]);
  chat.ask(say('three'));
  const third = composeRequest(chat.conversation, chat.options);
  assert.deepEqual(marked(third).map(firstWords), ['The file c.ts', 'two', 'three']);
});

function update(path: string): UpdatePart {
  return { kind: 'update', path, change: 'added', form: 'whole', text: 'let a = 1;', hash: 'h' };
}

function firstWords(text: string): string {
  return text.split(' ', 3).join(' ');
}

test('a question whose answer never began has cached nothing, so the point stays on the one before', () => {
  const chat = createChat();
  chat.ask(say('one'));
  for (const text of ['two', 'three', 'four']) chat.ask(say(text), { fails: { kind: 'overloaded' } });
  chat.ask(say('five'));
  assert.deepEqual(marked(composeRequest(chat.conversation, chat.options)), ['Be kind.', 'one', 'five']);
});

test('a lifetime of five minutes is the default of the API and not sent, one of an hour is sent with every point', () => {
  const chat = createChat();
  chat.ask(say('one'));
  chat.ask(say('two'));
  const ttls = (over: object): readonly unknown[] =>
    controls(composeRequest(chat.conversation, { ...chat.options, ...over })).map((control) => control.ttl);
  assert.deepEqual(ttls({ ttl: '5m' }), [undefined, undefined, undefined]);
  assert.deepEqual(ttls({ ttl: '1h' }), ['1h', '1h', '1h']);
  assert.deepEqual(ttls({ ttl: '1h', without: new Set(['cache_ttl']) }), [undefined, undefined, undefined]);
  assert.deepEqual(ttls({ ttl: '1h', without: new Set(['cache_control']) }), []);
});

test('a request never has more than three points, so that the context can have one of its own', () => {
  const chat = createChat();
  for (let turn = 0; turn < 8; turn++) {
    const { sent } = chat.ask([picture(30, 20), code('let a;'), ...say(`Question ${turn}`)]);
    for (const composed of sent) assert.ok(controls(composed).length <= 3);
  }
});

/** The texts of the blocks that carry a point. */
function marked({ request }: ComposedRequest): readonly string[] {
  return blocks(request).flatMap((block) => (block.cache_control && block.type === 'text' ? block.text : []));
}

function controls({ request }: ComposedRequest): readonly { readonly ttl?: string }[] {
  return blocks(request).flatMap((block) => block.cache_control ?? []);
}

function blocks(request: ComposedRequest['request']) {
  const users = request.messages.flatMap((message) => (message.role === 'user' ? message.content : []));
  return [...(request.system ?? []), ...users];
}
