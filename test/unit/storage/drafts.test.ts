import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import type { Draft } from '../../../src/core/protocol.ts';
import { createDraftStore, type DraftStore, EMPTY_DRAFT } from '../../../src/host/storage/draftStore.ts';
import { joined } from '../../../src/host/storage/drafts.ts';
import { code } from '../../support/conversations.ts';

const roots: string[] = [];
after(() => Promise.all(roots.map((root) => fs.rm(root, { recursive: true, force: true, maxRetries: 5 }))));

async function newRoot(): Promise<string> {
  const root = await fs.mkdtemp(path.join(os.tmpdir(), 'parley-'));
  roots.push(root);
  return root;
}

/** The drafts as another window has them. */
function openWindow(root: string): DraftStore {
  return createDraftStore(root, assert.fail);
}

async function type(drafts: DraftStore, text: string): Promise<void> {
  await drafts.change('c1', (now) => ({ ...now, text, caret: text.length }));
  await drafts.settle();
}

async function attach(drafts: DraftStore, id: string): Promise<void> {
  await drafts.change('c1', (now) => ({
    ...now,
    attachments: [...now.attachments, { id, part: code(id) }],
  }));
  await drafts.settle();
}

const names = async (root: string): Promise<string[]> => (await fs.readdir(path.join(root, 'drafts'))).sort();
const ids = (draft: Draft): string[] => draft.attachments.map(({ id }) => id).sort();

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('Waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('a draft is written without anybody asking for it, also while it changes all the time', async () => {
  const root = await newRoot();
  const drafts = openWindow(root);
  let length = 0;
  let isWritten = false;
  await until(async () => {
    length++;
    await drafts.change('c1', (now) => ({ ...now, text: 'x'.repeat(length) }));
    isWritten = (await openWindow(root).get('c1')).text !== '';
    return isWritten;
  });
  assert.ok(isWritten);
});

test('no window overwrites what another has typed: the next one finds both, once', async () => {
  const root = await newRoot();
  const [one, other] = [openWindow(root), openWindow(root)];
  await Promise.all([one.get('c1'), other.get('c1')]);
  await type(one, 'from one');
  await type(other, 'from the other');
  await type(one, 'from one, and more');
  await type(other, 'from the other, and more');
  const next = openWindow(root);
  const { text } = await next.get('c1');
  assert.match(text, /from one, and more/);
  assert.match(text, /from the other, and more/);
  await next.settle();
  assert.deepEqual(await names(root), ['c1.json']);
  assert.equal((await openWindow(root).get('c1')).text, text);
});

test('an earlier state of a text is not told beside it', async () => {
  const root = await newRoot();
  const one = openWindow(root);
  await type(one, 'a thought');
  const other = openWindow(root);
  await other.get('c1');
  await type(one, 'a thought, half');
  await type(other, 'a thought, half thought out');
  assert.equal((await openWindow(root).get('c1')).text, 'a thought, half thought out');
});

test('of two texts the one that holds the other counts, whichever was read first', () => {
  const [short, long] = ['a thought', 'a thought, half'].map((text) => ({ ...EMPTY_DRAFT, text }));
  assert.ok(short && long);
  for (const texts of [
    [short, long],
    [long, short],
  ])
    assert.equal(joined(texts, [], undefined).text, 'a thought, half');
  assert.equal(joined([short], [], { ...EMPTY_DRAFT, text: 'mine' }).text, 'mine\n\na thought');
});

test('a window that shows a draft anew has what another one wrote since, and then goes on from there', async () => {
  const root = await newRoot();
  const [one, other] = [openWindow(root), openWindow(root)];
  await type(one, 'begun');
  await attach(other, 'x');
  await type(one, 'begun, gone on with');
  await attach(one, 'y');
  const shown = await other.fresh('c1');
  assert.equal(shown.text, 'begun, gone on with');
  assert.deepEqual(ids(shown), ['x', 'y']);
  assert.deepEqual(await other.fresh('c1'), shown);
  await type(other, 'begun, gone on with and ended');
  assert.equal((await one.fresh('c1')).text, 'begun, gone on with and ended');
  await type(one, '');
  assert.equal((await other.fresh('c1')).text, '');
});

test('windows that write at the same moment lose nothing either', async () => {
  const root = await newRoot();
  const windows = Array.from({ length: 6 }, () => openWindow(root));
  await Promise.all(windows.map((drafts) => drafts.get('c1')));
  await Promise.all(windows.map((drafts, at) => type(drafts, `words of window ${at}`)));
  await until(async () => {
    const { text } = await openWindow(root).get('c1');
    return windows.every((_, at) => text.includes(`words of window ${at}`));
  });
});

test('a window that only attaches something does not take part in the typing', async () => {
  const root = await newRoot();
  const one = openWindow(root);
  await type(one, 'a thought');
  const other = openWindow(root);
  await other.get('c1');
  await type(one, 'another thought');
  await attach(other, 'x');
  await type(one, 'no thought');
  const { text, attachments } = await openWindow(root).get('c1');
  assert.equal(text, 'no thought');
  assert.equal(attachments.length, 1);
  await other.fresh('c1');
  await attach(other, 'y');
  await type(one, 'a plan');
  assert.equal((await openWindow(root).get('c1')).text, 'a plan');
});

test('what has been taken from another window counts there, too: a text that was sent is gone for both', async () => {
  const root = await newRoot();
  const [one, other] = [openWindow(root), openWindow(root)];
  await type(one, 'asked');
  await attach(one, 'x');
  assert.equal((await other.fresh('c1')).text, 'asked');
  await other.change('c1', () => EMPTY_DRAFT);
  await other.settle();
  assert.deepEqual(await names(root), []);
  assert.deepEqual(await one.fresh('c1'), EMPTY_DRAFT);
});

test('a draft whose attachments lay with its words, as the first version wrote it, loses none and keeps none that goes', async () => {
  const root = await newRoot();
  await fs.mkdir(path.join(root, 'drafts'));
  const attachments = [{ id: 'x', part: code('x') }];
  await fs.writeFile(
    path.join(root, 'drafts', 'c1.json'),
    JSON.stringify({ text: 'old', caret: 1, attachments }),
  );
  const drafts = openWindow(root);
  assert.deepEqual(ids(await drafts.get('c1')), ['x']);
  await drafts.change('c1', (now) => ({ ...now, attachments: [] }));
  await drafts.settle();
  assert.deepEqual(await openWindow(root).get('c1'), { ...EMPTY_DRAFT, text: 'old', caret: 1 });
});

test('attachments of two windows are joined, and one that was removed stays so', async ({ mock }) => {
  // A window looks a moment after writing whether another wrote at the same one; here they write one after the other.
  mock.timers.enable({ apis: ['setTimeout'] });
  const root = await newRoot();
  const first = openWindow(root);
  await attach(first, 'x');
  await attach(first, 'y');
  const [one, other] = [openWindow(root), openWindow(root)];
  await Promise.all([one.get('c1'), other.get('c1')]);
  await attach(one, 'a');
  await attach(other, 'b');
  const next = openWindow(root);
  assert.deepEqual(ids(await next.get('c1')), ['a', 'b', 'x', 'y']);
  await next.change('c1', (now) => ({ ...now, attachments: now.attachments.filter(({ id }) => id !== 'x') }));
  await next.settle();
  assert.deepEqual(ids(await openWindow(root).get('c1')), ['a', 'b', 'y']);
  assert.deepEqual(await names(root), ['c1.attachments.json']);
});

test('a window whose question has left takes only its own words away', async () => {
  const root = await newRoot();
  const [one, other] = [openWindow(root), openWindow(root)];
  await Promise.all([one.get('c1'), other.get('c1')]);
  await type(one, 'from one');
  await type(other, 'from the other');
  await type(one, '');
  assert.equal((await openWindow(root).get('c1')).text, 'from the other');
  assert.deepEqual(
    (await other.list()).map(({ id, text }) => [id, text]),
    [['c1', 'from the other']],
  );
  await type(other, '');
  assert.deepEqual(await names(root), []);
});

test('what is being written beside the question is kept with it, and alone', async () => {
  const root = await newRoot();
  const drafts = openWindow(root);
  const unfinished = { editing: { turn: 'q', text: 'Why not?' }, instructions: 'Be brief.' };
  await drafts.change('c1', (now) => ({ ...now, revision: 7, unfinished }));
  await drafts.settle();
  const read = await openWindow(root).get('c1');
  assert.deepEqual(read, { ...EMPTY_DRAFT, revision: 7, unfinished });
  await fs.writeFile(
    path.join(root, 'drafts', 'c1.json'),
    '{"text":"a","unfinished":{"editing":{"turn":7}}}',
  );
  assert.deepEqual(await openWindow(root).get('c1'), { ...EMPTY_DRAFT, text: 'a' });
});

test('a draft that cannot be read is not overwritten, and is there beside what came since', async () => {
  const root = await newRoot();
  await type(openWindow(root), 'old words');
  const file = path.join(root, 'drafts', 'c1.json');
  const elsewhere = path.join(root, 'elsewhere');
  await fs.rename(file, elsewhere);
  await fs.symlink('c1.json', file);
  const troubles: string[] = [];
  const drafts = createDraftStore(root, () => undefined);
  drafts.onTrouble((trouble) => troubles.push(trouble));
  assert.equal((await drafts.get('c1')).text, '');
  await type(drafts, 'new words');
  await fs.rename(elsewhere, file);
  await type(drafts, 'new words, and more');
  assert.match((await openWindow(root).get('c1')).text, /^old words\n\nnew words, and more$/);
  assert.deepEqual(troubles, ['unread', 'unwritten']);
});

test('the user is told once that drafts cannot be written, and again only after it has worked', async () => {
  const root = await newRoot();
  const troubles: string[] = [];
  const drafts = createDraftStore(root, () => undefined);
  drafts.onTrouble((trouble) => troubles.push(trouble));
  await drafts.get('c1');
  const folder = path.join(root, 'drafts');
  const block = () => fs.writeFile(folder, 'a file where the folder should be');
  await block();
  await type(drafts, 'a');
  await type(drafts, 'ab');
  assert.deepEqual(troubles, ['unwritten']);
  await fs.rm(folder);
  await type(drafts, 'abc');
  assert.equal((await openWindow(root).get('c1')).text, 'abc');
  await fs.rm(folder, { recursive: true });
  await block();
  await type(drafts, 'abcd');
  assert.deepEqual(troubles, ['unwritten', 'unwritten']);
});

test('drafts are listed by their words, the newest first', async () => {
  const root = await newRoot();
  const drafts = openWindow(root);
  assert.deepEqual(await drafts.list(), []);
  await type(drafts, 'older');
  await fs.utimes(path.join(root, 'drafts', 'c1.json'), 1, 1);
  drafts.set('c2', { text: 'newer', caret: 0, attachments: [{ id: 'x', part: code('let a') }] });
  await drafts.settle();
  await fs.writeFile(path.join(root, 'drafts', 'c1.attachments.json'), '[]');
  await fs.writeFile(path.join(root, 'drafts', 'no draft.json'), '{"text":"x"}');
  const listed = await drafts.list();
  assert.deepEqual(
    listed.map(({ id, text }) => [id, text]),
    [
      ['c2', 'newer'],
      ['c1', 'older'],
    ],
  );
});
