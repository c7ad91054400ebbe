import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { ChatEvent } from '../../core/conversation/events.ts';
import {
  encodeEvent,
  encodeHeader,
  type JournalHeader,
  readJournal,
} from '../../core/conversation/journal.ts';
import { NEWER_FORMAT } from '../../core/ports.ts';
import { errorCode } from './files.ts';

/** The end of a journal, as far as it is known. */
export interface JournalEnd {
  /** Number of the next event. */
  readonly next: number;
  /** Line break that a torn last line still needs. */
  readonly seam: '' | '\n';
  /** In bytes. */
  readonly size: number;
}

/** `changed`: something has been written to it by others; `cut`: what was written is no longer in it. */
export type JournalState = 'asLeft' | 'changed' | 'cut' | 'gone';

/** What became of events that should be written. */
export interface Appended {
  /** Those that are not in the file, in order. */
  readonly left: readonly ChatEvent[];
  /** The error of the system, where there was one. */
  readonly error?: unknown;
}

/** One journal on disk: grows at its end, and is never written over. */
export interface JournalFile {
  /** False as long as nothing has been written, by this or before. */
  readonly begun: boolean;
  readonly next: number;
  look(): Promise<JournalState>;
  /** Writes events behind what is there, whoever wrote that; never throws. */
  append(events: readonly ChatEvent[], state: JournalState): Promise<Appended>;
  /** Starts a new file; what is left of the old one is kept beside it. */
  beginAnew(): Promise<void>;
  /** Takes it to the device: the file, and once the folder that names it. One that has vanished is left to the next look. */
  sync(): Promise<void>;
}

/** `end` is undefined for a file that does not exist yet. */
export function createJournalFile(
  file: string,
  header: JournalHeader,
  end: JournalEnd | undefined,
): JournalFile {
  let next = end?.next ?? 1;
  let seam = end?.seam ?? '';
  let size = end?.size ?? 0;
  let begun = end !== undefined;
  let hasHeader = size > 0;
  let isNamed = begun;
  let isSynced = true;

  async function look(): Promise<JournalState> {
    const found = await sizeOf(file);
    if (found === undefined) return 'gone';
    return found === size ? 'asLeft' : found < size ? 'cut' : 'changed';
  }

  /** Others have written to it: goes on behind what is there. Gives the lines that do not count, as another has their number. */
  async function lookAgain(): Promise<ReadonlySet<string>> {
    const bytes = await fs.readFile(file);
    const reading = readJournal(bytes.toString('utf8'), header);
    if (reading.newerVersion !== undefined) throw new Error(NEWER_FORMAT);
    next = Math.max(next, reading.next);
    seam = reading.seam;
    size = bytes.length;
    hasHeader = size > 0;
    return new Set(reading.bad.flatMap(({ reason, text }) => (reason === 'number' ? [`${text}\n`] : [])));
  }

  async function append(events: readonly ChatEvent[], state: JournalState): Promise<Appended> {
    let left = events;
    let handle: fs.FileHandle | undefined;
    try {
      const isNew = !begun;
      handle = await open();
      // Another window may have begun it under the same id, and given it up since.
      if (state === 'changed' || (isNew && (await handle.stat()).size > 0)) await lookAgain();
      const lines = events.map((event, at) => encodeEvent(next + at, event));
      const before = size;
      const done = await write(handle, lines);
      left = events.slice(done.lines);
      next += done.lines;
      if (done.error === undefined && (await handle.stat()).size !== before + done.bytes) {
        // Somebody has written in between, and may have had the same numbers first.
        const lost = await lookAgain();
        left = events.filter((_, at) => lost.has(lines[at] ?? ''));
      }
      return done.error === undefined ? { left } : { left, error: done.error };
    } catch (error) {
      return { left, error };
    } finally {
      await handle?.close().catch(() => undefined);
    }
  }

  /** A file that was there is not made again by this: then it has vanished, and with it what was in it. */
  async function open(): Promise<fs.FileHandle> {
    if (!begun) await fs.mkdir(path.dirname(file), { recursive: true });
    const flags = constants.O_WRONLY | constants.O_APPEND | (begun ? 0 : constants.O_CREAT);
    const handle = await fs.open(file, flags, 0o600);
    begun = true;
    return handle;
  }

  /** Writes as much as it can; after half a line the next attempt starts on a line of its own. */
  async function write(
    handle: fs.FileHandle,
    events: readonly string[],
  ): Promise<{ readonly lines: number; readonly bytes: number; readonly error?: unknown }> {
    const lines = hasHeader ? events : [encodeHeader(header), ...events];
    const start = Buffer.byteLength(seam);
    const { bytes, error } = await writeAll(handle, Buffer.from(seam + lines.join('')));
    size += bytes;
    isSynced = false;
    if (error === undefined) {
      seam = '';
      hasHeader = true;
      return { lines: events.length, bytes };
    }
    let whole = 0;
    let at = start;
    for (const line of lines) {
      if (at + Buffer.byteLength(line) > bytes) break;
      at += Buffer.byteLength(line);
      whole++;
    }
    if (bytes > 0) seam = at === bytes ? '' : '\n';
    const headers = lines.length - events.length;
    if (whole > 0) hasHeader = true;
    return { lines: Math.max(0, whole - headers), bytes, error };
  }

  return {
    get begun() {
      return begun;
    },
    get next() {
      return next;
    },
    look,
    append,
    async beginAnew() {
      if ((await sizeOf(file)) !== undefined) await fs.rename(file, `${file}.${Date.now()}.kept`);
      next = 1;
      seam = '';
      size = 0;
      begun = false;
      hasHeader = false;
      isNamed = false;
    },
    async sync() {
      if (isSynced) return;
      isSynced = true;
      try {
        await syncPath(file);
        // Windows opens no folders; there the file system keeps names by itself.
        if (!isNamed && process.platform !== 'win32') await syncPath(path.dirname(file));
        isNamed = true;
      } catch (error) {
        isSynced = false;
        if (errorCode(error) !== 'ENOENT') throw error;
      }
    },
  };
}

async function writeAll(
  handle: fs.FileHandle,
  bytes: Buffer,
): Promise<{ readonly bytes: number; readonly error?: unknown }> {
  let done = 0;
  try {
    while (done < bytes.length) done += (await handle.write(bytes, done)).bytesWritten;
    return { bytes: done };
  } catch (error) {
    return { bytes: done, error };
  }
}

async function syncPath(name: string): Promise<void> {
  const handle = await fs.open(name, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** In bytes; undefined when there is no such file. */
async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await fs.stat(file)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
