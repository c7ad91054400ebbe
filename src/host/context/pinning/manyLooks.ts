import type { FileToRead, ReadingThreads } from '../../storage/readingThreads.ts';
import type { FindSecret } from './judged.ts';
import { createPool } from './pool.ts';
import { forThread, type Look, type Looked, lookAt, lookOf, type Seen } from './reading.ts';

/** Looks at many files: by threads at those that they can read, by the editor at all others. */
export interface ManyLooks<T extends Looked> {
  /** Looks at a file, or has it wait for those that come next. Resolves when there is room for more. */
  add(file: T, before?: Seen): Promise<void>;
  /** Resolves when all have been looked at, or have been passed over because it was cancelled. */
  settled(): Promise<void>;
}

export interface LookParts<T extends Looked> {
  /** They must judge as `findSecret` does. Without them the editor looks at all. */
  readonly threads: ReadingThreads | undefined;
  readonly findSecret: FindSecret | undefined;
  readonly isCancelled: () => boolean;
  /** Tokens of text that are still wanted. */
  readonly room: () => number;
  /** Hears of each file right before it is looked at, and of what was found. */
  readonly onBegin: (file: T) => void;
  readonly onLook: (file: T, look: Look) => void;
}

export function createManyLooks<T extends Looked>(parts: LookParts<T>): ManyLooks<T> {
  const { threads, findSecret, onBegin, onLook } = parts;
  const here = createPool(READERS);
  const there = createPool(BUNDLES);
  let bundle: Waiting<T>[] = [];

  function lookHere(file: T, before: Seen | undefined): Promise<void> {
    return here.run(async () => onLook(file, await lookAt(file, findSecret, before)));
  }

  async function lookThere(files: readonly Waiting<T>[]): Promise<void> {
    if (!threads || parts.isCancelled()) return;
    for (const { file } of files) onBegin(file);
    const how = { withSecrets: findSecret !== undefined, room: parts.room() };
    const found = await threads.read(
      files.map(({ wish }) => wish),
      how,
    );
    for (const [at, { file, before }] of files.entries()) {
      const one = found[at];
      if (one) onLook(file, lookOf(one, before));
      else await lookHere(file, before);
    }
  }

  function send(): Promise<void> {
    const files = bundle;
    bundle = [];
    return there.run(() => lookThere(files));
  }

  return {
    async add(file, before) {
      const wish = threads?.isUsable ? forThread(file, before) : undefined;
      if (wish) {
        bundle.push({ file, before, wish });
        if (bundle.length >= EACH) await send();
        return;
      }
      onBegin(file);
      await lookHere(file, before);
    },
    async settled() {
      if (bundle.length > 0) await send();
      await there.settled();
      await here.settled();
    },
  };
}

interface Waiting<T> {
  readonly file: T;
  readonly before: Seen | undefined;
  readonly wish: FileToRead;
}

/** Files that the editor reads at a time: each call waits for VS Code, not for the disk. */
const READERS = 24;

/** Files that a thread is sent at a time, and how often that is done before it has answered: then none waits for work. */
const EACH = 32;
const BUNDLES = 4;
