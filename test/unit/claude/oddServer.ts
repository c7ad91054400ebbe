import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { ClaudeOptions } from '../../../src/claude/connection.ts';
import { createClaude } from '../../../src/claude/gateway.ts';
import type { AnswerPiece, Claude, Exchange } from '../../../src/core/ports.ts';
import type { MessageRequest } from '../../../src/core/request/messageRequest.ts';

export const KEY = 'sk-ant-test-0123456789';

export const REQUEST: MessageRequest = {
  model: 'claude-opus-5-5',
  max_tokens: 100,
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
};

interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server that answers as `handle` pleases, for what no proper simulation does. */
export interface OddServer {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** Resolves when the next request has come in whole. */
  arrived(): Promise<void>;
  /** Resolves when a request is over, for whatever reason. */
  closed(): Promise<void>;
  /** Leaves nobody listening at the address. */
  stop(): Promise<void>;
}

export async function serve(
  t: TestContext,
  handle: (response: ServerResponse, request: SeenRequest) => void,
): Promise<OddServer> {
  const requests: SeenRequest[] = [];
  const arrival = signal();
  const closing = signal();
  const server = createServer((incoming, response) => {
    response.once('close', () => closing.give());
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method = '', url: path = '', headers } = incoming;
      const request = { method, path, headers, body: Buffer.concat(chunks).toString() };
      requests.push(request);
      arrival.give();
      handle(response, request);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  t.after(stop);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    arrived: () => arrival.given,
    closed: () => closing.given,
    stop,
  };
}

export function claudeAt(url: string, changes: Partial<ClaudeOptions> = {}): Claude {
  return createClaude({
    baseUrl: url,
    key: async () => KEY,
    keyOptional: false,
    idleTimeout: 10_000,
    headersTimeout: 10_000,
    ...changes,
  });
}

/** A promise that somebody else keeps. */
export function signal(): { readonly given: Promise<void>; give(): void } {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}

/** All pieces of an exchange; checks that there is one end and that it comes last. */
export async function collect(exchange: Exchange) {
  const pieces: AnswerPiece[] = [];
  for await (const piece of exchange.pieces) pieces.push(piece);
  const end = pieces.at(-1);
  const ends = pieces.filter((piece) => piece.type === 'end');
  if (end?.type !== 'end' || ends.length !== 1) throw new Error(`not one end: ${JSON.stringify(pieces)}`);
  return { pieces: pieces.slice(0, -1), end };
}

export function streamHeaders(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'req_odd' });
}

export function sse(...events: readonly ({ readonly type: string } & Record<string, unknown>)[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}

export const START = {
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    content: [],
    usage: {
      input_tokens: 10,
      output_tokens: 1,
      cache_creation_input_tokens: 30,
      cache_read_input_tokens: 200,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
    },
  },
};
export const TEXT_START = {
  type: 'content_block_start',
  index: 0,
  content_block: { type: 'text', text: '' },
};
export const TEXT_DELTA = {
  type: 'content_block_delta',
  index: 0,
  delta: { type: 'text_delta', text: 'Hi' },
};
export const TEXT_STOP = { type: 'content_block_stop', index: 0 };
export const DELTA_END = {
  type: 'message_delta',
  delta: { stop_reason: 'end_turn', stop_sequence: null },
  usage: { output_tokens: 7, input_tokens: null },
};
export const STOP = { type: 'message_stop' };
