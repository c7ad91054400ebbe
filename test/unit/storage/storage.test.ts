import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import { encodeHeader } from '../../../src/core/conversation/journal.ts';
import type { Failure } from '../../../src/core/conversation/model.ts';
import {
  type Clock,
  NOT_MOVED,
  NOT_READ,
  type OpenConversation,
  type Result,
} from '../../../src/core/ports.ts';
import {
  createConversationStore,
  type FileConversationStore,
} from '../../../src/host/storage/conversationStore.ts';
import { createDraftStore, EMPTY_DRAFT } from '../../../src/host/storage/draftStore.ts';
import { createWriterLock, type WriterLock } from '../../../src/host/storage/writerLock.ts';
import { answerEvents, code, eventsOf, openAnswer, question } from '../../support/conversations.ts';

const roots: string[] = [];
const locks: WriterLock[] = [];
after(async () => {
  await Promise.all(locks.map((lock) => lock.close()));
  await Promise.all(roots.map((root) => fs.rm(root, { recursive: true, force: true })));
});

interface Window {
  readonly root: string;
  readonly store: FileConversationStore;
  readonly lock: WriterLock;
  readonly lines: string[];
}

async function newRoot(): Promise<string> {
  const root = await fs.mkdtemp(path.join(os.tmpdir(), 'parley-storage-'));
  roots.push(root);
  return root;
}

/** One window on a storage folder; two windows on the same folder are two of these. */
async function openWindow(root?: string, now = Date.now()): Promise<Window> {
  const folder = root ?? (await newRoot());
  const lock = createWriterLock(path.join(folder, 'conversations'));
  locks.push(lock);
  const clock: Pick<Clock, 'now' | 'newId'> = { now: () => now, newId: () => crypto.randomUUID() };
  const lines: string[] = [];
  const store = createConversationStore(folder, lock, clock, (line) => lines.push(line));
  return { root: folder, store, lock, lines };
}

function valueOrFail<T>(result: Result<T>): T {
  if (!result.ok) assert.fail(`failed: ${JSON.stringify(result.failure)}`);
  return result.value;
}

async function write(open: OpenConversation, ...texts: readonly string[]): Promise<void> {
  open.journal.append([{ type: 'renamed', title: texts[0] ?? '' }, ...eventsOf(texts)]);
  valueOrFail(await open.journal.settle());
}

const fileOf = (window: Window, id: string): string => path.join(window.root, 'conversations', `${id}.jsonl`);

test('a conversation is read back as it was written', async () => {
  const window = await openWindow();
  const open = window.store.create();
  await write(open, 'one', 'two');
  await window.lock.close();
  const again = valueOrFail(await (await openWindow(window.root)).store.open(open.conversation.id));
  assert.equal(again.conversation.turns.length, 4);
  assert.equal(again.conversation.title, 'one');
});

test('nothing is on disk before the first turn, and then everything is', async () => {
  const window = await openWindow();
  const open = window.store.create();
  open.journal.append([{ type: 'effortChosen', effort: 'max' }]);
  valueOrFail(await open.journal.settle());
  await assert.rejects(fs.stat(fileOf(window, open.conversation.id)));
  await write(open, 'one');
  const again = valueOrFail(await window.store.open(open.conversation.id));
  assert.equal(again.conversation.effort, 'max');
});

test('while a long journal is read others get their turn', async (t) => {
  const window = await openWindow();
  const open = window.store.create();
  await write(open, ...Array.from({ length: 1500 }, (_, at) => `question ${at}`));
  // Time flies: each step takes so long that others come next.
  let now = 0;
  t.mock.method(performance, 'now', () => {
    now += 1000;
    return now;
  });
  const breaks = t.mock.method(globalThis, 'setImmediate');
  for (const read of [window.store.read, window.store.open]) {
    breaks.mock.resetCalls();
    valueOrFail<unknown>(await read(open.conversation.id));
    assert.ok(breaks.mock.callCount() > 10);
  }
});

test('a journal only ever grows', async () => {
  const window = await openWindow();
  const open = window.store.create();
  await write(open, 'one');
  const before = await fs.readFile(fileOf(window, open.conversation.id), 'utf8');
  const again = valueOrFail(await window.store.open(open.conversation.id));
  again.journal.append([{ type: 'renamed', title: 'new' }]);
  valueOrFail(await again.journal.settle());
  const after = await fs.readFile(fileOf(window, open.conversation.id), 'utf8');
  assert.ok(after.startsWith(before) && after.length > before.length);
});

test('an answer whose writer died is marked interrupted, on disk too', async () => {
  const window = await openWindow();
  const open = window.store.create();
  open.journal.append([
    { type: 'turnAdded', turn: question('q', null, 'hi') },
    { type: 'turnAdded', turn: openAnswer('a', 'q') },
    ...answerEvents('a', 'q', 'half of it').slice(1, 8),
  ]);
  valueOrFail(await open.journal.settle());
  const again = valueOrFail(await window.store.open(open.conversation.id));
  valueOrFail(await again.journal.settle());
  const answer = again.conversation.turns.at(-1);
  assert.ok(answer?.role === 'assistant' && answer.state === 'interrupted');
  assert.match(await fs.readFile(fileOf(window, open.conversation.id), 'utf8'), /"interrupted"/);
});

test('a broken line is quarantined once with its text and the rest is there', async () => {
  const window = await openWindow();
  const open = window.store.create();
  await write(open, 'one', 'two');
  const file = fileOf(window, open.conversation.id);
  const text = await fs.readFile(file, 'utf8');
  await fs.writeFile(file, text.replace('Answer to one'.slice(0, 6), 'ANSWER'));
  for (let time = 0; time < 2; time++) {
    const again = valueOrFail(await window.store.open(open.conversation.id));
    assert.equal(again.conversation.turns.length, 4);
  }
  const kept = await fs.readFile(
    path.join(window.root, 'conversations', `${open.conversation.id}.quarantine`),
    'utf8',
  );
  assert.equal(kept.split('\n').length, 2);
  assert.match(kept, /ANSWER/);
  assert.match(window.lines.join(), /could not be read/);
});

test('the same broken line is quarantined once, however often it stands there', async () => {
  const window = await openWindow();
  const open = window.store.create();
  await write(open, 'one');
  const file = fileOf(window, open.conversation.id);
  await fs.appendFile(file, 'what is\tthis\n'.repeat(3));
  for (let time = 0; time < 2; time++) valueOrFail(await window.store.open(open.conversation.id));
  const kept = await fs.readFile(file.replace('.jsonl', '.quarantine'), 'utf8');
  assert.equal(kept, 'content\twhat is\tthis\n');
});

test('a torn last line is left in place and writing goes on behind it', async () => {
  const window = await openWindow();
  const open = window.store.create();
  await write(open, 'one');
  const file = fileOf(window, open.conversation.id);
  await fs.truncate(file, (await fs.stat(file)).size - 7);
  const again = valueOrFail(await window.store.open(open.conversation.id));
  again.journal.append([{ type: 'renamed', title: 'after the tear' }]);
  valueOrFail(await again.journal.settle());
  const third = valueOrFail(await window.store.open(open.conversation.id));
  assert.equal(third.conversation.title, 'after the tear');
  const kept = await fs.readFile(file.replace('.jsonl', '.quarantine'), 'utf8');
  assert.equal(kept.split('\n').length, 2, 'only the torn line is bad, and it is kept once');
});

test('a journal of a newer Parley is refused, also when it is deleted or restored, and left untouched', async () => {
  const window = await openWindow(undefined, Date.now() + 100 * 24 * 60 * 60 * 1000);
  const text = `${encodeHeader({ version: 99, id: 'future', createdAt: 1 })}{"anything":true}\n`;
  const trashed = path.join(window.root, 'trash', 'future.jsonl');
  for (const file of [fileOf(window, 'future'), trashed]) {
    await fs.mkdir(path.dirname(file), { recursive: true });
    await fs.writeFile(file, text);
  }
  await window.store.list();
  await window.store.listTrash();
  const { open, read, remove, restore } = window.store;
  for (const wish of [open, read, remove, restore]) {
    const refused = await wish('future');
    assert.ok(!refused.ok && /newer/.test(refused.failure.message ?? ''), wish.name);
  }
  for (const file of [fileOf(window, 'future'), trashed]) assert.equal(await fs.readFile(file, 'utf8'), text);
});

test('a journal that a newer Parley has begun meanwhile under the same id is not written to', async () => {
  const window = await openWindow();
  const open = window.store.create('same');
  const text = `${encodeHeader({ version: 99, id: 'same', createdAt: 1 })}{"anything":true}\n`;
  await fs.mkdir(path.join(window.root, 'conversations'), { recursive: true });
  await fs.writeFile(fileOf(window, 'same'), text);
  open.journal.append(eventsOf(['one']));
  const refused = await open.journal.settle();
  assert.ok(!refused.ok && /newer/.test(refused.failure.message ?? ''));
  assert.equal(await fs.readFile(fileOf(window, 'same'), 'utf8'), text);
});

test('an id that is no id never becomes a path', async () => {
  const window = await openWindow();
  await fs.mkdir(path.join(window.root, 'conversations'));
  await fs.writeFile(
    path.join(window.root, 'outside.jsonl'),
    encodeHeader({ version: 1, id: 'x', createdAt: 1 }),
  );
  for (const id of ['../outside', '../../etc/passwd', 'a/b', '', 'x'.repeat(65)]) {
    const opened = await window.store.open(id);
    assert.ok(!opened.ok, id);
  }
});

test('the list is newest first and does not need its index', async () => {
  const window = await openWindow();
  const [first, second] = [window.store.create(), window.store.create()];
  await write(first, 'older');
  await write(second, 'newer');
  await fs.utimes(fileOf(window, first.conversation.id), new Date(), new Date(Date.now() - 60_000));
  const titles = async (): Promise<readonly string[]> =>
    (await window.store.list()).map((entry) => entry.title);
  assert.deepEqual(await titles(), ['newer', 'older']);
  for (const damage of ['not json', '{"version":1,"entries":[{"id":7}]}', '[]']) {
    await fs.writeFile(path.join(window.root, 'index.json'), damage);
    assert.deepEqual(await titles(), ['newer', 'older'], damage);
  }
});

test('a failure says whether it was one of reading or of moving', async () => {
  const window = await openWindow();
  const open = window.store.create();
  await write(open, 'one');
  await fs.mkdir(fileOf(window, 'folder'));
  for (const wish of [window.store.open, window.store.read]) {
    const failed = await wish('folder');
    assert.ok(!failed.ok && failed.failure.code === NOT_READ && failed.failure.message === 'EISDIR');
  }
  const restored = await window.store.restore(open.conversation.id);
  assert.ok(!restored.ok && restored.failure.code === NOT_MOVED);
});

test('foreign files in the folder are neither listed nor harmed', async () => {
  const window = await openWindow();
  const file = fileOf(window, 'strange');
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.writeFile(path.join(path.dirname(file), 'notes.txt'), 'mine');
  await fs.mkdir(file);
  assert.deepEqual(await window.store.list(), []);
  assert.equal(await fs.readFile(path.join(path.dirname(file), 'notes.txt'), 'utf8'), 'mine');
});

test('a deleted conversation lies in the trash and comes back whole, its draft included', async () => {
  const window = await openWindow();
  const open = window.store.create();
  await write(open, 'one');
  const drafts = createDraftStore(window.root, assert.fail);
  drafts.set(open.conversation.id, { text: 'half a thou', caret: 4, attachments: [] });
  await drafts.settle();
  valueOrFail(await window.store.remove(open.conversation.id));
  assert.deepEqual(await window.store.list(), []);
  assert.equal((await window.store.listTrash())[0]?.title, 'one');
  valueOrFail(await window.store.restore(open.conversation.id));
  assert.equal(
    (await createDraftStore(window.root, assert.fail).get(open.conversation.id)).text,
    'half a thou',
  );
  const again = valueOrFail(await window.store.open(open.conversation.id));
  assert.equal(again.conversation.turns.length, 2);
  assert.equal(again.conversation.deletedAt, undefined);
});

test('the trash is emptied after thirty days and not before', async () => {
  const window = await openWindow();
  const open = window.store.create();
  await write(open, 'one');
  valueOrFail(await window.store.remove(open.conversation.id));
  const days = (count: number): number => Date.now() + count * 24 * 60 * 60 * 1000;
  assert.equal((await (await openWindow(window.root, days(29))).store.listTrash()).length, 1);
  const locks = path.join(window.root, 'conversations', 'locks');
  assert.deepEqual(await fs.readdir(locks), [open.conversation.id]);
  assert.equal((await (await openWindow(window.root, days(31))).store.listTrash()).length, 0);
  assert.deepEqual(await fs.readdir(locks), []);
});

test('what is deleted again does not replace what lies in the trash, and what is restored not what is there', async () => {
  const now = Date.now();
  const window = await openWindow(undefined, now);
  const trashed = (): Promise<readonly string[]> => fs.readdir(path.join(window.root, 'trash'));
  for (const text of ['one', 'two']) {
    await write(window.store.create('same'), text);
    valueOrFail(await window.store.remove('same'));
  }
  const journals = async (): Promise<number> => (await trashed()).filter((name) => /jsonl/.test(name)).length;
  assert.equal(await journals(), 2);
  const open = window.store.create('same');
  await write(open, 'three');
  const refused = await window.store.restore('same');
  assert.ok(!refused.ok && refused.failure.message === 'EEXIST');
  assert.equal(valueOrFail(await window.store.read('same')).title, 'three');
  const later = await openWindow(window.root, now + 31 * 24 * 60 * 60 * 1000);
  await later.store.listTrash();
  assert.equal(await journals(), 0);
});

test('the time of a file alone does not empty the trash: whatever copies it changes that', async () => {
  const window = await openWindow();
  const open = window.store.create();
  await write(open, 'one');
  valueOrFail(await window.store.remove(open.conversation.id));
  const old = new Date(Date.now() - 90 * 24 * 60 * 60 * 1000);
  await fs.utimes(path.join(window.root, 'trash', `${open.conversation.id}.jsonl`), old, old);
  assert.equal((await window.store.listTrash()).length, 1);
});

test('one window writes; what another one still wanted to write is set aside with its text', async () => {
  const one = await openWindow();
  const open = one.store.create();
  await write(open, 'from the first');
  const { id } = open.conversation;
  const other = await openWindow(one.root);
  const refused = await other.store.open(id);
  assert.ok(!refused.ok && /another window/.test(refused.failure.message ?? ''));
  await one.lock.release(id);
  const taken = valueOrFail(await other.store.open(id));
  taken.journal.append([{ type: 'renamed', title: 'from the second' }]);
  valueOrFail(await taken.journal.settle());
  const heard: (Failure | undefined)[] = [];
  open.journal.watch?.((failure) => heard.push(failure));
  for (const title of ['too late', 'later still']) {
    open.journal.append([{ type: 'renamed', title }]);
    const late = await open.journal.settle();
    assert.ok(!late.ok && /another window/.test(late.failure.message ?? ''));
  }
  assert.equal(heard.length, 1);
  assert.equal(valueOrFail(await other.store.open(id)).conversation.title, 'from the second');
  const kept = await fs.readFile(fileOf(one, id).replace('.jsonl', '.quarantine'), 'utf8');
  assert.match(kept, /^unowned\t.*too late.*\nunowned\t.*later still.*\n$/);
});

test('what could not be written is kept and written when it can be', async () => {
  const window = await openWindow();
  const conversations = path.join(window.root, 'conversations');
  await fs.writeFile(conversations, 'a file where the folder should be');
  const open = window.store.create();
  open.journal.append(eventsOf(['one']));
  const failed = await open.journal.settle();
  assert.ok(!failed.ok && failed.failure.kind === 'storage');
  await fs.rm(conversations);
  valueOrFail(await open.journal.settle());
  const again = valueOrFail(await window.store.open(open.conversation.id));
  assert.equal(again.conversation.turns.length, 2);
});

test('a conversation that another window writes can be read, and is left as it is', async () => {
  const first = await openWindow();
  const open = first.store.create();
  open.journal.append([
    { type: 'turnAdded', turn: question('q', null, 'hi') },
    { type: 'turnAdded', turn: openAnswer('a', 'q') },
  ]);
  valueOrFail(await open.journal.settle());
  const file = path.join(first.root, 'conversations', `${open.conversation.id}.jsonl`);
  const before = await fs.readFile(file, 'utf8');
  const second = await openWindow(first.root);
  const read = valueOrFail(await second.store.read(open.conversation.id));
  assert.equal(read.turns.at(-1)?.role, 'assistant');
  assert.equal(await fs.readFile(file, 'utf8'), before);
  assert.equal((await second.store.read('../no-such')).ok, false);
});

test('a draft with its attachments outlives the process, and an empty one leaves no file', async () => {
  const root = await newRoot();
  const drafts = createDraftStore(root, assert.fail);
  const draft = { text: 'half a thou', caret: 4, attachments: [{ id: 'x', part: code('let a') }] };
  drafts.set('c1', draft);
  await drafts.settle();
  assert.deepEqual(await createDraftStore(root, assert.fail).get('c1'), draft);
  drafts.set('c1', EMPTY_DRAFT);
  await drafts.settle();
  assert.deepEqual(await fs.readdir(path.join(root, 'drafts')), []);
});

test('a draft of the first version, attachments in one file with the text, keeps them when the text is typed on', async () => {
  const root = await newRoot();
  await fs.mkdir(path.join(root, 'drafts'));
  const draft = { text: 'half', caret: 4, attachments: [{ id: 'x', part: code('let a') }] };
  await fs.writeFile(path.join(root, 'drafts', 'c1.json'), JSON.stringify(draft));
  const drafts = createDraftStore(root, assert.fail);
  await drafts.change('c1', (before) => ({ ...before, text: 'half a thought' }));
  await drafts.settle();
  const again = await createDraftStore(root, assert.fail).get('c1');
  assert.deepEqual(again, { ...draft, text: 'half a thought' });
});

test('two changes of a draft at the same time both count', async () => {
  const root = await newRoot();
  const drafts = createDraftStore(root, assert.fail);
  const add = (id: string) =>
    drafts.change('c1', (before) => ({
      ...before,
      attachments: [...before.attachments, { id, part: code(id) }],
    }));
  await Promise.all([add('x'), add('y')]);
  await drafts.settle();
  assert.deepEqual(
    (await drafts.get('c1')).attachments.map(({ id }) => id),
    ['x', 'y'],
  );
});

test('typing does not write the attachments again', async () => {
  const root = await newRoot();
  const drafts = createDraftStore(root, assert.fail);
  drafts.set('c1', { text: 'a', caret: 1, attachments: [{ id: 'x', part: code('let a') }] });
  await drafts.settle();
  const file = path.join(root, 'drafts', 'c1.attachments.json');
  const before = await fs.stat(file);
  await drafts.change('c1', (draft) => ({ ...draft, text: 'ab' }));
  await drafts.settle();
  assert.equal((await fs.stat(file)).ino, before.ino);
});

test('what lies in the way of attachments costs neither words nor attachments', async () => {
  const root = await newRoot();
  const drafts = createDraftStore(root, assert.fail);
  const blocked = path.join(root, 'drafts', 'c1.attachments.json');
  await fs.mkdir(blocked, { recursive: true });
  const attachments = [{ id: 'x', part: code('let a') }];
  drafts.set('c1', { text: 'typed here', caret: 0, attachments });
  await drafts.settle();
  assert.equal((await createDraftStore(root, () => undefined).get('c1')).text, 'typed here');
  await fs.rmdir(blocked);
  assert.deepEqual((await createDraftStore(root, assert.fail).get('c1')).attachments, attachments);
});

test('words that cannot be written are kept and written when they can be', async () => {
  const root = await newRoot();
  const drafts = createDraftStore(root, () => undefined);
  await fs.writeFile(path.join(root, 'drafts'), 'a file where the folder should be');
  drafts.set('c1', { text: 'typed', caret: 0, attachments: [] });
  await drafts.settle();
  await fs.rm(path.join(root, 'drafts'));
  await drafts.settle();
  assert.equal((await createDraftStore(root, assert.fail).get('c1')).text, 'typed');
});

test('attachments that cannot be read are not removed by typing, and count as soon as they can be', async () => {
  const root = await newRoot();
  const first = createDraftStore(root, assert.fail);
  first.set('c1', { text: 'a', caret: 1, attachments: [{ id: 'x', part: code('let a') }] });
  await first.settle();
  const file = path.join(root, 'drafts', 'c1.attachments.json');
  const blocked = path.join(root, 'elsewhere');
  await fs.rename(file, blocked);
  // Reading it fails, and not because it is not there.
  await fs.symlink('c1.attachments.json', file);
  const logged: string[] = [];
  const drafts = createDraftStore(root, (line) => logged.push(line));
  assert.deepEqual(await drafts.get('c1'), { text: 'a', caret: 1, attachments: [] });
  await drafts.change('c1', (draft) => ({ ...draft, text: 'ab' }));
  await drafts.change('c1', (draft) => ({ ...draft, attachments: [{ id: 'y', part: code('let b') }] }));
  await drafts.settle();
  assert.ok((await fs.lstat(file)).isSymbolicLink());
  assert.match(logged.join(), /could not be read.*could not be written/);
  await fs.rename(blocked, file);
  await drafts.settle();
  for (const store of [drafts, createDraftStore(root, assert.fail)]) {
    const { text, attachments } = await store.get('c1');
    assert.equal(text, 'ab');
    assert.deepEqual(
      attachments.map(({ id }) => id),
      ['x', 'y'],
    );
  }
});

test('a broken draft file is an empty draft', async () => {
  const root = await newRoot();
  await fs.mkdir(path.join(root, 'drafts'));
  await fs.writeFile(path.join(root, 'drafts', 'c1.json'), '{"text":7,"attachments":[{},null]}');
  assert.deepEqual(await createDraftStore(root, assert.fail).get('c1'), EMPTY_DRAFT);
});

test('a conversation whose very first answer is arriving is busy from its first line on', async () => {
  const one = await openWindow();
  const open = one.store.create();
  await one.lock.setBusy(open.conversation.id, true);
  await write(open, 'first');
  const refused = await (await openWindow(one.root)).store.open(open.conversation.id);
  assert.ok(!refused.ok && /another window/.test(refused.failure.message ?? ''));
});
