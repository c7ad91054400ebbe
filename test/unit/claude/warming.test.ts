import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFakeClaude } from '../../support/fakeClaude/main.ts';
import { claudeAt, KEY, REQUEST, serve } from './oddServer.ts';

const WARMING = {
  ...REQUEST,
  max_tokens: 0,
  system: [{ type: 'text', text: 'Be brief. '.repeat(2000), cache_control: { type: 'ephemeral' } }],
} as const;

test('warming writes the cache, gives the bill and is read by the question that follows', async (t) => {
  const fake = await startFakeClaude({ keys: [KEY] });
  t.after(() => fake.close());
  const claude = claudeAt(fake.url);
  const warmed = await claude.warm(WARMING);
  assert.ok(warmed.ok);
  assert.ok(warmed.value.cacheWrite > 1000 && warmed.value.output === 0);
  let read = 0;
  for await (const piece of claude.start({ ...WARMING, max_tokens: 100 }).pieces) {
    if (piece.type === 'started') read = piece.usage.cacheRead;
  }
  assert.equal(read, warmed.value.cacheWrite);
});

test('an endpoint that takes no answer of no length, a web page and a wrong key are failures and never thrown', async (t) => {
  const refused = await serve(t, (response) => {
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end('{"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: 0"}}');
  });
  const page = await serve(t, (response) => response.end('<html>Sign in</html>'));
  const odd = await serve(t, (response) => response.end('{"content":[]}'));
  const kinds = [];
  for (const { url } of [refused, page, odd]) {
    const warmed = await claudeAt(url).warm(WARMING);
    kinds.push(warmed.ok ? 'ok' : warmed.failure.kind);
  }
  assert.deepEqual(kinds, ['invalidRequest', 'captivePortal', 'malformed']);
});
