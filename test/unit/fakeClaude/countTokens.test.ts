import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countText, cutText } from '../../support/fakeClaude/prompt/tokens.ts';
import { assertRefused, params, setup } from './setup.ts';

const { model, messages } = params();

test('text costs about a token per three and a half characters', () => {
  const prose =
    'The quick brown fox jumps over the lazy dog, while a prudent engineer measures everything twice.';
  const code =
    'export function add(left: number, right: number): number {\n  return left + right; // both\n}\n';
  for (const text of [prose, code]) {
    const perToken = text.length / countText(text);
    assert.ok(perToken > 2.5 && perToken < 5, `${perToken}`);
  }
  assert.equal(countText(''), 0);
  assert.ok(countText('日本語のテキスト') >= 8);
});

test('a cut text is the longest start that fits', () => {
  const text = 'one two three four';
  assert.equal(cutText(text, 3), 'one two three');
  assert.equal(cutText(text, 100), text);
  assert.equal(cutText(text, 0), '');
});

test('an older model counts fewer tokens for the same text', async (t) => {
  const { client } = await setup(t);
  const long = [{ role: 'user' as const, content: 'word '.repeat(1000) }];
  const now = await client.beta.messages.countTokens({ model, messages: long });
  const then = await client.beta.messages.countTokens({ model: 'claude-haiku-4-5', messages: long });
  assert.ok(then.input_tokens < now.input_tokens * 0.8);
});

test('max_tokens has no place in a count, and compaction is ignored', async (t) => {
  const { fake, client } = await setup(t);
  await assertRefused(fake, params(), { says: /^max_tokens: Extra inputs/, path: 'messages/count_tokens' });
  const plain = await client.beta.messages.countTokens({ model, messages });
  const compaction = { type: 'summarize' as const };
  const betas = ['compact-2026-09-04'];
  assert.deepEqual(await client.beta.messages.countTokens({ model, messages, compaction, betas }), plain);
});

test('server tools and remote files cannot be counted', async (t) => {
  const { fake } = await setup(t);
  const path = 'messages/count_tokens';
  const search = { type: 'web_search_20260318', name: 'web_search' };
  await assertRefused(fake, { model, messages, tools: [search] }, { says: /^tools\.0: server tool/, path });
  const sources = [
    { type: 'url', url: 'https://example.com/a' },
    { type: 'file', file_id: 'file_1' },
  ];
  for (const [type, source] of ['image', 'document'].flatMap((kind) =>
    sources.map((one) => [kind, one] as const),
  )) {
    const content = [{ type, source }];
    await assertRefused(
      fake,
      { model, messages: [{ role: 'user', content }] },
      { says: /^messages\.0\.content\.0.*'(url|file)' sources are not supported by count_tokens/, path },
    );
  }
});
