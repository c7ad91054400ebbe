import type { Prepared } from '../prompt/prepare.ts';
import type { CacheUse } from '../prompt/promptCache.ts';
import type { Reply } from '../reply.ts';
import { isWire, type Wire } from '../wire.ts';
import type { Account } from './account.ts';
import { compose } from './compose.ts';
import { rawBlocks } from './rawBlocks.ts';
import { inputUsage, outputUsage } from './usage.ts';
import { thresholdEdit, writeAfterSummary, writeSummary } from './writeSummary.ts';
import { ending, roomFor, type Written } from './written.ts';

export function write(
  account: Account,
  request: Wire,
  prepared: Prepared,
  cached: CacheUse,
  reply: Reply,
): Written {
  if (isWire(request.compaction)) return writeSummary(request, prepared, cached, reply);
  if (request.max_tokens === 0) return writeNothing(cached);
  const edit = thresholdEdit(request, prepared.tokens);
  if (edit) return writeAfterSummary(account, request, prepared, cached, reply, edit);
  const raw = rawBlocks(reply, request, prepared.model);
  const composed = compose(raw, request, prepared.model, roomFor(request, prepared));
  const usage = { ...inputUsage(cached), ...outputUsage(composed.outputTokens, composed.thinkingTokens) };
  return { ...ending(composed, reply), usage: { ...usage, iterations: null } };
}

/** `max_tokens: 0` only warms the cache. */
function writeNothing(cached: CacheUse): Written {
  const usage = { ...inputUsage(cached), ...outputUsage(0, 0), iterations: null };
  return { blocks: [], stopReason: 'max_tokens', stopSequence: null, usage };
}
