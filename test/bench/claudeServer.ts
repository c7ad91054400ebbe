import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Reply } from '../support/fakeClaude/reply.ts';

/** What the thread is asked; it answers each with one message. */
export type ServerWish =
  | { readonly type: 'start' }
  | { readonly type: 'enqueue'; readonly reply: Reply }
  | { readonly type: 'arrival' };

/** A simulated Claude in a thread of its own, so that its work is not measured with that of its clients. */
export interface ClaudeServer {
  readonly url: string;
  /** Resolves when the next message request is going to be answered so. */
  enqueue(reply: Reply): Promise<void>;
  /** When the last byte of the newest message request had come, ms since the epoch with fractions. */
  arrival(): Promise<number>;
  close(): Promise<unknown>;
}

export async function startClaudeServer(): Promise<ClaudeServer> {
  const worker = new Worker(new URL('./claudeServerThread.ts', import.meta.url));
  const ask = async (wish: ServerWish): Promise<unknown> => {
    worker.postMessage(wish);
    const [answer]: unknown[] = await once(worker, 'message');
    return answer;
  };
  return {
    url: String(await ask({ type: 'start' })),
    enqueue: (reply) => ask({ type: 'enqueue', reply }).then(() => undefined),
    arrival: async () => Number(await ask({ type: 'arrival' })),
    close: () => worker.terminate(),
  };
}
