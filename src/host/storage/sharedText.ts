import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { errorCode, readIfThere } from './files.ts';

/**
 * A text in a file that other windows write as well. Nobody overwrites what another has written since: then one's own text
 * goes into a file of its own beside it (`<name>.<uuid>.json`), until somebody reads both and writes what came of them.
 * Everything but `isThere` throws the file system's errors.
 */
export interface SharedText {
  /** All that is there, what lies under its own name first. */
  read(): Promise<readonly string[]>;
  /** Puts a text in place of everything that has been read; undefined leaves no file. */
  write(text: string | undefined): Promise<void>;
  /** False when others have written since it was read or written here. */
  isCurrent(): Promise<boolean>;
  /** False when what was written last has been overwritten by a window that wrote at the same moment. */
  isThere(): Promise<boolean>;
}

export function createSharedText(folder: string, name: string): SharedText {
  const main = path.join(folder, `${name}.json`);
  const beside = path.join(folder, `${name}.${randomUUID()}.json`);
  /** Which version of each file has been read or written here. */
  const seen = new Map<string, string>();
  /** The file written last. */
  let mine: string | undefined;
  let isApart = false;

  async function readOne(file: string): Promise<string | undefined> {
    const version = await versionOf(file);
    const text = await readIfThere(file);
    if (text !== undefined && version !== undefined) seen.set(file, version);
    return text;
  }

  /** Writes beside the main file once another window has changed it. */
  async function placeToWrite(): Promise<string> {
    const there = await versionOf(main);
    isApart = there !== undefined && (isApart || there !== seen.get(main));
    return isApart ? beside : main;
  }

  return {
    async read() {
      const others = await besideNames(folder, name);
      const texts = await Promise.all([main, ...others].map(readOne));
      isApart = false;
      return texts.filter((text) => text !== undefined);
    },
    async write(text) {
      const file = await placeToWrite();
      mine = text === undefined ? undefined : file;
      if (text !== undefined) seen.set(file, await replace(file, text));
      for (const [other, version] of seen) {
        if (other === mine || (isApart && other !== beside)) continue;
        seen.delete(other);
        await removeIfStill(other, version);
      }
    },
    async isCurrent() {
      const files = [main, ...(await besideNames(folder, name))];
      const versions = await Promise.all(files.map(versionOf));
      return files.every((file, at) => versions[at] === seen.get(file));
    },
    async isThere() {
      return mine === undefined || (await versionOf(mine).catch(() => undefined)) === seen.get(mine);
    },
  };
}

/** Removes a text, whoever has written it. */
export async function removeSharedText(folder: string, name: string): Promise<void> {
  for (const file of [path.join(folder, `${name}.json`), ...(await besideNames(folder, name))])
    await fs.rm(file, { force: true });
}

/** Files that windows have written beside the one with this name. */
async function besideNames(folder: string, name: string): Promise<readonly string[]> {
  const names = await fs.readdir(folder).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const isBeside = (file: string): boolean => file !== `${name}.json` && sharedNameOf(file) === name;
  return names.filter(isBeside).map((file) => path.join(folder, file));
}

/** Tells one version of a file from any other; undefined when there is none. */
async function versionOf(file: string): Promise<string | undefined> {
  try {
    const { ino, mtimeNs, size } = await fs.stat(file, { bigint: true });
    return `${ino} ${mtimeNs} ${size}`;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Replaces a file in one step and gives its new version. */
async function replace(file: string, text: string): Promise<string> {
  await fs.mkdir(path.dirname(file), { recursive: true });
  const fresh = `${file}.${randomUUID()}.tmp`;
  try {
    await fs.writeFile(fresh, text, { mode: 0o600 });
    // Of the name it has now: under the other one another window may be first.
    const version = await versionOf(fresh);
    await fs.rename(fresh, file);
    return version ?? '';
  } catch (error) {
    await fs.rm(fresh, { force: true }).catch(() => undefined);
    throw error;
  }
}

/**
 * Another window may write between looking and removing, so the file gets a name of its own first. Should this window end there and
 * then, it lies beside and will be read.
 */
async function removeIfStill(file: string, version: string): Promise<void> {
  const aside = path.join(path.dirname(file), `${nameOf(file)}.${randomUUID()}.json`);
  try {
    await fs.rename(file, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  if ((await versionOf(aside)) === version) await fs.rm(aside, { force: true });
}

/** The name a file is shared under. */
function nameOf(file: string): string {
  const name = path.basename(file);
  return sharedNameOf(name) ?? name;
}

/** The name that a file is shared under, of which only the file's name is known; undefined when it is none. */
export function sharedNameOf(file: string): string | undefined {
  return SHARED.exec(file)?.[1];
}

const SHARED = /^(.+?)(?:\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?\.json$/;
