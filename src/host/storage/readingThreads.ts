import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Judged, Judgement, Sendable } from '../context/pinning/judged.ts';

/** Threads that read and judge files of this machine's disk, beside the editor's own work. */
export interface ReadingThreads {
  /** False once a thread could not be started or has ended by itself: from then on nothing is read by them. */
  readonly isUsable: boolean;
  /**
   * What was found of each, in their order; undefined for one that is no plain file in UTF-8, and for those that a thread did not
   * come to because it has ended. Texts come as long as they fit into the room. Never rejects.
   */
  read(files: readonly FileToRead[], how: ReadHow): Promise<readonly (FoundFile | undefined)[]>;
  /** Ends the threads; what is being read is undefined. */
  dispose(): void;
}

export interface FileToRead extends Judged {
  /** Its path on disk. */
  readonly file: string;
  /** What was known of it: with the same stamp it is not read. */
  readonly stamp?: string | undefined;
  readonly before?: Sendable | undefined;
}

export interface ReadHow {
  /** Whether secrets matter. */
  readonly withSecrets: boolean;
  /** Tokens of text that are wanted at most. */
  readonly room: number;
}

export interface FoundFile {
  readonly stamp: string;
  /** In bytes. */
  readonly size: number;
  /** Undefined when it was not read, because of its stamp or its size. */
  readonly judgement?: Judgement;
  /** Normalized; of a file that goes out, where it was wanted. */
  readonly text?: string;
}

/** From here to a thread, and back. */
export interface ReadWish extends ReadHow {
  readonly id: number;
  readonly files: readonly FileToRead[];
}

export interface ReadAnswer {
  readonly id: number;
  /** Those that come next of the wish. */
  readonly found: readonly (FoundFile | undefined)[];
  readonly isLast: boolean;
}

export interface ThreadOptions {
  /** Where a thread begins: the bundle of `readingThread.ts`. */
  readonly file?: string | URL | undefined;
  readonly most?: number;
  /** Wishes that each thread has granted before another is started. */
  readonly worth?: number;
  /** A thread that has had nothing to do for so long, in ms, is ended: each takes some 10 MB. */
  readonly idleFor?: number;
}

/** Threads are started when there is work for them. */
export function createReadingThreads(options: ThreadOptions = {}): ReadingThreads {
  const { file = join(__dirname, 'reading.cjs'), most = mostThreads() } = options;
  const { worth = WORTH, idleFor = IDLE_FOR } = options;
  let threads: readonly Thread[] = [];
  let ids = 0;
  let isUsable = true;

  function start(): Thread | undefined {
    try {
      const thread = startThread(file, idleFor, (hasFailed) => {
        threads = threads.filter((one) => one !== thread);
        if (hasFailed) isUsable = false;
      });
      threads = [...threads, thread];
      return thread;
    } catch {
      isUsable = false;
      return undefined;
    }
  }

  /** The one with the least to do; or one more, where all have something to do and have done so much that it pays. */
  function next(): Thread | undefined {
    const [first] = threads.toSorted((one, other) => one.waiting - other.waiting);
    const isEnough = threads.length >= most || threads.some(({ granted }) => granted < worth);
    return first && (first.waiting === 0 || isEnough) ? first : start();
  }

  return {
    get isUsable() {
      return isUsable;
    },
    async read(files, how) {
      const found = isUsable ? await next()?.read({ id: ids++, files, ...how }) : undefined;
      return files.map((_, at) => found?.[at]);
    },
    dispose() {
      isUsable = false;
      for (const thread of threads) thread.end();
    },
  };
}

/** 2,000 files: fewer are read before a second thread has started and its code has become fast. */
const WORTH = 64;

/** In ms. */
const IDLE_FOR = 5_000;

/** The editor itself has work to do with what they find. */
function mostThreads(): number {
  return Math.min(2, availableParallelism());
}

interface Thread {
  /** Wishes that have not been granted yet, and those that have. */
  readonly waiting: number;
  readonly granted: number;
  read(wish: ReadWish): Promise<readonly (FoundFile | undefined)[]>;
  end(): void;
}

interface Waiting {
  readonly found: (FoundFile | undefined)[];
  resolve(found: readonly (FoundFile | undefined)[]): void;
}

/** `onEnded` hears once, and whether it has ended though nobody wanted it to. Throws where there are no threads. */
function startThread(file: string | URL, idleFor: number, onEnded: (hasFailed: boolean) => void): Thread {
  // Flags of the editor, such as those for its debugger, are not for its threads.
  const worker = new Worker(file, { execArgv: [] });
  const waiting = new Map<number, Waiting>();
  let isWanted = true;
  let granted = 0;
  let idle: ReturnType<typeof setTimeout> | undefined;

  function end(): void {
    ended(false);
    void worker.terminate();
  }

  function ended(hasFailed: boolean): void {
    if (!isWanted) return;
    isWanted = false;
    clearTimeout(idle);
    for (const { found, resolve } of waiting.values()) resolve(found);
    waiting.clear();
    onEnded(hasFailed);
  }

  function rest(): void {
    // Without work it keeps no program from ending.
    worker.unref();
    idle = setTimeout(end, idleFor);
    idle.unref();
  }

  worker.on('message', ({ id, found, isLast }: ReadAnswer) => {
    const one = waiting.get(id);
    for (const file of found) one?.found.push(file);
    if (!isLast || !one) return;
    waiting.delete(id);
    granted += 1;
    if (waiting.size === 0) rest();
    one.resolve(one.found);
  });
  worker.on('error', () => ended(true));
  worker.on('exit', () => ended(true));
  return {
    get waiting() {
      return waiting.size;
    },
    get granted() {
      return granted;
    },
    read(wish) {
      clearTimeout(idle);
      worker.ref();
      worker.postMessage(wish);
      return new Promise((resolve) => waiting.set(wish.id, { found: [], resolve }));
    },
    end,
  };
}
