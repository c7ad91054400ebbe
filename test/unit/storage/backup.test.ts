import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { ZipFile } from 'yazl';
import type { Result } from '../../../src/core/ports.ts';
import { createAttachmentStore } from '../../../src/host/storage/attachmentStore.ts';
import { writeBackup } from '../../../src/host/storage/backup.ts';
import { historyFiles, storedFiles } from '../../../src/host/storage/historyFiles.ts';
import { merge, type StoredFile } from '../../../src/host/storage/merging.ts';
import { restoreBackup } from '../../../src/host/storage/restoring.ts';
import { randomJournal } from '../../support/exportedConversations.ts';
import { createRandom } from '../../support/random.ts';

const roots: string[] = [];
after(() => Promise.all(roots.map((root) => fs.rm(root, { recursive: true, force: true }))));

async function newRoot(): Promise<string> {
  const root = await fs.mkdtemp(path.join(os.tmpdir(), 'parley-backup-'));
  roots.push(root);
  return root;
}

function valueOrFail<T>(result: Result<T>): T {
  if (!result.ok) assert.fail(`failed: ${JSON.stringify(result.failure)}`);
  return result.value;
}

async function write(root: string, name: string, text: string): Promise<void> {
  await fs.mkdir(path.dirname(path.join(root, name)), { recursive: true });
  await fs.writeFile(path.join(root, name), text);
}

/** A history with everything in it, and what does not belong to one. */
async function newHistory(): Promise<string> {
  const root = await newRoot();
  const random = createRandom(11);
  const attachments = createAttachmentStore(path.join(root, 'attachments'));
  for (let at = 0; at < 4; at++) {
    const journal = randomJournal(random, `c${at}`);
    await write(root, `${at === 3 ? 'trash' : 'conversations'}/c${at}.jsonl`, journal.text);
    for (const bytes of journal.attachments) valueOrFail(await attachments.put(bytes));
  }
  valueOrFail(await attachments.put(new Uint8Array()));
  await write(root, 'conversations/c0.quarantine', 'torn\t{"n":\n');
  await write(root, 'drafts/c0.json', '{"text":"half a question","caret":3}');
  await write(root, 'drafts/c0.attachments.json', '[]');
  await write(root, `drafts/c0.attachments.0b24a5c4-9f0c-4e1d-8c59-0d0f8a5b7c11.json`, '[]');
  await write(root, 'conversations/c0.jsonl.1700000000000.kept', 'another');
  await write(root, 'spending/2026-11.jsonl', '{"at":1}\n{"at":2}\n');
  return root;
}

async function contentOf(root: string): Promise<ReadonlyMap<string, string>> {
  const entries = await fs.readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = files.map(async ({ parentPath, name }) => {
    const file = path.join(parentPath, name);
    return [path.relative(root, file), await fs.readFile(file, 'latin1')] as const;
  });
  return new Map((await Promise.all(texts)).sort());
}

async function backedUp(root: string): Promise<string> {
  const file = path.join(await newRoot(), 'history.zip');
  valueOrFail(await writeBackup(root, file, 1_800_000_000_000, () => undefined));
  return file;
}

const ignore = (): void => undefined;

test('a history that is backed up and restored elsewhere is the same, and caches and locks stay behind', async () => {
  const root = await newHistory();
  const before = await contentOf(root);
  await write(root, 'index.json', '{}');
  await write(root, 'conversations/c0.lock', '{}');
  await write(root, 'conversations/half.tmp', 'x');
  await write(root, 'models.json', '{}');
  const other = await newRoot();
  const restored = valueOrFail(await restoreBackup(other, await backedUp(root), ignore));
  assert.deepEqual(restored, { kind: 'merged', conversations: 4, copies: 0, leftOut: 0 });
  assert.deepEqual(await contentOf(other), before);
});

test('restoring twice adds nothing the second time', async () => {
  const root = await newHistory();
  const file = await backedUp(root);
  const before = await contentOf(root);
  const restored = valueOrFail(await restoreBackup(root, file, ignore));
  assert.deepEqual(restored, { kind: 'merged', conversations: 0, copies: 0, leftOut: 0 });
  assert.deepEqual(await contentOf(root), before);
});

test('what is there stays, what is missing comes back, and what differs is put beside it once', async () => {
  const file = await backedUp(await newHistory());
  const root = await newHistory();
  await fs.rm(path.join(root, 'conversations/c1.jsonl'));
  await fs.appendFile(path.join(root, 'conversations/c2.jsonl'), '\n{"n":999,"this":"went on"}\n');
  await write(root, 'conversations/c0.jsonl', randomJournal(createRandom(99), 'c0').text);
  await write(root, 'drafts/c0.json', '{"text":"newer words","caret":0}');
  await write(root, 'spending/2026-11.jsonl', '{"at":2}\n{"at":3}\n');
  const before = await contentOf(root);
  const restored = valueOrFail(await restoreBackup(root, file, ignore));
  assert.deepEqual(restored, { kind: 'merged', conversations: 2, copies: 1, leftOut: 0 });
  const now = await contentOf(root);
  for (const [name, text] of before) assert.ok(now.get(name)?.startsWith(text), name);
  assert.equal(now.get('spending/2026-11.jsonl'), '{"at":2}\n{"at":3}\n{"at":1}\n');
  assert.equal(now.size, before.size + 2);
  assert.deepEqual(valueOrFail(await restoreBackup(root, file, ignore)), {
    ...restored,
    conversations: 0,
    copies: 0,
  });
});

test('a conversation that was deleted since the backup stays in the trash', async () => {
  const root = await newHistory();
  const file = await backedUp(root);
  await fs.rename(path.join(root, 'conversations/c0.jsonl'), path.join(root, 'trash/c0.jsonl'));
  assert.equal(
    (valueOrFail(await restoreBackup(root, file, ignore)) as { conversations?: number }).conversations,
    0,
  );
  assert.ok(!(await fs.readdir(path.join(root, 'conversations'))).includes('c0.jsonl'));
});

test('a backup that is cut off, altered or no backup at all does no harm', async () => {
  const file = await backedUp(await newHistory());
  const whole = await fs.readFile(file);
  const bad = path.join(await newRoot(), 'bad.zip');
  const kindOf = async (bytes: Uint8Array): Promise<string> => {
    await fs.writeFile(bad, bytes);
    const root = await newRoot();
    const restored = valueOrFail(await restoreBackup(root, bad, ignore));
    if (restored.kind !== 'merged') assert.equal((await contentOf(root)).size, 0);
    return restored.kind;
  };
  assert.equal(await kindOf(Buffer.from('{"parley":"export"')), 'foreign');
  assert.equal(await kindOf(new Uint8Array()), 'foreign');
  assert.equal(await kindOf(whole.subarray(0, whole.length - 40)), 'damaged');
  assert.equal(await kindOf(whole.subarray(0, 500)), 'damaged');
  const random = createRandom(12);
  for (let round = 0; round < 10; round++) {
    const altered = Buffer.from(whole);
    const at = 100 + random.below(altered.length - 100);
    altered[at] = (altered[at] ?? 0) ^ 0x5a;
    assert.match(await kindOf(altered), /^(merged|damaged|foreign)$/);
  }
});

test('a file within a backup that is damaged is left out, and the rest comes back', async () => {
  const root = await newHistory();
  const file = await backedUp(root);
  const bytes = await fs.readFile(file);
  const at = bytes.indexOf(Buffer.from('spending/2026-11.jsonl'));
  const data = at + 'spending/2026-11.jsonl'.length + 6;
  bytes[data] = (bytes[data] ?? 0) ^ 0x5a;
  await fs.writeFile(file, bytes);
  const other = await newRoot();
  const restored = valueOrFail(await restoreBackup(other, file, ignore));
  assert.ok(restored.kind === 'merged' && restored.leftOut === 1 && restored.conversations === 4);
  assert.ok(!(await contentOf(other)).has('spending/2026-11.jsonl'));
});

test('what is cancelled or cannot be written leaves no file behind', async () => {
  const root = await newHistory();
  const folder = await newRoot();
  const target = path.join(folder, 'history.zip');
  const stop = new AbortController();
  const cancelled = await writeBackup(root, target, 1, () => stop.abort(), stop.signal);
  assert.ok(!cancelled.ok && cancelled.failure.message === 'CANCELLED');
  const failed = await writeBackup(root, path.join(folder, 'nowhere', 'history.zip'), 1, ignore);
  assert.ok(!failed.ok && failed.failure.message === 'ENOENT');
  assert.deepEqual(await fs.readdir(folder), []);
});

test('what goes away while a backup is made is no reason to have none', async () => {
  const root = await newHistory();
  const file = path.join(await newRoot(), 'history.zip');
  let isFirst = true;
  const written = await writeBackup(root, file, 1, () => {
    if (!isFirst) return;
    isFirst = false;
    // What follows is sync, so that it is done before the next file is opened.
    renameSync(path.join(root, 'conversations/c2.jsonl'), path.join(root, 'trash/c2.jsonl'));
    rmSync(path.join(root, 'drafts/c0.json'));
  });
  valueOrFail(written);
  const other = await newRoot();
  const restored = valueOrFail(await restoreBackup(other, file, ignore));
  assert.ok(restored.kind === 'merged' && restored.conversations === 4 && restored.leftOut === 0);
});

test('a draft that is written on while a backup is made is in it whole; of a journal what it was at the start', async () => {
  const root = await newHistory();
  const file = path.join(await newRoot(), 'history.zip');
  const before = await fs.readFile(path.join(root, 'conversations/c0.jsonl'), 'utf8');
  const longer = `{"text":"${'half a question, '.repeat(200)}","caret":3}`;
  let isFirst = true;
  valueOrFail(
    await writeBackup(root, file, 1, () => {
      if (!isFirst) return;
      isFirst = false;
      writeFileSync(path.join(root, 'drafts/c0.json'), longer);
      appendFileSync(path.join(root, 'conversations/c0.jsonl'), '{"n":999,"half":');
    }),
  );
  const other = await newRoot();
  valueOrFail(await restoreBackup(other, file, ignore));
  assert.equal(await fs.readFile(path.join(other, 'drafts/c0.json'), 'utf8'), longer);
  assert.ok((await fs.readFile(path.join(other, 'conversations/c0.jsonl'), 'utf8')) === before);
});

test('a backup that was called off holds no file open', { skip: process.platform !== 'linux' }, async () => {
  const root = await newHistory();
  const big = path.join(root, 'attachments', 'f'.repeat(64));
  await fs.writeFile(big, randomBytes(8 * 1024 * 1024));
  const stop = new AbortController();
  const target = path.join(await newRoot(), 'history.zip');
  const onFile = (done: number, all: number): void => {
    if (done === all - 1) setImmediate(() => stop.abort());
  };
  const bytes = await fs.readdir(path.join(root, 'drafts'));
  for (const name of [...bytes, '../spending/2026-11.jsonl']) await fs.rm(path.join(root, 'drafts', name));
  const stopped = await writeBackup(root, target, 1, onFile, stop.signal);
  assert.ok(!stopped.ok);
  const open = await Promise.all(
    (await fs.readdir('/proc/self/fd')).map((fd) => fs.readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  );
  assert.ok(!open.includes(big));
});

/** A zip as a stranger might make one. */
async function strangeZip(entries: Readonly<Record<string, string>>, version = 1): Promise<string> {
  const file = path.join(await newRoot(), 'strange.zip');
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(`{"parley":"backup","version":${version},"at":1}`), 'parley-backup.json');
  for (const [name, text] of Object.entries(entries)) zip.addBuffer(Buffer.from(text), name);
  zip.end();
  const bytes = (await buffer(zip.outputStream)).toString('latin1');
  await fs.writeFile(file, bytes.replaceAll('/UP/', '/../'), 'latin1');
  return file;
}

test('a journal that calls itself otherwise than its file gets the name of its file, and writes nowhere else', async () => {
  const { text } = randomJournal(createRandom(3), 'c1');
  const evil = text.replace('"id":"c1"', '"id":"../../evil"');
  assert.notEqual(evil, text);
  const root = await newRoot();
  const file = await strangeZip({ 'conversations/c1.jsonl': evil, 'drafts/UP/UP/x.json': 'no' });
  assert.equal(valueOrFail(await restoreBackup(root, file, ignore)).kind, 'damaged');
  const only = await strangeZip({
    'conversations/c1.jsonl': evil,
    'conversations/x.exe': 'no',
    'index.json': '{}',
  });
  const restored = valueOrFail(await restoreBackup(root, only, ignore));
  assert.deepEqual(restored, { kind: 'merged', conversations: 1, copies: 0, leftOut: 2 });
  assert.deepEqual([...(await contentOf(root)).keys()], ['conversations/c1.jsonl']);
  assert.ok((await fs.readFile(path.join(root, 'conversations/c1.jsonl'), 'utf8')) === text);
});

test('a backup of a newer Parley is left alone, and an attachment that is not what its name says is left out', async () => {
  const root = await newRoot();
  const name = `attachments/${'a'.repeat(64)}`;
  const newer = await strangeZip({ [name]: 'x' }, 2);
  assert.deepEqual(valueOrFail(await restoreBackup(root, newer, ignore)), { kind: 'newer' });
  const restored = valueOrFail(await restoreBackup(root, await strangeZip({ [name]: 'x' }), ignore));
  assert.deepEqual(restored, { kind: 'merged', conversations: 0, copies: 0, leftOut: 1 });
  assert.equal((await contentOf(root)).size, 0);
});

test('what would unpack to more than memory should hold is left out unread', async () => {
  async function* files(): AsyncGenerator<StoredFile> {
    yield { name: `attachments/${'a'.repeat(64)}`, size: 2 ** 40, read: assert.fail };
    yield { name: 'conversations/c1.jsonl', size: 2 ** 40, read: assert.fail };
  }
  const root = await newRoot();
  assert.deepEqual(await merge(files(), root), { conversations: 0, copies: 0, leftOut: 2 });
  assert.equal((await contentOf(root)).size, 0);
});

test('the history of one folder is merged into another without a file in between', async () => {
  const root = await newHistory();
  const other = await newRoot();
  const files = await historyFiles(root);
  renameSync(path.join(root, 'trash/c3.jsonl'), path.join(root, 'conversations/c3.jsonl'));
  rmSync(path.join(root, 'drafts/c0.json'));
  const merged = await merge(storedFiles(files), other);
  assert.deepEqual(merged, { conversations: 4, copies: 0, leftOut: 0 });
  await fs.rename(path.join(other, 'trash/c3.jsonl'), path.join(other, 'conversations/c3.jsonl'));
  assert.deepEqual(await contentOf(other), await contentOf(root));
});
