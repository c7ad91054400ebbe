import * as fs from 'node:fs';
import * as path from 'node:path';

export interface LocalStat {
  readonly kind: 'file' | 'folder';
  /** In bytes. */
  readonly size: number;
  /** When it was made and last written, in whole ms since the epoch. */
  readonly ctime: number;
  readonly mtime: number;
}

export interface LocalEntry {
  readonly name: string;
  readonly kind: LocalStat['kind'];
}

/**
 * Plain files and folders of this machine's disk. Everything else (links, pipes, what is not there or not to be read) is undefined
 * and for `vscode.workspace.fs`, which has a word for each. Calls back instead of promising: with thousands of files that takes
 * half the time. Never rejects.
 */
export function localStat(file: string): Promise<LocalStat | undefined> {
  return new Promise((resolve) => {
    fs.lstat(file, (error, found) => {
      resolve(error ? undefined : told(found));
    });
  });
}

/**
 * A file (links are followed), and what it holds where that is wanted, as long as it is when it is opened. One way to the disk
 * for both, and another for reading: of a file that is open the rest is known without.
 */
export function localFile(
  file: string,
  isWanted: (found: LocalStat) => boolean,
): Promise<LocalFile | undefined> {
  return new Promise((resolve) => {
    fs.open(file, OPEN, (error, descriptor) => {
      if (error) {
        resolve(undefined);
        return;
      }
      const stat = statOf(descriptor);
      const done = (found: LocalFile | undefined): void => {
        close(descriptor);
        resolve(found);
      };
      if (stat?.kind !== 'file') done(undefined);
      else if (!isWanted(stat)) done({ stat });
      else readAll(descriptor, stat.size, (bytes) => done(bytes && { stat, bytes }));
    });
  });
}

/**
 * The same at once, for a thread of its own, where nobody waits: that takes a third of the time. What it holds is read into the
 * `space` that is given, as far as there is room, so it is good until the next file is read.
 */
export function localFileNow(
  file: string,
  isWanted: (found: LocalStat) => boolean,
  space: Uint8Array,
): LocalFile | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = fs.openSync(file, OPEN);
    const stat = told(fs.fstatSync(descriptor));
    if (stat?.kind !== 'file') return undefined;
    return isWanted(stat) ? { stat, bytes: readAllNow(descriptor, stat.size, space) } : { stat };
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) close(descriptor);
  }
}

export interface LocalFile {
  readonly stat: LocalStat;
  readonly bytes?: Uint8Array;
}

/** Opening a pipe does not wait for somebody to write. Windows has no such flag. */
const OPEN = fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0);

function readAll(descriptor: number, size: number, done: (bytes: Uint8Array | undefined) => void): void {
  const bytes = new Uint8Array(size);
  const readFrom = (start: number): void => {
    fs.read(descriptor, bytes, start, size - start, start, (error, count) => {
      if (error) done(undefined);
      else if (count === 0 || start + count >= size) done(bytes.subarray(0, start + count));
      else readFrom(start + count);
    });
  };
  readFrom(0);
}

function readAllNow(descriptor: number, size: number, space: Uint8Array): Uint8Array {
  const end = Math.min(size, space.length);
  let at = 0;
  while (at < end) {
    const count = fs.readSync(descriptor, space, at, end - at, at);
    if (count === 0) break;
    at += count;
  }
  return space.subarray(0, at);
}

function statOf(descriptor: number): LocalStat | undefined {
  try {
    return told(fs.fstatSync(descriptor));
  } catch {
    return undefined;
  }
}

function close(descriptor: number): void {
  try {
    fs.closeSync(descriptor);
  } catch {
    // It was only read.
  }
}

function told(found: fs.Stats): LocalStat | undefined {
  const kind = kindOf(found);
  return kind && { kind, size: found.size, ctime: found.birthtime.getTime(), mtime: found.mtime.getTime() };
}

/** What a folder holds, in no order; undefined also where not all of it is plain. */
export function localEntries(folder: string): Promise<readonly LocalEntry[] | undefined> {
  return new Promise((resolve) => {
    // Without a slash at the end a drive of Windows would be the folder that is current on it.
    const whole = folder.endsWith(path.sep) ? folder : `${folder}${path.sep}`;
    fs.readdir(whole, { withFileTypes: true }, (error, found) => {
      resolve(error ? undefined : plainEntries(found));
    });
  });
}

function plainEntries(found: readonly fs.Dirent[]): readonly LocalEntry[] | undefined {
  const entries: LocalEntry[] = [];
  for (const entry of found) {
    const kind = kindOf(entry);
    if (!kind) return undefined;
    // macOS decomposes the letters of names; VS Code composes them.
    entries.push({ name: process.platform === 'darwin' ? entry.name.normalize('NFC') : entry.name, kind });
  }
  return entries;
}

function kindOf(entry: Pick<fs.Stats, 'isFile' | 'isDirectory'>): LocalStat['kind'] | undefined {
  if (entry.isFile()) return 'file';
  return entry.isDirectory() ? 'folder' : undefined;
}
