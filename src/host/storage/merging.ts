import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { encodeHeader, JOURNAL_VERSION } from '../../core/conversation/journal.ts';
import { createBreather } from '../workspace/breathing.ts';
import { readIfThere } from './files.ts';
import { isConversationId, isHash } from './names.ts';
import { holds, placeJournal, writeNew } from './placing.ts';
import { sha256OfBytes } from './textHash.ts';

/** A file of another storage. */
export interface StoredFile {
  /** Relative to that storage, with `/`. */
  readonly name: string;
  /** Bytes, as far as it says so itself. */
  readonly size: number;
  /** Its bytes; undefined when they are damaged. Errors of reading are thrown. */
  read(): Promise<Buffer | undefined>;
}

/** What a merge has done, in files. */
export interface Merged {
  /** Conversations that were not here, deleted ones included. */
  readonly conversations: number;
  /** Those of them that stand beside another one of the same id. */
  readonly copies: number;
  /** Files that were damaged, or none of Parley's, and were left out. */
  readonly leftOut: number;
}

/**
 * Brings files of another storage into this one: what is here stays as it is, what is missing is added. Names that are none
 * of a storage's are left out, so that no path comes from outside. Attachments must be what their names say. `onFile` is called after each.
 * Merging twice adds nothing the second time. Errors of the file system are thrown; what was added until then is whole.
 */
export async function merge(
  files: AsyncIterable<StoredFile>,
  root: string,
  onFile: () => void = () => undefined,
): Promise<Merged> {
  let [conversations, copies, leftOut] = [0, 0, 0];
  const breathe = createBreather();
  for await (const { name, size, read } of files) {
    const kind = kindOf(name);
    const bytes = kind && size <= MOST_BYTES ? await read() : undefined;
    if (!kind || !bytes) {
      leftOut++;
    } else if (bytes.length === 0 && kind !== 'attachment') {
      // Gone while the backup was made.
    } else if (kind === 'journal') {
      const outcome = await mergeJournal(root, name, bytes);
      if (outcome === 'added' || outcome === 'copied') conversations++;
      if (outcome === 'copied') copies++;
      if (outcome === 'damaged') leftOut++;
    } else if (kind === 'attachment') {
      const isWhole = (await sha256OfBytes(bytes, breathe)) === path.posix.basename(name);
      if (isWhole) await addFile(root, name, bytes);
      else leftOut++;
    } else if (kind === 'spending') {
      await mergeLines(path.join(root, name), bytes.toString('utf8'));
    } else {
      await addFile(root, name, bytes);
    }
    onFile();
  }
  return { conversations, copies, leftOut };
}

/** More than this no text can hold, and no more of a foreign file is unpacked into memory. */
const MOST_BYTES = 512 * 1024 * 1024;

/** True for what belongs to a history; caches and locks do not. */
export function isOfHistory(name: string): boolean {
  return kindOf(name) !== undefined;
}

/** The folders that a history lies in. */
export const HISTORY_FOLDERS = ['conversations', 'trash', 'attachments', 'drafts', 'spending'] as const;

type Kind = 'journal' | 'attachment' | 'spending' | 'other';

function kindOf(name: string): Kind | undefined {
  const [folder, file = '', more] = name.split('/');
  if (more !== undefined) return undefined;
  switch (folder) {
    case 'conversations':
    case 'trash':
      if (file.endsWith('.jsonl') && isConversationId(file.slice(0, -'.jsonl'.length))) return 'journal';
      return /^[A-Za-z0-9-]{1,64}\.(quarantine|jsonl\.\d{1,15}\.kept)$/.test(file) ? 'other' : undefined;
    case 'attachments':
      return isHash(file) ? 'attachment' : undefined;
    case 'drafts':
      return /^[A-Za-z0-9-]{1,64}(\.[a-z0-9-]{1,40}){0,2}\.json$/.test(file) ? 'other' : undefined;
    case 'spending':
      return /^\d{4}-\d{2}\.jsonl$/.test(file) ? 'spending' : undefined;
    default:
      return undefined;
  }
}

async function mergeJournal(
  root: string,
  name: string,
  bytes: Buffer,
): Promise<'added' | 'copied' | 'there' | 'inTrash' | 'damaged'> {
  const id = path.posix.basename(name, '.jsonl');
  const text = bytes.toString('utf8');
  const folder = name.startsWith('trash/') ? 'trash' : 'conversations';
  return (await placeJournal(root, { id, text: withHeader(id, text) }, holds, folder)).outcome;
}

/**
 * A journal without a header that can be read gets one before all else: what is broken stays in it. The header names the journal
 * as its file does; another name in it is foreign, and would lead elsewhere.
 */
function withHeader(id: string, text: string): string {
  const end = Math.max(0, text.indexOf('\n'));
  const header = recordOf(text.slice(0, end));
  if (!header || !('parley' in header))
    return encodeHeader({ version: JOURNAL_VERSION, id, createdAt: 0 }) + text;
  return header.id === id ? text : JSON.stringify({ ...header, id }) + text.slice(end);
}

function recordOf(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

async function addFile(root: string, name: string, bytes: Buffer): Promise<void> {
  const file = path.join(root, name);
  const isThere = await fs.stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isThere) await writeNew(file, bytes);
}

/** Adds the lines that are missing, in one write; lines of a log are in no order. */
async function mergeLines(file: string, added: string): Promise<void> {
  const there = (await readIfThere(file)) ?? '';
  const known = new Set(there.split('\n'));
  const missing = added.split('\n').filter((line) => line !== '' && !known.has(line));
  if (missing.length === 0) return;
  await fs.mkdir(path.dirname(file), { recursive: true });
  const seam = there === '' || there.endsWith('\n') ? '' : '\n';
  await fs.appendFile(file, `${seam}${missing.join('\n')}\n`, { mode: 0o600 });
}
