import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFakeClaude } from '../../support/fakeClaude/main.ts';
import { claudeAt, KEY, REQUEST, serve, signal } from './oddServer.ts';

test('A count is that of the API, with everything that shapes the prompt and nothing else', async (t) => {
  const server = await serve(t, (response) => response.end('{"input_tokens":42,"context_management":null}'));
  const shaping = {
    model: 'claude-opus-5-5',
    system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
    messages: REQUEST.messages,
    thinking: { type: 'adaptive', display: 'summarized' },
    output_config: { effort: 'low' },
  } as const;
  const request = {
    ...shaping,
    max_tokens: 100,
    diagnostics: { previous_message_id: 'msg_1' },
    stream: true,
    betas: ['compact-2026-09-04', 'other-2026-01-01'],
  };
  const claude = claudeAt(server.url);
  assert.deepEqual(await claude.countTokens(request).tokens, { ok: true, value: 42 });
  await claude.countTokens(REQUEST).tokens;
  const [first, second] = server.requests;
  assert.equal(`${first?.method} ${first?.path}`, 'POST /v1/messages/count_tokens');
  assert.deepEqual(JSON.parse(first?.body ?? ''), shaping);
  assert.equal(first?.headers['anthropic-beta'], 'compact-2026-09-04,other-2026-01-01');
  assert.equal(second?.headers['anthropic-beta'], undefined);
});

test('What is counted is what the simulated API bills', async (t) => {
  const fake = await startFakeClaude({ keys: [KEY] });
  t.after(() => fake.close());
  const claude = claudeAt(fake.url);
  const counted = await claude.countTokens(REQUEST).tokens;
  let billed: number | undefined;
  for await (const piece of claude.start(REQUEST).pieces) {
    if (piece.type === 'started') billed = piece.usage.input;
  }
  assert.ok((billed ?? 0) > 0);
  assert.deepEqual(counted, { ok: true, value: billed });
});

test('A count that is cancelled is a timeout at once and closes its connection', {
  timeout: 5000,
}, async (t) => {
  const server = await serve(t, () => undefined);
  const counting = claudeAt(server.url).countTokens(REQUEST);
  await server.arrived();
  counting.cancel();
  assert.deepEqual(await counting.tokens, { ok: false, failure: { kind: 'timeout' } });
  await server.closed();
});

test('A count that is cancelled in the middle of its body is a timeout', async (t) => {
  const half = signal();
  const server = await serve(t, (response) => {
    response.writeHead(200).write('{"input_tokens":', () => half.give());
  });
  const counting = claudeAt(server.url).countTokens(REQUEST);
  await half.given;
  counting.cancel();
  assert.deepEqual(await counting.tokens, { ok: false, failure: { kind: 'timeout' } });
  await server.closed();
});

test('A count that is cancelled before its key has come sends nothing', { timeout: 5000 }, async (t) => {
  const server = await serve(t, () => undefined);
  const key = signal();
  const counting = claudeAt(server.url, { key: () => key.given.then(() => KEY) }).countTokens(REQUEST);
  counting.cancel();
  assert.deepEqual(await counting.tokens, { ok: false, failure: { kind: 'timeout' } });
  key.give();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(server.requests.length, 0);
});

test('A cancel after the end changes nothing, however often', async (t) => {
  const server = await serve(t, (response) => response.end('{"input_tokens":0}'));
  const counting = claudeAt(server.url).countTokens(REQUEST);
  assert.deepEqual(await counting.tokens, { ok: true, value: 0 });
  counting.cancel();
  counting.cancel();
  assert.deepEqual(await counting.tokens, { ok: true, value: 0 });
});

const BODIES: Readonly<Record<string, readonly [number, string, string, string]>> = {
  'a web page': [200, 'text/html', '<html>', 'captivePortal'],
  'a web page that says it is JSON': [200, 'application/json', '<html>', 'captivePortal'],
  'broken JSON': [200, 'application/json', '{"input_tokens":', 'malformed'],
  'a bare number': [200, 'application/json', '42', 'malformed'],
  'no count': [200, 'application/json', '{}', 'malformed'],
  'a count in words': [200, 'application/json', '{"input_tokens":"42"}', 'malformed'],
  'a negative count': [200, 'application/json', '{"input_tokens":-1}', 'malformed'],
  'a 400': [400, 'application/json', '{"error":{"type":"invalid_request_error"}}', 'invalidRequest'],
  'a 404 of a gateway without counting': [404, 'application/json', '{"detail":"Not Found"}', 'noEndpoint'],
  'a 429': [429, 'application/json', '{"error":{"type":"rate_limit_error"}}', 'rateLimit'],
};

for (const [what, [status, type, body, kind]] of Object.entries(BODIES)) {
  test(`A count that is ${what} fails as ${kind}, after a single attempt`, async (t) => {
    const server = await serve(t, (response) =>
      response.writeHead(status, { 'content-type': type }).end(body),
    );
    const counted = await claudeAt(server.url).countTokens(REQUEST).tokens;
    assert.equal(!counted.ok && counted.failure.kind, kind);
    assert.equal(server.requests.length, 1);
  });
}

test('A count that breaks off or falls silent is a failure of the network', async (t) => {
  const broken = await serve(t, (response) => {
    response.writeHead(200).write('{"input_tokens":', () => response.destroy());
  });
  const cut = await claudeAt(broken.url).countTokens(REQUEST).tokens;
  assert.equal(!cut.ok && cut.failure.kind, 'network');
  const silent = await serve(t, (response) => response.writeHead(200).write('{'));
  const stalled = await claudeAt(silent.url, { idleTimeout: 30 }).countTokens(REQUEST).tokens;
  assert.equal(!stalled.ok && stalled.failure.kind, 'timeout');
});

test('A count is logged as one line without its prompt', async (t) => {
  const server = await serve(t, (response) => response.end('{"input_tokens":42}'));
  const lines: string[] = [];
  await claudeAt(server.url, { log: (line) => lines.push(line) }).countTokens(REQUEST).tokens;
  assert.match(lines.join('\n'), /^count claude-opus-5-5: done in \d+ ms$/);
});
