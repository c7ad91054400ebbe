import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { checksum } from '../../core/conversation/checksum.ts';
import { journalSteps } from '../../core/conversation/journal.ts';
import { newerSummary, summaryOf } from '../../core/history/summary.ts';
import type { ConversationSummary } from '../../core/ports.ts';
import { createBreather, inTurns } from '../workspace/breathing.ts';
import { errorCode, writeWhole } from './files.ts';

/** Version of `index.json`; a file of another version is built anew. */
const INDEX_VERSION = 2;

/** Files that are looked at together. */
const AT_ONCE = 32;

/** How a file stood when it was read. One that was put in the place of another of its size and time is another `inode`. */
export interface Stamp {
  /** In bytes. */
  readonly size: number;
  /** When its text and when anything of it was changed, in ms since the epoch. */
  readonly modified: number;
  readonly changed: number;
  readonly inode: number;
}

interface Entry extends ConversationSummary, Stamp {
  /** Lines of the journal that could not be read. */
  readonly bad: number;
}

/** A journal that could not be read, or not all of it. */
export interface ReadingProblem {
  /** Its path. */
  readonly file: string;
  /** Lines that could not be read; of a file that could not be opened its error code. */
  readonly problem: { readonly lines: number } | { readonly code: string };
}

/** What reading all journals anew has found. */
export interface Rebuilt {
  readonly conversations: number;
  /** Paths of files of a newer version. */
  readonly newer: readonly string[];
  readonly problems: readonly ReadingProblem[];
}

/**
 * Summaries of all journals in a directory, the one that was asked last first. `index.json` remembers them by size and times
 * of the files, so that only changed journals are read; it is a cache and may be deleted at any time. None when it was
 * cancelled; what has been read by then is remembered.
 */
export async function summarize(
  directory: string,
  indexFile: string,
  isCancelled: () => boolean = () => false,
): Promise<readonly ConversationSummary[]> {
  const known = await readIndex(indexFile);
  const { entries } = await look(directory, known, undefined, isCancelled);
  const isNew = entries.some((entry) => known.get(entry.id) !== entry);
  if (isCancelled()) {
    const all = new Map([...known, ...entries.map((entry) => [entry.id, entry] as const)]);
    if (isNew) await writeIndex(indexFile, [...all.values()]);
    return [];
  }
  if (isNew || entries.length !== known.size) await writeIndex(indexFile, entries);
  return entries.sort((one, other) => other.updatedAt - one.updatedAt || other.modified - one.modified);
}

/**
 * Reads all journals anew, whatever `index.json` says, and writes it. `onProgress` hears how many of how many have been read.
 * Undefined when it was cancelled; then nothing is written. Deletes nothing.
 */
export async function rebuildIndex(
  directory: string,
  indexFile: string,
  onProgress: (done: number, all: number) => void,
  isCancelled: () => boolean,
): Promise<Rebuilt | undefined> {
  const looked = await look(directory, new Map(), onProgress, isCancelled);
  if (isCancelled()) return undefined;
  await writeIndex(indexFile, looked.entries);
  const { entries, failed } = looked;
  const fileOf = ({ id }: Entry): string => path.join(directory, `${id}${ENDING}`);
  const damaged = entries.filter(({ bad }) => bad > 0);
  return {
    conversations: entries.filter(({ newerVersion }) => newerVersion === undefined).length,
    newer: entries.filter(({ newerVersion }) => newerVersion !== undefined).map(fileOf),
    problems: [
      ...failed,
      ...damaged.map((entry) => ({ file: fileOf(entry), problem: { lines: entry.bad } })),
    ],
  };
}

/** Names of the journals in a directory, without their ending; none where it is missing or cannot be read. */
export async function journalIds(directory: string): Promise<readonly string[]> {
  const names = await fs.readdir(directory).catch(() => []);
  return names.filter((name) => name.endsWith(ENDING)).map((name) => name.slice(0, -ENDING.length));
}

/** How a file stands now. Throws where it is not there. */
export async function stampOf(file: string): Promise<Stamp> {
  const { size, mtimeMs: modified, ctimeMs: changed, ino: inode } = await fs.stat(file);
  return { size, modified, changed, inode };
}

export function isSame(one: Stamp, other: Stamp): boolean {
  return (
    one.size === other.size &&
    one.modified === other.modified &&
    one.changed === other.changed &&
    one.inode === other.inode
  );
}

const ENDING = '.jsonl';

interface Looked {
  readonly entries: Entry[];
  /** Those that could not be opened. */
  readonly failed: readonly ReadingProblem[];
}

async function look(
  directory: string,
  known: ReadonlyMap<string, Entry>,
  onProgress: (done: number, all: number) => void = () => undefined,
  isCancelled: () => boolean = () => false,
): Promise<Looked> {
  const ids = await journalIds(directory);
  const breathe = createBreather();
  const entries: Entry[] = [];
  const failed: ReadingProblem[] = [];
  for (let at = 0; at < ids.length && !isCancelled(); at += AT_ONCE) {
    const some = ids.slice(at, at + AT_ONCE);
    const found = await Promise.all(
      some.map((id) => entryOf(path.join(directory, `${id}${ENDING}`), id, known.get(id), breathe)),
    );
    for (const one of found) {
      if ('problem' in one) failed.push(one);
      else entries.push(one);
    }
    onProgress(at + some.length, ids.length);
  }
  return { entries, failed };
}

async function entryOf(
  file: string,
  id: string,
  before: Entry | undefined,
  breathe: () => Promise<void>,
): Promise<Entry | ReadingProblem> {
  try {
    // Before reading: what is appended meanwhile makes it another file the next time.
    const stamp = await stampOf(file);
    if (before && isSame(before, stamp)) return before;
    const text = await fs.readFile(file, 'utf8');
    const steps = journalSteps(text, { id, createdAt: stamp.modified });
    const { conversation, bad, newerVersion } = await inTurns(steps, breathe);
    const summary =
      newerVersion === undefined ? summaryOf(conversation) : newerSummary(id, newerVersion, stamp.modified);
    // The file's name is what opens it, whatever its header says.
    return { ...summary, id, ...stamp, bad: bad.length };
  } catch (error) {
    return { file, problem: { code: errorCode(error) ?? 'unknown' } };
  }
}

async function writeIndex(file: string, entries: readonly Entry[]): Promise<void> {
  const text = JSON.stringify(entries);
  const whole = `{"version":${INDEX_VERSION},"sum":"${checksum(text)}","entries":${text}}`;
  await writeWhole(file, whole).catch(() => undefined);
}

/** A file of another version, one that was cut or changed, and none at all tell nothing: everything is read anew then. */
async function readIndex(file: string): Promise<ReadonlyMap<string, Entry>> {
  try {
    const [, version, sum, text = ''] = INDEX.exec(await fs.readFile(file, 'utf8')) ?? [];
    if (Number(version) !== INDEX_VERSION || checksum(text) !== sum) return new Map();
    const entries = JSON.parse(text) as readonly Entry[];
    return new Map(entries.map((entry) => [entry.id, entry]));
  } catch {
    return new Map();
  }
}

const INDEX = /^\{"version":(\d+),"sum":"([0-9a-f]{8})","entries":(.*)\}$/s;
