import { constants, type Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { ChatEvent } from '../../core/conversation/events.ts';
import {
  encodeEvent,
  encodeHeader,
  type JournalHeader,
  type JournalReading,
  journalSteps,
} from '../../core/conversation/journal.ts';
import { NEWER_FORMAT } from '../../core/ports.ts';
import { createBreather, inTurns } from '../workspace/breathing.ts';
import { errorCode, syncPath } from './files.ts';

/** The end of a journal, as far as it is known. */
export interface JournalEnd {
  /** Number of the next event. */
  readonly next: number;
  /** Line break that a torn last line still needs. */
  readonly seam: '' | '\n';
  /** In bytes. */
  readonly size: number;
  /** Its last bytes: by them it is known again. */
  readonly tail: Buffer;
}

/** `changed`: others have added to it; `lost`: what was written is not in it any more, it was cut short or another has its place. */
export type JournalState = 'asLeft' | 'changed' | 'lost' | 'gone';

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
  let tail = end?.tail ?? NOTHING;
  let inode: number | undefined;
  let begun = end !== undefined;
  let hasHeader = size > 0;
  let isNamed = begun;
  let isSynced = true;

  async function look(): Promise<JournalState> {
    const found = await statOf(file);
    if (found === undefined) return 'gone';
    if (found.size === size && found.ino === inode) return 'asLeft';
    if (found.size < size || !(await isThereStill(file, size, tail))) return 'lost';
    inode = found.ino;
    return found.size === size ? 'asLeft' : 'changed';
  }

  /** Others have written to it: goes on behind what is there. Gives the lines that count. */
  async function lookAgain(): Promise<ReadonlySet<string>> {
    const bytes = await fs.readFile(file);
    const text = bytes.toString('utf8');
    const reading = await readInTurns(text, header);
    if (reading.newerVersion !== undefined) throw new Error(NEWER_FORMAT);
    next = Math.max(next, reading.next);
    seam = reading.seam;
    size = bytes.length;
    tail = endOf(bytes);
    hasHeader = size > 0;
    const bad = new Set(reading.bad.map((line) => line.text));
    return new Set(text.split('\n').filter((line) => !bad.has(line)));
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
        // Somebody has written in between: the same numbers first, or half a line that swallowed the one behind it.
        const counted = await lookAgain();
        left = events.filter((_, at) => !counted.has(lines[at]?.trimEnd() ?? ''));
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
    const text = Buffer.from(seam + lines.join(''));
    const { bytes, error } = await writeAll(handle, text);
    size += bytes;
    tail = endOf(tail, text.subarray(0, bytes));
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
      if ((await statOf(file)) !== undefined) await fs.rename(file, `${file}.${Date.now()}.kept`);
      next = 1;
      seam = '';
      size = 0;
      tail = NOTHING;
      inode = undefined;
      begun = false;
      hasHeader = false;
      isNamed = false;
    },
    async sync() {
      if (isSynced) return;
      isSynced = true;
      try {
        await syncPath(file, 'file');
        if (!isNamed) await syncPath(path.dirname(file), 'folder');
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

const NOTHING = Buffer.alloc(0);

/** So many bytes are enough to know a journal by: numbers, times and checksums stand in them. */
const TAIL = 128;

/** The last bytes of what comes in pieces, as a copy. */
function endOf(...pieces: readonly Uint8Array[]): Buffer {
  return Buffer.concat(pieces.map((piece) => piece.subarray(-TAIL))).subarray(-TAIL);
}

/** The end of a journal that has been read whole. */
export function journalEnd(bytes: Uint8Array, { next, seam }: Pick<JournalEnd, 'next' | 'seam'>): JournalEnd {
  return { next, seam, size: bytes.length, tail: endOf(bytes) };
}

/** As `readJournal`; others get their turn in between. */
export function readInTurns(
  text: string,
  fallback: Pick<JournalHeader, 'id' | 'createdAt'>,
): Promise<JournalReading> {
  return inTurns(journalSteps(text, fallback), createBreather());
}

/** Whether these are still the bytes before that place. */
async function isThereStill(file: string, end: number, tail: Buffer): Promise<boolean> {
  const handle = await fs.open(file, 'r');
  try {
    const found = Buffer.alloc(tail.length);
    await handle.read(found, 0, found.length, end - found.length);
    return found.equals(tail);
  } finally {
    await handle.close();
  }
}

/** Undefined when there is no such file. */
async function statOf(file: string): Promise<Stats | undefined> {
  try {
    return await fs.stat(file);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
