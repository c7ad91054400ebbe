import type { ServerResponse } from 'node:http';
import type { Account } from '../answer/account.ts';
import type { Answered } from '../answer/messages.ts';
import type { Scripted } from '../answer/script.ts';
import { ApiError, errorBody, messageOfStatus, typeOfStatus } from '../errors.ts';
import { type Fault, stepsOf } from '../faults.ts';
import type { Reply } from '../reply.ts';
import type { Wire } from '../wire.ts';
import { breakConnection } from './connection.ts';
import { play } from './play.ts';
import { type Insert, type Pacing, streamSteps } from './steps.ts';

/** The headers of every answer. */
export function setCommonHeaders(response: ServerResponse, requestId: string, now: number): void {
  response.setHeader('request-id', requestId);
  response.setHeader('anthropic-organization-id', '00000000-0000-4000-8000-00000000051a');
  const reset = new Date(now + 60_000).toISOString();
  for (const [kind, limit] of LIMITS) {
    response.setHeader(`anthropic-ratelimit-${kind}-limit`, String(limit));
    response.setHeader(`anthropic-ratelimit-${kind}-remaining`, String(limit - 1));
    response.setHeader(`anthropic-ratelimit-${kind}-reset`, reset);
  }
}

const LIMITS = [
  ['requests', 4000],
  ['input-tokens', 2_000_000],
  ['output-tokens', 400_000],
] as const;

export function sendError(error: ApiError, response: ServerResponse, requestId: string): void {
  response.writeHead(error.status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(errorBody(error, requestId)));
}

/** Answers with JSON, whole or as a fault leaves it. */
export async function sendJson(
  body: Wire,
  scripted: Scripted | undefined,
  response: ServerResponse,
  requestId: string,
  answered?: Answered,
): Promise<void> {
  const text = JSON.stringify(body);
  const fault = scripted?.kind === 'fault' ? scripted.fault : undefined;
  const half = text.slice(0, text.length >> 1);
  if (fault?.kind === 'errorEvent') {
    const { type = 'overloaded_error', message = 'Overloaded' } = fault;
    sendError(new ApiError(type === 'overloaded_error' ? 529 : 500, type, message), response, requestId);
    return;
  }
  await hold(answered?.reply);
  answered?.begin();
  response.writeHead(200, { 'content-type': 'application/json' });
  switch (fault?.kind) {
    case 'cut':
      response.write(half);
      await breakConnection(response);
      return;
    case 'stall':
      response.write(half);
      return;
    case 'end':
    case 'malformed':
      response.end(half);
      return;
    default:
      response.end(text);
  }
}

/** Streams an answer, disturbed by whatever its fault does. */
export async function sendStream(
  account: Account,
  answered: Answered,
  response: ServerResponse,
  requestId: string,
): Promise<void> {
  answered.begin();
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
  });
  await play(streamSteps(answered.message, pacingOf(account, answered, requestId)), response);
}

/** A fault that strikes before the request is read. */
export async function sendFault(fault: Fault, response: ServerResponse, requestId: string): Promise<void> {
  if (fault.kind === 'status') {
    const { status, type = typeOfStatus(status), message = messageOfStatus(status), code } = fault;
    const details = { ...fault.details, ...(code ? { error_code: code } : {}) };
    for (const [name, value] of Object.entries(fault.headers ?? {})) response.setHeader(name, value);
    const shown = Object.keys(details).length > 0 ? details : undefined;
    sendError(new ApiError(status, type, message, shown), response, requestId);
  }
  if (fault.kind === 'body') {
    const { status = 200, body = PORTAL, contentType = 'text/html; charset=utf-8' } = fault;
    // What stands between the client and the API knows nothing of its headers.
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.writeHead(status, { 'content-type': contentType });
    response.end(body);
  }
}

const PORTAL = `<!doctype html>
<html><head><title>Sign in to the network</title></head>
<body><h1>Welcome</h1><p>Please accept the terms to use this network.</p></body></html>
`;

/** About 60 tokens a second, the speed of a real model, in pieces of about three tokens. */
const HUMAN = { chunkChars: 11, delayMs: 52, firstMs: 700 };
const INSTANT = { chunkChars: 24, delayMs: 0, firstMs: 0 };

function pacingOf(account: Account, answered: Answered, requestId: string): Pacing {
  const { reply, scripted } = answered;
  const base = account.pace === 'human' ? HUMAN : INSTANT;
  const fault = scripted?.kind === 'fault' ? scripted.fault : undefined;
  const inserts: Insert[] = [];
  if (reply.hold) {
    inserts.push({ afterChars: reply.holdAfterChars ?? 0, steps: [{ kind: 'gate', gate: reply.hold }] });
  }
  if (fault) {
    const afterChars = 'afterChars' in fault ? (fault.afterChars ?? 0) : 0;
    inserts.push({ afterChars, steps: stepsOf(fault, requestId) });
  }
  return {
    chunkChars: reply.chunkChars ?? base.chunkChars,
    delayMs: reply.delayMs ?? base.delayMs,
    firstMs: base.firstMs,
    inserts,
  };
}

async function hold(reply: Reply | undefined): Promise<void> {
  if (!reply?.hold) return;
  reply.hold.arrive();
  await reply.hold.opened;
}
