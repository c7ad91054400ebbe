import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { emptyConversation, interruption, reduceAll } from '../../core/conversation/events.ts';
import {
  encodeEvent,
  JOURNAL_VERSION,
  type JournalReading,
  readJournal,
} from '../../core/conversation/journal.ts';
import type { Conversation } from '../../core/conversation/model.ts';
import {
  type Clock,
  type ConversationStore,
  type ConversationSummary,
  fail,
  type Journal,
  type OpenConversation,
  type Result,
  succeed,
} from '../../core/ports.ts';
import { readIfThere, storageFailure } from './files.ts';
import { createJournalWriter } from './journalWriter.ts';
import { summarize } from './summaries.ts';
import type { WriterLock } from './writerLock.ts';

/** Deleted conversations stay in the trash this long, in ms. */
const TRASH_LIFETIME = 30 * 24 * 60 * 60 * 1000;

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

  function journalFor(id: string, createdAt: number, next: number, seam: JournalReading['seam']): Journal {
    return createJournalWriter({
      file: fileOf(id),
      header: { version: JOURNAL_VERSION, id, createdAt },
      next,
      seam,
      isOurs: () => lock.isOurs(id),
      onCreate: async () => void (await lock.take(id)),
    });
  }

  async function open(id: string): Promise<Result<OpenConversation>> {
    if (!isId(id)) return fail({ kind: 'storage', message: 'not a conversation' });
    const text = await readIfThere(fileOf(id));
    if (text === undefined) return fail({ kind: 'storage', message: 'ENOENT' });
    if (!(await lock.take(id))) return fail({ kind: 'storage', message: 'answering in another window' });
    const reading = readJournal(text, { id, createdAt: clock.now() });
    if (reading.newerVersion !== undefined)
      return fail({ kind: 'storage', message: 'written by a newer Parley' });
    await quarantine(id, reading);
    const { conversation } = reading;
    const journal = journalFor(id, conversation.createdAt, reading.next, reading.seam);
    const interrupted = interruption(conversation, clock.now());
    if (interrupted.length === 0) return succeed({ conversation, journal });
    journal.append(interrupted);
    return succeed({ conversation: reduceAll(conversation, interrupted), journal });
  }

  async function read(id: string): Promise<Result<Conversation>> {
    const text = isId(id) ? await readIfThere(fileOf(id)) : undefined;
    if (text === undefined) return fail({ kind: 'storage', message: 'ENOENT' });
    return succeed(readJournal(text, { id, createdAt: clock.now() }).conversation);
  }

  /** Broken lines stay where they are; their text is also kept in a file of its own, once. */
  async function quarantine(id: string, reading: JournalReading): Promise<void> {
    if (reading.bad.length === 0) return;
    const file = path.join(directory, `${id}.quarantine`);
    const before = (await readIfThere(file)) ?? '';
    const fresh = reading.bad.filter((bad) => !before.includes(`\t${bad.text}\n`));
    const lines = fresh.map((bad) => `${bad.reason}\t${bad.text}\n`);
    if (lines.length > 0) await fs.appendFile(file, lines.join(''), { mode: 0o600 });
    log(
      `Conversation ${id}: ${reading.bad.length} line(s) could not be read and are kept in ${id}.quarantine.`,
    );
  }

  async function move(id: string, from: string, to: string, event: 'deleted' | 'restored'): Promise<void> {
    const file = path.join(from, `${id}.jsonl`);
    const reading = readJournal((await readIfThere(file)) ?? '', { id, createdAt: clock.now() });
    const line = encodeEvent(reading.next, { type: event, at: clock.now() });
    if (reading.newerVersion === undefined) await fs.appendFile(file, reading.seam + line);
    await fs.mkdir(to, { recursive: true });
    await fs.rename(file, path.join(to, `${id}.jsonl`));
  }

  async function emptyTrash(): Promise<void> {
    for (const name of await fs.readdir(trash).catch(() => [])) {
      const file = path.join(trash, name);
      const { mtimeMs } = await fs.stat(file);
      if (name.endsWith('.jsonl') && clock.now() - mtimeMs > TRASH_LIFETIME)
        await fs.rm(file, { force: true });
    }
  }

  return {
    list: () => summarize(directory, path.join(root, 'index.json')),
    async listTrash() {
      await emptyTrash().catch((error: unknown) => log(`The trash could not be emptied: ${String(error)}`));
      return summarize(trash, path.join(trash, 'index.json'));
    },
    create(id = clock.newId()) {
      const createdAt = clock.now();
      return { conversation: emptyConversation(id, createdAt), journal: journalFor(id, createdAt, 1, '') };
    },
    open: (id) => guard(() => open(id)),
    read: (id) => guard(() => read(id)),
    remove: (id) =>
      guard(async () => {
        if (!isId(id) || !(await lock.take(id)))
          return fail({ kind: 'storage', message: 'open in another window' });
        return succeed(await move(id, directory, trash, 'deleted'));
      }),
    restore: (id) => guard(async () => succeed(await move(id, trash, directory, 'restored'))),
  };
}

/** Ids become file names, so nothing else may. */
function isId(id: string): boolean {
  return /^[A-Za-z0-9-]{1,64}$/.test(id);
}

async function guard<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } catch (error) {
    return fail(storageFailure(error));
  }
}
