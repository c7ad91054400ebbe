import assert from 'node:assert/strict';
import { test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import type { Fault } from '../../support/fakeClaude/faults.ts';
import { createGate } from '../../support/fakeClaude/gate.ts';
import { params, setup, stream } from './setup.ts';

const TEXT = { reply: { text: 'Hello wonderful world' } };
const OFF = { type: 'between_tools' } as const;

/** Streams one answer and reports what was seen of it and how it failed. */
async function watch(client: Anthropic, signal?: AbortSignal) {
  let text = '';
  const running = client.beta.messages
    .stream(params({ thinking: OFF }), signal ? { signal } : {})
    .on('text', (delta) => {
      text += delta;
    });
  const error = await running.finalMessage().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { text, error };
}

test('any status comes with type, message, code, details and headers as asked', async (t) => {
  const { fake, client } = await setup(t);
  fake.fail({
    kind: 'status',
    status: 429,
    message: 'Slow down',
    code: 'enforced_spend_limit_reached',
    details: { limit: 5 },
    headers: { 'retry-after': '7' },
  });
  await assert.rejects(stream(client), (error) => {
    assert.ok(error instanceof Anthropic.RateLimitError);
    assert.equal(error.type, 'rate_limit_error');
    assert.equal(error.apiMessage, 'Slow down');
    assert.equal(error.errorCode, 'enforced_spend_limit_reached');
    assert.deepEqual(error.details, { limit: 5, error_code: 'enforced_spend_limit_reached' });
    assert.equal(error.headers.get('retry-after'), '7');
    return true;
  });
});

test('a status alone has the type that the API uses with it', async (t) => {
  const { fake, client } = await setup(t);
  const types = {
    400: 'invalid_request_error',
    401: 'authentication_error',
    500: 'api_error',
    529: 'overloaded_error',
  };
  for (const [status, type] of Object.entries(types)) {
    fake.fail({ kind: 'status', status: Number(status) });
    await assert.rejects(
      stream(client),
      (error) => error instanceof Anthropic.APIError && error.type === type,
    );
  }
});

test('replies and faults are used in the order in which they were queued, as often as they say', async (t) => {
  const { fake, client } = await setup(t);
  fake.fail({ kind: 'status', status: 529, times: 2, headers: { 'retry-after-ms': '5' } });
  fake.enqueue({ text: 'Finally.' });
  const message = await client.withOptions({ maxRetries: 2 }).beta.messages.create(params({ thinking: OFF }));
  assert.deepEqual(message.content, [{ type: 'text', text: 'Finally.' }]);
  assert.equal(fake.requests.length, 3);
  fake.fail({ kind: 'status', status: 500, times: Number.POSITIVE_INFINITY });
  await assert.rejects(stream(client));
  await assert.rejects(stream(client));
  fake.reset();
  assert.ok(await stream(client));
});

test('a fault strikes only its endpoint', async (t) => {
  const { fake, client } = await setup(t);
  const { model, messages } = params();
  fake.fail({ kind: 'status', status: 503, path: 'count_tokens' });
  fake.fail({ kind: 'cut', path: 'models' });
  assert.ok(await stream(client));
  await assert.rejects(
    client.beta.messages.countTokens({ model, messages }),
    Anthropic.ServiceUnavailableError,
  );
  await assert.rejects(client.beta.models.list());
  assert.equal((await client.beta.models.list()).data.length, 11);
});

test('a captive portal answers 200 with a page, and a broken proxy 502', async (t) => {
  const { fake, client } = await setup(t);
  fake.fail({ kind: 'body' });
  const portal = await watch(client);
  assert.match(String(portal.error), /without sending any chunks/);
  fake.fail({ kind: 'body', status: 502, body: '<h1>Bad Gateway</h1>' });
  await assert.rejects(stream(client), (error) => {
    assert.ok(error instanceof Anthropic.InternalServerError);
    assert.equal(error.requestID, null);
    return /Bad Gateway/.test(error.message);
  });
});

test('an error event ends the stream after exactly so many characters', async (t) => {
  const { fake, client } = await setup(t);
  fake.fail({ kind: 'errorEvent', afterChars: 9, code: 'compaction_unavailable', ...TEXT });
  const { text, error } = await watch(client);
  assert.equal(text, 'Hello won');
  assert.ok(error instanceof Anthropic.APIError);
  assert.equal(error.status, undefined);
  assert.equal(error.type, 'overloaded_error');
  assert.equal(error.errorCode, 'compaction_unavailable');
});

test('a cut connection, a missing end and a broken event fail as they do in life', async (t) => {
  const { fake, client } = await setup(t);
  fake.fail({ kind: 'cut', afterChars: 5, ...TEXT });
  fake.fail({ kind: 'end', afterChars: 5, ...TEXT });
  fake.fail({ kind: 'malformed', afterChars: 5, ...TEXT });
  const cut = await watch(client);
  const ended = await watch(client);
  const malformed = await watch(client);
  assert.deepEqual([cut.text, ended.text, malformed.text], ['Hello', 'Hello', 'Hello']);
  assert.match(String(cut.error), /terminated/);
  assert.match(String(ended.error), /stream ended without producing a Message/);
  assert.ok(malformed.error instanceof Anthropic.AnthropicError);
  assert.deepEqual(
    fake.requests.map((request) => request.closedByClient),
    [false, false, false],
  );
});

test('a stall sends nothing more, or only pings, until the client gives up', async (t) => {
  const { fake } = await setup(t);
  const read = async (fault: Fault) => {
    fake.fail(fault);
    const stop = new AbortController();
    const body = JSON.stringify({ ...params({ thinking: OFF }), stream: true });
    const headers = { 'anthropic-version': '2026-10-21' };
    const { signal } = stop;
    const response = await fetch(`${fake.url}/v1/messages`, { method: 'POST', headers, body, signal });
    let seen = '';
    setTimeout(() => stop.abort(), 120);
    try {
      for await (const chunk of response.body ?? []) seen += Buffer.from(chunk).toString();
    } catch {
      return seen;
    }
    return 'ended';
  };
  const silent = await read({ kind: 'stall', afterChars: 5, ...TEXT });
  const pinging = await read({ kind: 'stall', afterChars: 5, pingMs: 20, ...TEXT });
  assert.match(silent, /"text":"Hello"/);
  assert.doesNotMatch(silent, /wonder|message_stop/);
  assert.equal(silent.match(/event: ping/g)?.length, 1);
  assert.ok((pinging.match(/event: ping/g)?.length ?? 0) >= 3);
  await Promise.all(fake.requests.map((request) => request.closed));
  assert.ok(fake.requests.every((request) => request.closedByClient));
});

test('silence is a request without headers in return', async (t) => {
  const { fake, client } = await setup(t);
  fake.fail({ kind: 'silence' });
  await assert.rejects(
    client.beta.messages.create(params(), { timeout: 100 }),
    Anthropic.APIConnectionTimeoutError,
  );
});

test('a refusal is a success with a reason, with or without text', async (t) => {
  const { fake, client } = await setup(t);
  fake.fail({ kind: 'refusal' });
  fake.fail({ kind: 'refusal', text: 'I would', category: null, explanation: null });
  const empty = await stream(client);
  assert.equal(empty.stop_reason, 'refusal');
  assert.deepEqual(empty.content, []);
  assert.equal(empty.stop_details?.category, 'cyber');
  assert.ok(empty.stop_details?.explanation);
  const partial = await stream(client);
  assert.deepEqual(partial.content, [{ type: 'text', text: 'I would' }]);
  assert.deepEqual(partial.stop_details, { type: 'refusal', category: null, explanation: null });
});

test('things that nobody knows pass through the SDK, and an unknown block is taken back', async (t) => {
  const { fake, client } = await setup(t);
  fake.fail({ kind: 'unknownStopReason' });
  fake.fail({ kind: 'unknownBlock' });
  fake.fail({ kind: 'unknownEvent', afterChars: 3, ...TEXT });
  fake.fail({ kind: 'unknownDelta', afterChars: 3, ...TEXT });
  assert.equal((await stream(client)).stop_reason, 'moon_phase');
  const odd = await stream(client);
  assert.deepEqual(odd.content[0], { type: 'hologram', depth: 3 });
  assert.equal((await watch(client)).text, 'Hello wonderful world');
  assert.equal((await watch(client)).text, 'Hello wonderful world');
  const back = { role: 'assistant' as const, content: odd.content };
  const messages = [...params().messages, back, { role: 'user' as const, content: 'And?' }];
  assert.ok(await stream(client, { messages }));
});

test('an answer that is shorter than the place of a fault fails at its end', async (t) => {
  const { fake, client } = await setup(t);
  fake.fail({ kind: 'errorEvent', afterChars: 5000, ...TEXT });
  const { text, error } = await watch(client);
  assert.equal(text, 'Hello wonderful world');
  assert.ok(error instanceof Anthropic.APIError);
});

test('a plain answer fails too: broken off, cut short, or as an error', async (t) => {
  const { fake, client } = await setup(t);
  const ask = () => client.beta.messages.create(params());
  fake.fail({ kind: 'cut' });
  await assert.rejects(ask());
  fake.fail({ kind: 'malformed' });
  await assert.rejects(ask(), SyntaxError);
  fake.fail({ kind: 'errorEvent' });
  await assert.rejects(ask(), Anthropic.OverloadedError);
});

test('a refused request uses up no reply', async (t) => {
  const { fake, client } = await setup(t);
  fake.enqueue({ text: 'Kept.' });
  await assert.rejects(stream(client, { max_tokens: -1 }));
  assert.deepEqual((await stream(client, { thinking: OFF })).content, [{ type: 'text', text: 'Kept.' }]);
});

test('a closed server refuses connections, and closing ends what still runs', async (t) => {
  const { fake, client } = await setup(t);
  const gate = createGate();
  fake.enqueue({ text: 'x', hold: gate });
  const running = watch(client);
  await gate.reached;
  await fake.close();
  assert.ok((await running).error);
  const { error } = await watch(client);
  assert.ok(error instanceof Anthropic.APIConnectionError);
});
