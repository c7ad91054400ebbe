import type { Json } from '../core/conversation/model.ts';
import type { ModelInfo } from '../core/modelInfo.ts';
import { countAt, isObject, type JsonObject, objectAt, textAt } from './json.ts';

/** One entry of the models endpoint; undefined without an id. What is absent or of a wrong type stays unknown. */
export function modelInfoOf(entry: Json): ModelInfo | undefined {
  const id = isObject(entry) ? textAt(entry, 'id') : undefined;
  if (!isObject(entry) || id === undefined) return undefined;
  const capabilities = objectAt(entry, 'capabilities') ?? {};
  return {
    id,
    name: textAt(entry, 'display_name') ?? id,
    ...present('line', textAt(entry, 'line')),
    ...present('lifecycle', textAt(entry, 'lifecycle')),
    ...present('retiresAt', textAt(entry, 'retires_at')),
    ...present('maxInput', limitAt(entry, 'max_input_tokens')),
    ...present('maxOutput', limitAt(entry, 'max_tokens')),
    ...present('thinking', thinkingOf(objectAt(capabilities, 'thinking'))),
    ...present('efforts', effortsOf(objectAt(capabilities, 'effort'))),
    ...present('images', supportAt(capabilities, 'image_input')),
    ...present('pdf', supportAt(capabilities, 'pdf_input')),
    ...present('compaction', compactionOf(capabilities)),
  };
}

/** From the least to the most; a level that is not listed here has no place in the order. */
const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'];

function thinkingOf(capability: JsonObject | undefined): readonly string[] | undefined {
  if (!capability) return undefined;
  if (capability.supported === false) return [];
  const types = objectAt(capability, 'types');
  return types && Object.keys(types).filter((type) => supportAt(types, type) === true);
}

function effortsOf(capability: JsonObject | undefined): readonly string[] | undefined {
  if (!capability) return undefined;
  if (capability.supported === false) return [];
  const told = EFFORTS.filter((level) => supportAt(capability, level) !== undefined);
  return told.length === 0 ? undefined : told.filter((level) => supportAt(capability, level) === true);
}

/** Undefined unless both ways are spoken of, or one of them is there. */
function compactionOf(capabilities: JsonObject): ModelInfo['compaction'] {
  const onDemand = objectAt(capabilities, 'compaction');
  const edits = objectAt(capabilities, 'context_management');
  const summarize = onDemand && (supportAt(onDemand, 'summarize') ?? supportAt(capabilities, 'compaction'));
  const threshold = edits && (edits.supported === false ? false : supportAt(edits, 'compact_20260112'));
  const ways = [
    ...(summarize ? (['summarize'] as const) : []),
    ...(threshold ? (['threshold'] as const) : []),
  ];
  const told = summarize !== undefined && threshold !== undefined;
  return ways.length > 0 || told ? ways : undefined;
}

function supportAt(capabilities: JsonObject, key: string): boolean | undefined {
  const supported = objectAt(capabilities, key)?.supported;
  return typeof supported === 'boolean' ? supported : undefined;
}

/** A limit of 0 tokens is a way to say that there is none. */
function limitAt(entry: JsonObject, key: string): number | undefined {
  return countAt(entry, key) || undefined;
}

function present<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  const fields: { [P in K]?: T } = {};
  if (value !== undefined) fields[key] = value;
  return fields;
}
