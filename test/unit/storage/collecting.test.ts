import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import { encodeEvent, encodeHeader } from '../../../src/core/conversation/journal.ts';
import { createAttachmentStore } from '../../../src/host/storage/attachmentStore.ts';
import { type Collected, collectAttachments } from '../../../src/host/storage/collecting.ts';
import { emptyTrash } from '../../../src/host/storage/trash.ts';
import { hashOf } from '../../support/exportedConversations.ts';

const DAY = 24 * 60 * 60 * 1000;

const roots: string[] = [];
after(() => Promise.all(roots.map((root) => fs.rm(root, { recursive: true, force: true }))));

async function newRoot(): Promise<string> {
  const root = await fs.mkdtemp(path.join(os.tmpdir(), 'parley-collecting-'));
  roots.push(root);
  return root;
}

/** Puts an attachment that nobody has touched for so many days. */
async function putOld(root: string, text: string, days: number): Promise<string> {
  const put = await createAttachmentStore(path.join(root, 'attachments')).put(Buffer.from(text));
  assert.ok(put.ok);
  await age(path.join(root, 'attachments', put.value.sha256), days);
  return put.value.sha256;
}

async function age(file: string, days: number): Promise<void> {
  const time = new Date(Date.now() - days * DAY);
  await fs.utimes(file, time, time);
}

async function write(root: string, name: string, text: string): Promise<void> {
  await fs.mkdir(path.dirname(path.join(root, name)), { recursive: true });
  await fs.writeFile(path.join(root, name), text);
}

function collect(
  root: string,
  more: { inDays?: number; others?: readonly string[] } = {},
): Promise<Collected> {
  const { inDays = 0, others = [] } = more;
  const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return collectAttachments({ root, others, now: Date.now() + inDays * DAY, breathe });
}

/** Names of the attachments that lie where they belong. */
async function kept(root: string): Promise<readonly string[]> {
  return (await fs.readdir(path.join(root, 'attachments'))).filter((name) => name.length === 64).sort();
}

test('an attachment that nothing names is set aside after thirty days, and deleted after thirty more', async () => {
  const root = await newRoot();
  const [young, old] = [await putOld(root, 'young', 29), await putOld(root, 'old', 31)];
  assert.deepEqual(await collect(root), { setAside: 1, deleted: 0, broughtBack: 0 });
  assert.deepEqual(await kept(root), [young]);
  assert.deepEqual(await collect(root), { setAside: 0, deleted: 0, broughtBack: 0 });
  await write(root, 'conversations/a.jsonl', `{"text":"${young}"}`);
  assert.deepEqual(await collect(root, { inDays: 31 }), { setAside: 0, deleted: 1, broughtBack: 0 });
  const read = await createAttachmentStore(path.join(root, 'attachments')).base64(old);
  assert.ok(!read.ok && read.failure.code === 'gone');
});

test('whatever names an attachment keeps it: conversations, trash, quarantine, drafts, packs, facts nobody knows', async () => {
  const root = await newRoot();
  const workspace = await newRoot();
  const names = await Promise.all(
    ['journal', 'trash', 'quarantine', 'draft', 'pack', 'unknown', 'torn'].map((text) =>
      putOld(root, text, 99),
    ),
  );
  const [journal, trash, quarantine, draft, pack, unknown, torn] = names;
  await write(root, 'conversations/a.jsonl', `{"n":1,"event":{"type":"x","sha256":"${journal}"}}\n`);
  await write(root, 'trash/b.jsonl', `{"n":1,"event":{"sha256":"${trash}"}}\n`);
  await write(root, 'conversations/a.quarantine', `checksum\t{"sha256":"${quarantine}"}\n`);
  await write(root, 'drafts/a.attachments.json', `[{"sha256":"${draft}"}]`);
  await write(workspace, 'revisions.json', `[{"sha256":"${pack}"}]`);
  await write(root, 'conversations/c.jsonl', `{"type":"ofTomorrow","deep":[{"thing":"${unknown}"}]}\n`);
  await write(root, 'conversations/d.jsonl', `${' '.repeat(1024 * 1024 - 20)}"${torn}"`);
  assert.equal((await collect(root, { others: [workspace] })).setAside, 0);
  assert.deepEqual(await kept(root), [...names].sort());
});

test('a single journal that cannot be read, and nothing is collected', async () => {
  const root = await newRoot();
  const old = await putOld(root, 'old', 99);
  await write(root, 'conversations/a.jsonl', 'fine');
  await fs.symlink('nowhere', path.join(root, 'conversations', 'b.jsonl'));
  await assert.rejects(collect(root));
  assert.deepEqual(await kept(root), [old]);
});

test('what is put again is young again, also while it is being collected', async () => {
  const root = await newRoot();
  const again = await putOld(root, 'again', 99);
  const store = createAttachmentStore(path.join(root, 'attachments'));
  assert.ok((await store.put(Buffer.from('again'))).ok);
  assert.equal((await collect(root)).setAside, 0);
  await age(path.join(root, 'attachments', again), 99);
  await write(root, 'conversations/a.jsonl', 'x'.repeat(3 * 1024 * 1024));
  let puts = 0;
  const breathe = async (): Promise<void> => {
    if (puts++ === 0) assert.ok((await store.put(Buffer.from('again'))).ok);
  };
  await collectAttachments({ root, others: [], now: Date.now(), breathe });
  assert.ok(puts > 0);
  assert.deepEqual(await kept(root), [again]);
});

test('what was set aside is still read, and is back where it belongs from then on', async () => {
  const root = await newRoot();
  const old = await putOld(root, 'old', 99);
  await collect(root);
  assert.deepEqual(await kept(root), []);
  const read = await createAttachmentStore(path.join(root, 'attachments')).text(old);
  assert.ok(read.ok && read.value === 'old');
  assert.deepEqual(await kept(root), [old]);
  assert.equal((await collect(root)).setAside, 0);
});

test('what is named after all is brought back by the next run', async () => {
  const root = await newRoot();
  const old = await putOld(root, 'old', 99);
  await collect(root);
  await write(root, 'conversations/a.jsonl', `"${old}"`);
  assert.deepEqual(await collect(root, { inDays: 99 }), { setAside: 0, deleted: 0, broughtBack: 1 });
  assert.deepEqual(await kept(root), [old]);
});

test('what is no attachment is left alone', async () => {
  const root = await newRoot();
  await write(root, 'attachments/notes.txt', 'mine');
  await write(root, `attachments/${hashOf('x')}.tmp`, 'half');
  await age(path.join(root, 'attachments/notes.txt'), 99);
  await collect(root);
  assert.equal(await fs.readFile(path.join(root, 'attachments/notes.txt'), 'utf8'), 'mine');
});

test('the trash is emptied by the time of deletion, and not of what a backup has just brought back', async () => {
  const root = await newRoot();
  const put = async (id: string, deleted: number, written: number): Promise<void> => {
    const at = Date.now() - deleted * DAY;
    const text = encodeHeader({ version: 1, id, createdAt: 1 }) + encodeEvent(1, { type: 'deleted', at });
    await write(root, `trash/${id}.jsonl`, text);
    await age(path.join(root, `trash/${id}.jsonl`), written);
  };
  await put('long-ago', 31, 31);
  await put('brought-back', 99, 0);
  await put('last-week', 7, 99);
  await write(root, 'trash/newer.jsonl', encodeHeader({ version: 99, id: 'newer', createdAt: 1 }));
  await age(path.join(root, 'trash/newer.jsonl'), 99);
  await write(root, 'conversations/long-ago.quarantine', 'torn\t{');
  await write(root, 'conversations/long-ago.jsonl.1700000000000.kept', 'what was left of it');
  await write(root, 'conversations/last-week.jsonl.1700000000000.kept', 'what was left of it');
  await put('came-back', 31, 31);
  const back = [
    'conversations/came-back.jsonl',
    'conversations/came-back.quarantine',
    'drafts/came-back.json',
  ];
  for (const name of back) await write(root, name, 'here');
  const beside = 'c0ffee00-0000-4000-8000-000000000000';
  for (const name of ['long-ago', `long-ago.${beside}`, 'long-ago.attachments', 'last-week'])
    await write(root, `drafts/${name}.json`, '{}');
  assert.equal(await emptyTrash(root, Date.now(), assert.fail), 2);
  assert.deepEqual((await fs.readdir(path.join(root, 'trash'))).sort(), [
    'brought-back.jsonl',
    'last-week.jsonl',
    'newer.jsonl',
  ]);
  assert.deepEqual((await fs.readdir(path.join(root, 'conversations'))).sort(), [
    'came-back.jsonl',
    'came-back.quarantine',
    'last-week.jsonl.1700000000000.kept',
  ]);
  assert.deepEqual((await fs.readdir(path.join(root, 'drafts'))).sort(), [
    'came-back.json',
    'last-week.json',
  ]);
});
