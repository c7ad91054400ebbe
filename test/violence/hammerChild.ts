import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { createConversationStore } from '../../src/host/storage/conversationStore.ts';
import { createWriterLock } from '../../src/host/storage/writerLock.ts';
import { question } from '../support/conversations.ts';
import { createRandom } from '../support/random.ts';

/**
 * One of several windows that want to write to the same conversations as often as they can: takes one that is free, adds some
 * questions, gives it up. What it was told is on disk stands in its report.
 */
async function main(
  root: string,
  name: string,
  seconds: number,
  conversations: readonly string[],
): Promise<void> {
  const random = createRandom(name.charCodeAt(0));
  const out = fs.openSync(join(root, `report-${name}`), 'a');
  const lock = createWriterLock(join(root, 'conversations'));
  const store = createConversationStore(root, lock, { now: Date.now, newId: randomUUID }, () => undefined);
  const end = performance.now() + seconds * 1000;
  let count = 0;
  while (performance.now() < end) {
    const id = conversations[random.below(conversations.length)] ?? '';
    // None has a file at first: then all of them find out at once, and all want to make it.
    const opened = await store.open(id);
    if (!opened.ok && opened.failure.message !== 'ENOENT') continue;
    const { journal } = opened.ok ? opened.value : store.create(id);
    const written: string[] = [];
    let isOnDisk = true;
    for (let batch = random.below(4); batch >= 0; batch--) {
      const turn = `${name}-${count++}`;
      written.push(turn);
      journal.append([{ type: 'turnAdded', turn: question(turn, null, 'words '.repeat(random.below(300))) }]);
      if (random.below(2) === 0) isOnDisk = (await journal.settle()).ok && isOnDisk;
    }
    isOnDisk = (await journal.settle()).ok && isOnDisk;
    fs.writeSync(out, `${JSON.stringify({ id, isOnDisk, written })}\n`);
    await lock.release(id);
  }
  await lock.close();
}

const [root = '', name = '', seconds = '1', ...conversations] = process.argv.slice(2);
await main(root, name, Number(seconds), conversations);
