import { createReadStream, type Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { errorCode } from './files.ts';
import { HISTORY_FOLDERS, isOfHistory, type StoredFile } from './merging.ts';

/** A file of the history as it was when it was found. */
export interface HistoryFile {
  /** Relative to the storage, with `/`. */
  readonly name: string;
  readonly file: string;
  /** Bytes; it may have grown or been replaced since. */
  readonly size: number;
  /** ms since the epoch. */
  readonly modified: number;
}

/** Everything in a storage that cannot be made anew, by name: conversations, trash, attachments, drafts, spending. */
export async function historyFiles(root: string): Promise<readonly HistoryFile[]> {
  const found: HistoryFile[] = [];
  for (const folder of HISTORY_FOLDERS) {
    for (const entry of (await namesIn(path.join(root, folder))).toSorted()) {
      const name = `${folder}/${entry}`;
      const file = path.join(root, folder, entry);
      const stats = isOfHistory(name) ? await statsOf(file) : undefined;
      if (stats?.isFile()) found.push({ name, file, size: stats.size, modified: stats.mtimeMs });
    }
  }
  return found;
}

/** The files of another storage on this disk, for `merge`. */
export async function* storedFiles(
  files: readonly HistoryFile[],
  signal?: AbortSignal,
): AsyncGenerator<StoredFile> {
  for (const file of files) {
    signal?.throwIfAborted();
    yield { name: file.name, size: file.size, read: () => buffer(piecesOf(file)) };
  }
}

/**
 * The bytes of a file; of one that grows (lines of a journal or a log) as many as it had when it was found. One that is replaced,
 * as drafts are, is taken whole as it is now. What was deleted or restored meanwhile is read where it lies now, and what is gone is
 * empty, which nothing comes of.
 */
export async function* piecesOf({ file, size }: HistoryFile): AsyncGenerator<Buffer> {
  const grows = file.endsWith('.jsonl');
  for (const place of [file, ...elsewhere(file)]) {
    try {
      if (!grows) yield* createReadStream(place);
      else if (size > 0) yield* createReadStream(place, { end: size - 1 });
      return;
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
}

function elsewhere(file: string): readonly string[] {
  const [folder, name] = [path.dirname(file), path.basename(file)];
  const sibling = { conversations: 'trash', trash: 'conversations' }[path.basename(folder)];
  return sibling === undefined ? [] : [path.join(path.dirname(folder), sibling, name)];
}

/** The names in a folder; none when it is not there. Other errors are thrown. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await fs.readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function statsOf(file: string): Promise<Stats | undefined> {
  try {
    return await fs.stat(file);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
