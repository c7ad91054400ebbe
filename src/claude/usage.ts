import type { Usage } from '../core/conversation/model.ts';
import { countAt, type JsonObject, objectAt } from './json.ts';

/** The figures of a later event over those of an earlier one: they are totals, so they replace. */
export function mergeUsage(known: JsonObject, later: JsonObject): JsonObject {
  const given = Object.entries(later).filter(([, value]) => value !== null);
  return { ...known, ...Object.fromEntries(given) };
}

/** The API's usage in the core's words; figures it leaves out count as none. */
export function usageOf(raw: JsonObject): Usage {
  const split = objectAt(raw, 'cache_creation') ?? {};
  const written1h = countAt(split, 'ephemeral_1h_input_tokens') ?? 0;
  const written5m = countAt(split, 'ephemeral_5m_input_tokens') ?? 0;
  const thinking = countAt(objectAt(raw, 'output_tokens_details') ?? {}, 'thinking_tokens');
  const iterations = raw.iterations;
  return {
    input: countAt(raw, 'input_tokens') ?? 0,
    cacheRead: countAt(raw, 'cache_read_input_tokens') ?? 0,
    cacheWrite: countAt(raw, 'cache_creation_input_tokens') ?? written1h + written5m,
    cacheWrite1h: written1h,
    output: countAt(raw, 'output_tokens') ?? 0,
    ...(thinking === undefined ? {} : { thinking }),
    ...(iterations === undefined || iterations === null ? {} : { iterations }),
  };
}
