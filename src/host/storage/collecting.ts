import { createReadStream } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { UNUSED } from './attachmentStore.ts';
import { isThere } from './files.ts';
import { namesIn } from './historyFiles.ts';
import { isHash } from './names.ts';

/** Attachments that nothing names are kept this long before they are set aside, and as long again before they are deleted, in ms. */
export const KEPT_FOR = 30 * 24 * 60 * 60 * 1000;

export interface CollectingParts {
  readonly root: string;
  /** Folders elsewhere whose files may name attachments, too. */
  readonly others: readonly string[];
  /** ms since the epoch. */
  readonly now: number;
  /** Called in between, so that others can work. */
  readonly breathe: () => Promise<void>;
}

/** What was done, in attachments. */
export interface Collected {
  readonly setAside: number;
  readonly deleted: number;
  readonly broughtBack: number;
}

/**
 * Frees the space of attachments that no conversation, draft, quarantine or pack names any more. What has not been put for
 * 30 days is set aside, from where the store still reads it and where the next run finds it when it is named after all; only
 * after 30 days more it is deleted. Any text that holds a name counts, whatever it is the text of. Throws as soon as one
 * file cannot be read; then nothing has been changed.
 */
export async function collectAttachments(parts: CollectingParts): Promise<Collected> {
  const { root, now } = parts;
  const folder = path.join(root, 'attachments');
  const aside = path.join(folder, UNUSED);
  const old = await olderThan(folder, now - KEPT_FOR);
  const before = await olderThan(aside, Number.POSITIVE_INFINITY);
  const unnamed = await unnamedOf(new Set([...old, ...before]), parts);
  let [setAside, deleted, broughtBack] = [0, 0, 0];
  for (const name of before) {
    if (!unnamed.has(name)) {
      if (await bringBack(folder, name, now)) broughtBack++;
    } else if (await isOlder(path.join(aside, name), now - KEPT_FOR)) {
      await fs.rm(path.join(aside, name), { force: true });
      deleted++;
    }
  }
  for (const name of old) {
    // It may have been put again while the journals were read.
    if (!unnamed.has(name) || !(await isOlder(path.join(folder, name), now - KEPT_FOR))) continue;
    await fs.mkdir(aside, { recursive: true });
    await fs.rename(path.join(folder, name), path.join(aside, name));
    await fs.utimes(path.join(aside, name), new Date(now), new Date(now));
    setAside++;
  }
  return { setAside, deleted, broughtBack };
}

async function olderThan(folder: string, time: number): Promise<readonly string[]> {
  const names: string[] = [];
  for (const name of await namesIn(folder)) {
    if (isHash(name) && (await isOlder(path.join(folder, name), time))) names.push(name);
  }
  return names;
}

/** False for what is not there. */
async function isOlder(file: string, time: number): Promise<boolean> {
  const stats = await fs.stat(file).catch(() => undefined);
  return stats?.isFile() === true && stats.mtimeMs < time;
}

async function bringBack(folder: string, name: string, now: number): Promise<boolean> {
  const from = path.join(folder, UNUSED, name);
  if (await isThere(path.join(folder, name))) {
    await fs.rm(from, { force: true });
    return false;
  }
  await fs.rename(from, path.join(folder, name));
  await fs.utimes(path.join(folder, name), new Date(now), new Date(now));
  return true;
}

/** Those of the names that stand in no file. */
async function unnamedOf(
  names: ReadonlySet<string>,
  { root, others, breathe }: CollectingParts,
): Promise<ReadonlySet<string>> {
  const unnamed = new Set(names);
  const folders = [...NAMING.map((name) => path.join(root, name)), ...others];
  for (const folder of folders) {
    for (const name of unnamed.size === 0 ? [] : await namesIn(folder)) {
      if (!name.endsWith('.lock')) await strike(path.join(folder, name), unnamed, breathe);
    }
  }
  return unnamed;
}

/** Folders whose files may name attachments. */
const NAMING = ['conversations', 'trash', 'drafts'] as const;

/** Takes out of the names what a file holds. */
async function strike(file: string, names: Set<string>, breathe: () => Promise<void>): Promise<void> {
  if (!(await isReadable(file))) return;
  let rest = '';
  for await (const chunk of createReadStream(file, { encoding: 'latin1', highWaterMark: PIECE })) {
    const text = `${rest}${String(chunk)}`;
    for (const [hash] of text.matchAll(/[0-9a-f]{64}/g)) names.delete(hash);
    rest = text.slice(-OVERLAP);
    await breathe();
  }
}

/** A name may lie in two pieces; what stands before it is needed to see where it begins. */
const OVERLAP = 64;

/** Bytes that are looked through at once: some ms. */
const PIECE = 1024 * 1024;

/** False for a folder. What has gone since it was listed may be elsewhere now, so that is an error as well as what cannot be read. */
async function isReadable(file: string): Promise<boolean> {
  const stats = await fs.stat(file);
  return stats.isFile();
}
