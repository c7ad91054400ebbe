import * as fs from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { fail, type Result, succeed } from '../../core/ports.ts';
import { BACKUP_ENTRY, BACKUP_VERSION } from './backup.ts';
import { errorCode, storageFailure } from './files.ts';
import { CANCELLED } from './jsonExport.ts';
import { type Merged, merge, type StoredFile } from './merging.ts';

/** What came of a backup that was read in. */
export type Restored =
  | ({ readonly kind: 'merged' } & Merged)
  | { readonly kind: 'foreign' | 'newer' | 'damaged' };

/**
 * Brings a backup's history back into a storage (see `merge`): what is there stays, what is missing is added. A file that is
 * no backup, of a newer Parley, or not whole changes nothing; a damaged file within it is left out. Fails as `storage`.
 */
export async function restoreBackup(
  root: string,
  file: string,
  onFile: (done: number, all: number) => void,
  signal?: AbortSignal,
): Promise<Result<Restored>> {
  if (!(await isZip(file))) return succeed({ kind: 'foreign' });
  const zip = await openPromise(file, { autoClose: false }).catch((error: unknown) => error);
  if (!isZipFile(zip)) {
    return errorCode(zip) === undefined ? succeed({ kind: 'damaged' }) : fail(storageFailure(zip));
  }
  try {
    const entries = await entriesOf(zip);
    const problem = entries ? await problemOf(zip, entries) : 'damaged';
    if (!entries || problem) return succeed({ kind: problem ?? 'damaged' });
    const files = entries.filter(({ fileName }) => fileName !== BACKUP_ENTRY && !fileName.endsWith('/'));
    let done = 0;
    const merged = await merge(filesIn(zip, files, signal), root, () => onFile(++done, files.length));
    return succeed({ kind: 'merged', ...merged });
  } catch (error) {
    return fail(signal?.aborted ? { kind: 'storage', message: CANCELLED } : storageFailure(error));
  } finally {
    zip.close();
  }
}

/** By its first bytes. False when it cannot be read. */
export async function isZip(file: string): Promise<boolean> {
  try {
    const handle = await fs.open(file, 'r');
    try {
      const head = Buffer.alloc(4);
      await handle.read(head, 0, head.length, 0);
      return head.equals(Buffer.from('PK\x03\x04', 'latin1'));
    } finally {
      await handle.close();
    }
  } catch {
    return false;
  }
}

function isZipFile(value: unknown): value is ZipFile {
  return typeof value === 'object' && value !== null && 'eachEntry' in value;
}

/** Undefined when the list of entries is damaged, or holds a name that leads out of any folder. */
async function entriesOf(zip: ZipFile): Promise<readonly Entry[] | undefined> {
  try {
    const entries: Entry[] = [];
    for await (const entry of zip.eachEntry()) entries.push(entry);
    return entries;
  } catch {
    return undefined;
  }
}

async function problemOf(
  zip: ZipFile,
  entries: readonly Entry[],
): Promise<'foreign' | 'newer' | 'damaged' | undefined> {
  const entry = entries.find(({ fileName }) => fileName === BACKUP_ENTRY);
  if (!entry || entry.uncompressedSize > MOST_ABOUT) return 'foreign';
  const text = (await contentOf(zip, entry))?.toString('utf8') ?? '';
  const version = /^\{"parley":"backup","version":(\d{1,9}),/.exec(text)?.[1];
  if (version === undefined) return 'damaged';
  return Number(version) > BACKUP_VERSION ? 'newer' : undefined;
}

/** Bytes that the entry about the backup has at most. */
const MOST_ABOUT = 64 * 1024;

async function* filesIn(
  zip: ZipFile,
  entries: readonly Entry[],
  signal: AbortSignal | undefined,
): AsyncGenerator<StoredFile> {
  for (const entry of entries) {
    signal?.throwIfAborted();
    yield { name: entry.fileName, size: entry.uncompressedSize, read: () => contentOf(zip, entry) };
  }
}

/** Undefined when it is damaged; a zip does not check itself. Errors of the file system are thrown. */
async function contentOf(zip: ZipFile, entry: Entry): Promise<Buffer | undefined> {
  try {
    const bytes = await buffer(await zip.openReadStreamPromise(entry));
    return crc32(bytes) === entry.crc32 ? bytes : undefined;
  } catch (error) {
    if (/^E[A-Z0-9]+$/.test(errorCode(error) ?? '')) throw error;
    return undefined;
  }
}
