import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import {
  createExportReader,
  type ExportPiece,
  type ExportProblem,
  encodeAttachment,
  encodeEnd,
  encodeJournal,
} from '../../core/exporting/exportFormat.ts';
import { type AttachmentStore, fail, GONE, type Result, succeed } from '../../core/ports.ts';
import { createBreather } from '../workspace/breathing.ts';
import { type LineReading, linesOf } from './fileLines.ts';
import { readIfThere, storageFailure } from './files.ts';
import { hashesIn, isConversationId } from './names.ts';
import { isSame, type Journal, type Placed, placeJournal } from './placing.ts';
import { sha256OfBytes } from './textHash.ts';

/** A storage to export from and import into. */
export interface ExportStorage {
  readonly root: string;
  readonly attachments: AttachmentStore;
}

/**
 * Writes a conversation with everything its journal names into one file (see `exportFormat.ts`), aside first: under its name
 * it is whole. The same journal gives the same bytes. Attachments that are gone are left out. `onFile` hears
 * how many attachments are done, and of how many. Fails as `storage`, with
 * `ENOENT` when there is no such conversation, and with `CANCELLED`; then there is no file.
 */
export async function writeExport(
  { root, attachments }: ExportStorage,
  id: string,
  target: string,
  signal?: AbortSignal,
  onFile: (done: number, all: number) => void = () => undefined,
): Promise<Result<void>> {
  const draft = `${target}.${randomUUID()}.tmp`;
  try {
    const source = path.join(root, 'conversations', `${id}.jsonl`);
    const journal = isConversationId(id) ? await readIfThere(source) : undefined;
    if (journal === undefined) return fail({ kind: 'storage', message: 'ENOENT' });
    await writeParts(draft, partsOf(journal, { id, createdAt: 0 }, attachments, signal, onFile));
    await fs.rename(draft, target);
    return succeed(undefined);
  } catch (error) {
    await fs.rm(draft, { force: true }).catch(() => undefined);
    return fail(signal?.aborted ? CANCELLED_FAILURE : storageFailure(error));
  }
}

/** The message of the failure of what the user has cancelled. */
export const CANCELLED = 'CANCELLED';
const CANCELLED_FAILURE = { kind: 'storage', message: CANCELLED } as const;

async function* partsOf(
  journal: string,
  fallback: { id: string; createdAt: number },
  attachments: AttachmentStore,
  signal: AbortSignal | undefined,
  onFile: (done: number, all: number) => void,
): AsyncGenerator<string> {
  yield* encodeJournal(journal, fallback);
  let written = 0;
  const hashes = [...hashesIn(journal)].sort();
  for (const [at, sha256] of hashes.entries()) {
    signal?.throwIfAborted();
    onFile(at, hashes.length);
    const read = await attachments.base64(sha256);
    if (read.ok) yield encodeAttachment(sha256, read.value, written++ === 0);
    // Most likely it never was one: a text may hold what looks like a hash.
    else if (read.failure.code !== GONE) throw new Error(read.failure.message);
  }
  yield encodeEnd(written);
}

async function writeParts(file: string, parts: AsyncIterable<string>): Promise<void> {
  const handle = await fs.open(file, 'wx', 0o600);
  try {
    for await (const part of parts) await handle.appendFile(part);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What came of an import. */
export type Imported = ({ readonly kind: 'placed' } & Placed) | { readonly kind: ExportProblem };

/**
 * Reads a file that `writeExport` has made into a storage. It is checked as a whole before anything is written: a file that
 * is damaged, foreign or of a newer Parley changes nothing. Nothing that is there is ever replaced (see `placeJournal`). `onBytes` hears
 * how far it is: the file is read twice.
 */
export async function importExport(
  { root, attachments }: ExportStorage,
  file: string,
  signal?: AbortSignal,
  onBytes: (done: number, all: number) => void = () => undefined,
): Promise<Result<Imported>> {
  try {
    const { size } = await fs.stat(file);
    const journal = await check(file, { signal, onBytes: (done) => onBytes(done, 2 * size) });
    if (typeof journal === 'string') return succeed({ kind: journal });
    const again = { signal, onBytes: (done: number) => onBytes(size + done, 2 * size) };
    for await (const piece of piecesOf(file, again)) {
      if (piece.kind !== 'attachment') continue;
      const put = await attachments.put(Buffer.from(piece.base64, 'base64'));
      if (!put.ok) return put;
    }
    signal?.throwIfAborted();
    return succeed({ kind: 'placed', ...(await placeJournal(root, journal, isSame)) });
  } catch (error) {
    return fail(signal?.aborted ? CANCELLED_FAILURE : storageFailure(error));
  }
}

/** The journal of a file in which everything is as it says. */
async function check(file: string, how: LineReading): Promise<Journal | ExportProblem> {
  if (!(await isExport(file))) return 'foreign';
  const breathe = createBreather();
  let journal: Journal | undefined;
  for await (const piece of piecesOf(file, how)) {
    if (piece.kind === 'problem') return piece.problem;
    if (piece.kind === 'journal') journal = piece;
    else if (!(await isAsNamed(piece, breathe))) return 'damaged';
  }
  return journal ?? 'damaged';
}

async function* piecesOf(file: string, how: LineReading): AsyncGenerator<ExportPiece> {
  const reader = createExportReader();
  for await (const line of linesOf(file, how)) {
    const piece = reader.take(line);
    if (piece) yield piece;
    if (piece?.kind === 'problem') return;
  }
  if (!reader.isWhole()) yield { kind: 'problem', problem: 'damaged' };
}

async function isAsNamed(
  { sha256, base64 }: { readonly sha256: string; readonly base64: string },
  breathe: () => Promise<void>,
): Promise<boolean> {
  return (await sha256OfBytes(Buffer.from(base64, 'base64'), breathe)) === sha256;
}

/** Looked at before a line of it is read: in a file of another kind the first line may be all of it. */
async function isExport(file: string): Promise<boolean> {
  const handle = await fs.open(file, 'r');
  try {
    const head = Buffer.alloc(START.length);
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    return head.toString('latin1', 0, bytesRead) === START;
  } finally {
    await handle.close();
  }
}

const START = '{"parley":"export"';
