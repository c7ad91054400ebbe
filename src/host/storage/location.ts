import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { homedir } from 'node:os';
import * as path from 'node:path';
import { errorCode } from './files.ts';

/** Where a history lies, or why it cannot lie there. */
export type Location =
  | { readonly kind: 'usable'; readonly folder: string }
  | { readonly kind: LocationProblem; readonly folder: string };

/** `missing`: neither the folder nor the one it would lie in is there (a drive that is not plugged in). */
export type LocationProblem = 'relative' | 'missing' | 'noFolder' | 'readOnly';

/**
 * Judges the setting `storage.location`, where it is not empty, by trying: `~` is the user's home; a folder that is missing is made, but
 * only in one that is there. Synchronous, because nothing can be read before it is known; it takes a few calls of the file system.
 */
export function judgeLocation(setting: string): Location {
  const folder = path.normalize(setting.replace(/^~(?=$|[/\\])/, homedir()));
  if (!path.isAbsolute(folder)) return { kind: 'relative', folder: setting };
  try {
    if (!fs.existsSync(folder)) fs.mkdirSync(folder);
    if (!fs.statSync(folder).isDirectory()) return { kind: 'noFolder', folder };
    const probe = path.join(folder, `.parley-${randomUUID()}.tmp`);
    fs.writeFileSync(probe, '', { flag: 'wx' });
    fs.rmSync(probe, { force: true });
    return { kind: 'usable', folder };
  } catch (error) {
    return { kind: problemOf(errorCode(error)), folder };
  }
}

function problemOf(code: string | undefined): LocationProblem {
  if (code === 'ENOENT') return 'missing';
  return code === 'ENOTDIR' || code === 'EEXIST' ? 'noFolder' : 'readOnly';
}

/** Whether two settings mean one folder, symbolic links followed. */
export function isSameFolder(one: string, other: string): boolean {
  return realPath(one) === realPath(other);
}

function realPath(folder: string): string {
  try {
    return fs.realpathSync(folder);
  } catch {
    return path.resolve(folder);
  }
}

/** The user's home, where nothing better is known to offer. */
export function homeFolder(): string {
  return homedir();
}
