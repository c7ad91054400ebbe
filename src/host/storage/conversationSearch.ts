import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { FoundText } from './searchIndex.ts';

/** Searches the texts of all conversations, in a thread of its own that starts with the first search. */
export interface ConversationSearch {
  /**
   * The conversations that fit best, each with a line; none when another search has begun meanwhile. Undefined when there is no
   * searching, because the thread could not start or has died. Never rejects.
   */
  find(query: string, how: SearchHow): Promise<readonly FoundText[] | undefined>;
  dispose(): void;
}

export interface SearchHow {
  /** The most results. */
  readonly most: number;
  /** Ids of the conversations to search; all where it is absent. */
  readonly only?: readonly string[] | undefined;
  /** Hears how many of how many journals have been looked at, while that goes on. */
  readonly onProgress: (done: number, all: number) => void;
  /** Hears what has been found among those, where that goes on for long; the answer may have others. */
  readonly onFound?: (found: readonly FoundText[]) => void;
}

export interface SearchPlace {
  /** Where the journals are. */
  readonly directory: string;
  readonly cacheFile: string;
}

/** To the thread, and back. */
export interface SearchWish {
  readonly id: number;
  readonly query: string;
  readonly most: number;
  readonly only?: readonly string[] | undefined;
}

export type SearchAnswer =
  | { readonly id: number; readonly found: readonly FoundText[] }
  | { readonly id: number; readonly soFar: readonly FoundText[] }
  | { readonly done: number; readonly all: number };

export interface SearchOptions extends SearchPlace {
  /** Where the thread begins: the bundle of `searchThread.ts`. */
  readonly file?: string | URL;
  /** Without a search for so long, in ms, the thread is ended, and the memory of the index with it. */
  readonly idleFor?: number;
}

export function createConversationSearch(options: SearchOptions): ConversationSearch {
  let thread: Thread | undefined;
  let ids = 0;

  function started(): Thread | undefined {
    try {
      thread ??= startThread(options, () => {
        thread = undefined;
      });
      return thread;
    } catch {
      return undefined;
    }
  }

  return {
    async find(query, { most, only, ...hearing }) {
      ids += 1;
      return started()?.find({ id: ids, query, most, only }, hearing);
    },
    dispose() {
      thread?.end();
      thread = undefined;
    },
  };
}

/** In ms. Starting again takes longer the more there is to search. */
const IDLE_FOR = 120_000;

interface Thread {
  find(wish: SearchWish, hearing: Hearing): Promise<readonly FoundText[] | undefined>;
  end(): void;
}

type Hearing = Pick<SearchHow, 'onProgress' | 'onFound'>;

interface Waiting extends Hearing {
  resolve(found: readonly FoundText[] | undefined): void;
}

/** `onEnded` hears once. Throws where there are no threads. */
function startThread(
  { file = join(__dirname, 'searching.cjs'), idleFor = IDLE_FOR, directory, cacheFile }: SearchOptions,
  onEnded: () => void,
): Thread {
  const place: SearchPlace = { directory, cacheFile };
  // Flags of the editor, such as those for its debugger, are not for its threads.
  const worker = new Worker(file, { execArgv: [], workerData: place });
  const waiting = new Map<number, Waiting>();
  let idle: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;

  function ended(): void {
    if (isOver) return;
    isOver = true;
    clearTimeout(idle);
    for (const { resolve } of waiting.values()) resolve(undefined);
    waiting.clear();
    onEnded();
  }

  function end(): void {
    ended();
    void worker.terminate();
  }

  worker.on('message', (answer: SearchAnswer) => {
    if ('done' in answer) {
      for (const { onProgress } of waiting.values()) onProgress(answer.done, answer.all);
      return;
    }
    if ('soFar' in answer) return waiting.get(answer.id)?.onFound?.(answer.soFar);
    waiting.get(answer.id)?.resolve(answer.found);
    waiting.delete(answer.id);
    if (waiting.size > 0) return;
    // Without work it keeps no program from ending.
    worker.unref();
    idle = setTimeout(end, idleFor);
    idle.unref();
  });
  worker.on('error', ended);
  worker.on('exit', ended);
  return {
    find(wish, hearing) {
      clearTimeout(idle);
      worker.ref();
      worker.postMessage(wish);
      return new Promise((resolve) => waiting.set(wish.id, { ...hearing, resolve }));
    },
    end,
  };
}
