import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertRefused, HEADERS, params, setup } from './setup.ts';

const user = (content: unknown) => ({ role: 'user', content });
const assistant = (content: unknown) => ({ role: 'assistant', content });
const text = (value: string, more: object = {}) => ({ type: 'text', text: value, ...more });
const cached = (ttl?: string) => ({ cache_control: { type: 'ephemeral', ...(ttl ? { ttl } : {}) } });
const tool = { name: 'read', input_schema: { type: 'object' } };
const call = { type: 'tool_use', id: 't1', name: 'read', input: {} };

/** What is wrong with a request, and what the API says of it; `betas` are header values. */
const REFUSALS: readonly (readonly [string, object, RegExp, string?])[] = [
  ['an unknown field', { colour: 'red' }, /^colour: Extra inputs/],
  ['temperature', { temperature: 1 }, /^temperature: /],
  ['top_p', { top_p: 1 }, /^top_p: /],
  ['top_k', { top_k: 1 }, /^top_k: /],
  ['no max_tokens', { max_tokens: undefined }, /^max_tokens: Field required/],
  ['negative max_tokens', { max_tokens: -1 }, /^max_tokens: /],
  ['too many max_tokens', { max_tokens: 128_001 }, /128001 > 128000/],
  ['warming with a stream', { max_tokens: 0, stream: true }, /^max_tokens: 0 cannot/],
  ['no model', { model: undefined }, /^model: Field required/],
  ['an unknown beta', {}, /Unexpected value\(s\) `time-travel-1`/, 'time-travel-1'],
  ['a thinking type of another model', { thinking: { type: 'disabled' } }, /^thinking\.type: 'disabled'/],
  ['thinking of no type', { thinking: { type: 'deep' } }, /^thinking\.type: /],
  [
    'a budget with adaptive thinking',
    { thinking: { type: 'adaptive', budget_tokens: 2000 } },
    /budget_tokens: Extra/,
  ],
  [
    'a small budget',
    { model: 'claude-haiku-4-5', thinking: { type: 'enabled', budget_tokens: 1023 } },
    /greater than or equal to 1024/,
  ],
  [
    'a budget as large as the answer',
    { model: 'claude-haiku-4-5', thinking: { type: 'enabled', budget_tokens: 4000 } },
    /must be greater than `thinking\.budget_tokens`/,
  ],
  [
    'adaptive thinking on 4.5',
    { model: 'claude-haiku-4-5', thinking: { type: 'adaptive' } },
    /^thinking\.type/,
  ],
  [
    'an effort that a model has not',
    { model: 'claude-sonnet-4-6', output_config: { effort: 'xhigh' } },
    /'xhigh'/,
  ],
  [
    'effort where there is none',
    { model: 'claude-haiku-4-5', output_config: { effort: 'low' } },
    /effort: 'low'/,
  ],
  ['an effort that nobody has', { output_config: { effort: 'heroic' } }, /^output_config\.effort: Input/],
  [
    'thinking off at the highest effort',
    { thinking: { type: 'between_tools' }, output_config: { effort: 'max' } },
    /cannot be turned off/,
  ],
  ['fast mode on a model without', { speed: 'fast' }, /^speed: 'fast'/],
  ['fast mode without its beta', { model: 'claude-opus-5', speed: 'fast' }, /^speed: .*fast-mode-2026-02-01/],
  ['a forced tool', { tools: [tool], tool_choice: { type: 'any' } }, /^tool_choice\.type: 'any'/],
  ['a tool without schema', { tools: [{ name: 'read' }] }, /^tools\.0\.custom\.input_schema/],
  ['compaction without beta', { compaction: { type: 'summarize' } }, /^compaction: .*compact-2026-09-04/],
  [
    'context edits without beta',
    { context_management: { edits: [{ type: 'clear_thinking_20251015' }] } },
    /^context_management\.edits\.0: .*context-management-2025-06-27/,
  ],
  [
    'binding controls without beta',
    { thinking: { type: 'adaptive', block_binding: {} } },
    /^thinking\.block_binding: .*thinking-binding-controls-2026-08-01/,
  ],
  ['updates without beta', { thinking: { type: 'adaptive', display: 'updates' } }, /^thinking\.display: /],
  ['a thread without beta', { thread: { type: 'create' } }, /^thread: .*message-threads/],
  ['fallbacks without beta', { fallbacks: 'default' }, /^fallbacks: .*server-side-fallback/],
  ['a task budget without beta', { output_config: { task_budget: {} } }, /^output_config\.task_budget: /],
  ['no messages', { messages: [] }, /^messages: at least one/],
  [
    'an assistant first',
    { messages: [assistant('Hi'), user('Hi')] },
    /first message must use the "user" role/,
  ],
  ['an unknown role', { messages: [{ role: 'tool', content: 'x' }] }, /^messages\.0\.role/],
  ['a field in a message', { messages: [{ ...user('x'), id: 1 }] }, /^messages\.0\.id: Extra inputs/],
  ['empty content', { messages: [user('')] }, /^messages\.0: all messages must have non-empty/],
  ['an empty list', { messages: [user([])] }, /^messages\.0: all messages must have non-empty/],
  [
    'an empty text block',
    { messages: [user([text('')])] },
    /^messages\.0\.content\.0: text content blocks must be non/,
  ],
  ['blank text', { messages: [user([text(' \n')])] }, /must contain non-whitespace/],
  ['a blank system prompt', { system: [text(' ')] }, /^system\.0: /],
  [
    'a field in a block',
    { messages: [user([text('x', { id: 1 })])] },
    /^messages\.0\.content\.0\.text\.id: Extra/,
  ],
  ['an unknown block', { messages: [user([{ type: 'smell' }])] }, /Input tag 'smell'/],
  [
    'citations of a user',
    { messages: [user([text('x', { citations: [{}] })])] },
    /citations are not permitted/,
  ],
  [
    'a document in an answer',
    { messages: [user('x'), assistant([{ type: 'document', source: {} }]), user('y')] },
    /`document` blocks are not allowed in assistant messages/,
  ],
  [
    'a prefill',
    { messages: [user('x'), assistant('The answer is')] },
    /does not support assistant message prefill/,
  ],
  [
    'a prefill that ends in a blank',
    { model: 'claude-haiku-4-5', messages: [user('x'), assistant('It is ')] },
    /trailing whitespace/,
  ],
  [
    'a call without result',
    { messages: [user('x'), assistant([call]), user('y')] },
    /^messages\.1: `tool_use` ids/,
  ],
  [
    'a result without call',
    { messages: [user([{ type: 'tool_result', tool_use_id: 't1', content: 'x' }])] },
    /^messages\.0: unexpected `tool_use_id`/,
  ],
  [
    'a system message first',
    { messages: [{ role: 'system', content: 'x' }, user('y')] },
    /^messages\.0: a system/,
  ],
  [
    'a system message on a model without',
    { model: 'claude-sonnet-5', messages: [user('x'), { role: 'system', content: 'y' }] },
    /^messages\.1\.role: 'system'/,
  ],
  [
    'foreign thinking',
    { messages: [user('x'), assistant([thinking('forged'), text('y')]), user('z')] },
    /^messages\.1\.content\.0: Invalid `signature` in `thinking` block$/,
  ],
  [
    'five breakpoints',
    { messages: [user([1, 2, 3, 4, 5].map((n) => text(`${n}`, cached())))] },
    /A maximum of 4 blocks with cache_control may be provided\. Found 5/,
  ],
  [
    'an automatic fifth',
    { ...cached(), messages: [user([...[1, 2, 3, 4].map((n) => text(`${n}`, cached())), text('5')])] },
    /^cache_control: no breakpoint is left/,
  ],
  [
    'an automatic one of another ttl',
    { ...cached(), messages: [user([text('1', cached('1h'))])] },
    /^cache_control: the last block/,
  ],
  [
    'an hour after five minutes',
    { system: [text('s', cached('5m'))], messages: [user([text('1', cached('1h'))])] },
    /^messages\.0\.content\.0\.cache_control\.ttl: a ttl='1h'/,
  ],
  ['an unknown ttl', { system: [text('s', cached('2h'))] }, /^system\.0\.cache_control\.ttl: /],
  [
    'a breakpoint on thinking',
    { messages: [user('x'), assistant([{ ...thinking('y'), ...cached() }, text('y')]), user('z')] },
    /^messages\.1\.content\.0\.thinking\.cache_control: Extra/,
  ],
  ['a breakpoint on empty text', { system: [text('', cached())] }, /^system\.0: cache_control cannot be set/],
];

for (const [what, fields, says, betas] of REFUSALS) {
  test(`refused: ${what}`, async (t) => {
    const { fake } = await setup(t);
    await assertRefused(fake, { ...params(), ...fields }, { says, ...(betas ? { betas } : {}) });
  });
}

test('what is refused with one error is taken when it is right', async (t) => {
  const { client } = await setup(t);
  const good = await client.beta.messages.create({
    ...params({ model: 'claude-opus-5', speed: 'fast', betas: ['fast-mode-2026-02-01'] }),
    thinking: { type: 'disabled' },
    output_config: { effort: 'high' },
    system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
    cache_control: { type: 'ephemeral' },
    tools: [{ name: 'read', input_schema: { type: 'object' } }],
    tool_choice: { type: 'auto' },
    messages: [
      { role: 'user', content: 'Read it.' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'read', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'text' }] },
      { role: 'system', content: 'The user is in a hurry.' },
    ],
  });
  assert.equal(good.usage.speed, 'fast');
  const old = params({ model: 'claude-haiku-4-5' });
  const messages = [...old.messages, { role: 'assistant' as const, content: 'A monad is' }];
  assert.ok(await client.beta.messages.create({ ...old, messages }));
});

test('the version header, the path and the body are checked', async (t) => {
  const { fake } = await setup(t);
  const post = async (headers: Record<string, string>, body: string, path = 'messages') => {
    const response = await fetch(`${fake.url}/v1/${path}`, { method: 'POST', headers, body });
    return { status: response.status, error: (await response.json()).error };
  };
  const good = JSON.stringify(params());
  const bare = await post({}, good);
  assert.match(bare.error.message, /^anthropic-version: header is required/);
  assert.match((await post({ 'anthropic-version': '1' }, good)).error.message, /not a valid version/);
  assert.match((await post(HEADERS, '{"model":')).error.message, /not valid JSON/);
  assert.deepEqual(await post(HEADERS, good, 'complete'), {
    status: 404,
    error: { type: 'not_found_error', message: 'Not Found' },
  });
  const large = await post(HEADERS, JSON.stringify({ pad: 'x'.repeat(33 * 1024 * 1024) }));
  assert.equal(large.status, 413);
  assert.equal(large.error.type, 'request_too_large');
});

function thinking(signature: string): object {
  return { type: 'thinking', thinking: 'Hm.', signature };
}
