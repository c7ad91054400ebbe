import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { encodeEvent, encodeHeader } from '../../../src/core/conversation/journal.ts';
import {
  type ConversationSearch,
  createConversationSearch,
} from '../../../src/host/storage/conversationSearch.ts';
import { rebuildIndex, summarize } from '../../../src/host/storage/summaries.ts';
import { compare, type Figure } from '../figures.ts';
import { createProse, wordAt } from '../texts.ts';
import { question, storedAnswer } from '../turns.ts';

const CONVERSATIONS = 5_000;

/** Questions of each, and words of each answer. */
const QUESTIONS = 4;
const ANSWER = 150;

/** The same of one that is very long. */
const LONG_QUESTIONS = 2_500;
const LONG_ANSWER = 1_300;

const REPETITIONS = 5;

/** Listing and searching many conversations beside `JSON.parse` of the same bytes. */
export async function measureHistory(folder: string): Promise<readonly Figure[]> {
  const root = join(folder, randomUUID());
  const directory = join(root, 'conversations');
  const index = join(root, 'index.json');
  const bytes = await write(directory);
  const mostly = { directory, index, search: join(root, 'search.json') };
  const size = `${CONVERSATIONS.toLocaleString('en-US')} conversations (${(bytes / 1024 / 1024).toFixed(0)} MB)`;
  const figures = [
    ...(await listing(mostly, size)),
    ...(await searching(mostly, size)),
    ...(await holding(join(folder, randomUUID()))),
  ];
  await rm(root, { recursive: true, force: true });
  return figures;
}

interface Place {
  readonly directory: string;
  readonly index: string;
  readonly search: string;
}

async function listing({ directory, index }: Place, size: string): Promise<readonly Figure[]> {
  const rebuilt: number[] = [];
  const listed: number[] = [];
  const parsedAll: number[] = [];
  const parsedIndex: number[] = [];
  for (let at = 0; at < REPETITIONS; at += 1) {
    rebuilt.push(
      await timed(async () => {
        const found = await rebuildIndex(
          directory,
          index,
          () => undefined,
          () => false,
        );
        check(found?.conversations);
      }),
    );
    parsedAll.push(await timed(() => parseJournals(directory)));
    listed.push(await timed(async () => check((await summarize(directory, index)).length)));
    parsedIndex.push(await timed(async () => JSON.parse(await readFile(index, 'utf8'))));
  }
  const area = `History: listing ${size}`;
  return [
    compare(area, 'from index.json', 'ms', listed, {
      what: 'fs.readFile, JSON.parse of index.json',
      values: parsedIndex,
    }),
    compare(area, 'rebuilding index.json', 'ms', rebuilt, {
      what: 'fs.readFile, JSON.parse of each line of all journals',
      values: parsedAll,
    }),
  ];
}

/** How long reading one very long journal keeps everybody else from their turn. */
async function holding(root: string): Promise<readonly Figure[]> {
  const directory = join(root, 'conversations');
  const file = join(directory, 'long.jsonl');
  await mkdir(directory, { recursive: true });
  await writeFile(file, journal('long', createProse(8), LONG_QUESTIONS, LONG_ANSWER));
  const { size } = await stat(file);
  const held: number[] = [];
  const parsed: number[] = [];
  for (let at = 0; at < REPETITIONS; at += 1) {
    held.push(await longestStretch(() => summarize(directory, join(root, `${at}.json`))));
    const text = await readFile(file, 'utf8');
    parsed.push(await timed(() => parseLines(text)));
  }
  await rm(root, { recursive: true, force: true });
  const area = `History: a journal of ${(2 * LONG_QUESTIONS).toLocaleString('en-US')} turns (${(size / 1024 / 1024).toFixed(0)} MB)`;
  return [
    compare(area, 'longest stretch without a turn for others', 'ms', held, {
      what: 'JSON.parse of each of its lines at once',
      values: parsed,
    }),
  ];
}

/** The longest time, in ms, between two turns of the event loop while this goes on. */
async function longestStretch(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let isOver = false;
  let before = performance.now();
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - before);
    before = now;
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  await work();
  isOver = true;
  return longest;
}

async function searching({ directory, search }: Place, size: string): Promise<readonly Figure[]> {
  const [first, again, next] = [[], [], []] as number[][];
  const parsedAll: number[] = [];
  const parsedCache: number[] = [];
  for (let at = 0; at < 3; at += 1) {
    await rm(search, { force: true });
    first?.push(await withSearch(directory, search, (one) => timed(() => find(one, 500))));
    parsedAll.push(await timed(() => parseJournals(directory)));
    await withSearch(directory, search, async (one) => {
      again?.push(await timed(() => find(one, 600)));
      for (const rank of [50, 700, 8_000]) next?.push(await timed(() => find(one, rank)));
    });
    parsedCache.push(
      await timed(async () => JSON.parse((await readFile(search, 'utf8')).split('\n')[1] ?? '')),
    );
  }
  const area = `History: searching ${size}`;
  return [
    compare(area, 'first search ever (builds the index)', 'ms', first ?? [], {
      what: 'fs.readFile, JSON.parse of each line of all journals',
      values: parsedAll,
    }),
    compare(area, 'first search of a window', 'ms', again ?? [], {
      what: 'fs.readFile, JSON.parse of search.json',
      values: parsedCache,
    }),
    compare(area, 'next searches', 'ms', next ?? [], {
      what: 'fs.readFile, JSON.parse of each line of all journals',
      values: parsedAll,
    }),
  ];
}

async function withSearch<T>(
  directory: string,
  cacheFile: string,
  use: (search: ConversationSearch) => Promise<T>,
): Promise<T> {
  const file = new URL('../../../src/host/storage/searchThread.ts', import.meta.url);
  const search = createConversationSearch({ directory, cacheFile, file });
  try {
    return await use(search);
  } finally {
    search.dispose();
  }
}

async function find(search: ConversationSearch, rank: number): Promise<void> {
  const found = await search.find(wordAt(rank), { most: 30, onProgress: () => undefined });
  if (!found?.length) throw new Error(`${wordAt(rank)} was not found`);
}

/** Resolves with the bytes of all journals. */
async function write(directory: string): Promise<number> {
  await mkdir(directory, { recursive: true });
  const prose = createProse(7);
  let bytes = 0;
  for (let at = 0; at < CONVERSATIONS; at += 1) {
    const id = `c${at}`;
    const text = journal(id, prose);
    bytes += text.length;
    await writeFile(join(directory, `${id}.jsonl`), text);
  }
  return bytes;
}

function journal(
  id: string,
  prose: (words: number) => string,
  questions = QUESTIONS,
  words = ANSWER,
): string {
  const events = Array.from({ length: questions }, (_, at) => [
    question(`Q${at}`, at === 0 ? null : `A${at - 1}`),
    ...storedAnswer(`A${at}`, `Q${at}`, [prose(words)]),
  ]).flat();
  const all = [{ type: 'renamed', title: prose(6) } as const, ...events];
  const header = encodeHeader({ version: 1, id, createdAt: 0 });
  return header + all.map((event, at) => encodeEvent(at + 1, event)).join('');
}

async function parseJournals(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.endsWith('.jsonl')) continue;
    parseLines(await readFile(join(directory, name), 'utf8'));
  }
}

function parseLines(text: string): void {
  for (const line of text.split('\n')) if (line !== '') JSON.parse(line);
}

function check(conversations: number | undefined): void {
  if (conversations !== CONVERSATIONS) throw new Error(`Of ${CONVERSATIONS} there were ${conversations}`);
}

/** Milliseconds. */
async function timed(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
