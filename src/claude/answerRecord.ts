import type { MissCause, Usage } from '../core/conversation/model.ts';
import type { AnswerPiece } from '../core/ports.ts';
import { cacheMissOf, thinkingDroppedOf } from './diagnosis.ts';
import { FailureError } from './failures.ts';
import { isBlock, isObject, type JsonObject, objectAt, textAt } from './json.ts';
import { mergeUsage, usageOf } from './usage.ts';

/** What is known of an answer while its events come in. */
export interface AnswerRecord {
  requestId?: string;
  usage?: JsonObject;
  stopReason?: string;
  /** Why the model declined: the API's sentence, else the name of its category. */
  explanation?: string;
  cacheMiss?: MissCause;
  /** True once `message_stop` has come; only then is the answer whole. */
  finished: boolean;
}

/**
 * Notes what an event says about the answer and returns the piece it makes, if it makes one.
 * Events of types that nobody knows yet are passed over; a known one without its parts is `malformed`.
 */
export function takeEvent(record: AnswerRecord, event: unknown): AnswerPiece | undefined {
  if (!isObject(event)) throw malformed();
  switch (event.type) {
    case 'message_start':
      return takeStart(record, objectAt(event, 'message'));
    case 'content_block_start':
      return { type: 'blockStarted', index: indexOf(event), block: blockAt(event, 'content_block') };
    case 'content_block_delta':
      return { type: 'delta', index: indexOf(event), delta: blockAt(event, 'delta') };
    case 'content_block_stop':
      return { type: 'blockEnded', index: indexOf(event) };
    case 'message_delta':
      takeMessageDelta(record, event);
      return undefined;
    case 'message_stop':
      record.finished = true;
      return undefined;
    default:
      return undefined;
  }
}

/** The bill as far as it is known, also when the answer broke off; undefined before the first figure. */
export function knownUsage(record: AnswerRecord): Usage | undefined {
  return record.usage && usageOf(record.usage);
}

function takeStart(record: AnswerRecord, message: JsonObject | undefined): AnswerPiece {
  if (!message) throw malformed();
  record.usage = objectAt(message, 'usage') ?? {};
  takeCacheMiss(record, message);
  // Final here: only a fallback to another model, which is never asked for, says something else later.
  const thinkingDropped = thinkingDroppedOf(message);
  return {
    type: 'started',
    messageId: textAt(message, 'id') ?? '',
    usage: usageOf(record.usage),
    ...(record.requestId === undefined ? {} : { requestId: record.requestId }),
    ...(thinkingDropped === undefined ? {} : { thinkingDropped }),
  };
}

function takeMessageDelta(record: AnswerRecord, event: JsonObject): void {
  const usage = objectAt(event, 'usage');
  if (usage) record.usage = mergeUsage(record.usage ?? {}, usage);
  const delta = objectAt(event, 'delta') ?? {};
  const stopReason = textAt(delta, 'stop_reason');
  const details = objectAt(delta, 'stop_details') ?? {};
  const explanation = textAt(details, 'explanation') ?? textAt(details, 'category');
  if (stopReason !== undefined) record.stopReason = stopReason;
  if (explanation !== undefined) record.explanation = explanation;
  // The comparison runs beside the answer, so its outcome may be known only at the end.
  takeCacheMiss(record, event);
  takeCacheMiss(record, delta);
}

function takeCacheMiss(record: AnswerRecord, source: JsonObject): void {
  const cacheMiss = cacheMissOf(source);
  if (cacheMiss !== undefined) record.cacheMiss = cacheMiss;
}

function indexOf(event: JsonObject): number {
  const index = event.index;
  if (typeof index !== 'number' || !Number.isInteger(index)) throw malformed();
  return index;
}

function blockAt(event: JsonObject, key: string) {
  const block = event[key];
  if (!isBlock(block)) throw malformed();
  return block;
}

function malformed(): FailureError {
  return new FailureError({ kind: 'malformed' });
}
