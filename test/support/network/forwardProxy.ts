import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface ForwardProxyOptions {
  /** Where the proxy finds hosts that nobody else knows: a `host:port` by the `host:port` that is asked for. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Asks every client for a password that none has. */
  readonly locked?: boolean;
}

/** An HTTP proxy as companies run them: it takes tunnels (`CONNECT`) and whole addresses (`GET http://…`). */
export interface ForwardProxy {
  readonly url: string;
  /** Each `host:port` it was asked for, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

export async function startForwardProxy({ hosts, locked }: ForwardProxyOptions): Promise<ForwardProxy> {
  const asked: string[] = [];
  const open = new Set<Duplex>();
  const server = createServer((incoming, response) => {
    const url = URL.parse(incoming.url ?? '');
    const host = url ? `${url.hostname}:${url.port || 80}` : '';
    asked.push(host);
    const target = hosts[host];
    if (locked) response.writeHead(407, CHALLENGE).end();
    else if (url && target) forward(incoming, response, `http://${target}${url.pathname}${url.search}`);
    else response.writeHead(502).end();
  });
  server.on('connect', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    const host = incoming.url ?? '';
    asked.push(host);
    open.add(socket);
    socket.on('error', () => socket.destroy());
    const target = hosts[host];
    if (locked) socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\r\n');
    else if (target) open.add(tunnel(socket, head, target));
    else socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of open) socket.destroy();
      }),
  };
}

/** Sends a request on to another server and its answer back, as they come. */
export function forward(incoming: IncomingMessage, response: ServerResponse, url: string): void {
  const { method, headers } = incoming;
  const onward = request(url, { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  incoming.pipe(onward);
}

const CHALLENGE = { 'proxy-authenticate': 'Basic' };

function tunnel(socket: Duplex, head: Buffer, target: string): Socket {
  const [host, port] = target.split(':');
  const onward = connect(Number(port), host, () => {
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    onward.write(head);
    socket.pipe(onward).pipe(socket);
  });
  onward.on('error', () => socket.destroy());
  socket.on('close', () => onward.destroy());
  return onward;
}
