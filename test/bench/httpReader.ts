import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { RecordedRequest } from '../support/fakeClaude/http/recorder.ts';

/** A request to send once more. */
export interface Repeat {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How an answer came over plain HTTP. Times are milliseconds since the epoch, with fractions. */
export interface HttpReading {
  readonly sentAt: number;
  /** When the first bytes of its text were there. */
  readonly firstTextAt: number;
  readonly endedAt: number;
  readonly bytes: number;
  /** Deltas of text. */
  readonly deltas: number;
}

/** Reads answers in a thread of its own: the server, in this one, must not have to share it. */
export interface HttpReader {
  read(request: RecordedRequest, origin: string): Promise<HttpReading>;
  close(): Promise<unknown>;
}

export function startHttpReader(): HttpReader {
  const worker = new Worker(new URL('./httpReaderThread.ts', import.meta.url));
  return {
    async read(request, origin) {
      worker.postMessage({
        url: origin + request.path,
        headers: headersOf(request),
        body: request.text,
      } satisfies Repeat);
      const [reading] = (await once(worker, 'message')) as [HttpReading];
      return reading;
    },
    close: () => worker.terminate(),
  };
}

function headersOf({ headers }: RecordedRequest): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) =>
    /^(x-api-key|authorization|content-type|anthropic-)/.test(name),
  );
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}
