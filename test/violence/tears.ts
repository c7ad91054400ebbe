import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConversationStore } from '../../src/host/storage/conversationStore.ts';
import { createWriterLock } from '../../src/host/storage/writerLock.ts';
import { eventsOf, question } from '../support/conversations.ts';

/** What came of a journal torn at each byte of its last record. */
export interface TearFigures {
  readonly tears: number;
  readonly broken: readonly string[];
}

/**
 * Tears the last record of a journal at each of its bytes; each time the conversation has to open with all before, take something
 * new behind the tear, and open with both again. The torn text is kept.
 */
export async function tearLastRecord(): Promise<TearFigures> {
  const root = await mkdtemp(join(tmpdir(), 'pv-'));
  const lock = createWriterLock(join(root, 'conversations'));
  const store = createConversationStore(root, lock, { now: Date.now, newId: randomUUID }, () => undefined);
  const { conversation, journal } = store.create();
  const { id } = conversation;
  const file = join(root, 'conversations', `${id}.jsonl`);
  const quarantine = join(root, 'conversations', `${id}.quarantine`);
  journal.append(eventsOf(['first', 'second']));
  await journal.settle();
  const before = (await readFile(file)).length;
  journal.append([{ type: 'turnAdded', turn: question('last', 'a1', 'é 漢 🙂 "quoted" \n and so on') }]);
  await journal.settle();
  const bytes = await readFile(file);
  const broken: string[] = [];
  for (let length = before; length <= bytes.length; length++) {
    await rm(quarantine, { force: true });
    await writeFile(file, bytes.subarray(0, length));
    // Without its line break the record is whole.
    const turns = length >= bytes.length - 1 ? 5 : 4;
    const title = `after ${length}`;
    const opened = await store.open(id);
    if (!opened.ok) {
      broken.push(`torn at ${length} it does not open`);
      continue;
    }
    opened.value.journal.append([{ type: 'renamed', title }]);
    const written = await opened.value.journal.settle();
    const again = await store.read(id);
    const isThere = again.ok && again.value.turns.length === turns && again.value.title === title;
    if (!written.ok || !isThere) broken.push(`torn at ${length} something is lost`);
    const grown = await readFile(file);
    if (!grown.subarray(0, length).equals(bytes.subarray(0, length)))
      broken.push(`torn at ${length} it was written over`);
    const kept = await readFile(quarantine, 'utf8').catch(() => '');
    const torn = turns === 5 ? '' : bytes.subarray(before, length).toString('utf8');
    if (torn !== '' && kept !== `torn\t${torn}\n`) broken.push(`torn at ${length} the rest is not kept`);
  }
  await lock.close();
  await rm(root, { recursive: true });
  return { tears: bytes.length - before + 1, broken };
}
