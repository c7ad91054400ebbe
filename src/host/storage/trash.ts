import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { readJournal } from '../../core/conversation/journal.ts';
import { errorCode, isThere } from './files.ts';
import { namesIn } from './historyFiles.ts';
import { removeSharedText } from './sharedText.ts';

/** Deleted conversations stay in the trash this long, in ms. */
const TRASH_LIFETIME = 30 * 24 * 60 * 60 * 1000;

/** A journal, or one that had to make room for another of its name. */
const TRASHED = /\.jsonl(\.\d+\.kept)?$/;

/**
 * Deletes for good what was deleted 30 days ago or longer, with its draft, what was quarantined of it, and what was left of it when it was written anew. Gives the number of
 * conversations. Never rejects; what cannot be read stays, and so does what a newer Parley has written.
 */
export async function emptyTrash(root: string, now: number, log: (line: string) => void): Promise<number> {
  const trash = path.join(root, 'trash');
  let deleted = 0;
  for (const name of await fs.readdir(trash).catch(() => [])) {
    try {
      if (!TRASHED.test(name) || !(await isForgotten(path.join(trash, name), now))) continue;
      await fs.rm(path.join(trash, name), { force: true });
      // A younger one of the same name is there, or was brought back.
      if (!name.endsWith('.jsonl')) continue;
      deleted++;
      await removeRest(root, name.slice(0, -'.jsonl'.length));
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') log(`The trash could not be emptied: ${String(error)}`);
    }
  }
  return deleted;
}

/** What else there is of a conversation, unless one of its id has come back meanwhile. */
async function removeRest(root: string, id: string): Promise<void> {
  const folder = path.join(root, 'conversations');
  if (await isThere(path.join(folder, `${id}.jsonl`))) return;
  for (const name of await namesIn(folder)) {
    const isIts = name === `${id}.quarantine` || (name.startsWith(`${id}.jsonl.`) && TRASHED.test(name));
    if (isIts) await fs.rm(path.join(folder, name), { force: true });
  }
  // No window has had it for as long as it lay in the trash.
  await fs.rm(path.join(folder, 'locks', id), { recursive: true, force: true });
  for (const text of [id, `${id}.attachments`]) await removeSharedText(path.join(root, 'drafts'), text);
}

/**
 * By what the journal says of its deletion. The time of the file must be over as well: what a backup or a copy has brought
 * back is not to vanish the next moment.
 */
async function isForgotten(file: string, now: number): Promise<boolean> {
  const { mtimeMs } = await fs.stat(file);
  if (now - mtimeMs <= TRASH_LIFETIME) return false;
  const { conversation, newerVersion } = readJournal(await fs.readFile(file, 'utf8'), {
    id: '',
    createdAt: 0,
  });
  return newerVersion === undefined && now - (conversation.deletedAt ?? mtimeMs) > TRASH_LIFETIME;
}
