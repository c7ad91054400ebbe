import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { LLMock, type MockServerOptions } from '@copilotkit/aimock';
import type { AnswerPiece } from '../../../src/core/ports.ts';
import type { MessageRequest } from '../../../src/core/request/messageRequest.ts';
import { claudeAt, collect, KEY, REQUEST } from './oddServer.ts';

// A server of the Messages API that others have written: what the own simulation gets wrong shows here.

async function start(t: TestContext, options: MockServerOptions = {}) {
  const mock = new LLMock({ port: 0, ...options });
  t.after(() => mock.stop());
  return { mock, claude: claudeAt(await mock.start()) };
}

function asking(text: string): MessageRequest {
  return { ...REQUEST, messages: [{ role: 'user', content: [{ type: 'text', text }] }] };
}

function joined(pieces: readonly AnswerPiece[], field: string): string {
  return pieces.map((piece) => (piece.type === 'delta' ? (piece.delta[field] ?? '') : '')).join('');
}

function kinds(pieces: readonly AnswerPiece[]): readonly string[] {
  return pieces.flatMap((piece) => (piece.type === 'blockStarted' ? [piece.block.type] : []));
}

test('An answer streams from an independent server', async (t) => {
  const { mock, claude } = await start(t, { chunkSize: 4 });
  const usage = { input_tokens: 12, output_tokens: 7 };
  mock.onMessage('blue', { content: 'Because of Rayleigh. Grüße 🌍', usage });
  const { pieces, end } = await collect(claude.start(asking('Why is the sky blue?')));
  assert.equal(joined(pieces, 'text'), 'Because of Rayleigh. Grüße 🌍');
  assert.ok(pieces.filter((piece) => piece.type === 'delta').length > 5);
  assert.equal(end.outcome === 'done' && end.stopReason, 'end_turn');
  assert.deepEqual(end.usage, { input: 12, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 7 });
  const seen = mock.getLastRequest();
  assert.equal(seen?.path, '/v1/messages');
  assert.equal(seen?.headers['anthropic-version'], '2026-10-21');
});

test('Thinking streams from an independent server, the hidden kind included', async (t) => {
  const { mock, claude } = await start(t);
  mock.onMessage('think', {
    content: 'Yes.',
    reasoning: 'Let me see.',
    reasoningSignature: 'c2ln',
    redactedThinking: ['b3BhcXVl'],
  });
  const { pieces, end } = await collect(claude.start(asking('Please think')));
  assert.equal(end.outcome, 'done');
  assert.deepEqual(kinds(pieces), ['redacted_thinking', 'thinking', 'text']);
  assert.equal(joined(pieces, 'thinking'), 'Let me see.');
  assert.equal(joined(pieces, 'signature'), 'c2ln');
});

const ERRORS = [
  [400, 'invalid_request_error', 'invalidRequest'],
  [401, 'authentication_error', 'badKey'],
  [403, 'permission_error', 'forbidden'],
  [413, 'request_too_large', 'tooLarge'],
  [429, 'rate_limit_error', 'rateLimit'],
  [500, 'api_error', 'server'],
  [529, 'overloaded_error', 'overloaded'],
] as const;

for (const [status, type, kind] of ERRORS) {
  test(`The status ${status} of an independent server is ${kind}, after a single attempt`, async (t) => {
    const { mock, claude } = await start(t);
    mock.onMessage('fail', { error: { message: 'No.', type }, status, retryAfter: 3 });
    const { end } = await collect(claude.start(asking('Please fail')));
    const retryAfter = status === 429 ? { retryAfter: 3000 } : {};
    assert.deepEqual(end.outcome === 'failed' && end.failure, {
      kind,
      status,
      type,
      message: 'No.',
      ...retryAfter,
    });
    assert.equal(mock.getRequests().length, 1);
  });
}

test('An answer that an independent server cuts off keeps what has come', async (t) => {
  const { mock, claude } = await start(t);
  const content = 'one two three four five six seven eight nine ten';
  // A pause before each chunk, so that those before the cut are on their way.
  mock.onMessage('cut', { content }, { truncateAfterChunks: 4, chunkSize: 4, latency: 10 });
  const { pieces, end } = await collect(claude.start(asking('Please cut')));
  assert.equal(end.outcome === 'failed' && end.failure.kind, 'cutOff');
  const text = joined(pieces, 'text');
  assert.ok(text.length > 0 && content.startsWith(text) && text.length < content.length, text);
});

test('A key that an independent server does not know is a wrong key', async (t) => {
  const { mock, claude } = await start(t, { auth: { apiKeys: [KEY] } });
  mock.onMessage('hello', { content: 'Hi.' });
  assert.equal((await collect(claude.start(asking('hello')))).end.outcome, 'done');
  const wrong = claudeAt(mock.url, { key: async () => 'sk-ant-wrong' });
  const { end } = await collect(wrong.start(asking('hello')));
  assert.equal(end.outcome === 'failed' && end.failure.kind, 'badKey');
});

test('A list in the words of another API names its models and nothing that it does not say', async (t) => {
  const { claude } = await start(t);
  const listed = await claude.models(5000);
  const models = listed.ok ? listed.value : [];
  assert.ok(models.some((model) => model.id.startsWith('claude-')));
  for (const model of models) assert.deepEqual(model, { id: model.id, name: model.id });
});

test('A gateway that cannot count says so', async (t) => {
  const { claude } = await start(t);
  const counted = await claude.countTokens(REQUEST).tokens;
  assert.equal(!counted.ok && counted.failure.kind, 'noEndpoint');
});
