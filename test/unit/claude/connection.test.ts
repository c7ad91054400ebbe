import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  claudeAt,
  collect,
  DELTA_END,
  KEY,
  REQUEST,
  START,
  STOP,
  serve,
  sse,
  streamHeaders,
} from './oddServer.ts';

function answers(t: TestContext) {
  return serve(t, (response) => streamHeaders(response).end(sse(START, DELTA_END, STOP)));
}

test('Nothing in the environment reaches a request', async (t) => {
  const server = await answers(t);
  const elsewhere = await answers(t);
  const variables: Readonly<Record<string, string>> = {
    ANTHROPIC_API_KEY: 'sk-ant-env-key',
    ANTHROPIC_AUTH_TOKEN: 'env-token',
    ANTHROPIC_BASE_URL: elsewhere.url,
    ANTHROPIC_CUSTOM_HEADERS:
      'Authorization: Bearer foreign\nX-Foreign: 1\nanthropic-version: 1999-01-01\nno good name: 1',
    ANTHROPIC_LOG: 'debug',
    ANTHROPIC_PROFILE: 'nobody',
    ANTHROPIC_CONFIG_DIR: await mkdtemp(join(tmpdir(), 'profiles-')),
    ANTHROPIC_ORGANIZATION_ID: 'env-organization',
    ANTHROPIC_WORKSPACE_ID: 'env-workspace',
    ANTHROPIC_SCOPE: 'env-scope',
    ANTHROPIC_FEDERATION_RULE_ID: 'env-rule',
    ANTHROPIC_IDENTITY_TOKEN: 'env-identity',
    ANTHROPIC_IDENTITY_TOKEN_FILE: '/nowhere',
    ANTHROPIC_SERVICE_ACCOUNT_ID: 'env-account',
    ANTHROPIC_WEBHOOK_SIGNING_KEY: 'env-webhook',
    ANTHROPIC_OPEN_TELEMETRY: 'true',
    ANTHROPIC_OPEN_TELEMETRY_PROPAGATION: 'true',
    ANTHROPIC_OPEN_TELEMETRY_TRACES_CONTENT_MODE: 'content',
    ANTHROPIC_OPEN_TELEMETRY_TRACES_MAX_CONTENT_BYTES: '1000',
  };
  Object.assign(process.env, variables);
  t.after(() => {
    for (const name of Object.keys(variables)) delete process.env[name];
  });
  const spoken = (['debug', 'info', 'log', 'warn', 'error'] as const).map((level) =>
    t.mock.method(console, level, () => undefined),
  );
  const claude = claudeAt(server.url, { userAgent: 'Parley/1.0' });
  const { end } = await collect(claude.start(REQUEST));
  assert.equal(end.outcome, 'done');
  await claude.models(1000);
  await claude.countTokens(REQUEST).tokens;
  assert.equal(elsewhere.requests.length, 0);
  for (const { headers } of server.requests) {
    assert.equal(headers.authorization, `Bearer ${KEY}`);
    assert.equal(headers['anthropic-version'], '2026-10-21');
    assert.equal(headers['user-agent'], 'Parley/1.0');
    const names = Object.keys(headers).filter((name) => !name.startsWith('x-stainless-'));
    assert.deepEqual(
      names.filter((name) => !EXPECTED_HEADERS.has(name)),
      [],
    );
    assert.doesNotMatch(JSON.stringify(headers), /env-|foreign/);
  }
  assert.deepEqual(
    server.requests.map(({ path, headers }) => [path, headers['anthropic-beta']]),
    [
      ['/v1/messages', undefined],
      ['/v1/models?limit=1000', 'compact-2026-09-04'],
      ['/v1/messages/count_tokens', undefined],
    ],
  );
  assert.deepEqual(
    spoken.flatMap((method) => method.mock.calls),
    [],
  );
});

const EXPECTED_HEADERS = new Set([
  'anthropic-beta',
  'host',
  'connection',
  'accept',
  'accept-encoding',
  'accept-language',
  'sec-fetch-mode',
  'user-agent',
  'anthropic-version',
  'authorization',
  'content-type',
  'content-length',
]);

test('The key is asked for anew with every request and trimmed', async (t) => {
  const server = await answers(t);
  const keys = [' first\n', 'second'];
  const claude = claudeAt(server.url, { key: async () => keys.shift() });
  await collect(claude.start(REQUEST));
  await collect(claude.start(REQUEST));
  assert.deepEqual(
    server.requests.map((request) => request.headers.authorization),
    ['Bearer first', 'Bearer second'],
  );
});

const BAD_KEYS: readonly (readonly [string, string | undefined, string])[] = [
  ['A key with a newline inside', 'sk-ant-one\nsk-ant-two', 'badKey'],
  ['A key beyond Latin-1', 'sk-ant-схема', 'badKey'],
  ['A key with a control character', 'sk-ant-\u0001', 'badKey'],
  ['A missing key', undefined, 'noKey'],
  ['A blank key', ' \n', 'noKey'],
];

for (const [what, key, kind] of BAD_KEYS) {
  test(`${what} fails as ${kind} before anything is sent`, async (t) => {
    const server = await answers(t);
    const claude = claudeAt(server.url, { key: async () => key });
    const { end } = await collect(claude.start(REQUEST));
    assert.deepEqual(end, { type: 'end', outcome: 'failed', failure: { kind } });
    assert.deepEqual(await claude.models(1000), { ok: false, failure: { kind } });
    assert.deepEqual(await claude.countTokens(REQUEST).tokens, { ok: false, failure: { kind } });
    assert.equal(server.requests.length, 0);
  });
}

test('A key store that fails is an unexpected failure', async (t) => {
  const server = await answers(t);
  const key = () => Promise.reject(new Error(`locked, held ${KEY}`));
  const { end } = await collect(claudeAt(server.url, { key }).start(REQUEST));
  assert.deepEqual(end.outcome === 'failed' && end.failure, {
    kind: 'unexpected',
    message: 'Error: locked, held ***',
  });
});

test('Where the key is optional a request goes out without one', async (t) => {
  const server = await answers(t);
  const claude = claudeAt(server.url, { key: async () => undefined, keyOptional: true });
  assert.equal((await collect(claude.start(REQUEST))).end.outcome, 'done');
  assert.equal(server.requests[0]?.headers.authorization, 'Bearer none');
});

test('A 401 asks for a key where none was sent, and for another where one was', async (t) => {
  const server = await serve(t, (response) => response.writeHead(401).end());
  const kindWith = async (key: string | undefined) => {
    const claude = claudeAt(server.url, { key: async () => key, keyOptional: true });
    const { end } = await collect(claude.start(REQUEST));
    return end.outcome === 'failed' && end.failure.kind;
  };
  assert.equal(await kindWith(undefined), 'noKey');
  assert.equal(await kindWith('wrong'), 'badKey');
});

for (const address of ['', 'nonsense', 'ftp://host', 'https://host/?a=1', 'https://user:word@host']) {
  test(`The address "${address}" is refused without its password`, async () => {
    const { end } = await collect(claudeAt(address).start(REQUEST));
    const failure = end.outcome === 'failed' ? end.failure : undefined;
    assert.equal(failure?.kind, 'badAddress');
    assert.equal(failure?.message, address.replace('user:word', '***'));
  });
}

test('Whatever is asked goes to the address that is passed in, also where it is empty', async () => {
  const claude = claudeAt('');
  const counted = await claude.countTokens(REQUEST).tokens;
  assert.equal(!counted.ok && counted.failure.kind, 'badAddress');
  const listed = await claude.models(1000);
  assert.equal(!listed.ok && listed.failure.kind, 'badAddress');
});

test('The path of a gateway stays in front of the path of the API', async (t) => {
  const server = await answers(t);
  await collect(claudeAt(`${server.url}/claude/`).start(REQUEST));
  assert.equal(server.requests[0]?.path, '/claude/v1/messages');
});

test('A fetch that is passed in is used', async () => {
  const urls: string[] = [];
  const own: typeof fetch = async (input) => {
    urls.push(String(input));
    return new Response(sse(START, DELTA_END, STOP), { headers: { 'content-type': 'text/event-stream' } });
  };
  const { end } = await collect(claudeAt('https://example.com', { fetch: own }).start(REQUEST));
  assert.equal(end.outcome, 'done');
  assert.deepEqual(urls, ['https://example.com/v1/messages']);
});
