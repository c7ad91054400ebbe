import type { IncomingMessage, ServerResponse } from 'node:http';
import { isBroken } from './connection.ts';
import { createDeferred } from './deferred.ts';

/** A request as it arrived. */
export interface RecordedRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** The JSON body; undefined when there is none or it is not JSON. */
  readonly body: unknown;
  /** The body as it came, to compare bytes. */
  readonly text: string;
  /** Milliseconds, by the server's clock. */
  readonly receivedAt: number;
  /** Whether the client closed the connection before the answer was complete. */
  readonly closedByClient: boolean;
  /** Resolves when the answer is complete or the connection is gone. */
  readonly closed: Promise<void>;
}

/** Watches one exchange from its request to its end. */
export function record(
  request: IncomingMessage,
  response: ServerResponse,
  text: string,
  receivedAt: number,
): RecordedRequest {
  const closed = createDeferred();
  const recorded = {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body: parse(text),
    text,
    receivedAt,
    closedByClient: false,
    closed: closed.promise,
  };
  response.once('close', () => {
    recorded.closedByClient = !response.writableFinished && !isBroken(response);
    closed.resolve();
  });
  return recorded;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
