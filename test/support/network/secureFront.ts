import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Certificate } from './certificate.ts';
import { forward } from './forwardProxy.ts';

/** A server that speaks TLS and hands everything on to one that does not. */
export interface SecureFront {
  readonly port: number;
  close(): Promise<void>;
}

export async function startSecureFront(certificate: Certificate, target: string): Promise<SecureFront> {
  const server = createServer({ ...certificate }, (incoming, response) =>
    forward(incoming, response, `${target}${incoming.url}`),
  );
  // A client that does not trust the certificate breaks off in the middle of the handshake.
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
