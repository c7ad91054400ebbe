import * as fs from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { ChatEvent } from '../../core/conversation/events.ts';
import { decodeLine } from '../../core/conversation/journal.ts';
import type { Conversation } from '../../core/conversation/model.ts';
import { errorCode } from './files.ts';
import { readInTurns } from './journalFile.ts';

/** What is heard of a conversation that another window writes. */
export interface JournalListener {
  /** The conversation as it is on disk, at first and whenever the file has become another one. */
  onRead(conversation: Conversation): void;
  /** What has come since. */
  onEvents(events: readonly ChatEvent[]): void;
  /** The journal is there no more: the conversation was deleted. Nothing is heard after this. */
  onGone(): void;
}

/** How often, in ms, the file is looked at: notifications of the system may not come (network drives). */
const LOOK_EVERY = 250;

/**
 * Reads a journal as it grows. Nothing is written and nothing is set aside: a line without its end waits, a line that is broken is
 * left to the window that writes. Gives a function that ends it.
 */
export function followJournal(file: string, id: string, listener: JournalListener): () => void {
  let offset = 0;
  let inode = 0;
  let last = 0;
  let reading: Promise<void> | undefined;
  let wantsMore = false;
  let ended = false;

  async function takeAll(text: string, createdAt: number): Promise<void> {
    const { conversation, next } = await readInTurns(text, { id, createdAt });
    if (ended) return;
    last = next - 1;
    listener.onRead({ ...conversation, id });
  }

  function takeMore(text: string): void {
    const events: ChatEvent[] = [];
    for (const line of text.split('\n')) {
      const decoded = decodeLine(line);
      if (typeof decoded === 'string' || decoded.n <= last) continue;
      last = decoded.n;
      events.push(decoded.event);
    }
    if (events.length > 0) listener.onEvents(events);
  }

  async function readOn(handle: FileHandle): Promise<void> {
    const { size, ino, birthtimeMs } = await handle.stat();
    const isOther = ino !== inode || size < offset;
    if (isOther) offset = 0;
    if (!isOther && size === offset) return;
    const bytes = Buffer.alloc(size - offset);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset);
    const whole = bytes.subarray(0, bytesRead).lastIndexOf(LINE_BREAK) + 1;
    const text = bytes.toString('utf8', 0, whole);
    if (ended) return;
    inode = ino;
    offset += whole;
    if (isOther) await takeAll(text, birthtimeMs);
    else takeMore(text);
  }

  async function read(): Promise<void> {
    try {
      const handle = await open(file, 'r');
      try {
        await readOn(handle);
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (errorCode(error) !== 'ENOENT' || ended) return;
      end();
      listener.onGone();
    }
  }

  function look(): void {
    wantsMore = reading !== undefined;
    reading ??= read().finally(() => {
      reading = undefined;
      if (wantsMore && !ended) look();
    });
  }

  function end(): void {
    ended = true;
    clearInterval(timer);
    watcher?.close();
  }

  const timer = setInterval(look, LOOK_EVERY).unref();
  const watcher = watch(file, look);
  look();
  return end;
}

const LINE_BREAK = 0x0a;

/** Undefined where the system cannot tell of changes. */
function watch(file: string, onChange: () => void): fs.FSWatcher | undefined {
  try {
    return fs.watch(file, { persistent: false }, onChange).on('error', () => undefined);
  } catch {
    return undefined;
  }
}
