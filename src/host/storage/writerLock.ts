import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { errorCode, readJson, writeWhole } from './files.ts';
import { askWindow, createWindowSocket, type Place, type Question, type Wish } from './windowSocket.ts';

/** Says which window writes a conversation: one at a time, for as long as it lives or until it hands over. */
export interface WriterLock {
  /** Takes the conversation; false while another window that lives has it. */
  take(id: string): Promise<boolean>;
  /** False when this window does not have the conversation, or another one has taken it for dead. */
  isOurs(id: string): Promise<boolean>;
  /** Asks the window that has it to hand it over; `given`: it is ours now. `silent`: nobody answered. */
  askFor(id: string, wish: Wish): Promise<Handing>;
  /** Gives the conversation up for whoever comes next. */
  release(id: string): Promise<void>;
  /** While busy, the conversation is not handed over; also counts when it is taken only later. */
  setBusy(id: string, busy: boolean): Promise<void>;
  /** Hears of windows that ask for a conversation that is not busy. What it says is done. */
  serve(handOver: (id: string, wish: Wish) => Promise<Handing>): void;
  /** Gives up everything but what is busy, which goes with the process; called once, at the end. */
  close(): Promise<void>;
}

/** `busy`: an answer is arriving in it. `shown`: somebody looks at it there. */
export type Handing = 'given' | 'busy' | 'shown' | 'silent';

interface Holder extends Place {
  readonly host: string;
  /** Names the time since that machine was started last; empty where the system has no name for it. */
  readonly boot: string;
  /** Given up. */
  readonly free: boolean;
}

/** The newest lock of a conversation; `holder` is undefined while it is being written. */
interface Newest {
  readonly generation: number;
  readonly holder: Holder | undefined;
}

export interface WriterLockOptions {
  /** The name of this machine: sockets of another one cannot be reached. */
  readonly host: string;
  /** Names the time since this machine was started; empty where the system has no name for it. */
  readonly boot: string;
  /** How often a window shows that it lives, in ms, and how often one that cannot be asked is looked at, at most. */
  readonly beat: number;
}

const OPTIONS: Omit<WriterLockOptions, 'boot'> = { host: os.hostname(), beat: 5000 };

/** A window that cannot be asked is dead when so many looks, a beat apart, found no sign of life. */
const LOOKS = 4;

/** Of a window of this machine from before it was started anew, one look does: only another machine of the same name could be meant. */
const LOOKS_AFTER_BOOT = 1;

/** So many older locks stay: whoever was held up so long that more have come and gone sees that its own is not the newest. */
const KEPT = 3;

/**
 * Locks are files `locks/<id>/<generation>` beside the journals. The next generation may be made only by who has found the
 * newest one dead or given up, or has handed it over, and only one can make it, since the file system makes a file once.
 * The newest is never removed, so no generation comes twice.
 *
 * Whether a holder lives is asked over its socket: process ids are given again and clocks are set. Where it cannot be asked (another
 * machine with the same home directory) its lock file must change within some beats of the asker's own time.
 */
export function createWriterLock(directory: string, options: Partial<WriterLockOptions> = {}): WriterLock {
  const { host, boot, beat } = { ...OPTIONS, boot: bootOf(), ...options };
  const token = randomUUID();
  const held = new Map<string, number>();
  const taking = new Map<string, Promise<boolean>>();
  const leaving = new Map<string, Promise<void>>();
  const asking = new Set<string>();
  const busy = new Set<string>();
  const looks = createLooks(beat);
  const socket = createWindowSocket(token, answer);
  let beating: NodeJS.Timeout | undefined;
  let handOver: (id: string, wish: Wish) => Promise<Handing> = async () => 'given';
  const folderOf = (id: string): string => path.join(directory, 'locks', id);
  const fileOf = (id: string, generation: number): string => path.join(folderOf(id), String(generation));

  async function newestOf(id: string): Promise<Newest> {
    const generation = Math.max(0, ...(await generationsOf(folderOf(id))));
    const value = generation === 0 ? undefined : await readJson(fileOf(id, generation));
    return { generation, holder: isHolder(value) ? value : undefined };
  }

  const place = async (): Promise<Place> => ({ token, socket: await socket.open() });

  async function lives(id: string, { generation, holder }: Newest): Promise<boolean> {
    if (generation === 0 || holder?.free) return false;
    if (holder && holder.host === host && holder.socket !== '') {
      const reply = await askWindow(holder.socket, {
        to: holder.token,
        wish: 'holds',
        id,
        from: await place(),
      });
      if (typeof reply === 'object') return reply.word === 'yes';
      if (reply !== 'unknown') return reply === 'silent';
    }
    const isOld = holder?.host === host && boot !== '' && holder.boot !== '' && holder.boot !== boot;
    return looks.livesStill(id, generation, fileOf(id, generation), isOld ? LOOKS_AFTER_BOOT : LOOKS);
  }

  /** False when somebody else was first. */
  async function make(id: string, generation: number, { token, socket }: Place): Promise<boolean> {
    const holder: Holder = { token, socket, host, boot, free: false };
    const file = fileOf(id, generation);
    await fs.mkdir(folderOf(id), { recursive: true });
    const handle = await fs.open(file, 'wx', 0o600).catch(unlessThere);
    if (!handle) return false;
    try {
      await handle.writeFile(JSON.stringify(holder));
      return true;
    } catch (error) {
      // On a full disk: an empty lock would hold everybody off, and this window itself once there is room again.
      await fs.rm(file, { force: true }).catch(() => undefined);
      throw error;
    } finally {
      await handle.close();
    }
  }

  async function tryToTake(id: string): Promise<boolean> {
    // What this window is about to give up looks like its own until that is written.
    await leaving.get(id);
    for (;;) {
      const newest = await newestOf(id);
      if (newest.holder?.token === token && !newest.holder.free) return keep(id, newest.generation);
      held.delete(id);
      if (await lives(id, newest)) return false;
      const mine = newest.generation + 1;
      if (!(await make(id, mine, await place()))) continue;
      if ((await newestOf(id)).generation === mine) return keep(id, mine);
      // Held up for long, this made a lock that had come and gone.
      await fs.rm(fileOf(id, mine), { force: true });
    }
  }

  function keep(id: string, generation: number): true {
    held.set(id, generation);
    beating ??= setInterval(showLife, beat).unref();
    void removeOlder(id, generation);
    return true;
  }

  async function removeOlder(id: string, generation: number): Promise<void> {
    const all = await generationsOf(folderOf(id)).catch(() => []);
    const old = all.filter((other) => other <= generation - KEPT);
    for (const other of old) await fs.rm(fileOf(id, other), { force: true }).catch(() => undefined);
  }

  function showLife(): void {
    const now = new Date();
    for (const [id, generation] of held) fs.utimes(fileOf(id, generation), now, now).catch(() => undefined);
  }

  async function isOurs(id: string): Promise<boolean> {
    const mine = held.get(id);
    if (mine === undefined) return false;
    return Math.max(...(await generationsOf(folderOf(id)))) === mine;
  }

  async function release(id: string): Promise<void> {
    const mine = held.get(id);
    held.delete(id);
    if (mine === undefined) return;
    const left = leave(id, mine).finally(() => leaving.delete(id));
    leaving.set(id, left);
    await left;
  }

  async function leave(id: string, generation: number): Promise<void> {
    const holder: Holder = { ...(await place()), host, boot, free: true };
    await writeWhole(fileOf(id, generation), JSON.stringify(holder)).catch(() => undefined);
  }

  async function ask(id: string, wish: Wish): Promise<Handing> {
    const { holder } = await newestOf(id);
    if (!holder || holder.host !== host || holder.socket === '') return 'silent';
    const isGone = holder.free || holder.token === token;
    const reply = isGone
      ? 'dead'
      : await askWindow(holder.socket, { to: holder.token, wish, id, from: await place() });
    const word = typeof reply === 'object' ? handing(reply.word) : reply === 'dead' ? 'given' : 'silent';
    return word !== 'given' || (await take(id)) ? word : 'silent';
  }

  function take(id: string): Promise<boolean> {
    const before = taking.get(id);
    if (before) return before;
    const current = tryToTake(id).finally(() => taking.delete(id));
    taking.set(id, current);
    return current;
  }

  async function answer({ wish, id, from }: Question): Promise<string> {
    const mine = held.get(id);
    const isComing = taking.has(id) || asking.has(id);
    if (wish === 'holds') return mine !== undefined || isComing ? 'yes' : 'no';
    if (mine === undefined) return isComing ? 'busy' : 'given';
    const word = busy.has(id) ? 'busy' : await handOver(id, wish).catch(() => 'busy');
    if (word !== 'given') return word;
    held.delete(id);
    // The next lock is made for the one that asked, so that nobody can come between.
    await make(id, mine + 1, from).catch(() => false);
    return word;
  }

  return {
    take,
    isOurs,
    async askFor(id, wish) {
      asking.add(id);
      try {
        return await ask(id, wish);
      } finally {
        asking.delete(id);
      }
    },
    release,
    async setBusy(id, isBusy) {
      if (isBusy) busy.add(id);
      else busy.delete(id);
    },
    serve(listener) {
      handOver = listener;
    },
    async close() {
      await Promise.all([...held.keys()].filter((id) => !busy.has(id)).map(release));
      // What still arrives is written until the process ends; then its socket says so.
      if (held.size > 0) return;
      clearInterval(beating);
      await socket.close();
    },
  };
}

/** Linux empties its folder of temporary files with every start, and the sockets in it. */
function bootOf(): string {
  try {
    return process.platform === 'linux' ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() : '';
  } catch {
    return '';
  }
}

interface Looks {
  livesStill(id: string, generation: number, file: string, most: number): Promise<boolean>;
}

/** Looks at lock files of windows that cannot be asked, and counts how often nothing has changed. */
function createLooks(beat: number): Looks {
  const seen = new Map<string, { readonly sign: string; readonly at: number; readonly count: number }>();
  return {
    async livesStill(id, generation, file, most) {
      const found = await fs.stat(file).catch(() => undefined);
      const sign = `${generation} ${found?.mtimeMs} ${found?.size}`;
      const before = seen.get(id);
      const at = performance.now();
      if (before?.sign !== sign) seen.set(id, { sign, at, count: 0 });
      // Looks in quick succession, and a machine that slept in between, count as one.
      else if (at - before.at >= beat) seen.set(id, { sign, at, count: before.count + 1 });
      return (seen.get(id)?.count ?? 0) < most;
    },
  };
}

/** For a file that can only be made where there is none. */
function unlessThere(error: unknown): undefined {
  if (errorCode(error) !== 'EEXIST') throw error;
}

async function generationsOf(folder: string): Promise<readonly number[]> {
  try {
    return (await fs.readdir(folder)).filter((name) => /^\d{1,15}$/.test(name)).map(Number);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function handing(word: string): Handing {
  return word === 'given' || word === 'busy' || word === 'shown' ? word : 'silent';
}

function isHolder(value: unknown): value is Holder {
  if (typeof value !== 'object' || value === null) return false;
  const { token, socket, host, boot, free } = value as Partial<Record<keyof Holder, unknown>>;
  return [token, socket, host, boot].every((text) => typeof text === 'string') && typeof free === 'boolean';
}
