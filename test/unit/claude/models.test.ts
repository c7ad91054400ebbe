import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claudeAt, serve } from './oddServer.ts';

const yes = { supported: true };
const no = { supported: false };

const FULL = {
  id: 'claude-opus-5-5',
  type: 'model',
  display_name: 'Claude Opus 5.5',
  created_at: '2026-09-01T00:00:00Z',
  line: 'opus',
  lifecycle: 'deprecated',
  deprecated_at: null,
  retires_at: '2027-01-01T00:00:00Z',
  max_input_tokens: 1_000_000,
  max_tokens: 128_000,
  capabilities: {
    thinking: { supported: true, types: { adaptive: yes, enabled: no, disabled: no, tomorrow: yes } },
    effort: { supported: true, max: yes, xhigh: null, high: yes, medium: no, low: yes },
    image_input: yes,
    pdf_input: no,
    compaction: { supported: true, summarize: yes },
    context_management: { supported: true, compact_20260112: yes, clear_thinking_20251015: null },
  },
};

function json(body: unknown): string {
  return JSON.stringify(body);
}

test('A model is described by what the endpoint says of it', async (t) => {
  const server = await serve(t, (response) => response.end(json({ data: [FULL], has_more: false })));
  assert.deepEqual(await claudeAt(server.url).models(5000), {
    ok: true,
    value: [
      {
        id: 'claude-opus-5-5',
        name: 'Claude Opus 5.5',
        line: 'opus',
        lifecycle: 'deprecated',
        retiresAt: '2027-01-01T00:00:00Z',
        maxInput: 1_000_000,
        maxOutput: 128_000,
        thinking: ['adaptive', 'tomorrow'],
        efforts: ['low', 'high', 'max'],
        images: true,
        pdf: false,
        compaction: ['summarize', 'threshold'],
      },
    ],
  });
});

const COMPACTION: readonly (readonly [string, object, readonly string[] | undefined])[] = [
  ['summarizes on demand only', { compaction: { supported: true, summarize: yes } }, ['summarize']],
  ['says only that it can compact', { compaction: { supported: true } }, ['summarize']],
  ['compacts in another way', { compaction: { supported: true, summarize: no } }, undefined],
  ['compacts at a threshold only', { context_management: { compact_20260112: yes } }, ['threshold']],
  ['has no context edits', { compaction: no, context_management: no }, []],
  [
    'has neither way',
    { compaction: { supported: false, summarize: no }, context_management: { compact_20260112: no } },
    [],
  ],
  ['speaks of one way only', { context_management: { supported: true, compact_20260112: no } }, undefined],
  ['leaves both open', { compaction: null, context_management: { compact_20260112: null } }, undefined],
  ['says nonsense', { compaction: 'yes', context_management: [] }, undefined],
];

for (const [what, capabilities, ways] of COMPACTION) {
  test(`A model that ${what} can compact by ${JSON.stringify(ways ?? 'means unknown')}`, async (t) => {
    const data = [{ id: 'm', capabilities }];
    const server = await serve(t, (response) => response.end(json({ data })));
    const listed = await claudeAt(server.url).models(5000);
    assert.deepEqual(listed.ok && listed.value[0]?.compaction, ways);
  });
}

test('The list is asked for with the beta that tells of compaction', async (t) => {
  const server = await serve(t, (response) => response.end(json({ data: [] })));
  assert.deepEqual(await claudeAt(server.url).models(5000), { ok: true, value: [] });
  assert.deepEqual(
    server.requests.map(({ headers, path }) => [path, headers['anthropic-beta']]),
    [['/v1/models?limit=1000', 'compact-2026-09-04']],
  );
});

test('A gateway that refuses the beta is asked without it, for every page', async (t) => {
  const refusal = json({ error: { type: 'invalid_request_error', message: 'anthropic-beta: unknown' } });
  const pages: Readonly<Record<string, unknown>> = {
    '/v1/models?limit=1000': { data: [{ id: 'a' }], has_more: true, last_id: 'a' },
    '/v1/models?limit=1000&after_id=a': { data: [{ id: 'b' }] },
  };
  const server = await serve(t, (response, { headers, path }) => {
    if (headers['anthropic-beta'] === undefined) response.end(json(pages[path]));
    else response.writeHead(400).end(refusal);
  });
  const listed = await claudeAt(server.url).models(5000);
  assert.deepEqual(listed.ok && listed.value.map((model) => model.id), ['a', 'b']);
  assert.equal(server.requests.length, 3);
});

test('A list that is refused for another reason is not asked for again, and a 400 only once', async (t) => {
  const statuses = [401, 400];
  for (const [at, status] of statuses.entries()) {
    const server = await serve(t, (response) => response.writeHead(status).end());
    const listed = await claudeAt(server.url).models(5000);
    assert.equal(!listed.ok && listed.failure.status, status);
    assert.equal(server.requests.length, at + 1);
  }
});

test('What a gateway leaves out or gets wrong stays unknown', async (t) => {
  const data = [
    { id: 'bare' },
    { id: 'nulls', display_name: null, capabilities: null, max_tokens: null, line: null, retires_at: null },
    {
      id: 'wrong',
      display_name: 7,
      max_input_tokens: 'many',
      max_tokens: -1,
      capabilities: { thinking: 'yes', effort: [], image_input: true, pdf_input: { supported: 'yes' } },
    },
    { id: 'none', max_tokens: 0, capabilities: { thinking: no, effort: no } },
    { id: 'half', capabilities: { thinking: yes, effort: yes } },
    { display_name: 'without id' },
    'text',
    null,
    { id: 'bare', display_name: 'again' },
  ];
  const server = await serve(t, (response) => response.end(json({ object: 'list', data })));
  assert.deepEqual(await claudeAt(server.url).models(5000), {
    ok: true,
    value: [
      { id: 'bare', name: 'bare' },
      { id: 'nulls', name: 'nulls' },
      { id: 'wrong', name: 'wrong' },
      { id: 'none', name: 'none', thinking: [], efforts: [] },
      { id: 'half', name: 'half' },
    ],
  });
});

test('All pages are read, in order', async (t) => {
  const pages: Readonly<Record<string, unknown>> = {
    '/v1/models?limit=1000': { data: [{ id: 'a' }], has_more: true, last_id: 'a' },
    '/v1/models?limit=1000&after_id=a': { data: [{ id: 'b' }], has_more: true, last_id: 'b' },
    '/v1/models?limit=1000&after_id=b': { data: [{ id: 'c' }], has_more: false, last_id: 'c' },
  };
  const server = await serve(t, (response, request) => response.end(json(pages[request.path])));
  const listed = await claudeAt(server.url).models(5000);
  assert.deepEqual(listed.ok && listed.value.map((model) => model.id), ['a', 'b', 'c']);
});

test('An endpoint that goes in circles is left after twenty pages', async (t) => {
  const page = json({ data: [{ id: 'a' }], has_more: true, last_id: 'a' });
  const server = await serve(t, (response) => response.end(page));
  const listed = await claudeAt(server.url).models(5000);
  assert.deepEqual(listed.ok && listed.value.length, 1);
  assert.equal(server.requests.length, 20);
});

const BODIES: Readonly<Record<string, readonly [number, string, string, string]>> = {
  'a web page': [200, 'text/html; charset=utf-8', '<html>', 'captivePortal'],
  'a web page that says it is text': [200, 'text/plain', ' <!doctype html>', 'captivePortal'],
  'broken JSON': [200, 'application/json', '{"data":[', 'malformed'],
  'no list': [200, 'application/json', '{"data":{}}', 'malformed'],
  'JSON null': [200, 'application/json', 'null', 'malformed'],
  'a 404 page': [404, 'text/html', '<html>', 'noEndpoint'],
  'a 404 of the API': [404, 'application/json', '{"error":{"type":"not_found_error"}}', 'noEndpoint'],
  'a 401': [401, 'application/json', '{"error":{"type":"authentication_error"}}', 'badKey'],
  'a 529': [529, 'application/json', '{"error":{"type":"overloaded_error"}}', 'overloaded'],
};

for (const [what, [status, type, body, kind]] of Object.entries(BODIES)) {
  test(`A list that is ${what} fails as ${kind}`, async (t) => {
    const server = await serve(t, (response) =>
      response.writeHead(status, { 'content-type': type }).end(body),
    );
    const listed = await claudeAt(server.url).models(5000);
    assert.equal(!listed.ok && listed.failure.kind, kind);
  });
}

test('A list that does not come in time is given up, at whatever it hangs', async (t) => {
  const silent = await serve(t, () => undefined);
  const late = { ok: false, failure: { kind: 'timeout' } };
  assert.deepEqual(await claudeAt(silent.url).models(50), late);
  await silent.closed();
  const half = await serve(t, (response) => response.writeHead(200).write('{"data":['));
  assert.deepEqual(await claudeAt(half.url).models(50), late);
  await half.closed();
  const key = () => new Promise<string>(() => undefined);
  assert.deepEqual(await claudeAt(half.url, { key }).models(50), late);
});

test('A list that breaks off is a failure of the network', async (t) => {
  const server = await serve(t, (response) => {
    response.writeHead(200).write('{"data":[', () => response.destroy());
  });
  const listed = await claudeAt(server.url).models(5000);
  assert.equal(!listed.ok && listed.failure.kind, 'network');
});
