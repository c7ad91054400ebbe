import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { answer, pass, passSocket, passWorkbench } from './passThrough.ts';
import { secretOf } from './secrets.ts';
import type { Server } from './server.ts';
import type { WindowOptions } from './workbenchPage.ts';

export interface FrontDoorOptions {
  /** The port to try first; any free one when it is taken or not given. */
  readonly port?: number;
  /** For windows whose address names no options. */
  readonly windowOptions?: WindowOptions;
}

/**
 * The address of a VS Code server for any browser. The bare server lacks three things that the page needs: a key for
 * SecretStorage, origins for webviews, and a way to choose options for each window. The door adds these and passes all else
 * through untouched. It stays when the server is restarted: a browser keeps its state for as long as the address is the same.
 */
export interface FrontDoor {
  readonly port: number;
  /** The query that opens a window with these options, which last as long as the door. */
  register(options: WindowOptions): string;
  /** From now on, lead to this server (which has the same data folder). */
  leadTo(server: Server): void;
  close(): Promise<void>;
}

/** Opens a door on 127.0.0.1. */
export async function openFrontDoor(server: Server, options: FrontDoorOptions = {}): Promise<FrontDoor> {
  const key = Buffer.from(await secretOf(server.dataFolder, 'secret-storage-key'), 'hex');
  const registered = new Map<string, WindowOptions>();
  let target = server;
  const door = createServer((request, response) => {
    if (!isOwn(request)) return answer(response, 403, 'Not from here.');
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname.endsWith('/mint-key') && request.method === 'POST') return answer(response, 200, key);
    if (url.pathname !== '/') return pass(target, request, response);
    const windowOptions =
      registered.get(url.searchParams.get(optionsParameter) ?? '') ?? options.windowOptions;
    passWorkbench(target, request, response, windowOptions ?? {});
  });
  const sockets = new Set<Socket>();
  door.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  door.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (isOwn(request)) passSocket(target, request, socket, head);
    else socket.destroy();
  });
  const port = await listen(door, options.port ?? 0);
  return {
    port,
    register: (windowOptions) => {
      const id = randomUUID();
      registered.set(id, windowOptions);
      return `${optionsParameter}=${id}`;
    },
    leadTo: (next) => {
      target = next;
    },
    close: () =>
      new Promise((resolve) => {
        door.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const optionsParameter = 'windowOptions';

/** A page from elsewhere must not reach the server, which runs whatever it is told to. */
function isOwn(request: IncomingMessage): boolean {
  const host = request.headers.host ?? '';
  if (!/^([\w-]+\.)*(localhost|127\.0\.0\.1)(:\d+)?$/.test(host)) return false;
  const { origin } = request.headers;
  return origin === undefined || origin === `http://${host}`;
}

function listen(door: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    door.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' && port !== 0) resolve(listen(door, 0));
      else reject(error);
    });
    door.listen(port, '127.0.0.1', () => resolve((door.address() as AddressInfo).port));
  });
}
