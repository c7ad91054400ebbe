import { signedSummary, summarize, thresholdSummary } from '../prompt/compaction.ts';
import type { Prepared } from '../prompt/prepare.ts';
import type { CacheUse } from '../prompt/promptCache.ts';
import type { PromptBlock } from '../prompt/render.ts';
import { countBlock } from '../prompt/tokens.ts';
import type { Reply } from '../reply.ts';
import { type Wire, wireOf, wires } from '../wire.ts';
import type { Account } from './account.ts';
import { compose } from './compose.ts';
import { rawBlocks } from './rawBlocks.ts';
import { inputUsage, outputUsage } from './usage.ts';
import { ending, roomFor, type Written } from './written.ts';

/**
 * On demand: the summary alone. Its bill is in `iterations` only, and one that does not fit into `max_tokens` is billed
 * all the same.
 */
export function writeSummary(request: Wire, prepared: Prepared, cached: CacheUse, reply: Reply): Written {
  const block = signedSummary(reply.text ?? summarize(request), request, prepared.model);
  const room = Number(request.max_tokens);
  const tokens = countBlock(block, prepared.model.rules);
  const stopReason = reply.stopReason ?? (tokens <= room ? 'compaction' : 'max_tokens');
  const bill = { type: 'compaction', ...inputUsage(cached), output_tokens: Math.min(tokens, room) };
  return summaryAlone(stopReason === 'compaction' ? [block] : [], stopReason, bill);
}

/** The `compact_20260112` edit of a request whose prompt has reached its trigger. */
export function thresholdEdit(request: Wire, tokens: number): Wire | undefined {
  const edits = wires(wireOf(request.context_management).edits);
  const edit = edits.find((one) => one.type === 'compact_20260112');
  return tokens >= Number(wireOf(edit?.trigger).value ?? 150_000) ? edit : undefined;
}

/** At the threshold: the summary first, then the answer to a prompt that now begins with the summary. */
export function writeAfterSummary(
  account: Account,
  request: Wire,
  prepared: Prepared,
  cached: CacheUse,
  reply: Reply,
  edit: Wire,
): Written {
  const { model, blocks } = prepared;
  const summary = thresholdSummary(summarize(request));
  const tokens = countBlock(summary, model.rules);
  const bill = { type: 'compaction', ...inputUsage(cached), output_tokens: tokens };
  if (edit.pause_after_compaction === true) return summaryAlone([summary], 'compaction', bill);
  const entry: PromptBlock = { part: 'messages', role: 'assistant', path: '', block: summary, tokens };
  const shorter = [...blocks.filter((block) => block.part !== 'messages'), entry];
  const reread = account.cache.use({ ...request, cache_control: null }, model, shorter, account.now());
  const raw = [summary, ...rawBlocks(reply, request, model)];
  const composed = compose(raw, request, model, roomFor(request, prepared));
  const input = inputUsage(reread);
  const output = outputUsage(composed.outputTokens - tokens, composed.thinkingTokens);
  const message = {
    type: 'message',
    model: model.info.id,
    ...input,
    output_tokens: output.output_tokens,
  };
  return { ...ending(composed, reply), usage: { ...input, ...output, iterations: [bill, message] } };
}

function summaryAlone(blocks: readonly Wire[], stopReason: string, bill: Wire): Written {
  const usage = { ...inputUsage('nothing'), ...outputUsage(0, 0), iterations: [bill] };
  return { blocks, stopReason, stopSequence: null, usage };
}
