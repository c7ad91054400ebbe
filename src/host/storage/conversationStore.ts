import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { emptyConversation, interruption, reduceAll } from '../../core/conversation/events.ts';
import { encodeEvent, JOURNAL_VERSION, type JournalReading } from '../../core/conversation/journal.ts';
import type { Conversation, Failure } from '../../core/conversation/model.ts';
import {
  type Clock,
  type ConversationStore,
  type ConversationSummary,
  fail,
  HELD_ELSEWHERE,
  type Journal,
  NEWER_FORMAT,
  NOT_MOVED,
  NOT_READ,
  type OpenConversation,
  type Result,
  succeed,
} from '../../core/ports.ts';
import { isThere, readBytesIfThere, storageFailure } from './files.ts';
import { type JournalEnd, journalEnd, readInTurns } from './journalFile.ts';
import { createJournalWriter } from './journalWriter.ts';
import { isConversationId } from './names.ts';
import { setAside } from './quarantine.ts';
import { emptyTrash } from './trash.ts';
import type { WriterLock } from './writerLock.ts';

/** A store that can also say what lies in its trash. */
export interface FileConversationStore extends ConversationStore {
  listTrash(): Promise<readonly ConversationSummary[]>;
}

/** Conversations as journals in `<root>/conversations`, deleted ones in `<root>/trash`. */
export function createConversationStore(
  root: string,
  lock: WriterLock,
  clock: Pick<Clock, 'now' | 'newId'>,
  log: (line: string) => void,
): FileConversationStore {
  const directory = path.join(root, 'conversations');
  const trash = path.join(root, 'trash');
  const fileOf = (id: string): string => path.join(directory, `${id}.jsonl`);
  const trashFileOf = (id: string): string => path.join(trash, `${id}.jsonl`);
  const quarantineOf = (id: string): string => path.join(directory, `${id}.quarantine`);

  function journalFor(conversation: Conversation, end?: JournalEnd): Journal {
    const { id, createdAt } = conversation;
    return createJournalWriter({
      file: fileOf(id),
      header: { version: JOURNAL_VERSION, id, createdAt },
      ...(end ? { end } : {}),
      conversation,
      quarantine: quarantineOf(id),
      isOurs: () => lock.isOurs(id),
      take: () => lock.take(id),
      isDeleted: () => isThere(trashFileOf(id)),
    });
  }

  async function load(file: string, id: string): Promise<Loaded | undefined> {
    const bytes = await readBytesIfThere(file);
    if (!bytes) return undefined;
    const read = await readInTurns(bytes.toString('utf8'), { id, createdAt: clock.now() });
    // A file that was copied or comes from elsewhere may call itself otherwise: then it would be written to another place.
    const reading = { ...read, conversation: { ...read.conversation, id } };
    return { reading, end: journalEnd(bytes, reading) };
  }

  async function open(id: string): Promise<Result<OpenConversation>> {
    if (!isConversationId(id)) return fail(FOREIGN);
    if (!(await isThere(fileOf(id)))) return fail(MISSING);
    if (!(await lock.take(id))) return fail({ kind: 'storage', message: HELD_ELSEWHERE });
    // Not before: up to then another window may have written to it.
    const loaded = await load(fileOf(id), id);
    if (!loaded) return fail(MISSING);
    const { reading, end } = loaded;
    if (reading.newerVersion !== undefined) return fail(NEWER);
    await quarantine(id, reading);
    const { conversation } = reading;
    const journal = journalFor(conversation, end);
    const interrupted = interruption(conversation, clock.now());
    if (interrupted.length === 0) return succeed({ conversation, journal });
    const closed = reduceAll(conversation, interrupted);
    journal.append(interrupted, closed);
    return succeed({ conversation: closed, journal });
  }

  async function read(id: string): Promise<Result<Conversation>> {
    const loaded = isConversationId(id) ? await load(fileOf(id), id) : undefined;
    if (!loaded) return fail(MISSING);
    return loaded.reading.newerVersion === undefined ? succeed(loaded.reading.conversation) : fail(NEWER);
  }

  /** Broken lines stay where they are; their text is also kept in a file of its own. A conversation opens also where it cannot be. */
  async function quarantine(id: string, { bad, missing }: JournalReading): Promise<void> {
    if (missing > 0) log(`Conversation ${id}: ${missing} event(s) are missing or could not be read.`);
    if (bad.length === 0) return;
    const kept = await setAside(quarantineOf(id), bad).then(
      () => `are kept in ${id}.quarantine`,
      (error: unknown) => `could not be copied to ${id}.quarantine (${storageFailure(error).message})`,
    );
    log(`Conversation ${id}: ${bad.length} line(s) could not be read and ${kept}.`);
  }

  /** A journal of a newer format is left where it is: what moving means to it is not known here. */
  async function move(
    id: string,
    from: string,
    to: string,
    event: 'deleted' | 'restored',
  ): Promise<Result<void>> {
    const loaded = await load(from, id);
    if (!loaded) return fail(MISSING);
    const { reading } = loaded;
    if (reading.newerVersion !== undefined) return fail(NEWER);
    const isTaken = await isThere(to);
    // What is there may be open just now.
    if (isTaken && event === 'restored') return fail({ kind: 'storage', message: 'EEXIST' });
    await fs.appendFile(from, reading.seam + encodeEvent(reading.next, { type: event, at: clock.now() }));
    await fs.mkdir(path.dirname(to), { recursive: true });
    // Moving would replace a file without a word.
    if (isTaken) await fs.rename(to, `${to}.${clock.now()}.kept`);
    await fs.rename(from, to);
    return succeed(undefined);
  }

  return {
    list: (isCancelled) => summariesOf(directory, path.join(root, 'index.json'), isCancelled),
    async listTrash() {
      await emptyTrash(root, clock.now(), log);
      return summariesOf(trash, path.join(trash, 'index.json'));
    },
    create(id = clock.newId()) {
      const createdAt = clock.now();
      const conversation = emptyConversation(id, createdAt);
      return { conversation, journal: journalFor(conversation) };
    },
    open: (id) => guard(NOT_READ, () => open(id)),
    read: (id) => guard(NOT_READ, () => read(id)),
    remove: (id) =>
      guard(NOT_MOVED, async () => {
        if (!isConversationId(id)) return fail(FOREIGN);
        if (!(await lock.take(id))) return fail({ kind: 'storage', message: HELD_ELSEWHERE });
        const moved = await move(id, fileOf(id), trashFileOf(id), 'deleted');
        // One that was never asked anything has no file.
        return moved.ok || moved.failure !== MISSING ? moved : succeed(undefined);
      }),
    restore: (id) =>
      guard(NOT_MOVED, async () => {
        if (!isConversationId(id)) return fail(FOREIGN);
        return move(id, trashFileOf(id), fileOf(id), 'restored');
      }),
  };
}

interface Loaded {
  readonly end: JournalEnd;
  readonly reading: JournalReading;
}

const MISSING: Failure = { kind: 'storage', message: 'ENOENT' };
const FOREIGN: Failure = { kind: 'storage', message: 'not a conversation' };
const NEWER: Failure = { kind: 'storage', message: NEWER_FORMAT };

/** Loaded with the first list: what activates does without. */
async function summariesOf(
  folder: string,
  index: string,
  isCancelled?: () => boolean,
): Promise<readonly ConversationSummary[]> {
  const { summarize } = await import('./summaries.ts');
  return summarize(folder, index, isCancelled);
}

/** `code` says in a failure what was to be done. */
async function guard<T>(code: string, work: () => Promise<Result<T>>): Promise<Result<T>> {
  const done = await work().catch((error: unknown) => fail<T>(storageFailure(error)));
  return done.ok ? done : fail({ ...done.failure, code });
}
