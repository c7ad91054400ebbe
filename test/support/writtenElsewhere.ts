import { randomUUID } from 'node:crypto';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeEvent, encodeHeader, JOURNAL_VERSION } from '../../src/core/conversation/journal.ts';
import { createWriterLock } from '../../src/host/storage/writerLock.ts';
import { eventsOf } from './conversations.ts';

/** A conversation that is written elsewhere: by this process, which a window can tell from another one by nothing. */
export interface Elsewhere {
  readonly title: string;
  /** The answer that arrives has arrived. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

/** Begins it in a folder of conversations, with an answer on its way. */
export async function writtenElsewhere(folder: string): Promise<Elsewhere> {
  await mkdir(folder, { recursive: true });
  const lock = createWriterLock(folder);
  const id = randomUUID();
  const title = `Pears ${id}`;
  await lock.take(id);
  await lock.setBusy(id, true);
  lock.serve(async (_, wish) => (wish === 'continue' ? 'given' : 'shown'));
  const { file, rest } = await writeOpen(folder, id, title);
  return {
    title,
    async finish() {
      await appendFile(file, rest);
      await lock.setBusy(id, false);
    },
    close: () => lock.close(),
  };
}

/** A conversation whose answer nobody writes any more. Gives its title. */
export async function writeCutShort(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const id = randomUUID();
  const title = `Plums ${id}`;
  await writeOpen(folder, id, title);
  return title;
}

/** A journal with an answer that has not ended, and the line that ends it. */
async function writeOpen(folder: string, id: string, title: string) {
  const file = join(folder, `${id}.jsonl`);
  const events = [{ type: 'renamed', title } as const, ...eventsOf(['Why do they keep?'])];
  const lines = events.map((event, at) => encodeEvent(at + 1, event));
  const header = encodeHeader({ version: JOURNAL_VERSION, id, createdAt: Date.now() });
  await writeFile(file, [header, ...lines.slice(0, -1)].join(''));
  return { file, rest: lines.at(-1) ?? '' };
}
