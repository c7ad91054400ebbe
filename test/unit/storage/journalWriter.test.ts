import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type ChatEvent, emptyConversation, reduceAll } from '../../../src/core/conversation/events.ts';
import {
  encodeEvent,
  encodeHeader,
  JOURNAL_VERSION,
  readJournal,
} from '../../../src/core/conversation/journal.ts';
import type { Conversation, Failure } from '../../../src/core/conversation/model.ts';
import { createSession } from '../../../src/core/conversation/session.ts';
import { type Journal, type OpenConversation, type Result, TAKEN_OVER } from '../../../src/core/ports.ts';
import {
  createConversationStore,
  type FileConversationStore,
} from '../../../src/host/storage/conversationStore.ts';
import { createJournalFile } from '../../../src/host/storage/journalFile.ts';
import { createJournalWriter } from '../../../src/host/storage/journalWriter.ts';
import { createWriterLock, type WriterLock } from '../../../src/host/storage/writerLock.ts';
import { answerEvents, eventsOf, openAnswer, question } from '../../support/conversations.ts';
import { createTestClock } from '../../support/memoryPorts.ts';
import { watchSyncs } from '../../support/syncs.ts';

const roots: string[] = [];
const locks: WriterLock[] = [];
after(async () => {
  await Promise.all(locks.map((lock) => lock.close()));
  await Promise.all(roots.map((root) => fs.rm(root, { recursive: true, force: true })));
});

interface Place {
  readonly root: string;
  readonly store: FileConversationStore;
}

async function newPlace(): Promise<Place> {
  const root = await fs.mkdtemp(path.join(os.tmpdir(), 'parley-journal-'));
  roots.push(root);
  return placeIn(root);
}

function placeIn(root: string): Place {
  const lock = createWriterLock(path.join(root, 'conversations'));
  locks.push(lock);
  const store = createConversationStore(root, lock, { now: Date.now, newId: randomUUID }, () => undefined);
  return { root, store };
}

const folderOf = ({ root }: Place): string => path.join(root, 'conversations');
const fileOf = (place: Place, id: string): string => path.join(folderOf(place), `${id}.jsonl`);

function valueOrFail<T>(result: Result<T>): T {
  if (!result.ok) assert.fail(`failed: ${JSON.stringify(result.failure)}`);
  return result.value;
}

/** What the journal is told, and the conversation that comes of it. */
function talk(open: OpenConversation): {
  say(...events: readonly ChatEvent[]): void;
  conversation: Conversation;
} {
  const talking = {
    conversation: open.conversation,
    say(...events: readonly ChatEvent[]) {
      talking.conversation = reduceAll(talking.conversation, events);
      open.journal.append(events, talking.conversation);
    },
  };
  return talking;
}

function listenTo(open: Pick<OpenConversation, 'journal'>): readonly (Failure | undefined)[] {
  const heard: (Failure | undefined)[] = [];
  open.journal.watch?.((failure) => heard.push(failure));
  return heard;
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(10);
}

const stored = async (place: Place, id: string): Promise<Conversation> =>
  valueOrFail(await place.store.read(id));

test('what cannot be written is told once, tried again by itself, and told when it is written', async () => {
  const place = await newPlace();
  await fs.writeFile(folderOf(place), 'a file where the folder should be');
  const open = place.store.create();
  const heard = listenTo(open);
  const { say } = talk(open);
  say(...eventsOf(['one']));
  await until(() => heard.length === 1);
  say({ type: 'renamed', title: 'meanwhile' });
  assert.equal((await open.journal.settle()).ok, false);
  assert.deepEqual(
    heard.map((failure) => failure?.kind),
    ['storage'],
  );
  await fs.rm(folderOf(place));
  await until(() => heard.length === 2);
  assert.equal(heard[1], undefined);
  const conversation = await stored(place, open.conversation.id);
  assert.equal(conversation.title, 'meanwhile');
  assert.equal(conversation.turns.length, 2);
});

test('a session hears of it while an answer is still arriving', async () => {
  const place = await newPlace();
  await fs.writeFile(folderOf(place), 'a file where the folder should be');
  const told: string[] = [];
  const session = createSession(
    place.store.create(),
    createTestClock(),
    (failure) => told.push(failure.kind),
    () => told.push('works'),
  );
  session.record(
    { type: 'turnAdded', turn: question('q', null, 'hi') },
    { type: 'turnAdded', turn: openAnswer('a', 'q') },
  );
  await until(() => told.length === 1);
  await session.flush();
  await fs.rm(folderOf(place));
  await session.flush();
  assert.deepEqual(told, ['storage', 'works']);
});

test('a full device keeps nothing back: all is there once it takes something again', {
  skip: process.platform !== 'linux',
}, async () => {
  const place = await newPlace();
  const open = place.store.create();
  const file = fileOf(place, open.conversation.id);
  await fs.mkdir(folderOf(place));
  await fs.symlink('/dev/full', file);
  const { say } = talk(open);
  say(...eventsOf(['one']));
  const full = await open.journal.settle();
  assert.ok(!full.ok && full.failure.message === 'ENOSPC');
  await fs.rm(file);
  say({ type: 'renamed', title: 'after' });
  valueOrFail(await open.journal.settle());
  const conversation = await stored(place, open.conversation.id);
  assert.equal(conversation.title, 'after');
  assert.equal(conversation.turns.length, 2);
});

test('a file that takes only a part is gone on with on a line of its own', {
  skip: process.platform === 'win32',
}, async () => {
  const place = await newPlace();
  // A part of the write goes through, the rest fails.
  const { id, failure, torn, turns, isWide, again } = writeWithin(8, place);
  assert.equal(failure, 'EFBIG');
  assert.ok(!torn.endsWith('\n'), 'half a line stands at the end');
  assert.equal(again, isWide, 'once there is room again it is written');
  const open = valueOrFail(await place.store.open(id));
  assert.equal(open.conversation.turns.length, turns);
  const { say } = talk(open);
  say({ type: 'renamed', title: 'after' });
  valueOrFail(await open.journal.settle());
  assert.equal((await stored(place, id)).title, 'after');
  assert.ok((await fs.readFile(fileOf(place, id), 'utf8')).startsWith(`${torn}\n`));
});

test('a disk that is full before a conversation begins holds it up only for as long as it is full', {
  skip: process.platform === 'win32',
}, async () => {
  const place = await newPlace();
  const { id, failure, torn, isWide, again } = writeWithin(0, place);
  assert.deepEqual([failure, torn], ['EFBIG', '']);
  assert.equal(again, isWide, 'once there is room again it is written');
  if (isWide) assert.equal((await stored(place, id)).turns.length, 1);
});

/** Has a process write whose files may not grow beyond so many blocks. */
function writeWithin(blocks: number, { root }: Place): Narrow {
  const child = fileURLToPath(new URL('../../violence/narrowChild.ts', import.meta.url));
  const limited = ['-c', `ulimit -S -f ${blocks}; exec "$0" "$@"`, process.execPath, child, root];
  const said: unknown = JSON.parse(spawnSync('sh', limited, { encoding: 'utf8' }).stdout);
  return said as Narrow;
}

/** What `narrowChild` says of itself. */
interface Narrow {
  readonly id: string;
  readonly failure: string;
  readonly torn: string;
  readonly turns: number;
  readonly isWide: boolean;
  readonly again: boolean;
}

test('a folder that may not be written to costs nothing', { skip: process.getuid?.() === 0 }, async () => {
  const place = await newPlace();
  await fs.mkdir(folderOf(place), { mode: 0o500 });
  const open = place.store.create();
  const { say } = talk(open);
  say(...eventsOf(['one']));
  const refused = await open.journal.settle();
  assert.ok(!refused.ok && refused.failure.message === 'EACCES');
  await fs.chmod(folderOf(place), 0o700);
  valueOrFail(await open.journal.settle());
  assert.equal((await stored(place, open.conversation.id)).turns.length, 2);
});

for (const [what, remove] of [
  ['journal', (place: Place, id: string) => fs.rm(fileOf(place, id))],
  ['folder of all journals', (place: Place) => fs.rm(folderOf(place), { recursive: true })],
  ['whole storage', (place: Place) => fs.rm(place.root, { recursive: true })],
] as const) {
  test(`the ${what} is deleted under a running session: all that was on screen is written anew`, async () => {
    const place = await newPlace();
    const open = place.store.create();
    const { id } = open.conversation;
    const talking = talk(open);
    talking.say(
      { type: 'renamed', title: 'kept' },
      ...eventsOf(['one', 'two']),
      { type: 'turnAdded', turn: question('branch', 'a0', 'instead') },
      ...answerEvents('open', 'branch', 'half of it').slice(0, 8),
    );
    valueOrFail(await open.journal.settle());
    await remove(place, id);
    talking.say(...answerEvents('open', 'branch', 'half of it').slice(8));
    await until(async () => (await place.store.read(id)).ok);
    valueOrFail(await open.journal.settle());
    assert.deepEqual(await stored(place, id), talking.conversation);
    talking.say({ type: 'renamed', title: 'goes on' });
    valueOrFail(await open.journal.settle());
    assert.deepEqual(await stored(place, id), talking.conversation);
  });
}

test('a deleted journal is also written anew when nothing has happened since', async () => {
  const place = await newPlace();
  const open = place.store.create();
  const talking = talk(open);
  talking.say(...eventsOf(['one']));
  valueOrFail(await open.journal.settle());
  await fs.rm(fileOf(place, open.conversation.id));
  valueOrFail(await open.journal.settle());
  assert.deepEqual(await stored(place, open.conversation.id), talking.conversation);
});

test('a journal that was cut short is kept as it is, and beside it all is written anew', async () => {
  const place = await newPlace();
  const open = place.store.create();
  const file = fileOf(place, open.conversation.id);
  const talking = talk(open);
  talking.say(...eventsOf(['one', 'two']));
  valueOrFail(await open.journal.settle());
  await fs.truncate(file, 300);
  talking.say({ type: 'renamed', title: 'after' });
  valueOrFail(await open.journal.settle());
  assert.deepEqual(await stored(place, open.conversation.id), talking.conversation);
  const kept = (await fs.readdir(folderOf(place))).filter((name) => name.endsWith('.kept'));
  assert.equal(kept.length, 1);
});

test('another journal in the place of this one is kept beside it, however long it is', async () => {
  for (const replace of [
    (file: string, text: string) => fs.writeFile(file, text),
    async (file: string, text: string) => {
      await fs.writeFile(`${file}.new`, text);
      await fs.rename(`${file}.new`, file);
    },
  ]) {
    const place = await newPlace();
    const open = place.store.create();
    const file = fileOf(place, open.conversation.id);
    const talking = talk(open);
    talking.say(...eventsOf(['one', 'two']));
    valueOrFail(await open.journal.settle());
    const foreign = `${encodeHeader({ version: JOURNAL_VERSION, id: 'other', createdAt: 7 })}${encodeEvent(1, { type: 'instructionsChanged', instructions: 'x'.repeat(20_000) })}`;
    await replace(file, foreign);
    talking.say({ type: 'renamed', title: 'after' });
    valueOrFail(await open.journal.settle());
    assert.deepEqual(await stored(place, open.conversation.id), talking.conversation);
    const [kept = '', ...more] = (await fs.readdir(folderOf(place))).filter((name) => name.endsWith('.kept'));
    assert.equal(await fs.readFile(path.join(folderOf(place), kept), 'utf8'), foreign);
    assert.deepEqual(more, []);
  }
});

test('a copy of the journal in its place is the same journal', async () => {
  const place = await newPlace();
  const open = place.store.create();
  const file = fileOf(place, open.conversation.id);
  const talking = talk(open);
  talking.say(...eventsOf(['one']));
  valueOrFail(await open.journal.settle());
  await fs.copyFile(file, `${file}.copy`);
  await fs.rename(`${file}.copy`, file);
  talking.say({ type: 'renamed', title: 'after' });
  valueOrFail(await open.journal.settle());
  assert.deepEqual(await stored(place, open.conversation.id), talking.conversation);
  assert.ok(!(await fs.readdir(folderOf(place))).some((name) => name.endsWith('.kept')));
});

test('an event that half a line of somebody else has swallowed is written again', async () => {
  const place = await newPlace();
  await fs.mkdir(folderOf(place));
  const file = fileOf(place, 'c');
  const journal = createJournalFile(file, { version: JOURNAL_VERSION, id: 'c', createdAt: 1 }, undefined);
  await journal.append([{ type: 'renamed', title: 'first' }], 'asLeft');
  await fs.appendFile(file, '{"n":2,"su');
  const events: readonly ChatEvent[] = [
    { type: 'renamed', title: 'second' },
    { type: 'effortChosen', effort: 'high' },
  ];
  const { left } = await journal.append(events, 'asLeft');
  assert.deepEqual(left, events.slice(0, 1));
  assert.deepEqual((await journal.append(left, 'asLeft')).left, []);
  const reading = readJournal(await fs.readFile(file, 'utf8'), { id: '', createdAt: 0 });
  assert.equal(reading.conversation.title, 'second');
  assert.equal(reading.conversation.effort, 'high');
});

/** A journal whose window is told by the test whether it still has the conversation. */
function taken(place: Place): {
  readonly journal: Journal;
  readonly quarantine: string;
  isOurs: boolean;
  isFree: boolean;
} {
  const quarantine = path.join(folderOf(place), 'c.quarantine');
  const window = { isOurs: true, isFree: false };
  const journal = createJournalWriter({
    file: fileOf(place, 'c'),
    header: { version: JOURNAL_VERSION, id: 'c', createdAt: 1 },
    conversation: emptyConversation('c', 1),
    quarantine,
    isOurs: async () => window.isOurs,
    take: async () => window.isOurs || window.isFree,
    isDeleted: async () => false,
  });
  return Object.assign(window, { journal, quarantine });
}

test('a file that has just vanished is not begun in its middle', async () => {
  const place = await newPlace();
  const file = fileOf(place, 'c');
  const journal = createJournalFile(file, { version: JOURNAL_VERSION, id: 'c', createdAt: 1 }, undefined);
  const events: readonly ChatEvent[] = [{ type: 'renamed', title: 'first' }];
  assert.deepEqual(await journal.append(events, 'asLeft'), { left: [] });
  await fs.rm(file);
  const { left, error } = await journal.append(events, 'asLeft');
  assert.deepEqual(left, events);
  assert.match(String(error), /ENOENT/);
  assert.deepEqual(await fs.readdir(folderOf(place)), []);
});

test('what was taken over is not said to be written again because nothing is left to write', async () => {
  const window = taken(await newPlace());
  const { journal } = window;
  const heard = listenTo({ journal });
  journal.append(eventsOf(['one']));
  valueOrFail(await journal.settle());
  window.isOurs = false;
  journal.append([{ type: 'renamed', title: 'too late' }]);
  for (let time = 0; time < 2; time++) {
    const late = await journal.settle();
    assert.ok(!late.ok && late.failure.message === TAKEN_OVER);
  }
  assert.deepEqual(
    heard.map((failure) => failure?.message),
    [TAKEN_OVER],
  );
});

test('a lock that has vanished is taken again, unless others have written meanwhile', async () => {
  const window = taken(await newPlace());
  const { journal, quarantine } = window;
  window.isFree = true;
  journal.append(eventsOf(['one']));
  window.isOurs = false;
  valueOrFail(await journal.settle());
  journal.append([{ type: 'renamed', title: 'written' }]);
  valueOrFail(await journal.settle());
  await fs.appendFile(quarantine.replace('.quarantine', '.jsonl'), 'theirs\n');
  journal.append([{ type: 'renamed', title: 'set aside' }]);
  const refused = await journal.settle();
  assert.ok(!refused.ok && refused.failure.message === TAKEN_OVER);
  assert.match(await fs.readFile(quarantine, 'utf8'), /^unowned\t.*set aside.*\n$/);
});

test('what can be written neither to the journal nor to the quarantine is kept until it can be', async () => {
  const window = taken(await newPlace());
  const { journal, quarantine } = window;
  journal.append(eventsOf(['one']));
  valueOrFail(await journal.settle());
  window.isOurs = false;
  await fs.mkdir(quarantine);
  for (const title of ['first', 'second']) {
    journal.append([{ type: 'renamed', title }]);
    const refused = await journal.settle();
    assert.ok(!refused.ok && refused.failure.message === 'EISDIR');
  }
  await fs.rmdir(quarantine);
  assert.equal((await journal.settle()).ok, false);
  assert.match(await fs.readFile(quarantine, 'utf8'), /^unowned\t.*first.*\nunowned\t.*second.*\n$/);
});

test('what is said while a write fails stands behind what could not be written', async (t) => {
  const place = await newPlace();
  const open = place.store.create();
  const file = fileOf(place, open.conversation.id);
  open.journal.append(eventsOf(['one']));
  valueOrFail(await open.journal.settle());
  let said = 0;
  const say = (): void => open.journal.append([{ type: 'renamed', title: `title-${said++}` }]);
  const handle = await fs.open(file);
  const write = t.mock.method(Object.getPrototypeOf(handle), 'write', async () => {
    say();
    throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  });
  await handle.close();
  for (let time = 0; time < 3; time++) {
    say();
    assert.equal((await open.journal.settle()).ok, false);
  }
  write.mock.restore();
  valueOrFail(await open.journal.settle());
  const titles = [...(await fs.readFile(file, 'utf8')).matchAll(/"title":"title-(\d+)"/g)];
  assert.deepEqual(
    titles.map(([, at]) => Number(at)),
    [0, 1, 2, 3, 4, 5],
  );
});

test('whoever fails to hear that nothing can be written does not keep it from being written', async () => {
  const place = await newPlace();
  await fs.writeFile(folderOf(place), 'a file where the folder should be');
  const open = place.store.create();
  open.journal.watch?.(() => {
    throw new Error('the page is gone');
  });
  const { say } = talk(open);
  say(...eventsOf(['one']));
  assert.equal((await open.journal.settle()).ok, false);
  await fs.rm(folderOf(place));
  valueOrFail(await open.journal.settle());
  assert.equal((await stored(place, open.conversation.id)).turns.length, 2);
});

test('that what is written cannot be flushed is told once, and not taken back by every attempt', async (t) => {
  const place = await newPlace();
  const open = place.store.create();
  const heard = listenTo(open);
  const handle = await fs.open(place.root);
  const sync = t.mock.method(Object.getPrototypeOf(handle), 'sync', async () => {
    throw Object.assign(new Error('input/output error'), { code: 'EIO' });
  });
  await handle.close();
  open.journal.append(eventsOf(['one']));
  for (let time = 0; time < 3; time++) assert.equal((await open.journal.settle()).ok, false);
  assert.deepEqual(
    heard.map((failure) => failure?.message),
    ['EIO'],
  );
  sync.mock.restore();
  valueOrFail(await open.journal.settle());
  assert.equal(heard.length, 2);
});

test('the file is taken to the device whenever it is settled, and behind it once the folder that names it', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const place = await newPlace();
  const open = place.store.create();
  const names = await watchSyncs(t);
  const file = path.basename(fileOf(place, open.conversation.id));
  open.journal.append(eventsOf(['one']));
  valueOrFail(await open.journal.settle());
  assert.deepEqual(names, [file, 'conversations']);
  open.journal.append([{ type: 'renamed', title: 'two' }]);
  valueOrFail(await open.journal.settle());
  valueOrFail(await open.journal.settle());
  assert.deepEqual(names, [file, 'conversations', file]);
});

test('a device that takes everything and keeps nothing is told of, and not written to without an end', {
  skip: process.platform !== 'linux',
}, async () => {
  const place = await newPlace();
  const open = place.store.create();
  await fs.mkdir(folderOf(place));
  await fs.symlink('/dev/null', fileOf(place, open.conversation.id));
  open.journal.append(eventsOf(['one']));
  const swallowed = await open.journal.settle();
  assert.ok(!swallowed.ok && swallowed.failure.message === 'EIO');
  await fs.rm(fileOf(place, open.conversation.id));
  valueOrFail(await open.journal.settle());
  assert.equal((await stored(place, open.conversation.id)).turns.length, 2);
});

test('a conversation that its user deleted does not come back by itself', async () => {
  const place = await newPlace();
  const open = place.store.create();
  const { id } = open.conversation;
  const { say } = talk(open);
  say(...eventsOf(['one']));
  valueOrFail(await open.journal.settle());
  valueOrFail(await place.store.remove(id));
  valueOrFail(await open.journal.settle());
  say({ type: 'renamed', title: 'too late' });
  assert.equal((await open.journal.settle()).ok, false);
  await assert.rejects(fs.stat(fileOf(place, id)));
  valueOrFail(await place.store.restore(id));
  assert.equal((await stored(place, id)).turns.length, 2);
});

test('where somebody else has added lines, numbers go on behind them and nothing is lost', async () => {
  const place = await newPlace();
  const open = place.store.create();
  const { id } = open.conversation;
  const { say } = talk(open);
  say(...eventsOf(['one']));
  valueOrFail(await open.journal.settle());
  const lines = (await fs.readFile(fileOf(place, id), 'utf8')).split('\n').length;
  await fs.appendFile(fileOf(place, id), encodeEvent(lines - 1, { type: 'effortChosen', effort: 'theirs' }));
  say({ type: 'renamed', title: 'ours' });
  valueOrFail(await open.journal.settle());
  const conversation = await stored(place, id);
  assert.equal(conversation.title, 'ours');
  assert.equal(conversation.effort, 'theirs');
});

test('a conversation that another window has begun meanwhile under the same id is gone on with, not begun again', async () => {
  const first = await newPlace();
  const lock = createWriterLock(folderOf(first));
  const second = placeIn(first.root);
  const late = second.store.create('same');
  const store = createConversationStore(
    first.root,
    lock,
    { now: Date.now, newId: randomUUID },
    () => undefined,
  );
  const early = store.create('same');
  early.journal.append([{ type: 'turnAdded', turn: question('early', null, 'hi') }]);
  valueOrFail(await early.journal.settle());
  await lock.close();
  late.journal.append([{ type: 'turnAdded', turn: question('late', null, 'hi') }]);
  valueOrFail(await late.journal.settle());
  const reading = readJournal(await fs.readFile(fileOf(first, 'same'), 'utf8'), { id: '', createdAt: 0 });
  assert.deepEqual(reading.bad, []);
  const { turns, aside } = reading.conversation;
  assert.deepEqual(
    [...aside, ...turns].map(({ id }) => id),
    ['early', 'late'],
  );
});

test('two writers that both believe to have the conversation lose nothing to each other', async () => {
  const place = await newPlace();
  const conversation = emptyConversation('both', 1);
  const believe = async (): Promise<boolean> => true;
  const writers = ['x', 'y'].map((name) => ({
    name,
    journal: createJournalWriter({
      file: fileOf(place, 'both'),
      header: { version: JOURNAL_VERSION, id: 'both', createdAt: 1 },
      conversation,
      quarantine: path.join(folderOf(place), 'both.quarantine'),
      isOurs: believe,
      take: believe,
      isDeleted: async () => false,
    }),
  }));
  for (let round = 0; round < 60; round++) {
    for (const { name, journal } of writers)
      journal.append([{ type: 'turnAdded', turn: question(`${name}${round}`, null, 'hi') }]);
    for (const settled of await Promise.all(writers.map(({ journal }) => journal.settle())))
      valueOrFail(settled);
  }
  const { turns, aside } = await stored(place, 'both');
  const ids = [...turns, ...aside].map(({ id }) => id);
  assert.equal(ids.length, 120);
  assert.equal(new Set(ids).size, 120);
});
