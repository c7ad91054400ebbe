import type { Middleware } from '@anthropic-ai/sdk/core/middleware';
import { FailureError } from './failures.ts';
import { lostConnection } from './network.ts';

/**
 * Fails a response body with `stalled` when no byte came for `limit` ms. It watches bytes, not events,
 * because a model that thinks unseen sends nothing but pings for minutes, and the SDK swallows pings.
 * A body that breaks fails with `cutOff`; an abort passes as it is.
 */
export function idleWatchdog(limit: number): Middleware {
  return async (request, next) => {
    const response = await next(request);
    if (!response.body) return response;
    const { status, headers } = response;
    return new Response(watched(response.body, limit), { status, headers: new Headers(headers) });
  };
}

function watched(body: ReadableStream<Uint8Array>, limit: number): ReadableStream<Uint8Array> {
  const reader: Reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    // The clock runs only while bytes are asked for, so a reader who takes their time is no stall.
    async pull(controller) {
      const chunk = await readWithin(reader, limit);
      if (chunk.value) controller.enqueue(chunk.value);
      if (chunk.done) controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

interface Chunk {
  readonly done: boolean;
  readonly value?: Uint8Array | undefined;
}

interface Reader {
  read(): Promise<Chunk>;
  cancel(reason: unknown): Promise<void>;
}

async function readWithin(reader: Reader, limit: number): Promise<Chunk> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const idle = new Promise<never>((_resolve, reject) => {
    const giveUp = () => reject(new FailureError({ kind: 'stalled' }));
    // After a long block of the process the timer is due before bytes that have long arrived are read:
    // one more turn of the event loop lets them in.
    timer = setTimeout(() => {
      timer = setTimeout(giveUp, 0);
    }, limit);
  });
  try {
    return await Promise.race([reader.read(), idle]);
  } catch (error) {
    reader.cancel(error).catch(() => undefined);
    throw isAbort(error) || error instanceof FailureError ? error : new FailureError(lostConnection(error));
  } finally {
    clearTimeout(timer);
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
