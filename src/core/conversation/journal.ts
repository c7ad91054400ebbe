import { checksum } from './checksum.ts';
import { type ChatEvent, emptyConversation, reduce } from './events.ts';
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
  readonly reason: 'torn' | 'checksum' | 'order' | 'content';
}

export interface JournalReading {
  readonly conversation: Conversation;
  /** The number of the next event. */
  readonly next: number;
  readonly bad: readonly BadLine[];
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
  return `{"n":${n},"sum":"${checksum(`${n}:${text}`)}","event":${text}}\n`;
}

/**
 * Reads a whole journal. Never throws and never gives up: a bad line is reported and what follows is read.
 * `fallback` serves when the header itself is unreadable.
 */
export function readJournal(text: string, fallback: { id: string; createdAt: number }): JournalReading {
  const lines = text.split('\n');
  const unfinished = lines.pop() ?? '';
  const header = decodeHeader(lines[0] ?? unfinished);
  if (header && header.version > JOURNAL_VERSION) {
    const conversation = emptyConversation(header.id, header.createdAt);
    return { conversation, next: 1, bad: [], seam: '', newerVersion: header.version };
  }
  const reader = createReader(
    emptyConversation(header?.id ?? fallback.id, header?.createdAt ?? fallback.createdAt),
  );
  lines.forEach((line, index) => {
    if (index > 0 || !header) reader.read(line, index + 1);
  });
  if (unfinished !== '' && lines.length > 0) reader.read(unfinished, lines.length + 1, 'torn');
  return { ...reader.result(), seam: unfinished === '' ? '' : '\n' };
}

function createReader(start: Conversation): {
  read(line: string, position: number, reasonIfBad?: BadLine['reason']): void;
  result(): { conversation: Conversation; next: number; bad: readonly BadLine[] };
} {
  let conversation = start;
  let last = 0;
  const bad: BadLine[] = [];
  return {
    read(line, position, reasonIfBad) {
      if (line === '') return;
      const decoded = decodeLine(line);
      const outcome = typeof decoded === 'string' ? decoded : decoded.n <= last ? 'order' : decoded;
      if (typeof outcome === 'string') {
        bad.push({ line: position, text: line, reason: reasonIfBad ?? outcome });
        return;
      }
      last = outcome.n;
      try {
        conversation = reduce(conversation, outcome.event);
      } catch {
        bad.push({ line: position, text: line, reason: 'content' });
      }
    },
    result: () => ({ conversation, next: last + 1, bad }),
  };
}

const LINE = /^\{"n":(\d{1,15}),"sum":"([0-9a-f]{8})","event":(.*)\}$/s;

function decodeLine(line: string): { readonly n: number; readonly event: ChatEvent } | BadLine['reason'] {
  const match = LINE.exec(line);
  if (!match) return 'content';
  const [, n = '', sum, text = ''] = match;
  if (checksum(`${n}:${text}`) !== sum) return 'checksum';
  const event = parse(text);
  const isEvent = typeof event === 'object' && event !== null && 'type' in event;
  return isEvent ? { n: Number(n), event: event as ChatEvent } : 'content';
}

function decodeHeader(line: string): JournalHeader | undefined {
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
