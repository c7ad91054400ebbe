import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAccount } from './answer/account.ts';
import type { FakeModel } from './catalogue.ts';
import { DEFAULT_MODELS } from './defaultModels.ts';
import type { Fault } from './faults.ts';
import type { RecordedRequest } from './http/recorder.ts';
import { handle } from './http/router.ts';
import type { Reply } from './reply.ts';

export interface FakeClaudeOptions {
  /** Default: 0, any free port. */
  readonly port?: number;
  /** Accepted API keys. Absent: any key is accepted, and none. */
  readonly keys?: readonly string[];
  /** `human` streams like a real model, about 60 tokens a second. Default: `instant`. */
  readonly pace?: 'instant' | 'human';
  /** The clock, in milliseconds; the prompt cache ages by it. */
  readonly now?: () => number;
  /** Default: `DEFAULT_MODELS`. */
  readonly models?: readonly FakeModel[];
}

/** A local server that behaves like the Anthropic API. */
export interface FakeClaude {
  /** `http://127.0.0.1:PORT`, without `/v1`. */
  readonly url: string;
  /** What has arrived since the start or the last `reset()`, oldest first; at human pace only the newest 20. */
  readonly requests: readonly RecordedRequest[];
  /** The next message request gets this answer; several are used in order. With none queued a default is made. */
  enqueue(reply: Reply): void;
  /** The next request to the fault's endpoint fails so. Queued like a reply. */
  fail(fault: Fault): void;
  /** Forgets what was queued, recorded and cached. */
  reset(): void;
  /** Ends all connections and stops listening. */
  close(): Promise<void>;
}

export async function startFakeClaude(options: FakeClaudeOptions = {}): Promise<FakeClaude> {
  const { pace = 'instant', now = Date.now, models = DEFAULT_MODELS, keys } = options;
  const account = createAccount({ models, keys, pace, now });
  const requests: RecordedRequest[] = [];
  const keep = pace === 'human' ? 20 : Number.POSITIVE_INFINITY;
  const server = createServer((request, response) => {
    const onRecorded = (recorded: RecordedRequest) => {
      requests.push(recorded);
      if (requests.length > keep) requests.shift();
    };
    void handle(account, request, response, onRecorded);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    enqueue: (reply) => account.script.enqueue(reply),
    fail: (fault) => account.script.fail(fault),
    reset: () => {
      account.reset();
      requests.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
