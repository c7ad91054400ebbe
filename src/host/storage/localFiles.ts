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
      const kind = error ? undefined : kindOf(found);
      resolve(
        kind && { kind, size: found.size, ctime: found.birthtime.getTime(), mtime: found.mtime.getTime() },
      );
    });
  });
}

export function localBytes(file: string): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    fs.open(file, (error, descriptor) => {
      if (error) {
        resolve(undefined);
        return;
      }
      readAll(descriptor, (bytes) => {
        fs.close(descriptor, () => undefined);
        resolve(bytes);
      });
    });
  });
}

/** All of an open file, as long as it is now. */
function readAll(descriptor: number, done: (bytes: Uint8Array | undefined) => void): void {
  const size = sizeOf(descriptor);
  if (size === undefined) {
    done(undefined);
    return;
  }
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

/** Of a file that is open the disk has nothing to say any more: asking another thread for it would take longer. */
function sizeOf(descriptor: number): number | undefined {
  try {
    const found = fs.fstatSync(descriptor);
    return found.isFile() ? found.size : undefined;
  } catch {
    return undefined;
  }
}

/** What a folder holds, in no order; undefined also where not all of it is plain. */
export function localEntries(folder: string): Promise<readonly LocalEntry[] | undefined> {
  return new Promise((resolve) => {
    // Without a slash at the end a drive of Windows would be the folder that is current on it.
    fs.readdir(path.join(folder, path.sep), { withFileTypes: true }, (error, found) => {
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
