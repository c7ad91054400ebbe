import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { BetaUsage } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { createGate } from '../../support/fakeClaude/gate.ts';
import { picture } from './pictures.ts';
import { type Params, params, setup, words } from './setup.ts';

const MINUTE = 60_000;
const EPHEMERAL = { type: 'ephemeral' } as const;
const HOUR = { type: 'ephemeral', ttl: '1h' } as const;
const OFF = { type: 'between_tools' } as const;

/** A server whose clock stands still unless moved, and a call that gives the three figures of the bill. */
async function cacheSetup(t: TestContext) {
  const clock = { now: 1_000_000 };
  const { fake, client } = await setup(t, { now: () => clock.now });
  const bill = async (over: Partial<Params>) =>
    figures((await client.beta.messages.create(params({ thinking: OFF, ...over }))).usage);
  return { fake, client, clock, bill };
}

function figures(usage: BetaUsage) {
  return {
    input: usage.input_tokens,
    read: usage.cache_read_input_tokens,
    write: usage.cache_creation_input_tokens,
  };
}

const system = (name: string, tokens: number, cache_control: Params['cache_control'] = EPHEMERAL) => [
  { type: 'text' as const, text: words(tokens, name), cache_control: cache_control ?? null },
];
const ask = (content: string) => [{ role: 'user' as const, content }];

test('a prefix is written once, then read, and the rest is input', async (t) => {
  const { bill } = await cacheSetup(t);
  const first = await bill({ system: system('pack', 1000), messages: ask('One?') });
  const second = await bill({ system: system('pack', 1000), messages: ask('Two?') });
  assert.deepEqual(first, { input: 6, read: 0, write: 1000 });
  assert.deepEqual(second, { input: 6, read: 1000, write: 0 });
});

test('the automatic breakpoint moves with the conversation', async (t) => {
  const { client, bill } = await cacheSetup(t);
  const first = params({ thinking: OFF, cache_control: EPHEMERAL, messages: ask(words(600)) });
  const answer = await client.beta.messages.create(first);
  const messages = [
    ...first.messages,
    { role: 'assistant' as const, content: answer.content },
    ...ask('And then?'),
  ];
  const second = await bill({ cache_control: EPHEMERAL, messages });
  assert.equal(answer.usage.cache_creation_input_tokens, 604);
  assert.equal(second.read, 604);
  assert.equal(second.write, answer.usage.output_tokens + 4 + 7);
  assert.equal(second.input, 0);
});

test('a prefix below the minimum of its model is silently not cached', async (t) => {
  const { bill } = await cacheSetup(t);
  assert.equal((await bill({ system: system('a', 511) })).write, 0);
  assert.equal((await bill({ system: system('a', 511) })).read, 0);
  assert.equal((await bill({ system: system('b', 512) })).write, 512);
  const opus = { model: 'claude-opus-4-8', thinking: { type: 'disabled' } } as const;
  assert.equal((await bill({ ...opus, system: system('c', 1023) })).write, 0);
  assert.equal((await bill({ ...opus, system: system('c', 1024) })).write, 1024);
});

test('five minutes count from the start of a request, and a read begins them anew', async (t) => {
  const { bill, clock } = await cacheSetup(t);
  await bill({ system: system('a', 600) });
  clock.now += 4 * MINUTE;
  assert.equal((await bill({ system: system('a', 600) })).read, 600);
  clock.now += 5 * MINUTE - 1;
  assert.equal((await bill({ system: system('a', 600) })).read, 600);
  clock.now += 5 * MINUTE;
  assert.deepEqual(await bill({ system: system('a', 600) }), { input: 9, read: 0, write: 600 });
});

test('an hour is kept for an hour, and both kinds of writing are told apart', async (t) => {
  const { client, clock } = await cacheSetup(t);
  const request = params({
    thinking: OFF,
    system: system('long', 700, HOUR),
    cache_control: EPHEMERAL,
    messages: ask(words(600)),
  });
  const first = await client.beta.messages.create(request);
  assert.deepEqual(first.usage.cache_creation, {
    ephemeral_1h_input_tokens: 700,
    ephemeral_5m_input_tokens: 604,
  });
  clock.now += 30 * MINUTE;
  const second = await client.beta.messages.create(request);
  assert.deepEqual(figures(second.usage), { input: 0, read: 700, write: 604 });
  clock.now += 60 * MINUTE;
  const third = await client.beta.messages.create(request);
  assert.deepEqual(figures(third.usage), { input: 0, read: 0, write: 1304 });
});

test('an earlier entry is found 20 blocks back and no further', async (t) => {
  const { client, bill } = await cacheSetup(t);
  const blocks = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ type: 'text' as const, text: `${at}` }));
  const first = { type: 'text' as const, text: words(600) };
  const messages = (more: number) => [{ role: 'user' as const, content: [first, ...blocks(more)] }];
  await client.beta.messages.create(
    params({ thinking: OFF, cache_control: EPHEMERAL, messages: messages(0) }),
  );
  assert.equal((await bill({ cache_control: EPHEMERAL, messages: messages(20) })).read, 0);
  assert.equal((await bill({ cache_control: EPHEMERAL, messages: messages(19) })).read, 604);
});

test('what a request writes can be read once its response has begun, not before', async (t) => {
  const { fake, client, bill } = await cacheSetup(t);
  const gate = createGate();
  fake.enqueue({ text: 'Slow.', hold: gate });
  const slow = client.beta.messages.create(params({ thinking: OFF, system: system('a', 600) }));
  await gate.reached;
  assert.equal((await bill({ system: system('a', 600), messages: ask('Early.') })).read, 0);
  gate.open();
  await slow;
  const streaming = createGate();
  fake.enqueue({ text: 'Streams.', hold: streaming });
  const running = client.beta.messages.stream(params({ thinking: OFF, system: system('b', 600) }));
  await streaming.reached;
  assert.equal((await bill({ system: system('b', 600) })).read, 600);
  streaming.open();
  await running.finalMessage();
});

test('max_tokens 0 warms the cache and writes nothing', async (t) => {
  const { client, bill } = await cacheSetup(t);
  const warm = await client.beta.messages.create(
    params({ max_tokens: 0, system: system('a', 600), thinking: OFF }),
  );
  assert.deepEqual(warm.content, []);
  assert.equal(warm.usage.output_tokens, 0);
  assert.equal(warm.usage.cache_creation_input_tokens, 600);
  assert.equal((await bill({ system: system('a', 600) })).read, 600);
});

test('each setting invalidates its part of the cache and no more', async (t) => {
  const { fake, bill } = await cacheSetup(t);
  const base = {
    tools: [{ name: 'read', description: words(600), input_schema: { type: 'object' as const } }],
    system: system('sys', 600),
    messages: ask(words(600)),
    cache_control: EPHEMERAL,
  };
  const tools = [
    { ...base.tools[0], name: 'read', input_schema: { type: 'object' as const }, cache_control: EPHEMERAL },
  ];
  const usual = { ...base, tools };
  const readAfter = async (over: Partial<Params>) => {
    fake.reset();
    await bill(usual);
    return (await bill({ ...usual, ...over })).read ?? 0;
  };
  const all = await readAfter({});
  const toSystem = await readAfter({ messages: ask('other') });
  const toTools = await readAfter({ system: system('new', 600) });
  assert.ok(all > toSystem && toSystem > toTools && toTools > 600);
  assert.equal(await readAfter({ output_config: { effort: 'low' } }), toSystem);
  assert.equal(await readAfter({ output_config: { effort: 'high' } }), all);
  assert.equal(await readAfter({ thinking: { type: 'adaptive' } }), toSystem);
  assert.equal(await readAfter({ tool_choice: { type: 'none' } }), toSystem);
  assert.equal(await readAfter({ tool_choice: { type: 'auto' } }), all);
  assert.equal(await readAfter({ max_tokens: 5 }), all);
  assert.equal(await readAfter({ tools: tools.map((tool) => ({ ...tool, name: 'write' })) }), 0);
  assert.equal(await readAfter({ model: 'claude-opus-5-5', thinking: { type: 'adaptive' } }), 0);
  const withImage = [...usual.messages, { role: 'user' as const, content: [picture(50, 50)] }];
  assert.equal(await readAfter({ messages: withImage }), toSystem);
});

test('count_tokens and usage agree', async (t) => {
  const { client, bill } = await cacheSetup(t);
  const { model, messages } = params({ messages: ask(words(100, 'Ünïcode, (punctuation) 12345;')) });
  const request = { messages, system: system('sys', 600), thinking: OFF };
  const counted = await client.beta.messages.countTokens({ model, ...request });
  const billed = await bill({ model, ...request });
  assert.equal(counted.input_tokens, billed.input + (billed.write ?? 0));
});

test('a miss is explained by what changed since the message that is named', async (t) => {
  const { client } = await cacheSetup(t);
  const send = (over: Partial<Params>) =>
    client.beta.messages.create(
      params({
        thinking: OFF,
        cache_control: EPHEMERAL,
        system: system('s', 600),
        messages: ask('One'),
        ...over,
      }),
    );
  const first = await send({});
  const reason = async (over: Partial<Params>) => {
    const message = await send({ diagnostics: { previous_message_id: first.id }, ...over });
    return message.diagnostics?.cache_miss_reason;
  };
  assert.equal(first.diagnostics, null);
  assert.equal((await send({ diagnostics: { previous_message_id: null } })).diagnostics, null);
  assert.equal(await reason({ messages: [...ask('One'), ...ask('Two')] }), undefined);
  assert.deepEqual(await reason({ messages: ask('Other') }), {
    type: 'messages_changed',
    cache_missed_input_tokens: 5,
  });
  assert.deepEqual(await reason({ system: system('new', 600) }), {
    type: 'system_changed',
    cache_missed_input_tokens: 605,
  });
  const tools = [{ name: 'read', input_schema: { type: 'object' as const } }];
  assert.equal((await reason({ tools }))?.type, 'tools_changed');
  assert.equal(
    (await reason({ model: 'claude-haiku-5-5', thinking: { type: 'adaptive' } }))?.type,
    'model_changed',
  );
  assert.deepEqual(await reason({ output_config: { effort: 'low' } }), { type: 'unavailable' });
  assert.deepEqual(await reason({ diagnostics: { previous_message_id: 'msg_lost' } }), {
    type: 'previous_message_not_found',
  });
});
