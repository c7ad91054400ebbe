import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { ChatEvent } from '../../../src/core/conversation/events.ts';
import { encodeEvent, encodeHeader, readJournal } from '../../../src/core/conversation/journal.ts';
import type { Conversation, Turn } from '../../../src/core/conversation/model.ts';
import { withoutAttachedText } from '../../../src/core/protocol.ts';
import { createConversationStore } from '../../../src/host/storage/conversationStore.ts';
import { createWriterLock } from '../../../src/host/storage/writerLock.ts';
import { compare, type Figure } from '../figures.ts';
import { longAnswer } from '../texts.ts';
import { question, storedAnswer } from '../turns.ts';

const REPETITIONS = 7;
const TURNS = 5_000;
/** As many turns are shown at first. */
const NEWEST = 40;

/** An answer's length in characters, and in how many pieces it was written. */
const LENGTH = 1_000;
const PIECES = 4;

/** Reading a long conversation beside `JSON.parse` of its lines. */
export async function measureReading(folder: string): Promise<readonly Figure[]> {
  const root = join(folder, randomUUID());
  const directory = join(root, 'conversations');
  const id = 'long';
  const file = join(directory, `${id}.jsonl`);
  await mkdir(directory, { recursive: true });
  const text = journalOf(id, events());
  await writeFile(file, text);
  const store = createConversationStore(
    root,
    createWriterLock(directory),
    { now: Date.now, newId: randomUUID },
    () => {},
  );
  const read: number[] = [];
  const opened: number[] = [];
  const shown: number[] = [];
  const parsed: number[] = [];
  const parsedFile: number[] = [];
  for (let at = 0; at < REPETITIONS; at += 1) {
    read.push(await timed(() => check(readJournal(text, { id, createdAt: 0 }).conversation.turns.length)));
    parsed.push(await timed(() => parseLines(text)));
    opened.push(
      await timed(async () => {
        const result = await store.open(id);
        check(result.ok ? result.value.conversation.turns.length : 0);
      }),
    );
    shown.push(
      await timed(async () => {
        const result = await store.open(id);
        check(result.ok ? pageOf(result.value.conversation).length : 0, NEWEST);
      }),
    );
    parsedFile.push(await timed(async () => parseLines(await readFile(file, 'utf8'))));
  }
  const area = `Journal: reading ${TURNS.toLocaleString('en-US')} turns (${(text.length / 1024 / 1024).toFixed(1)} MB)`;
  return [
    compare(area, 'text to conversation', 'ms', read, { what: 'JSON.parse of each line', values: parsed }),
    compare(area, 'opening the file', 'ms', opened, {
      what: 'fs.readFile, JSON.parse of each line',
      values: parsedFile,
    }),
    compare(area, `opening it and making its newest page of ${NEWEST} turns`, 'ms', shown, {
      what: 'fs.readFile, JSON.parse of each line',
      values: parsedFile,
    }),
  ];
}

function events(): readonly ChatEvent[] {
  const answer = longAnswer(LENGTH);
  const size = LENGTH / PIECES;
  const pieces = Array.from({ length: PIECES }, (_, at) => answer.slice(at * size, (at + 1) * size));
  return Array.from({ length: TURNS / 2 }, (_, at) => [
    question(`Q${at}`, at === 0 ? null : `A${at - 1}`),
    ...storedAnswer(`A${at}`, `Q${at}`, pieces),
  ]).flat();
}

function journalOf(id: string, all: readonly ChatEvent[]): string {
  const header = encodeHeader({ version: 1, id, createdAt: 0 });
  return header + all.map((event, at) => encodeEvent(at + 1, event)).join('');
}

function parseLines(text: string): void {
  for (const line of text.split('\n')) if (line !== '') JSON.parse(line);
}

/** What goes to the page first, as bytes on their way. */
function pageOf({ turns }: Conversation): readonly Turn[] {
  const newest = turns.slice(-NEWEST).map(withoutAttachedText);
  return JSON.parse(JSON.stringify(newest));
}

function check(turns: number, expected = TURNS): void {
  if (turns !== expected) throw new Error(`Of ${expected} turns ${turns} were read`);
}

/** Milliseconds. */
async function timed(work: () => void | Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
