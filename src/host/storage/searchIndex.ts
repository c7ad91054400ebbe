import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { crc32 } from 'node:zlib';
import type MiniSearch from 'minisearch';
import { readJournal } from '../../core/conversation/journal.ts';
import { type FoundLine, findLine } from '../../core/history/foundLine.ts';
import { type SearchedTurn, searchedTurns } from '../../core/history/searchedText.ts';
import { queryTerms } from '../../core/history/searchTerms.ts';
import { writeWhole } from './files.ts';
import { isSame, journalIds, type Stamp, stampOf } from './summaries.ts';
import { createWordIndex, type SearchedDocument } from './wordIndex.ts';

/** Version of the file: of the rules by which texts become terms, and of the library's format. */
const SEARCH_VERSION = 1;

/** A conversation in which a query was found, with the line that says so. */
export interface FoundText extends FoundLine {
  readonly conversation: string;
}

/** The texts of all journals of a directory, as far as they have been read. Nothing rejects. */
export interface SearchIndex {
  /**
   * Reads what has come, changed or gone since. `onProgress` hears how many of how many files have been looked at; where it gives
   * a promise, that is waited for, so that it can look for something among them.
   */
  refresh(onProgress: (done: number, all: number) => unknown): Promise<void>;
  /** The conversations that fit best, those in `only` where it is given; each with a line. */
  find(query: string, most: number, only?: ReadonlySet<string>): Promise<readonly FoundText[]>;
}

/**
 * Remembered in `cacheFile`, by size and times of the journals. That file is a cache: when it is missing, of another version
 * or broken, all is read anew.
 */
export async function openSearchIndex(directory: string, cacheFile: string): Promise<SearchIndex> {
  const known = await readCache(cacheFile);
  const stamps = known?.stamps ?? new Map<string, Stamp>();
  const index = known?.index ?? createWordIndex();
  let changes = 0;
  const fileOf = (id: string): string => path.join(directory, `${id}.jsonl`);

  async function turnsOf(id: string): Promise<{ title: string; turns: readonly SearchedTurn[] } | undefined> {
    const text = await fs.readFile(fileOf(id), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const { conversation, newerVersion } = readJournal(text, { id, createdAt: 0 });
    if (newerVersion !== undefined) return undefined;
    return { title: conversation.title, turns: searchedTurns(conversation) };
  }

  async function look(id: string): Promise<void> {
    const stamp = await stampOf(fileOf(id)).catch(() => undefined);
    const before = stamps.get(id);
    if (stamp && before && isSame(stamp, before)) return;
    const read = stamp && (await turnsOf(id));
    forget(id);
    if (!stamp) return;
    stamps.set(id, stamp);
    if (read) index.add({ id, title: read.title, text: textOf(read.turns) });
  }

  function forget(id: string): void {
    changes += 1;
    stamps.delete(id);
    if (index.has(id)) index.discard(id);
  }

  async function save(): Promise<void> {
    const text = JSON.stringify({ stamps: [...stamps], index });
    const head = JSON.stringify({ version: SEARCH_VERSION, sum: crc32(text) });
    await writeWhole(cacheFile, `${head}\n${text}`).catch(() => undefined);
    changes = 0;
  }

  return {
    async refresh(onProgress) {
      const ids = await journalIds(directory);
      const there = new Set(ids);
      for (const id of [...stamps.keys()]) if (!there.has(id)) forget(id);
      for (let at = 0; at < ids.length; at += AT_ONCE) {
        await Promise.all(ids.slice(at, at + AT_ONCE).map(look));
        await onProgress(Math.min(ids.length, at + AT_ONCE), ids.length);
      }
      if (changes >= WORTH || (known === undefined && changes > 0)) await save();
    },
    async find(query, most, only) {
      const found: FoundText[] = [];
      const isMeant = (id: string): boolean => !only || only.has(id);
      for (const { id, match } of index.search(query, { ...SEARCHING, filter: (one) => isMeant(one.id) })) {
        if (found.length >= most) break;
        const { turns = [] } = (await turnsOf(id)) ?? {};
        const line = findLine(turns, Object.keys(match));
        if (line) found.push({ conversation: id, ...line });
      }
      return found;
    },
  };
}

function textOf(turns: readonly SearchedTurn[]): string {
  return turns.map(({ text }) => text).join('\n');
}

/** Files that are looked at together. */
const AT_ONCE = 32;

/** Conversations that have changed before the cache is written again: reading so few takes less than writing all. */
const WORTH = 50;

/** All words, the beginnings of longer ones, and in words of five letters and more one slip of the finger. */
const SEARCHING = {
  tokenize: queryTerms,
  combineWith: 'AND',
  prefix: (term: string) => term.length > 1 || !/^[\0-\x7f]$/.test(term),
  fuzzy: (term: string) => (/^\p{Letter}{5,}$/u.test(term) ? 1 : false),
} as const;

interface Cached {
  readonly stamps: Map<string, Stamp>;
  readonly index: MiniSearch<SearchedDocument>;
}

async function readCache(file: string): Promise<Cached | undefined> {
  try {
    const whole = await fs.readFile(file, 'utf8');
    const end = whole.indexOf('\n');
    const head: unknown = JSON.parse(whole.slice(0, end));
    const text = whole.slice(end + 1);
    const isWhole =
      typeof head === 'object' &&
      head !== null &&
      'version' in head &&
      head.version === SEARCH_VERSION &&
      'sum' in head &&
      head.sum === crc32(text);
    if (!isWhole) return undefined;
    const { stamps, index } = JSON.parse(text);
    return {
      stamps: new Map<string, Stamp>(stamps),
      index: createWordIndex(index),
    };
  } catch {
    return undefined;
  }
}
