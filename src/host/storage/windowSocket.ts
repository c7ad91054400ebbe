import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { errorCode } from './files.ts';

/** What one window says to another, on a line of its own. */
export interface Question {
  /** The token of the window that is meant; any other says `no`. */
  readonly to: string;
  /** `holds` asks whether it has the conversation; the others ask it to hand the conversation over. */
  readonly wish: 'holds' | Wish;
  readonly id: string;
  readonly from: Place;
}

/** `open`: as long as nobody looks at it there. `continue`: the user wants it here. */
export type Wish = 'open' | 'continue';

/** Where a window can be asked. */
export interface Place {
  readonly token: string;
  readonly socket: string;
}

/**
 * What came of asking: the other window's word, `dead` when surely nobody listens there any more, `unknown` when that
 * cannot be said, and `silent` when somebody does but has not answered: a process that is held up still lives.
 */
export type Reply = { readonly word: string } | 'dead' | 'unknown' | 'silent';

/** One socket for a window. It goes with the process: nothing can be left behind that still answers. */
export interface WindowSocket {
  /** The way to it; listens from then on, and keeps no process alive. */
  open(): Promise<string>;
  close(): Promise<void>;
}

/** `answer` is asked what to say to each question that carries this window's token. */
export function createWindowSocket(
  token: string,
  answer: (question: Question) => Promise<string>,
): WindowSocket {
  const asking = new Set<net.Socket>();
  const server = net.createServer((connection) => {
    asking.add(connection);
    connection.on('close', () => asking.delete(connection));
    listen(connection, token, answer);
  });
  let folder: string | undefined;
  let opening: Promise<string> | undefined;

  async function start(): Promise<string> {
    // Names of pipes are short of nothing; a path to a socket may have some hundred bytes, so it is not beside the journals.
    if (process.platform !== 'win32') folder = await fs.mkdtemp(path.join(os.tmpdir(), 'parley-'));
    const way = folder ? path.join(folder, 'window') : `\\\\.\\pipe\\parley-${randomUUID()}`;
    return new Promise((resolve, reject) => {
      // Also later: a connection that cannot be taken is the business of whoever asks.
      server.on('error', reject);
      server.listen(way, () => resolve(way));
      server.unref();
    });
  }

  return {
    async open() {
      // Without a socket (a folder that cannot be written) the window cannot be asked, and its sign of life decides.
      opening ??= start().catch(() => '');
      return opening;
    },
    async close() {
      if (!opening) return;
      await opening;
      const closed = new Promise((resolve) => server.close(resolve));
      // Whoever still waits for a word is not waited for: asked anew, the system says that nobody is here.
      for (const connection of asking) connection.destroy();
      await closed;
      if (folder) await fs.rm(folder, { recursive: true, force: true }).catch(() => undefined);
    },
  };
}

function listen(
  connection: net.Socket,
  token: string,
  answer: (question: Question) => Promise<string>,
): void {
  connection.unref();
  connection.on('error', () => connection.destroy());
  connection.setTimeout(PATIENCE, () => connection.destroy());
  readLine(connection, (line) => {
    const question = decode(line);
    if (question?.to !== token) connection.end('no\n');
    else void answer(question).then((word) => connection.end(`${word}\n`));
  });
}

/** How long to wait for an answer, in ms: who is asked to hand over may have to wait for the disk. */
const PATIENCE = 5000;
const SHORT_PATIENCE = 1000;

/** No question is longer. */
const LONGEST = 4096;

/** Asks a window. Never rejects. */
export function askWindow(socket: string, question: Question): Promise<Reply> {
  return new Promise((resolve) => {
    const connection = net.connect(socket);
    const done = (reply: Reply): void => {
      resolve(reply);
      connection.destroy();
    };
    connection.setTimeout(question.wish === 'holds' ? SHORT_PATIENCE : PATIENCE, () => done('silent'));
    connection.on('error', (error) => done(whatItMeans(error)));
    connection.on('connect', () => connection.write(`${JSON.stringify(question)}\n`));
    readLine(connection, (word) => done({ word }));
    connection.on('close', () => done('silent'));
  });
}

/**
 * A socket file without a process refuses. A missing one says nothing where temporary folders are cleaned, or where each
 * container has its own; pipes of Windows are gone exactly when their process is.
 */
function whatItMeans(error: Error): Reply {
  const code = errorCode(error);
  if (code === 'ECONNREFUSED') return 'dead';
  // It ended, or was ended, just now: the next one to ask knows more.
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'silent';
  return code === 'ENOENT' && process.platform === 'win32' ? 'dead' : 'unknown';
}

function readLine(connection: net.Socket, take: (line: string) => void): void {
  let text = '';
  connection.setEncoding('utf8');
  const more = (data: string): void => {
    text += data;
    const end = text.indexOf('\n');
    if (end < 0 && text.length <= LONGEST) return;
    connection.off('data', more);
    if (end < 0) connection.destroy();
    else take(text.slice(0, end));
  };
  connection.on('data', more);
}

function decode(line: string): Question | undefined {
  try {
    const { to, wish, id, from } = JSON.parse(line) as Partial<Record<keyof Question, unknown>>;
    const { token, socket } = (from ?? {}) as Partial<Record<keyof Place, unknown>>;
    const isWish = wish === 'holds' || wish === 'open' || wish === 'continue';
    if (!isWish || [to, id, token, socket].some((value) => typeof value !== 'string')) return undefined;
    return { to, wish, id, from: { token, socket } } as Question;
  } catch {
    return undefined;
  }
}
