import type { Json } from '../conversation/model.ts';
import type { SpentUsage } from './money.ts';

/** One thing that the API ran for a request. The types are an open set: `message`, `compaction`, ... */
export interface Iteration {
  readonly type: string;
  /** Absent where the model that was asked did it. */
  readonly model?: string;
  readonly spent: SpentUsage;
}

/**
 * Reads `usage.iterations` (API docs, compaction: "usage"). Undefined when there is no list, it is empty, or any entry
 * is not what it should be: half a bill is worse than the totals.
 */
export function iterationsOf(raw: Json | undefined): readonly Iteration[] | undefined {
  if (!isList(raw) || raw.length === 0) return undefined;
  const read = raw.map(readIteration);
  return read.every((entry) => entry !== undefined) ? read : undefined;
}

function readIteration(raw: Json): Iteration | undefined {
  if (!isObject(raw) || typeof raw.type !== 'string') return undefined;
  const split = isObject(raw.cache_creation) ? raw.cache_creation : {};
  const fresh = countAt(raw, 'input_tokens');
  const output = countAt(raw, 'output_tokens');
  const read = countAt(raw, 'cache_read_input_tokens', 0);
  const write1h = countAt(split, 'ephemeral_1h_input_tokens', 0);
  const write5m = countAt(split, 'ephemeral_5m_input_tokens', 0);
  if (fresh === undefined || output === undefined || read === undefined) return undefined;
  if (write1h === undefined || write5m === undefined) return undefined;
  const written = countAt(raw, 'cache_creation_input_tokens', write1h + write5m);
  if (written === undefined) return undefined;
  const hour = Math.min(written, write1h);
  return {
    type: raw.type,
    ...(typeof raw.model === 'string' ? { model: raw.model } : {}),
    spent: { fresh, read, write5m: written - hour, write1h: hour, output },
  };
}

type JsonObject = { readonly [key: string]: Json };

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** A count of tokens; `absent` where the field is missing or null, undefined where it is no count. */
function countAt(object: JsonObject, key: string, absent?: number): number | undefined {
  const value = object[key];
  if (value === undefined || value === null) return absent;
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}
