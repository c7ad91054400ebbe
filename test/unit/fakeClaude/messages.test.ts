import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGate } from '../../support/fakeClaude/gate.ts';
import { params, setup, stream } from './setup.ts';

test('a stream has the events of the API in their order', async (t) => {
  const { fake } = await setup(t);
  fake.enqueue({ text: 'Hello there', thinking: 'Greet.', chunkChars: 6 });
  const thinking = { type: 'adaptive', display: 'summarized' } as const;
  const response = await fetch(`${fake.url}/v1/messages`, {
    method: 'POST',
    headers: { 'anthropic-version': '2026-10-21' },
    body: JSON.stringify({ ...params({ thinking }), stream: true }),
  });
  const events = (await response.text())
    .split('\n\n')
    .filter(Boolean)
    .map((event) => JSON.parse(event.split('\ndata: ')[1] ?? ''));
  assert.deepEqual(
    events.map((event) => event.delta?.type ?? event.type),
    [
      'message_start',
      'content_block_start',
      'ping',
      'thinking_delta',
      'signature_delta',
      'content_block_stop',
      'content_block_start',
      'text_delta',
      'text_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ],
  );
  assert.deepEqual(events[0].message.content, []);
  assert.equal(events[0].message.stop_reason, null);
  assert.ok(events[0].message.usage.input_tokens > 0);
  assert.equal(events.at(-2).delta.stop_reason, 'end_turn');
  assert.equal(events.at(-2).usage.input_tokens, events[0].message.usage.input_tokens);
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
});

test('a stream and a plain answer to the same request hold the same message', async (t) => {
  const { client } = await setup(t);
  const streamed = await stream(client);
  const plain = await client.beta.messages.create(params());
  // The SDK's stream helper adds `parsed_output`.
  assert.deepEqual({ ...streamed, id: '' }, { ...plain, id: '', parsed_output: null });
});

test('every success carries a request id and rate limits', async (t) => {
  const { client } = await setup(t);
  const { response, request_id } = await client.beta.messages.create(params()).withResponse();
  assert.match(request_id ?? '', /^req_/);
  assert.equal(response.headers.get('anthropic-ratelimit-requests-limit'), '4000');
  assert.ok(Date.parse(response.headers.get('anthropic-ratelimit-requests-reset') ?? '') > 0);
});

test('thinking comes first and is shown, hidden or absent as the request says', async (t) => {
  const { client } = await setup(t);
  const shown = await stream(client, { thinking: { type: 'adaptive', display: 'summarized' } });
  const hidden = await stream(client, { thinking: { type: 'adaptive' } });
  const off = await stream(client, { thinking: { type: 'between_tools' } });
  assert.deepEqual(
    shown.content.map((block) => block.type),
    ['thinking', 'text'],
  );
  const [open, closed] = [shown.content[0], hidden.content[0]];
  assert.ok(open?.type === 'thinking' && open.thinking !== '' && open.signature !== '');
  assert.ok(closed?.type === 'thinking' && closed.thinking === '' && closed.signature !== '');
  assert.deepEqual(
    off.content.map((block) => block.type),
    ['text'],
  );
  assert.equal(hidden.usage.output_tokens, shown.usage.output_tokens);
  assert.ok((hidden.usage.output_tokens_details?.thinking_tokens ?? 0) > 0);
  assert.equal(off.usage.output_tokens_details?.thinking_tokens, 0);
});

test('a model of the 4.6 generation thinks only when asked to, and then shows it', async (t) => {
  const { client } = await setup(t);
  const model = 'claude-sonnet-4-6';
  const silent = await stream(client, { model });
  const thinking = await stream(client, { model, thinking: { type: 'enabled', budget_tokens: 1024 } });
  assert.equal(silent.content[0]?.type, 'text');
  assert.ok(thinking.content[0]?.type === 'thinking' && thinking.content[0].thinking !== '');
});

test('an answer stops at max_tokens', async (t) => {
  const { client } = await setup(t);
  const message = await stream(client, { max_tokens: 20, thinking: { type: 'between_tools' } });
  assert.equal(message.stop_reason, 'max_tokens');
  assert.equal(message.usage.output_tokens, 20);
  assert.ok(message.content[0]?.type === 'text' && message.content[0].text.length < 120);
});

test('an answer stops before a stop sequence', async (t) => {
  const { fake, client } = await setup(t);
  fake.enqueue({ text: 'one two three' });
  const message = await stream(client, {
    stop_sequences: ['four', ' three'],
    thinking: { type: 'between_tools' },
  });
  assert.equal(message.stop_reason, 'stop_sequence');
  assert.equal(message.stop_sequence, ' three');
  assert.deepEqual(message.content, [{ type: 'text', text: 'one two' }]);
});

test('a full window ends the answer with its own reason, and a longer prompt is refused', async (t) => {
  const { fake, client } = await setup(t);
  const model = 'claude-haiku-4-5';
  const long = (count: number) => [{ role: 'user' as const, content: 'word '.repeat(count) }];
  fake.enqueue({ text: 'many words '.repeat(5000) });
  const full = await stream(client, { model, max_tokens: 64_000, messages: long(258_000) });
  assert.equal(full.stop_reason, 'model_context_window_exceeded');
  await assert.rejects(
    stream(client, { model, messages: long(300_000) }),
    (error) =>
      error instanceof Error && /prompt is too long: \d+ tokens > 200000 maximum/.test(error.message),
  );
});

test('the default answer says what it is and names the attached code', async (t) => {
  const { client } = await setup(t);
  const content = 'src/a.ts, lines 3-4:\n```ts\nconst a = 1;\nconst b = 2;\n```';
  const message = await stream(client, {
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: content },
          { type: 'text', text: 'Make a table of it' },
        ],
      },
    ],
  });
  const block = message.content.at(-1);
  const text = block?.type === 'text' ? block.text : '';
  assert.match(text, /^\*\*This is the simulated Claude\.\*\*/);
  assert.match(text, /You wrote: “Make a table of it”/);
  assert.match(text, /`src\/a\.ts, lines 3-4` \(ts, 2 lines\)/);
  assert.match(text, /^## /m);
  assert.match(text, /^- /m);
  assert.match(text, /````ts\nconst a = 1;/);
  assert.match(text, /^\| --- \| --- \|$/m);
});

test('the same conversation gets the same answer and another one another', async (t) => {
  const { client } = await setup(t);
  const ask = async (content: string) =>
    (await stream(client, { messages: [{ role: 'user', content }] })).content;
  assert.deepEqual((await ask('A')).at(-1), (await ask('A')).at(-1));
  assert.notDeepEqual((await ask('A')).at(-1), (await ask('B')).at(-1));
});

test('raw blocks, stop reasons and usage can be scripted', async (t) => {
  const { fake, client } = await setup(t);
  const input = { path: 'a.ts', lines: [1, 2] };
  fake.enqueue({ blocks: [{ type: 'tool_use', id: 'toolu_1', name: 'read', input }] });
  fake.enqueue({ text: 'Wait.', stopReason: 'pause_turn', usage: { input_tokens: 7 } });
  const call = await stream(client);
  assert.equal(call.stop_reason, 'tool_use');
  assert.deepEqual(call.content, [{ type: 'tool_use', id: 'toolu_1', name: 'read', input }]);
  const pause = await stream(client);
  assert.equal(pause.stop_reason, 'pause_turn');
  assert.equal(pause.usage.input_tokens, 7);
  const messages = [...params().messages, { role: 'assistant' as const, content: pause.content }];
  assert.equal((await stream(client, { messages })).stop_reason, 'end_turn');
});

test('a forced tool is called and a JSON schema is filled in', async (t) => {
  const { client } = await setup(t);
  const schema = {
    type: 'object',
    properties: { title: { type: 'string' }, tags: { type: 'array', items: { type: 'string' } } },
    required: ['title', 'tags'],
  };
  const called = await stream(client, {
    model: 'claude-haiku-5-5',
    tools: [{ name: 'name_it', input_schema: { ...schema, type: 'object' } }],
    tool_choice: { type: 'any' },
  });
  assert.equal(called.stop_reason, 'tool_use');
  assert.equal(called.content.at(-1)?.type, 'tool_use');
  const filled = await stream(client, { output_config: { format: { type: 'json_schema', schema } } });
  const block = filled.content.at(-1);
  assert.ok(block?.type === 'text');
  assert.deepEqual(JSON.parse(block.text), { title: 'What is a monad?', tags: [] });
});

test('a gate holds a stream after exactly so many characters', async (t) => {
  const { fake, client } = await setup(t);
  const gate = createGate();
  fake.enqueue({ text: 'Hello world', hold: gate, holdAfterChars: 5 });
  let seen = '';
  const running = client.beta.messages
    .stream(params({ thinking: { type: 'between_tools' } }))
    .on('text', (delta) => {
      seen += delta;
    });
  await gate.reached;
  while (seen.length < 5) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(seen, 'Hello');
  gate.open();
  await running.finalMessage();
  assert.equal(seen, 'Hello world');
});

test('a request is recorded, and whether the client gave up on it', async (t) => {
  const { fake, client } = await setup(t, { now: () => 1234 });
  const gate = createGate();
  fake.enqueue({ text: 'never', hold: gate });
  const running = client.beta.messages.stream(params(), { headers: { 'x-test': 'yes' } });
  const ended = assert.rejects(running.finalMessage());
  await gate.reached;
  running.abort();
  await ended;
  const [recorded] = fake.requests;
  await recorded?.closed;
  assert.equal(recorded?.closedByClient, true);
  assert.equal(recorded.method, 'POST');
  assert.equal(recorded.path, '/v1/messages');
  assert.equal(recorded.headers['x-test'], 'yes');
  assert.equal(recorded.receivedAt, 1234);
  assert.deepEqual(recorded.body, { ...params(), stream: true });
  assert.deepEqual(JSON.parse(recorded.text), recorded.body);
  await stream(client);
  await fake.requests[1]?.closed;
  assert.equal(fake.requests[1]?.closedByClient, false);
  fake.reset();
  assert.equal(fake.requests.length, 0);
});

test('human pace takes its time', async (t) => {
  const { fake, client } = await setup(t, { pace: 'human' });
  fake.enqueue({ text: 'Twenty-two characters.' });
  const started = Date.now();
  await stream(client, { thinking: { type: 'between_tools' } });
  assert.ok(Date.now() - started >= 700);
});

test('keys are checked when they are given', async (t) => {
  const { fake, client } = await setup(t, { keys: ['right'] });
  await assert.rejects(stream(client), (error) => isError(error, 401, 'authentication_error'));
  assert.ok(await client.withOptions({ apiKey: 'right' }).beta.messages.create(params()));
  const old = await fetch(`${fake.url}/v1/models`, {
    headers: { 'x-api-key': 'right', 'anthropic-version': '2023-06-01' },
  });
  assert.equal(old.status, 200);
});

function isError(error: unknown, status: number, type: string): boolean {
  const seen = error as { status?: unknown; type?: unknown; requestID?: unknown };
  return seen.status === status && seen.type === type && typeof seen.requestID === 'string';
}
