import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BetaMessageParam } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { type Params, params, setup, stream } from './setup.ts';

const BETA = 'thinking-binding-controls-2026-08-01';
const SHOWN = { type: 'adaptive', display: 'summarized' } as const;
const DROP = { ...SHOWN, block_binding: { prefix_mismatch_behavior: 'drop_block' } } as const;
const ELSEWHERE = /Invalid `signature` in `thinking` block\. The block is bound to a different conversation/;

const user = (content: string): BetaMessageParam => ({ role: 'user', content });
const without = (message: BetaMessageParam): BetaMessageParam =>
  message.role === 'assistant' && Array.isArray(message.content)
    ? { ...message, content: message.content.filter((block) => block.type !== 'thinking') }
    : message;

/** A conversation of `turns` answered questions, thinking and all. */
async function converse(
  client: Parameters<typeof stream>[0],
  turns: number,
  over: Partial<Params> = {},
): Promise<BetaMessageParam[]> {
  const messages: BetaMessageParam[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    messages.push(user(`Question ${turn}`));
    const { content } = await stream(client, { thinking: SHOWN, ...over, messages });
    messages.push({ role: 'assistant', content });
  }
  return messages;
}

test('thinking that goes back unchanged is taken, hidden or shown, with or without cache markers', async (t) => {
  const { client } = await setup(t);
  const system = [{ type: 'text' as const, text: 'Be kind.', cache_control: { type: 'ephemeral' as const } }];
  const shown = await converse(client, 3, { system });
  const next = { thinking: SHOWN, messages: [...shown, user('And?')] };
  assert.ok(await stream(client, { ...next, system: 'Be kind.', cache_control: { type: 'ephemeral' } }));
  assert.ok(await stream(client, { ...next, system, max_tokens: 50, output_config: { effort: 'low' } }));
  const hidden = await converse(client, 2, { thinking: { type: 'adaptive' } });
  assert.ok(await stream(client, { messages: [...hidden, user('And?')] }));
});

test('thinking is refused after any change before it', async (t) => {
  const { client } = await setup(t);
  const messages = await converse(client, 2);
  const next = { thinking: SHOWN, messages: [...messages, user('And?')] };
  const changed = [user('Question zero'), ...messages.slice(1), user('And?')];
  await assert.rejects(stream(client, { ...next, system: 'It is Monday.' }), ELSEWHERE);
  await assert.rejects(stream(client, { ...next, messages: changed }), /messages\.1\.content\.0: Invalid/);
  await assert.rejects(stream(client, { ...next, messages: next.messages.slice(2) }), ELSEWHERE);
  const tools = [{ name: 'read', input_schema: { type: 'object' as const } }];
  await assert.rejects(stream(client, { ...next, tools }), ELSEWHERE);
  await assert.rejects(
    client.beta.messages.countTokens({ model: params().model, ...next, system: 'Tuesday.' }),
    ELSEWHERE,
  );
});

test('thinking whose own text was changed is refused on every model', async (t) => {
  const { client } = await setup(t);
  for (const model of ['claude-sonnet-5-5', 'claude-sonnet-4-6']) {
    const [question, answer] = await converse(client, 1, { model });
    assert.ok(question && answer && Array.isArray(answer.content));
    const content = answer.content.map((block) =>
      block.type === 'thinking' ? { ...block, thinking: `${block.thinking}!` } : block,
    );
    const messages: BetaMessageParam[] = [question, { role: 'assistant', content }, user('And?')];
    await assert.rejects(stream(client, { model, messages }), /Invalid `signature` in `thinking` block/);
  }
});

test('thinking may go from the start, from the end or altogether, but not from the middle', async (t) => {
  const { client } = await setup(t);
  const messages = await converse(client, 3);
  const strip = (...turns: number[]) =>
    stream(client, {
      thinking: SHOWN,
      messages: [
        ...messages.map((one, at) => (turns.includes((at - 1) / 2) ? without(one) : one)),
        user('And?'),
      ],
    });
  assert.ok(await strip(0));
  assert.ok(await strip(0, 1));
  assert.ok(await strip(2));
  assert.ok(await strip(0, 1, 2));
  await assert.rejects(strip(1), ELSEWHERE);
});

test('an edited question is fine once the thinking after it is gone', async (t) => {
  const { client } = await setup(t);
  const messages = await converse(client, 2);
  const edited = [...messages.slice(0, 2), user('Question one, but better')];
  assert.ok(await stream(client, { thinking: SHOWN, messages: edited }));
});

test('drop_block drops what does not fit and says so', async (t) => {
  const { client } = await setup(t);
  const messages = await converse(client, 2);
  const next = { messages: [...messages, user('And?')], system: 'New.', betas: [BETA] };
  const answer = await stream(client, { ...next, thinking: DROP });
  const reason = 'prefix_binding_mismatch';
  assert.deepEqual(answer.input_transformations, [
    { type: 'thinking_dropped', path: 'messages.1.content.0', reason },
    { type: 'thinking_dropped', path: 'messages.3.content.0', reason },
  ]);
  const stripped = { thinking: DROP, system: 'New.', betas: [BETA], messages: next.messages.map(without) };
  const same = await stream(client, stripped);
  assert.equal(answer.usage.input_tokens, same.usage.input_tokens);
  assert.deepEqual(same.input_transformations, []);
  await assert.rejects(stream(client, { ...next, thinking: SHOWN }), ELSEWHERE);
});

test('of a run of thinking all goes when one goes', async (t) => {
  const { fake, client } = await setup(t);
  const messages = await converse(client, 2);
  const thought = (thinking: string) => ({ type: 'thinking', thinking });
  fake.enqueue({ blocks: [thought('One.'), thought('Two.'), { type: 'text', text: 'Done.' }] });
  const { content } = await stream(client, { thinking: SHOWN, messages: [...messages, user('So?')] });
  const gap = messages.map((message, at) => (at === 3 ? without(message) : message));
  const next: BetaMessageParam[] = [...gap, user('So?'), { role: 'assistant', content }, user('And?')];
  const answer = await stream(client, { thinking: DROP, betas: [BETA], messages: next });
  assert.deepEqual(
    answer.input_transformations?.map((entry) => entry.path),
    ['messages.5.content.0', 'messages.5.content.1'],
  );
});

test('a model without the prefix check reads on, and reports it to those who ask', async (t) => {
  const { client } = await setup(t);
  const model = 'claude-opus-5';
  const messages = [...(await converse(client, 1, { model })), user('And?')];
  const silent = await stream(client, { model, messages, system: 'New.' });
  const asked = await stream(client, { model, messages, system: 'New.', betas: [BETA] });
  assert.equal(silent.input_transformations, undefined);
  assert.deepEqual(asked.input_transformations, [
    { type: 'thinking_mismatch_allowed', path: 'messages.1.content.0', reason: 'prefix_binding_mismatch' },
  ]);
});

test('thinking of a model that cannot be read is dropped without a word, and its own comes back to it', async (t) => {
  const { client } = await setup(t);
  const first = await converse(client, 1, { model: 'claude-haiku-5-5' });
  const messages = [...first, user('And?')];
  const other = await stream(client, { messages, thinking: SHOWN });
  const asked = await stream(client, { messages, thinking: SHOWN, betas: [BETA] });
  assert.equal(other.input_transformations, undefined);
  assert.deepEqual(asked.input_transformations, [
    { type: 'thinking_dropped', path: 'messages.1.content.0', reason: 'model_binding_mismatch' },
  ]);
  const mixed: BetaMessageParam[] = [...messages, { role: 'assistant', content: other.content }, user('So?')];
  assert.ok(await stream(client, { model: 'claude-haiku-5-5', thinking: SHOWN, messages: mixed }));
  const readable = await converse(client, 1, { model: 'claude-opus-5' });
  const successor = await stream(client, {
    model: 'claude-opus-5-5',
    messages: [...readable, user('And?')],
    betas: [BETA],
  });
  assert.deepEqual(successor.input_transformations, []);
});

test('a conversation outlives the server that signed it', async (t) => {
  const before = await setup(t);
  const messages = [...(await converse(before.client, 1)), user('And?')];
  const after = await setup(t);
  assert.ok(await stream(after.client, { thinking: SHOWN, messages }));
});

test('redacted thinking is signed and checked like any other', async (t) => {
  const { fake, client } = await setup(t);
  fake.enqueue({ blocks: [{ type: 'redacted_thinking' }, { type: 'text', text: 'Done.' }] });
  const { content } = await stream(client);
  assert.equal(content[0]?.type, 'redacted_thinking');
  const messages: BetaMessageParam[] = [...params().messages, { role: 'assistant', content }, user('And?')];
  assert.ok(await stream(client, { messages }));
  await assert.rejects(stream(client, { messages, system: 'New.' }), /`redacted_thinking` block/);
});
