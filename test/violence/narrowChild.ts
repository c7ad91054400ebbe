import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createConversationStore } from '../../src/host/storage/conversationStore.ts';
import { createWriterLock } from '../../src/host/storage/writerLock.ts';
import { question } from '../support/conversations.ts';

/**
 * Asks question after question until one cannot be written, then says how many could: a process whose files may not grow
 * beyond a limit. What is behind the last whole line of the batch that failed counts as not written.
 */
async function main(root: string): Promise<void> {
  const lock = createWriterLock(join(root, 'conversations'));
  const store = createConversationStore(root, lock, { now: Date.now, newId: randomUUID }, () => undefined);
  const { conversation, journal } = store.create();
  for (let turns = 0; ; turns++) {
    const parent = turns === 0 ? null : `q${turns - 1}`;
    journal.append([{ type: 'turnAdded', turn: question(`q${turns}`, parent, 'words '.repeat(20)) }]);
    const written = await journal.settle();
    if (written.ok) continue;
    process.stdout.write(JSON.stringify({ id: conversation.id, turns, failure: written.failure.message }));
    await lock.close();
    return;
  }
}

await main(process.argv[2] ?? '');
