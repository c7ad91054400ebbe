import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { type ChatEvent, coalesce } from '../../core/conversation/events.ts';
import { encodeEvent, encodeHeader, type JournalHeader } from '../../core/conversation/journal.ts';
import type { Failure } from '../../core/conversation/model.ts';
import { fail, type Journal, type Result, succeed } from '../../core/ports.ts';
import { storageFailure } from './files.ts';

/** The longest time, in ms, that streamed text stays in memory only (the promise is 250). */
const FLUSH_AFTER = 200;

export interface JournalWriterOptions {
  readonly file: string;
  readonly header: JournalHeader;
  /** Number of the next event; 1 for a file that does not exist yet. */
  readonly next: number;
  /** Line break that a torn last line still needs. */
  readonly seam: '' | '\n';
  /** False when another window has taken the conversation over: then nothing is written any more. */
  readonly isOurs: () => Promise<boolean>;
  /** Called before the first write of a new file. */
  readonly onCreate: () => Promise<void>;
}

/**
 * Appends events to a journal: in order, in batches, never rewriting. A new file appears with its first
 * turn. What cannot be written now (full disk) stays queued and is tried again with the next batch.
 */
export function createJournalWriter(options: JournalWriterOptions): Journal {
  let waiting: ChatEvent[] = [];
  let unwritten: string[] = [];
  let next = options.next;
  let seam = options.seam;
  let exists = options.next > 1;
  let timer: NodeJS.Timeout | undefined;
  let chain: Promise<Result<void>> = Promise.resolve(succeed(undefined));

  function flush(sync: boolean): Promise<Result<void>> {
    clearTimeout(timer);
    timer = undefined;
    chain = chain.then(() => write(sync));
    return chain;
  }

  async function write(sync: boolean): Promise<Result<void>> {
    const worthAFile = exists || waiting.some((event) => event.type === 'turnAdded');
    if (worthAFile) {
      for (const event of coalesce(waiting)) unwritten.push(encodeEvent(next++, event));
      waiting = [];
    }
    if (unwritten.length === 0) return succeed(undefined);
    try {
      if (!exists) await create();
      if (!(await options.isOurs())) return fail(TAKEN_OVER);
      await appendLines(unwritten, sync);
      unwritten = [];
      return succeed(undefined);
    } catch (error) {
      return fail(storageFailure(error));
    }
  }

  async function create(): Promise<void> {
    await fs.mkdir(path.dirname(options.file), { recursive: true });
    await options.onCreate();
    await fs.writeFile(options.file, encodeHeader(options.header), { flag: 'a', mode: 0o600 });
    exists = true;
  }

  /** After a failure in the middle the file may end in half a line; the next attempt starts on a line of its own. */
  async function appendLines(lines: readonly string[], sync: boolean): Promise<void> {
    const text = seam + lines.join('');
    const handle = await fs.open(options.file, 'a', 0o600);
    try {
      seam = '\n';
      await handle.appendFile(text);
      seam = '';
      if (sync) await handle.sync();
    } finally {
      await handle.close();
    }
  }

  return {
    append(events) {
      waiting.push(...events);
      timer ??= setTimeout(() => void flush(false), FLUSH_AFTER);
    },
    settle: () => flush(true),
  };
}

const TAKEN_OVER: Failure = { kind: 'storage', message: 'open in another window' };
