import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BetaContentBlock, BetaMessageParam } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { assertRefused, type Params, params, setup, stream, words } from './setup.ts';

const BETAS = ['compact-2026-09-04'];
const SHOWN = { type: 'adaptive', display: 'summarized' } as const;
const user = (content: string): BetaMessageParam => ({ role: 'user', content });
const compact: Partial<Params> = { compaction: { type: 'summarize' }, betas: BETAS, thinking: SHOWN };

/** Two answered questions and the summary of both. */
async function compacted(client: Parameters<typeof stream>[0]) {
  const messages: BetaMessageParam[] = [];
  for (const question of ['First?', 'Second?']) {
    messages.push(user(question));
    const { content } = await stream(client, { thinking: SHOWN, messages });
    messages.push({ role: 'assistant', content });
  }
  return { messages, summary: await stream(client, { ...compact, messages }) };
}

test('a conversation is summarized on demand into one signed block, billed in iterations', async (t) => {
  const { client } = await setup(t);
  const { summary } = await compacted(client);
  assert.equal(summary.stop_reason, 'compaction');
  const [block] = summary.content;
  assert.ok(block?.type === 'compaction' && summary.content.length === 1);
  assert.match(block.content ?? '', /The user wrote: Second\?/);
  assert.ok(block.signature);
  assert.equal(summary.usage.input_tokens, 0);
  assert.equal(summary.usage.output_tokens, 0);
  const [bill] = summary.usage.iterations ?? [];
  assert.ok(bill?.type === 'compaction' && bill.input_tokens > 0 && bill.output_tokens > 0);
});

test('the block stands for its messages: alone, before a tail with thinking, and to be compacted again', async (t) => {
  const { client } = await setup(t);
  const { messages, summary } = await compacted(client);
  const start: BetaMessageParam = { role: 'assistant', content: summary.content };
  assert.ok(await stream(client, { betas: BETAS, messages: [start, user('Third?')] }));
  const third = await stream(client, { thinking: SHOWN, messages: [...messages, user('Third?')] });
  const tail: BetaMessageParam[] = [user('Third?'), { role: 'assistant', content: third.content }];
  assert.ok(
    await stream(client, { betas: BETAS, thinking: SHOWN, messages: [start, ...tail, user('Fourth?')] }),
  );
  const elsewhere = stream(client, {
    betas: BETAS,
    system: 'New.',
    messages: [start, ...tail, user('Fourth?')],
  });
  await assert.rejects(elsewhere, /bound to a different conversation/);
  const again = await stream(client, { ...compact, messages: [start, ...tail] });
  assert.equal(again.stop_reason, 'compaction');
});

test('a block that was changed, moved or doubled is refused with its code', async (t) => {
  const { fake, client } = await setup(t);
  const { summary } = await compacted(client);
  const [block] = summary.content as [BetaContentBlock];
  const send = (...content: object[]) => ({
    ...params(),
    messages: [{ role: 'assistant', content }, user('Third?')],
  });
  const betas = BETAS.join();
  const refusals: readonly (readonly [object, string])[] = [
    [send({ ...block, content: 'Another summary' }), 'compaction_content_mismatch'],
    [send({ ...block, signature: 'forged' }), 'compaction_signature_invalid'],
    [send(block, block), 'compaction_block_ambiguous'],
    [
      { ...params(), messages: [user('Hi'), { role: 'assistant', content: [block] }, user('Third?')] },
      'compaction_block_misplaced',
    ],
  ];
  for (const [body, code] of refusals)
    await assertRefused(fake, body, { says: /compaction|summar/i, code, betas });
  await assertRefused(fake, send(block), { says: /compact-2026-09-04/ });
});

test('what cannot be summarized is refused, and what does not fit is billed without a block', async (t) => {
  const { fake, client } = await setup(t);
  const { messages, summary } = await compacted(client);
  const call = { type: 'tool_use', id: 't1', name: 'read', input: {} };
  const betas = BETAS.join();
  const body = { ...params(), compaction: { type: 'summarize' } };
  const open = [user('Hi'), { role: 'assistant', content: [call] }];
  const alone = [{ role: 'assistant', content: summary.content }];
  await assertRefused(
    fake,
    { ...body, messages: open },
    { says: /unfinished/, code: 'compaction_incomplete_turn', betas },
  );
  await assertRefused(
    fake,
    { ...body, messages: alone },
    { says: /nothing/, code: 'compaction_nothing_to_summarize', betas },
  );
  await assertRefused(
    fake,
    { ...body, stop_sequences: ['x'] },
    { says: /^stop_sequences: cannot be combined/, betas },
  );
  await assertRefused(
    fake,
    { ...body, model: 'claude-opus-4-8' },
    { says: /^compaction: .* not supported/, betas },
  );
  const small = await stream(client, { ...compact, messages, max_tokens: 5 });
  assert.equal(small.stop_reason, 'max_tokens');
  assert.deepEqual(small.content, []);
  assert.equal(small.usage.iterations?.[0]?.output_tokens, 5);
});

test('at the threshold a summary precedes the answer, and what came before it is read no more', async (t) => {
  const { client } = await setup(t);
  const edits = [
    { type: 'compact_20260112' as const, trigger: { type: 'input_tokens' as const, value: 50_000 } },
  ];
  const over = { betas: ['compact-2026-01-12'], context_management: { edits }, thinking: SHOWN };
  const short = await stream(client, { ...over, messages: [user('Short.')] });
  assert.equal(
    short.content.some((block) => block.type === 'compaction'),
    false,
  );
  const messages = [user(words(60_000))];
  const long = await stream(client, { ...over, messages });
  assert.deepEqual(
    long.content.map((block) => block.type),
    ['compaction', 'thinking', 'text'],
  );
  assert.ok(long.usage.input_tokens < 1000);
  assert.deepEqual(
    long.usage.iterations?.map((entry) => entry.type),
    ['compaction', 'message'],
  );
  const next: BetaMessageParam[] = [...messages, { role: 'assistant', content: long.content }, user('And?')];
  const after = await stream(client, { ...over, messages: next });
  assert.ok(after.usage.input_tokens < 2000);
  const trimmed = await stream(client, { ...over, messages: next.slice(1) });
  assert.equal(trimmed.usage.input_tokens, after.usage.input_tokens);
  const pausing = [{ ...edits[0], type: 'compact_20260112' as const, pause_after_compaction: true }];
  const pause = await stream(client, { ...over, messages, context_management: { edits: pausing } });
  assert.equal(pause.stop_reason, 'compaction');
  assert.equal(pause.content.length, 1);
  const resumed: BetaMessageParam[] = [...messages, { role: 'assistant', content: pause.content }];
  assert.equal((await stream(client, { ...over, messages: resumed })).stop_reason, 'end_turn');
});

test('clearing edits take old thinking and tool results out of the prompt and report it', async (t) => {
  const { client } = await setup(t);
  const messages: BetaMessageParam[] = [];
  for (const id of ['t1', 't2']) {
    messages.push(user(`Read ${id}`), {
      role: 'assistant',
      content: [{ type: 'tool_use', id, name: 'read', input: {} }],
    });
    const content = [{ type: 'tool_result' as const, tool_use_id: id, content: words(500) }];
    messages.push({ role: 'user', content });
    const answer = await stream(client, { thinking: SHOWN, messages });
    messages.push({ role: 'assistant', content: answer.content });
  }
  messages.push(user('And?'));
  const betas = ['context-management-2025-06-27'];
  const thinkingEdit = {
    type: 'clear_thinking_20251015' as const,
    keep: { type: 'thinking_turns' as const, value: 1 },
  };
  const toolEdit = {
    type: 'clear_tool_uses_20250919' as const,
    trigger: { type: 'tool_uses' as const, value: 1 },
    keep: { type: 'tool_uses' as const, value: 1 },
  };
  const request = { thinking: SHOWN, messages };
  const before = await stream(client, request);
  const context_management = { edits: [thinkingEdit, toolEdit] };
  const after = await stream(client, { ...request, betas, context_management });
  const applied = after.context_management?.applied_edits ?? [];
  assert.deepEqual(
    applied.map((edit) => edit.type),
    ['clear_thinking_20251015', 'clear_tool_uses_20250919'],
  );
  const cleared = applied.reduce((sum, edit) => sum + edit.cleared_input_tokens, 0);
  assert.ok(cleared > 400);
  assert.equal(after.usage.input_tokens, before.usage.input_tokens - cleared);
  const counted = await client.beta.messages.countTokens({
    model: params().model,
    ...request,
    betas,
    context_management,
  });
  assert.equal(counted.input_tokens, after.usage.input_tokens);
  assert.equal(counted.context_management?.original_input_tokens, before.usage.input_tokens);
  await assert.rejects(
    stream(client, { ...request, betas, context_management: { edits: [toolEdit, thinkingEdit] } }),
    /must be the first edit/,
  );
});
