import { randomUUID } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { type ChatEvent, reduce } from '../../../src/core/conversation/events.ts';
import type { Conversation } from '../../../src/core/conversation/model.ts';
import { createConversationStore } from '../../../src/host/storage/conversationStore.ts';
import { createWriterLock } from '../../../src/host/storage/writerLock.ts';
import { compare, type Figure } from '../figures.ts';
import { question, streamedAnswer } from '../turns.ts';

const REPETITIONS = 7;

/** Events that are flushed one by one, as questions and ends of answers are. */
const FLUSHED = 50;

/** Milliseconds for all events, and what of them came to lie on disk. */
interface Run {
  readonly events: number;
  readonly ours: number;
  readonly plain: number;
}

/** Writing through Parley's storage beside `fs.appendFile` of the same bytes. */
export async function measureAppending(folder: string): Promise<readonly Figure[]> {
  const flushed: Run[] = [];
  const streamed: Run[] = [];
  for (let at = 0; at < REPETITIONS; at += 1) {
    flushed.push(await run(folder, questions(), true));
    streamed.push(await run(folder, streamedAnswer('A', 'Q', 64 * 1024), false));
  }
  const area = 'Journal: appending';
  const row = (what: string, runs: readonly Run[], yardstick: string): Figure =>
    compare(
      area,
      what,
      'µs',
      runs.map(({ ours, events }) => (ours / events) * 1000),
      { what: yardstick, values: runs.map(({ plain, events }) => (plain / events) * 1000) },
    );
  return [
    row('an event, each flushed to the device', flushed, 'fs.appendFile of each line, flushed'),
    row(
      'an event of a streamed answer, flushed at its end',
      streamed,
      'fs.appendFile of the same bytes, flushed',
    ),
  ];
}

async function run(folder: string, events: readonly ChatEvent[], each: boolean): Promise<Run> {
  const root = join(folder, randomUUID());
  const lock = createWriterLock(join(root, 'conversations'));
  const store = createConversationStore(root, lock, { now: Date.now, newId: randomUUID }, () => {});
  const { conversation, journal } = store.create();
  // The file and its lock are made with the first turn; that is not counted.
  journal.append([question('Q', null)]);
  await settle(journal);
  const file = join(root, 'conversations', `${conversation.id}.jsonl`);
  const before = await readFile(file, 'utf8');
  // The session has the conversation after each event anyway, and gives it along.
  const states = statesAfter(conversation, events);
  const started = performance.now();
  for (const [at, event] of events.entries()) {
    journal.append([event], states[at]);
    if (each) await settle(journal);
  }
  if (!each) await settle(journal);
  const ours = performance.now() - started;
  const written = (await readFile(file, 'utf8')).slice(before.length);
  const pieces = each ? written.split(/(?<=\n)/) : [written];
  const peer = join(root, 'plain.jsonl');
  await appendFile(peer, before, { flush: true });
  const plainStarted = performance.now();
  for (const piece of pieces) await appendFile(peer, piece, { flush: true });
  return { events: events.length, ours, plain: performance.now() - plainStarted };
}

function statesAfter(start: Conversation, events: readonly ChatEvent[]): readonly Conversation[] {
  let current = start;
  return events.map((event) => {
    current = reduce(current, event);
    return current;
  });
}

async function settle(journal: { settle(): Promise<{ readonly ok: boolean }> }): Promise<void> {
  const { ok } = await journal.settle();
  if (!ok) throw new Error('The journal could not be written');
}

function questions(): readonly ChatEvent[] {
  return Array.from({ length: FLUSHED }, (_, at) => question(`Q${at}`, at === 0 ? 'Q' : `Q${at - 1}`));
}
