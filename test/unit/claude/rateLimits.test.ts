import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { claudeAt, collect, DELTA_END, REQUEST, START, STOP, serve, sse } from './oddServer.ts';

type Limits = Readonly<Record<string, string>>;

/** A `Claude` at a server that answers with this status and these headers, and what it says of rate limits. */
async function listening(t: TestContext, status: number, headers: Limits) {
  const heard: Limits[] = [];
  const server = await serve(t, (response, { path }) => {
    const type = path === '/v1/messages' ? 'text/event-stream' : 'application/json';
    const body = path.endsWith('count_tokens') ? '{"input_tokens":1}' : '{"data":[]}';
    const stream = sse(START, DELTA_END, STOP);
    response.writeHead(status, { 'content-type': type, ...headers });
    response.end(status !== 200 ? '' : path === '/v1/messages' ? stream : body);
  });
  return { heard, claude: claudeAt(server.url, { onRateLimits: (limits) => heard.push(limits) }) };
}

const LIMITS = {
  'Anthropic-RateLimit-Requests-Remaining': '49',
  'anthropic-ratelimit-input-tokens-reset': '2026-11-22T12:00:00Z',
};
const HEARD = { 'requests-remaining': '49', 'input-tokens-reset': '2026-11-22T12:00:00Z' };

test('The rate limits of an answer, a count and a list are heard', async (t) => {
  const { heard, claude } = await listening(t, 200, { ...LIMITS, 'x-other': '1' });
  assert.equal((await collect(claude.start(REQUEST))).end.outcome, 'done');
  await claude.countTokens(REQUEST).tokens;
  await claude.models(5000);
  assert.deepEqual(heard, [HEARD, HEARD, HEARD]);
});

test('The rate limits of a refusal are heard, with the time to wait', async (t) => {
  const { heard, claude } = await listening(t, 429, { ...LIMITS, 'Retry-After': '7' });
  const { end } = await collect(claude.start(REQUEST));
  assert.equal(end.outcome === 'failed' && end.failure.kind, 'rateLimit');
  assert.deepEqual(heard, [{ ...HEARD, 'retry-after': '7' }]);
});

test('A response without rate limits is not heard of', async (t) => {
  const { heard, claude } = await listening(t, 200, { 'x-ratelimit-remaining': '1' });
  await collect(claude.start(REQUEST));
  assert.deepEqual(heard, []);
});

test('A listener that throws does no harm', async (t) => {
  const server = await serve(t, (response) =>
    response
      .writeHead(200, { 'content-type': 'text/event-stream', ...LIMITS })
      .end(sse(START, DELTA_END, STOP)),
  );
  const onRateLimits = () => {
    throw new Error('gone');
  };
  const { end } = await collect(claudeAt(server.url, { onRateLimits }).start(REQUEST));
  assert.equal(end.outcome, 'done');
});
