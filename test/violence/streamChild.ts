import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createSession, type Session } from '../../src/core/conversation/session.ts';
import type { AnswerPiece, Claude, Clock, OpenConversation } from '../../src/core/ports.ts';
import { createConversationStore } from '../../src/host/storage/conversationStore.ts';
import { createWriterLock } from '../../src/host/storage/writerLock.ts';
import { NO_USAGE } from '../support/conversations.ts';
import { askContext, createScriptedClaude } from '../support/memoryPorts.ts';
import { createRandom, type Random } from '../support/random.ts';
import { pieceAt, type Report } from './reports.ts';

/** How many conversations stream at a time. */
const AT_ONCE = 2;
/** How often, in ms, the process shows that it gets its turn. */
const SIGN_EVERY = 20;

/**
 * A window without VS Code: streams answers into conversations of a storage until it is killed. Everything that has happened
 * stands in the report by then: it is written at once, and the system keeps what a killed process has written.
 */
async function main(root: string, reportFile: string, seed: number): Promise<void> {
  const random = createRandom(seed);
  const out = fs.openSync(reportFile, 'a');
  const report = (entry: Report): void => void fs.writeSync(out, `${JSON.stringify(entry)}\n`);
  void showLife(root, report);
  const lock = createWriterLock(join(root, 'conversations'));
  const store = createConversationStore(root, lock, clock, () => undefined);
  const known = (await store.list()).map(({ id }) => id);
  const chosen = new Set<string>();
  for (let at = 0; at < AT_ONCE; at++) {
    const id = random.below(3) === 0 ? undefined : known[random.below(known.length)];
    if (id === undefined || chosen.has(id)) {
      void stream(store.create(), random, report);
      continue;
    }
    chosen.add(id);
    const opened = await store.open(id);
    if (opened.ok) void stream(opened.value, random, report);
    else report({ kind: 'failed', at: now(), why: `${id} does not open: ${opened.failure.message}` });
  }
  process.stdout.write('streaming\n');
}

async function stream(
  open: OpenConversation,
  random: Random,
  report: (entry: Report) => void,
): Promise<void> {
  const conversation = open.conversation.id;
  const session = createSession(open, clock, ({ message }) =>
    report({ kind: 'failed', at: now(), why: `${conversation} is not written: ${message}` }),
  );
  tellOf(session, report);
  const context = askContext(talkingClaude(random));
  for (;;) {
    session.ask([{ kind: 'text', text: `What is ${random.below(1000)}?` }], context);
    await session.settled();
    const turn = session.conversation.turns.at(-1);
    if (turn) report({ kind: 'finished', at: now(), conversation, turn: turn.id });
  }
}

/** Reports what the journal has been given, after it has been. */
function tellOf(session: Session, report: (entry: Report) => void): void {
  const { id: conversation } = session.conversation;
  const lengths = new Map<string, number>();
  session.subscribe((events) => {
    for (const event of events) {
      if (event.type === 'turnAdded') report({ kind: 'added', at: now(), conversation, turn: event.turn.id });
      if (event.type !== 'textGrew') continue;
      const length = (lengths.get(event.turn) ?? 0) + event.text.length;
      lengths.set(event.turn, length);
      report({ kind: 'grew', at: now(), conversation, turn: event.turn, length });
    }
  });
}

/** Answers at about the rate of the API, with a pause now and then; answers are short, so that many end. */
function talkingClaude(random: Random): Claude {
  async function* pieces(): AsyncGenerator<AnswerPiece> {
    yield { type: 'started', messageId: randomUUID(), usage: NO_USAGE };
    yield { type: 'blockStarted', index: 0, block: { type: 'text', text: '' } };
    const count = 5 + random.below(60);
    for (let at = 0; at < count; at++) {
      await pause(random.below(30) === 0 ? random.below(120) : random.below(12));
      yield { type: 'delta', index: 0, delta: { type: 'text_delta', text: pieceAt(at) } };
    }
    yield { type: 'blockEnded', index: 0 };
    yield { type: 'end', outcome: 'done', stopReason: 'end_turn', usage: NO_USAGE };
  }
  return { ...createScriptedClaude(), start: () => ({ pieces: pieces(), stop: () => undefined }) };
}

/** A sign of life is a timer and the least that can be asked of the file system: both must come round for anything to be written. */
async function showLife(root: string, report: (entry: Report) => void): Promise<void> {
  for (;;) {
    await pause(SIGN_EVERY);
    await fs.promises.stat(root).catch(() => undefined);
    report({ kind: 'alive', at: now() });
  }
}

const clock: Clock = {
  now: Date.now,
  newId: randomUUID,
  random: Math.random,
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** Ms on a clock that all processes of this machine share and that nobody sets. */
function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

const [root = '', reportFile = '', seed = '1'] = process.argv.slice(2);
await main(root, reportFile, Number(seed));
