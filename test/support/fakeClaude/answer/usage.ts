import type { CacheUse } from '../prompt/promptCache.ts';
import type { Wire } from '../wire.ts';

/** The input half of `usage`; `nothing` for calls that are billed elsewhere. */
export function inputUsage(cached: Omit<CacheUse, 'commit'> | 'nothing'): Wire {
  const { input, read, write5m, write1h } = cached === 'nothing' ? NOTHING : cached;
  return {
    input_tokens: input,
    cache_creation_input_tokens: write5m + write1h,
    cache_read_input_tokens: read,
    cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
  };
}

/** The output half; thinking is part of the output tokens. */
export function outputUsage(tokens: number, thinking: number): Wire {
  return { output_tokens: tokens, output_tokens_details: { thinking_tokens: thinking } };
}

const NOTHING = { input: 0, read: 0, write5m: 0, write1h: 0 };
