import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import MiniSearch from 'minisearch';
import { encodeEvent, encodeHeader } from '../../../src/core/conversation/journal.ts';
import { termsOf } from '../../../src/core/history/searchTerms.ts';
import { createConversationSearch } from '../../../src/host/storage/conversationSearch.ts';
import { openSearchIndex, type SearchIndex } from '../../../src/host/storage/searchIndex.ts';
import { createWordIndex, type SearchedDocument } from '../../../src/host/storage/wordIndex.ts';
import { eventsOf } from '../../support/conversations.ts';

const roots: string[] = [];
/** What waits for a thread that keeps no program from ending. */
const alive = setInterval(() => undefined, 1_000);
after(async () => {
  clearInterval(alive);
  await Promise.all(roots.map((root) => fs.rm(root, { recursive: true, force: true })));
});

interface Place {
  readonly directory: string;
  readonly cacheFile: string;
}

async function newPlace(texts: Readonly<Record<string, readonly string[]>> = {}): Promise<Place> {
  const root = await fs.mkdtemp(path.join(os.tmpdir(), 'parley-search-'));
  roots.push(root);
  const place = { directory: path.join(root, 'conversations'), cacheFile: path.join(root, 'search.json') };
  await fs.mkdir(place.directory);
  for (const [id, asked] of Object.entries(texts)) await write(place, id, asked);
  return place;
}

async function write({ directory }: Place, id: string, asked: readonly string[]): Promise<void> {
  const header = encodeHeader({ version: 1, id, createdAt: 1 });
  const lines = eventsOf(asked).map((event, at) => encodeEvent(at + 1, event));
  await fs.writeFile(path.join(directory, `${id}.jsonl`), header + lines.join(''));
}

async function opened({ directory, cacheFile }: Place): Promise<SearchIndex> {
  const index = await openSearchIndex(directory, cacheFile);
  await index.refresh(() => undefined);
  return index;
}

async function idsOf(index: SearchIndex, query: string): Promise<readonly string[]> {
  return (await index.find(query, 10)).map(({ conversation }) => conversation).toSorted();
}

test('conversations are found by words, beginnings of words and words with a slip', async () => {
  const index = await opened(
    await newPlace({
      a: ['Why is the tokenizer slow?', 'And the cache?'],
      b: ['Explain the compiler'],
      c: ['全文検索を速くする方法'],
    }),
  );
  assert.deepEqual(await idsOf(index, 'tokenizer'), ['a']);
  assert.deepEqual(await idsOf(index, 'token'), ['a']);
  assert.deepEqual(await idsOf(index, 'toknizer'), ['a']);
  assert.deepEqual(await idsOf(index, 'slow cache'), ['a']);
  assert.deepEqual(await idsOf(index, 'slow compiler'), []);
  assert.deepEqual(await idsOf(index, '検索'), ['c']);
  assert.deepEqual(await idsOf(index, '速'), ['c']);
  assert.deepEqual(await idsOf(index, 'the'), ['a', 'b']);
  const [found] = await index.find('cache', 10);
  assert.deepEqual([found?.turn, found?.line], ['q1', 'And the cache?']);
  assert.deepEqual(
    await index.find('the', 10, new Set(['b'])).then((all) => all.map((one) => one.conversation)),
    ['b'],
  );
});

test('an index that is being filled is the one that the library would make, also after words have gone and come back', () => {
  const usual = new MiniSearch<SearchedDocument>({
    fields: ['title', 'text'],
    tokenize: termsOf,
    processTerm: (term) => term,
  });
  const made = createWordIndex();
  for (const index of [usual, made]) {
    const apple = { id: 'a', title: 'Apple', text: 'apples and pears, apples' };
    index.addAll([apple, { id: 'b', title: 'Pear', text: 'pears and more' }]);
    index.remove(apple);
    index.add({ id: 'c', title: 'Apple', text: 'apples again' });
  }
  assert.equal(JSON.stringify(made), JSON.stringify(usual));
});

test('while the index is built, what has been read so far is found', async () => {
  const place = await newPlace();
  for (let at = 0; at < 100; at++) await write(place, `c${at}`, [`number${at} and all`]);
  const index = await openSearchIndex(place.directory, place.cacheFile);
  const counts: number[] = [];
  await index.refresh(async () => counts.push((await index.find('all', 1_000)).length));
  assert.deepEqual(counts, [32, 64, 96, 100]);
});

test('what changed, came and went is found as it is now', async () => {
  const place = await newPlace({ a: ['apples'], b: ['beans'] });
  const index = await opened(place);
  await write(place, 'a', ['apples', 'cherries']);
  await write(place, 'd', ['dates']);
  await fs.rm(path.join(place.directory, 'b.jsonl'));
  await index.refresh(() => undefined);
  for (const [query, ids] of [
    ['cherries', ['a']],
    ['apples', ['a']],
    ['dates', ['d']],
    ['beans', []],
  ] as const) {
    assert.deepEqual(await idsOf(index, query), ids, query);
  }
});

test('the cache spares reading what has not changed', async () => {
  const place = await newPlace({ a: ['apples'], b: ['beans'] });
  await opened(place);
  await write(place, 'b', ['berries and more']);
  const reads: string[] = [];
  const index = await openSearchIndex(place.directory, place.cacheFile);
  // What is not read again is still found, though its file could not be read.
  const file = path.join(place.directory, 'a.jsonl');
  assert.deepEqual(await idsOf(index, 'apples'), ['a']);
  await index.refresh((done, all) => reads.push(`${done} of ${all}`));
  assert.deepEqual(reads, ['2 of 2']);
  assert.deepEqual(await idsOf(index, 'apples'), ['a']);
  assert.deepEqual(await idsOf(index, 'berries'), ['b']);
  assert.deepEqual(await idsOf(index, 'beans'), []);
  await fs.rm(file);
});

test('a cache that is cut, forged, of another version or no text is built anew', async () => {
  const place = await newPlace({ a: ['apples'] });
  await opened(place);
  const whole = await fs.readFile(place.cacheFile, 'utf8');
  for (const broken of [
    '',
    'null\nnull',
    whole.slice(0, -5),
    whole.replace('apples', 'orange'),
    whole.replace('"version":1', '"version":0'),
  ]) {
    await fs.writeFile(place.cacheFile, broken);
    const index = await opened(place);
    assert.deepEqual(await idsOf(index, 'apples'), ['a']);
    assert.deepEqual(await idsOf(index, 'orange'), []);
    assert.equal(await fs.readFile(place.cacheFile, 'utf8').then((text) => text.length), whole.length);
  }
});

test('journals of newer versions, torn ones and what is no journal do no harm', async () => {
  const place = await newPlace({ a: ['apples'] });
  await fs.writeFile(
    path.join(place.directory, 'n.jsonl'),
    encodeHeader({ version: 99, id: 'n', createdAt: 1 }),
  );
  await fs.writeFile(path.join(place.directory, 'f.jsonl'), Buffer.from([0xff, 0xfe, 0, 10, 123]));
  await fs.mkdir(path.join(place.directory, 'd.jsonl'));
  await fs.appendFile(path.join(place.directory, 'a.jsonl'), '{"n":99,"sum":"00');
  assert.deepEqual(await idsOf(await opened(place), 'apples'), ['a']);
});

test('two windows that search at once have each their answer and leave a whole cache', async () => {
  const place = await newPlace();
  for (let at = 0; at < 60; at++) await write(place, `c${at}`, [`number${at} and all`]);
  const [one, other] = await Promise.all([opened(place), opened(place)]);
  assert.deepEqual(await idsOf(one, 'number7'), ['c7']);
  assert.deepEqual(await idsOf(other, 'number8'), ['c8']);
  assert.deepEqual(await idsOf(await openSearchIndex(place.directory, place.cacheFile), 'number9'), ['c9']);
});

test('the thread answers, tells how far it is, and of two searches at once the later one', async () => {
  const place = await newPlace({ a: ['apples'], b: ['beans'] });
  const file = new URL('../../../src/host/storage/searchThread.ts', import.meta.url);
  const search = createConversationSearch({ ...place, file });
  const progress: string[] = [];
  const how = { most: 10, onProgress: (done: number, all: number) => progress.push(`${done} of ${all}`) };
  const [first, second] = await Promise.all([search.find('apples', how), search.find('beans', how)]);
  assert.deepEqual(first, []);
  assert.deepEqual(
    second?.map(({ conversation }) => conversation),
    ['b'],
  );
  assert.ok(progress.includes('2 of 2'));
  search.dispose();
});

test('where the thread cannot start or dies there is no answer, and the next search starts another', async () => {
  const place = await newPlace({ a: ['apples'] });
  const how = { most: 10, onProgress: () => undefined };
  const dies = new URL(`data:text/javascript,${encodeURIComponent('throw new Error("no")')}`);
  const broken = createConversationSearch({ ...place, file: dies });
  assert.equal(await broken.find('apples', how), undefined);
  assert.equal(await broken.find('apples', how), undefined);
  const missing = createConversationSearch({ ...place, file: path.join(place.directory, 'missing.cjs') });
  assert.equal(await missing.find('apples', how), undefined);
});

test('a thread with nothing to do ends, and the next search starts it again', async () => {
  const place = await newPlace({ a: ['apples'] });
  const file = new URL('../../../src/host/storage/searchThread.ts', import.meta.url);
  const search = createConversationSearch({ ...place, file, idleFor: 1 });
  const how = { most: 10, onProgress: () => undefined };
  assert.equal((await search.find('apples', how))?.length, 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal((await search.find('apples', how))?.length, 1);
  search.dispose();
});
