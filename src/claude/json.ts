import type { ContentBlock, Json } from '../core/conversation/model.ts';

export type JsonObject = { readonly [key: string]: Json };

/** Narrows what the network sent; used only on values that come from `JSON.parse`. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

export function objectAt(value: JsonObject, key: string): JsonObject | undefined {
  const found = value[key];
  return isObject(found) ? found : undefined;
}

export function textAt(value: JsonObject, key: string): string | undefined {
  const found = value[key];
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** A count, as the API gives them: never negative, never broken. */
export function countAt(value: JsonObject, key: string): number | undefined {
  const found = value[key];
  return typeof found === 'number' && Number.isFinite(found) && found >= 0 ? found : undefined;
}

export function isBlock(value: unknown): value is ContentBlock {
  return isObject(value) && typeof value.type === 'string';
}
