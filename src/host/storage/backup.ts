import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import * as fs from 'node:fs/promises';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { fail, type Result, succeed } from '../../core/ports.ts';
import { storageFailure } from './files.ts';
import { type HistoryFile, historyFiles, piecesOf } from './historyFiles.ts';
import { CANCELLED } from './jsonExport.ts';

export const BACKUP_VERSION = 1;

/** The entry that says what a file is. It comes first. */
export const BACKUP_ENTRY = 'parley-backup.json';

/**
 * Writes the whole history into one zip file, aside first: under its name it is whole. Files are streamed, one after the
 * other. Each journal is taken as long as it was at the start; what is added meanwhile is not in it. `onFile` hears how many files
 * are done, and of how many. Gives the number of conversations. Fails as `storage`, with `CANCELLED` when cancelled; then there is no file.
 */
export async function writeBackup(
  root: string,
  target: string,
  now: number,
  onFile: (done: number, all: number) => void,
  signal?: AbortSignal,
): Promise<Result<number>> {
  const draft = `${target}.${randomUUID()}.tmp`;
  try {
    const files = await historyFiles(root);
    await writeZip(files, draft, now, onFile, signal);
    await sync(draft);
    await fs.rename(draft, target);
    return succeed(files.filter(({ name }) => /^conversations\/.*\.jsonl$/.test(name)).length);
  } catch (error) {
    await fs.rm(draft, { force: true }).catch(() => undefined);
    return fail(signal?.aborted ? { kind: 'storage', message: CANCELLED } : storageFailure(error));
  }
}

async function writeZip(
  files: readonly HistoryFile[],
  draft: string,
  now: number,
  onFile: (done: number, all: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const zip = new ZipFile();
  const mtime = new Date(now);
  zip.addBuffer(Buffer.from(`{"parley":"backup","version":${BACKUP_VERSION},"at":${now}}\n`), BACKUP_ENTRY, {
    mtime,
  });
  let begun = 0;
  let reading: Readable | undefined;
  for (const file of files) {
    // Pictures and PDFs are packed already.
    const options = { mtime: new Date(file.modified), compress: !file.name.startsWith('attachments/') };
    zip.addReadStreamLazy(file.name, options, (use) => {
      onFile(begun++, files.length);
      reading = Readable.from(piecesOf(file));
      use(null, reading);
    });
  }
  const output = new PassThrough();
  zip.outputStream.pipe(output);
  zip.on('error', (error: unknown) =>
    output.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  zip.end();
  try {
    await pipeline(output, createWriteStream(draft, { flags: 'wx', mode: 0o600 }), { signal });
  } finally {
    // Of what was called off a file is still open.
    reading?.destroy();
  }
}

async function sync(file: string): Promise<void> {
  const handle = await fs.open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
