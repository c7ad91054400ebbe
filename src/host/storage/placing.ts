import { createHash, randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { errorCode, readIfThere } from './files.ts';
import { isConversationId } from './names.ts';

/** What became of a journal that came from outside. */
export interface Placed {
  /**
   * `added`: under its own id. `copied`: under a new one, because there is another conversation of that id. `there`: the same
   * conversation was there already; `inTrash`: it lies in the trash.
   */
  readonly outcome: 'added' | 'copied' | 'there' | 'inTrash';
  readonly id: string;
}

export interface Journal {
  readonly id: string;
  readonly text: string;
}

/**
 * Puts a journal into a storage without ever replacing one: what is there under its id stays, and where that is another
 * conversation the journal is put beside it under a new id. That id follows from the text, so that the same journal is
 * copied once only. `isKnown` says whether what is there makes the new one needless. Errors of the file system are thrown.
 */
export async function placeJournal(
  root: string,
  journal: Journal,
  isKnown: (there: string, added: string) => boolean,
  folder: 'conversations' | 'trash' = 'conversations',
): Promise<Placed> {
  const ids = [journal.id, idFor(journal.text), randomUUID()].filter(isConversationId);
  for (const id of ids) {
    const there = await find(root, id);
    if (there && !isKnown(there.text, journal.text)) continue;
    if (there) return { outcome: there.isTrash ? 'inTrash' : 'there', id };
    const file = path.join(root, folder, `${id}.jsonl`);
    const text = id === journal.id ? journal.text : withId(journal.text, id);
    if (await writeNew(file, text)) return { outcome: id === journal.id ? 'added' : 'copied', id };
  }
  throw new Error('no name is free');
}

/** The same events, but for what every window may add by itself: deletion and restoring, and the end of an answer whose writer died. */
export function isSame(there: string, added: string): boolean {
  const [one, other] = [eventLines(there), eventLines(added)];
  const common = one.findIndex((line, at) => line !== other[at]);
  const from = common < 0 ? one.length : common;
  return [...one.slice(from), ...other.slice(from)].every((line) => ADDED_BY_ITSELF.test(line));
}

/** As `isSame`, and also where what is there has gone on since. */
export function holds(there: string, added: string): boolean {
  if (isSame(there, added)) return true;
  const [one, other] = [eventLines(there), eventLines(added)];
  return other.every((line, at) => line === one[at] || ADDED_BY_ITSELF.test(line));
}

const ADDED_BY_ITSELF =
  /^\{"n":\d+,"sum":"[0-9a-f]{8}","event":\{"type":"(?:deleted|restored|turnEnded","turn":"[^"]*","state":"interrupted)"/;

function eventLines(journal: string): readonly string[] {
  return journal.split('\n').filter((line) => line !== '' && !line.startsWith('{"parley":'));
}

async function find(
  root: string,
  id: string,
): Promise<{ readonly text: string; readonly isTrash: boolean } | undefined> {
  for (const folder of ['conversations', 'trash']) {
    const text = await readIfThere(path.join(root, folder, `${id}.jsonl`));
    if (text !== undefined) return { text, isTrash: folder === 'trash' };
  }
  return undefined;
}

function withId(journal: string, id: string): string {
  const end = journal.indexOf('\n');
  const header: unknown = JSON.parse(journal.slice(0, end));
  return `${JSON.stringify({ ...(typeof header === 'object' ? header : {}), id })}${journal.slice(end)}`;
}

function idFor(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex');
  return hash.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** False when there is such a file already. It is whole before it has its name. */
export async function writeNew(file: string, content: string | Uint8Array): Promise<boolean> {
  await fs.mkdir(path.dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    await fs.writeFile(draft, content, { mode: 0o600, flush: true });
    return await nameOnce(draft, file);
  } finally {
    await fs.rm(draft, { force: true }).catch(() => undefined);
  }
}

/** A link fails where the name is taken, which a rename does not. Not every file system knows links. */
async function nameOnce(draft: string, file: string): Promise<boolean> {
  try {
    await fs.link(draft, file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
  }
  try {
    await fs.copyFile(draft, file, fs.constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}
