import type { MissCause } from '../core/conversation/model.ts';
import { isList, isObject, type JsonObject, objectAt, textAt } from './json.ts';

/**
 * Why the API could not read the prompt from the cache, out of a message's `diagnostics`; undefined when it was not
 * asked, found nothing or is still looking (API docs, cache diagnostics). A reason nobody knows yet is `unknown`.
 */
export function cacheMissOf(message: JsonObject): MissCause | undefined {
  const reason = objectAt(objectAt(message, 'diagnostics') ?? {}, 'cache_miss_reason');
  if (!reason) return undefined;
  return CAUSES.get(textAt(reason, 'type') ?? '') ?? 'unknown';
}

const CAUSES: ReadonlyMap<string, MissCause> = new Map([
  ['model_changed', 'modelChanged'],
  ['system_changed', 'systemChanged'],
  ['tools_changed', 'toolsChanged'],
  ['messages_changed', 'messagesChanged'],
  ['previous_message_not_found', 'notFound'],
]);

/** How many thinking blocks the API took out of the prompt; undefined when it took none, or does not say. */
export function thinkingDroppedOf(message: JsonObject): number | undefined {
  const changes = message.input_transformations;
  if (!isList(changes)) return undefined;
  const dropped = changes.filter((change) => isObject(change) && change.type === 'thinking_dropped');
  return dropped.length || undefined;
}
