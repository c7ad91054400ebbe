import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createConversationStore } from '../../src/host/storage/conversationStore.ts';
import { readIfThere } from '../../src/host/storage/files.ts';
import { createWriterLock } from '../../src/host/storage/writerLock.ts';
import { question } from '../support/conversations.ts';

/**
 * Asks question after question until one cannot be written: a process whose files may not grow beyond a limit. Then the limit
 * is lifted, where the system has a tool for that, and it goes on. Says how many questions were written.
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
    const torn = (await readIfThere(join(root, 'conversations', `${conversation.id}.jsonl`))) ?? '';
    const isWide = spawnSync('prlimit', ['--fsize=unlimited', '--pid', String(process.pid)]).status === 0;
    const again = isWide && (await journal.settle()).ok;
    const said = {
      id: conversation.id,
      failure: written.failure.message,
      torn,
      turns: turns + (again ? 1 : 0),
    };
    process.stdout.write(JSON.stringify({ ...said, isWide, again }));
    await lock.close();
    return;
  }
}

await main(process.argv[2] ?? '');
