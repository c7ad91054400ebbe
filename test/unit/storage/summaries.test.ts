import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import type { ChatEvent } from '../../../src/core/conversation/events.ts';
import { encodeEvent, encodeHeader } from '../../../src/core/conversation/journal.ts';
import { rebuildIndex, summarize } from '../../../src/host/storage/summaries.ts';
import { eventsOf } from '../../support/conversations.ts';

const roots: string[] = [];
after(() => Promise.all(roots.map((root) => fs.rm(root, { recursive: true, force: true }))));

interface Place {
  readonly directory: string;
  readonly index: string;
  titles(): Promise<readonly string[]>;
}

async function newPlace(): Promise<Place> {
  const root = await fs.mkdtemp(path.join(os.tmpdir(), 'parley-summaries-'));
  roots.push(root);
  const directory = path.join(root, 'conversations');
  const index = path.join(root, 'index.json');
  await fs.mkdir(directory);
  return {
    directory,
    index,
    titles: async () => (await summarize(directory, index)).map(({ title }) => title).toSorted(),
  };
}

function journalOf(id: string, title: string, more: readonly ChatEvent[] = []): string {
  const events: readonly ChatEvent[] = [{ type: 'renamed', title }, ...eventsOf(['Hello']), ...more];
  const header = encodeHeader({ version: 1, id, createdAt: 1 });
  return header + events.map((event, at) => encodeEvent(at + 1, event)).join('');
}

const fileIn = (place: Place, id: string): string => path.join(place.directory, `${id}.jsonl`);

async function write(place: Place, id: string, title: string, more?: readonly ChatEvent[]): Promise<void> {
  await fs.writeFile(fileIn(place, id), journalOf(id, title, more));
}

/** Reads with an eye on which titles come from the index: its text is changed where it knows them. */
async function withForgedIndex(place: Place, change: (text: string) => string): Promise<void> {
  await fs.writeFile(place.index, change(await fs.readFile(place.index, 'utf8')));
}

test('the index spares reading journals again, and what has changed, come or gone is noticed', async () => {
  const place = await newPlace();
  await write(place, 'a', 'Apple');
  await write(place, 'b', 'Bean');
  assert.deepEqual(await place.titles(), ['Apple', 'Bean']);
  const before = await fs.stat(place.index);
  await place.titles();
  assert.equal((await fs.stat(place.index)).mtimeMs, before.mtimeMs);
  await fs.appendFile(fileIn(place, 'a'), encodeEvent(99, { type: 'renamed', title: 'Almond' }));
  await fs.rm(fileIn(place, 'b'));
  await write(place, 'c', 'Cress');
  assert.deepEqual(await place.titles(), ['Almond', 'Cress']);
});

test('an index that is missing, cut, forged, of another version or no text at all is built anew', async () => {
  const place = await newPlace();
  await write(place, 'a', 'Apple');
  await place.titles();
  const broken: readonly ((text: string) => string)[] = [
    () => '',
    (text) => text.slice(0, text.length / 2),
    (text) => text.replace('Apple', 'Wrong'),
    (text) => text.replace('"version":2', '"version":1'),
    () => '{"version":2,"entries":[{"id":"a","title":"Wrong"}]}',
    () => 'null',
    () => '\0\0\0\0',
  ];
  for (const change of broken) {
    await withForgedIndex(place, change);
    assert.deepEqual(await place.titles(), ['Apple']);
  }
  await fs.rm(place.index);
  await fs.mkdir(place.index);
  assert.deepEqual(await place.titles(), ['Apple']);
});

test('a journal that takes the place of another one of its size and time is read', async () => {
  const place = await newPlace();
  await write(place, 'a', 'Apple');
  const at = new Date(Date.now() - 60_000);
  await fs.utimes(fileIn(place, 'a'), at, at);
  await place.titles();
  const other = path.join(place.directory, 'other');
  await fs.writeFile(other, journalOf('a', 'Peach'));
  await fs.utimes(other, at, at);
  await fs.rename(other, fileIn(place, 'a'));
  assert.deepEqual(await place.titles(), ['Peach']);
});

test('windows that list at once all see everything, and what they leave is a whole index', async () => {
  const place = await newPlace();
  for (let at = 0; at < 80; at++) await write(place, `c${at}`, `Title ${at}`);
  const lists = await Promise.all(
    Array.from({ length: 6 }, async (_, at) => {
      if (at === 3) await write(place, 'late', 'Late');
      return (await place.titles()).length;
    }),
  );
  assert.ok(lists.every((count) => count >= 80));
  assert.equal((await place.titles()).length, 81);
  const left = (await fs.readdir(path.dirname(place.index))).filter((name) => name.endsWith('.tmp'));
  assert.deepEqual(left, []);
});

test('a file of a newer version is listed as such, and one that is no journal stands under its name', async () => {
  const place = await newPlace();
  await fs.writeFile(fileIn(place, 'future'), encodeHeader({ version: 99, id: 'other', createdAt: 1 }));
  await fs.writeFile(fileIn(place, 'foreign'), 'Dear diary,\n');
  const summaries = await summarize(place.directory, place.index);
  assert.deepEqual(summaries.map(({ id, newerVersion }) => [id, newerVersion]).toSorted(), [
    ['foreign', undefined],
    ['future', 99],
  ]);
});

test('rebuilding reads everything anew, names what could not be read, and deletes nothing', async () => {
  const place = await newPlace();
  await write(place, 'a', 'Apple');
  await write(place, 'b', 'Bean');
  await fs.appendFile(fileIn(place, 'b'), 'torn\n');
  await fs.mkdir(fileIn(place, 'c'));
  await fs.writeFile(fileIn(place, 'd'), encodeHeader({ version: 99, id: 'd', createdAt: 1 }));
  const before = await fs.readdir(place.directory);
  const progress: [number, number][] = [];
  const rebuilt = await rebuildIndex(
    place.directory,
    place.index,
    (done, all) => progress.push([done, all]),
    () => false,
  );
  assert.deepEqual(rebuilt, {
    conversations: 2,
    newer: [fileIn(place, 'd')],
    problems: [
      { file: fileIn(place, 'c'), problem: { code: 'EISDIR' } },
      { file: fileIn(place, 'b'), problem: { lines: 1 } },
    ],
  });
  assert.deepEqual(progress.at(-1), [4, 4]);
  assert.deepEqual(await fs.readdir(place.directory), before);
});

test('rebuilding that is cancelled leaves the index as it was', async () => {
  const place = await newPlace();
  for (let at = 0; at < 100; at++) await write(place, `c${at}`, 'Title');
  await place.titles();
  const before = await fs.readFile(place.index, 'utf8');
  let looked = 0;
  const rebuilt = await rebuildIndex(
    place.directory,
    place.index,
    (done) => {
      looked = done;
    },
    () => looked > 0,
  );
  assert.equal(rebuilt, undefined);
  assert.ok(looked < 100);
  assert.equal(await fs.readFile(place.index, 'utf8'), before);
});

test('a list that is not wanted any more ends its reading, and what was read by then need not be read again', async () => {
  const place = await newPlace();
  for (let at = 0; at < 80; at++) await write(place, `c${at}`, 'Title');
  let looks = 0;
  const cancelled = await summarize(place.directory, place.index, () => looks++ > 0);
  assert.deepEqual(cancelled, []);
  const { entries } = JSON.parse(await fs.readFile(place.index, 'utf8'));
  assert.ok(entries.length > 0 && entries.length < 80, `${entries.length} were read`);
  assert.equal((await place.titles()).length, 80);
});
