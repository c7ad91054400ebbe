import { finished, type Steps } from '../steps.ts';
import { checksum } from './checksum.ts';
import { type ChatEvent, emptyConversation } from './events.ts';
import { createFolding } from './folding.ts';
import type { Conversation } from './model.ts';

/**
 * Events to lines and back. A journal is append-only:
 *
 *     {"parley":"conversation","version":1,"id":"...","createdAt":...}
 *     {"n":1,"sum":"xxxxxxxx","event":{...}}
 *
 * `n` counts from 1; `sum` is the CRC-32 of `n:` and the event's text exactly as it stands on the line.
 */
export const JOURNAL_VERSION = 1;

export interface JournalHeader {
  readonly version: number;
  readonly id: string;
  readonly createdAt: number;
}

/** A line that could not be read. It stays in the file; its text is copied to the quarantine. */
export interface BadLine {
  /** Position in the file, from 1. */
  readonly line: number;
  readonly text: string;
  /** `number`: another line with this number and another text stands before it. */
  readonly reason: 'torn' | 'checksum' | 'number' | 'content';
}

export interface JournalReading {
  readonly conversation: Conversation;
  /** The number of the next event. */
  readonly next: number;
  readonly bad: readonly BadLine[];
  /** How many numbers below `next` no readable line has; those of bad lines are among them. */
  readonly missing: number;
  /** What must be written before the next line: a line break when the last line has none. */
  readonly seam: '' | '\n';
  /** Version of a format that is newer than this code; such a file is never written to. */
  readonly newerVersion?: number;
}

/** The first line of a journal, with its line break. */
export function encodeHeader(header: JournalHeader): string {
  return `${JSON.stringify({ parley: 'conversation', ...header })}\n`;
}

/** One event as a line, with its line break. */
export function encodeEvent(n: number, event: ChatEvent): string {
  const text = JSON.stringify(event);
  return `{"n":${n},"sum":"${checksum(text, 0, text.length, `${n}:`)}","event":${text}}\n`;
}

/**
 * Reads a whole journal. Never throws and never gives up: a bad line is reported and what follows is read. Lines count in
 * the order of their numbers, wherever they stand; one that was written twice counts once.
 * `fallback` serves when the header itself is unreadable.
 */
export function readJournal(text: string, fallback: { id: string; createdAt: number }): JournalReading {
  return finished(journalSteps(text, fallback));
}

/** As `readJournal`, for journals so long that others must get their turn in between. */
export function* journalSteps(
  text: string,
  fallback: { id: string; createdAt: number },
): Steps<JournalReading> {
  const { header, lines, bad, seam } = yield* sortOut(text);
  const start = emptyConversation(header?.id ?? fallback.id, header?.createdAt ?? fallback.createdAt);
  if (header && header.version > JOURNAL_VERSION)
    return { conversation: start, next: 1, bad: [], missing: 0, seam: '', newerVersion: header.version };
  const { conversation, last, read } = yield* fold(start, inOrder(lines), bad);
  bad.sort((one, other) => one.line - other.line);
  return { conversation, next: last + 1, bad, missing: last - read, seam };
}

/** A line whose checksum is right. */
interface Line {
  readonly position: number;
  readonly text: string;
  readonly n: number;
  readonly event: ChatEvent;
}

interface Sorted {
  readonly header: JournalHeader | undefined;
  readonly lines: Line[];
  readonly bad: BadLine[];
  readonly seam: JournalReading['seam'];
}

/** Tells header, whole lines and bad ones apart, in the order of the file. */
function* sortOut(text: string): Steps<Sorted> {
  const all = (text.startsWith('\ufeff') ? text.slice(1) : text).split('\n');
  const unfinished = all.at(-1) !== '';
  // Behind one that was torn as it was written stands another.
  const headerText = all.find((line) => decodeHeader(line) !== undefined);
  const header = headerText === undefined ? undefined : decodeHeader(headerText);
  const lines: Line[] = [];
  const bad: BadLine[] = [];
  let length = 0;
  for (const [at, raw] of all.entries()) {
    length += raw.length;
    if (length > STEP_LENGTH) {
      length = 0;
      yield;
    }
    if (bare(raw) === '' || (header && raw === headerText)) continue;
    const decoded = decodeLine(raw);
    const position = at + 1;
    if (typeof decoded === 'object') lines.push({ position, text: raw, ...decoded });
    else {
      const isTorn = unfinished && position === all.length;
      bad.push({ line: position, text: raw, reason: isTorn ? 'torn' : decoded });
    }
  }
  return { header, lines, bad, seam: unfinished ? '\n' : '' };
}

/** By number; of one number the one that stands first in the file comes first. */
function inOrder(lines: readonly Line[]): readonly Line[] {
  const isSorted = lines.every(({ n }, at) => at === 0 || n > (lines[at - 1]?.n ?? 0));
  return isSorted ? lines : lines.toSorted((one, other) => one.n - other.n);
}

function* fold(
  start: Conversation,
  lines: readonly Line[],
  bad: BadLine[],
): Steps<{ readonly conversation: Conversation; readonly last: number; readonly read: number }> {
  const folding = createFolding(start);
  let before: Line | undefined;
  let read = 0;
  for (const line of lines) {
    const { position, text, n, event } = line;
    if (before && n === before.n) {
      // The same line again is what a failed attempt to write leaves behind.
      if (bare(text) !== bare(before.text)) bad.push({ line: position, text, reason: 'number' });
      continue;
    }
    before = line;
    read++;
    if (read % STEP_EVENTS === 0) yield;
    try {
      folding.take(event);
    } catch {
      bad.push({ line: position, text, reason: 'content' });
    }
  }
  return { conversation: folding.result(), last: before?.n ?? 0, read };
}

/** What is done in one step: UTF-16 units that are decoded, and events that are taken. */
const STEP_LENGTH = 64 * 1024;
const STEP_EVENTS = 64;

const HEADER = '{"parley":';
const LINE = /^\{"n":(\d{1,15}),"sum":"([0-9a-f]{8})","event":/;

/** The event on a line and its number, or why there is none. */
export function decodeLine(
  raw: string,
): { readonly n: number; readonly event: ChatEvent } | BadLine['reason'] {
  const line = bare(raw);
  const match = LINE.exec(line);
  if (!match || !line.endsWith('}')) return 'content';
  const [start, n = '', sum] = match;
  if (checksum(line, start.length, line.length - 1, `${n}:`) !== sum) return 'checksum';
  const event = parse(line.slice(start.length, -1));
  const isEvent = typeof event === 'object' && event !== null && 'type' in event;
  return isEvent ? { n: Number(n), event: event as ChatEvent } : 'content';
}

/** A line without what tools that change line breaks have put at its end. */
function bare(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function decodeHeader(line: string): JournalHeader | undefined {
  if (!line.startsWith(HEADER)) return undefined;
  const value = parse(line);
  if (typeof value !== 'object' || value === null || !('parley' in value)) return undefined;
  const { version, id, createdAt } = value as Partial<Record<keyof JournalHeader, unknown>>;
  if (typeof version !== 'number' || typeof id !== 'string' || typeof createdAt !== 'number')
    return undefined;
  return { version, id, createdAt };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
