import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The folder of the driver's own extension. */
export const driverExtension = join(import.meta.dirname, 'driver');

/** The environment variable that tells the driver in the extension host where to leave its address. */
export const driverVariable = 'PARLEY_TEST_DRIVER';

/** The setting by which a test knows that a window has read the others of its file. */
export const settingsVariable = 'parleyTestDriver.settings';

/** Runs code in the extension host of one window. */
export interface Driver {
  /** The name of the window, which the driver's extension reads from the setting `parleyTestDriver.window`. */
  readonly window: string;
  /**
   * Runs a function there with the `vscode` API and returns what it returns. Only its text travels: it may use nothing
   * of the test but `args`, and these and the result must be JSON. Waits for the extension host to come (back) up.
   */
  run<Args extends readonly unknown[], Result>(
    code: (vscode: typeof import('vscode'), ...args: Args) => Result,
    ...args: Args
  ): Promise<Awaited<Result>>;
  /** The process id of the extension host. */
  pid(): Promise<number>;
  /** To be called before the window is reloaded: what is run next waits for the new extension host. */
  forget(): Promise<void>;
}

interface Address {
  readonly port: number;
  readonly secret: string;
  readonly pid: number;
}

/** The driver of a new window; both meet in `folder`. */
export function driverIn(folder: string): Driver {
  const window = randomUUID();
  const file = join(folder, `${window}.json`);
  return {
    window,
    run: async (code, ...args) => {
      const address = await reachable(file);
      const reply = JSON.parse(await post(address, JSON.stringify({ source: code.toString(), args })));
      if (reply.error !== undefined) throw new Error(`In the extension host: ${reply.error}`);
      return reply.value;
    },
    pid: async () => (await reachable(file)).pid,
    forget: () => rm(file, { force: true }),
  };
}

/** Waits for a driver that answers: after a crash of the extension host the address is the old one for a while. */
async function reachable(file: string): Promise<Address> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      const address: Address = JSON.parse(await readFile(file, 'utf8'));
      await post(address, JSON.stringify({ source: '() => true', args: [] }));
      return address;
    } catch (error) {
      if (Date.now() > deadline) throw new Error('No driver answers in the extension host', { cause: error });
      await delay(50);
    }
  }
}

function post(address: Address, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: address.secret };
    const sent = request({ host: '127.0.0.1', port: address.port, method: 'POST', headers, agent: false });
    sent.once('error', reject);
    sent.once('response', (response) => {
      response.toArray().then((chunks) => resolve(Buffer.concat(chunks).toString()), reject);
    });
    sent.end(body);
  });
}
