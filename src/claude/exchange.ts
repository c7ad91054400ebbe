import type { MessageCreateParamsStreaming } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { Failure } from '../core/conversation/model.ts';
import type { AnswerEnd, AnswerPiece, Exchange } from '../core/ports.ts';
import type { MessageRequest } from '../core/request/messageRequest.ts';
import { type AnswerRecord, knownUsage, takeEvent } from './answerRecord.ts';
import { type ClaudeOptions, connect, readKey } from './connection.ts';
import { failureOf } from './failures.ts';
import { beginLogLine } from './logLine.ts';
import { refuseWebPage } from './webPage.ts';

/** How long a server may keep a finished answer's connection open before it is cut, in ms. */
const CLOSING_TIME = 250;

/** Asks for one answer. The request leaves when the pieces are first asked for. */
export function startExchange(options: ClaudeOptions, request: MessageRequest): Exchange {
  const controller = new AbortController();
  return {
    pieces: answer(options, request, controller),
    stop: () => controller.abort(),
  };
}

async function* answer(
  options: ClaudeOptions,
  request: MessageRequest,
  controller: AbortController,
): AsyncGenerator<AnswerPiece, void> {
  const { signal } = controller;
  const record: AnswerRecord = { finished: false };
  const logEnd = beginLogLine(options.log, `messages ${request.model}`);
  let key: string | undefined;
  let failure: Failure | undefined;
  let closing: ReturnType<typeof setTimeout> | undefined;
  try {
    try {
      key = await unlessAborted(readKey(options), signal);
      for await (const event of await openStream(options, request, key, record, signal)) {
        // Events that had already been read when the user pressed stop are not wanted any more.
        if (signal.aborted) break;
        if (record.finished) continue;
        const piece = takeEvent(record, event);
        if (piece) yield piece;
        // The rest is read to its end, so that the connection can serve again and the server sees no cut.
        if (record.finished) closing = setTimeout(() => controller.abort(), CLOSING_TIME);
      }
    } catch (error) {
      if (!signal.aborted && !record.finished) failure = failureOf(error, key);
    }
    const end = endOf(record, failure, signal.aborted);
    logEnd(end.outcome === 'failed' ? end.failure : { kind: end.outcome }, record.requestId);
    yield { type: 'end', ...end };
  } finally {
    clearTimeout(closing);
    controller.abort();
  }
}

async function openStream(
  options: ClaudeOptions,
  request: MessageRequest,
  key: string | undefined,
  record: AnswerRecord,
  signal: AbortSignal,
): Promise<AsyncIterable<unknown>> {
  // The core has a type of its own that leaves blocks of unknown types alone; on the wire both are the same.
  const { betas, ...body } = request;
  const params = { ...body, stream: true, ...(betas?.length ? { betas } : {}) };
  const { data, response } = await connect(options, key)
    .messages.create(params as unknown as MessageCreateParamsStreaming, { signal })
    .withResponse();
  const requestId = response.headers.get('request-id');
  if (requestId) record.requestId = requestId;
  refuseWebPage(response);
  return data;
}

function endOf(record: AnswerRecord, failure: Failure | undefined, stopped: boolean): AnswerEnd {
  const usage = knownUsage(record);
  const { requestId, cacheMiss } = record;
  const known = {
    ...(usage ? { usage } : {}),
    ...(requestId === undefined ? {} : { requestId }),
    ...(cacheMiss === undefined ? {} : { cacheMiss }),
  };
  if (record.finished) {
    const { stopReason = 'end_turn', explanation } = record;
    return { ...known, outcome: 'done', stopReason, ...(explanation === undefined ? {} : { explanation }) };
  }
  if (!failure && stopped) return { ...known, outcome: 'stopped' };
  // A body that ends properly before the answer does looks like success to the SDK.
  const reason: Failure = failure ?? { kind: 'cutOff' };
  const named = requestId === undefined ? reason : { requestId, ...reason };
  return { ...known, outcome: 'failed', failure: named };
}

/** A key that takes long to look up must not hold up a stop. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_resolve, reject) => {
    const abort = () => reject(new Error('aborted'));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  return Promise.race([promise, aborted]);
}
