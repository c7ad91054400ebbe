import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { adaptPolicy, adaptWorkbench, type WindowOptions } from './workbenchPage.ts';

/** The server behind the door. */
export interface Target {
  readonly port: number;
  readonly token: string;
}

/** Passes a request on, and the answer back as it comes. */
export function pass(target: Target, request: IncomingMessage, response: ServerResponse): void {
  forward(target, request, response, (answered) => {
    response.writeHead(answered.statusCode ?? 502, answered.headers);
    pipeline(answered, response, () => {});
  });
}

/** Passes on the request for the workbench's page, and the page back with the window's options in it. */
export function passWorkbench(
  target: Target,
  request: IncomingMessage,
  response: ServerResponse,
  options: WindowOptions,
): void {
  const host = request.headers.host ?? '';
  forward(target, request, response, async (answered) => {
    const html = Buffer.concat(await answered.toArray()).toString();
    const policy = [answered.headers['content-security-policy'] ?? ''].flat().join(', ');
    response.writeHead(answered.statusCode ?? 502, {
      'content-type': 'text/html',
      'content-security-policy': adaptPolicy(policy),
      'cache-control': 'no-store',
    });
    response.end(adaptWorkbench(html, { host, token: target.token }, options));
  });
}

/** Passes on a WebSocket: the request that opens it, then bytes both ways. */
export function passSocket(target: Target, request: IncomingMessage, socket: Socket, head: Buffer): void {
  const upstream = connect(target.port, '127.0.0.1', () => {
    const headers = Object.entries(upstreamHeaders(target, request)).flatMap(([name, value]) =>
      [value ?? []].flat().map((one) => `${name}: ${one}`),
    );
    upstream.write(`${[`GET ${request.url} HTTP/1.1`, ...headers].join('\r\n')}\r\n\r\n`);
    upstream.write(head);
    socket.pipe(upstream).pipe(socket);
  });
  const ends = [
    [socket, upstream],
    [upstream, socket],
  ] as const;
  for (const [one, other] of ends) {
    one.setNoDelay(true);
    one.on('error', () => other.destroy());
    one.once('close', () => other.destroy());
  }
}

export function answer(response: ServerResponse, status: number, body: string | Buffer): void {
  if (!response.headersSent) response.writeHead(status, { 'cache-control': 'no-store' });
  response.end(body);
}

function forward(
  target: Target,
  request: IncomingMessage,
  response: ServerResponse,
  receive: (answered: IncomingMessage) => void | Promise<void>,
): void {
  const { method, url: path } = request;
  const headers = upstreamHeaders(target, request);
  const upstream = httpRequest({ host: '127.0.0.1', port: target.port, method, path, headers });
  upstream.once('response', async (answered: IncomingMessage) => {
    try {
      await receive(answered);
    } catch {
      // The server ended in the middle of its answer.
      response.destroy();
    }
  });
  upstream.on('error', () => answer(response, 502, 'VS Code is not running.'));
  response.once('close', () => upstream.destroy());
  request.pipe(upstream);
}

/** The token goes into a cookie here and not in the browser, where two servers on localhost would share it. */
function upstreamHeaders(target: Target, request: IncomingMessage): NodeJS.Dict<string | string[]> {
  return { ...request.headers, cookie: `vscode-tkn=${target.token}` };
}
