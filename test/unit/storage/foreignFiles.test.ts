import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import { encodeEvent, encodeHeader } from '../../../src/core/conversation/journal.ts';
import { createConversationStore } from '../../../src/host/storage/conversationStore.ts';
import { createWriterLock } from '../../../src/host/storage/writerLock.ts';
import { eventsOf } from '../../support/conversations.ts';
import { createRandom, type Random } from '../../support/random.ts';

const roots: string[] = [];
after(() => Promise.all(roots.map((root) => fs.rm(root, { recursive: true, force: true }))));

const VALID = ['valid-1', 'valid-2'];

/** A folder with two conversations and with whatever else may lie around. Gives the paths of the latter. */
async function litter(
  random: Random,
): Promise<{ readonly root: string; readonly foreign: readonly string[] }> {
  const root = await fs.mkdtemp(path.join(os.tmpdir(), 'parley-foreign-'));
  roots.push(root);
  const folder = path.join(root, 'conversations');
  await fs.mkdir(folder);
  for (const id of VALID) await fs.writeFile(path.join(folder, `${id}.jsonl`), journalOf(id));
  const foreign: string[] = [];
  for (let at = 0; at < 12; at++) {
    const name = path.join(folder, `${random.pick(NAMES)}${at}${random.pick(ENDINGS)}`);
    foreign.push(name);
    await random.pick(KINDS)(name, random);
  }
  return { root, foreign };
}

const NAMES = ['x', 'valid-1', 'näme 漢', '..dots', 'a b', '-', 'con', 'index', 'Ä'.repeat(20)] as const;
const ENDINGS = [
  '.jsonl',
  '.jsonl',
  '.jsonl',
  '.quarantine',
  '.lock',
  '.tmp',
  '',
  '.jsonl.bak',
  '.txt',
] as const;
const KINDS = [
  (name: string) => fs.mkdir(name),
  (name: string) => fs.writeFile(name, ''),
  (name: string, random: Random) => fs.writeFile(name, random.text(500)),
  (name: string, random: Random) =>
    fs.writeFile(name, Buffer.from(Array.from({ length: 300 }, () => random.below(256)))),
  (name: string) => fs.symlink(path.basename(name), name),
  (name: string) => fs.symlink('nowhere', name),
  (name: string) => fs.writeFile(name, `${journalOf('another')}{"n":99,"su`),
  (name: string) => fs.writeFile(name, encodeHeader({ version: 7, id: 'newer', createdAt: 1 })),
  (name: string) => fs.writeFile(name, '{"parley":"conversation","version":"one"}\n\n\n[]\n'),
] as const;

function journalOf(id: string): string {
  const lines = eventsOf([`about ${id}`]).map((event, at) => encodeEvent(at + 1, event));
  return encodeHeader({ version: 1, id, createdAt: 1 }) + lines.join('');
}

/** What a path is, and what stands in it. */
async function traceOf(name: string): Promise<string> {
  const found = await fs.lstat(name);
  if (found.isSymbolicLink()) return `link to ${await fs.readlink(name)}`;
  return found.isDirectory() ? 'folder' : `file ${(await fs.readFile(name)).toString('base64')}`;
}

test('a journal that calls itself otherwise is the one that its file is named after, and is written there only', async () => {
  const root = await fs.mkdtemp(path.join(os.tmpdir(), 'parley-foreign-'));
  roots.push(root);
  const folder = path.join(root, 'conversations');
  await fs.mkdir(folder);
  for (const [id, name] of [
    ['copy', 'valid-1'],
    ['evil', '../../elsewhere'],
  ] as const)
    await fs.writeFile(path.join(folder, `${id}.jsonl`), journalOf(name));
  const lock = createWriterLock(folder);
  const store = createConversationStore(root, lock, { now: Date.now, newId: randomUUID }, () => undefined);
  for (const id of ['copy', 'evil']) {
    const opened = await store.open(id);
    assert.ok(opened.ok && opened.value.conversation.id === id);
    opened.value.journal.append([{ type: 'renamed', title: 'mine' }], opened.value.conversation);
    assert.ok((await opened.value.journal.settle()).ok);
    const read = await store.read(id);
    assert.ok(read.ok && read.value.title === 'mine');
  }
  const there = (await fs.readdir(folder)).filter((name) => name.endsWith('.jsonl'));
  assert.deepEqual(there.sort(), ['copy.jsonl', 'evil.jsonl']);
  await assert.rejects(fs.stat(path.join(root, '..', 'elsewhere.jsonl')));
  await lock.close();
});

test('whatever lies among the journals, nothing throws, nothing of it is deleted or changed, and conversations are read', {
  skip: process.platform === 'win32',
}, async () => {
  for (let seed = 1; seed <= 25; seed++) {
    const { root, foreign } = await litter(createRandom(seed));
    const before = await Promise.all(foreign.map(traceOf));
    const lock = createWriterLock(path.join(root, 'conversations'));
    const store = createConversationStore(root, lock, { now: Date.now, newId: randomUUID }, () => undefined);
    const listed = (await store.list()).map(({ id }) => id);
    await store.listTrash();
    for (const id of VALID) assert.ok(listed.includes(id), `seed ${seed}: ${id} is listed`);
    const ids = [...VALID, ...foreign.map((name) => path.basename(name).replace(/\.jsonl$/, ''))];
    for (const id of ids) {
      const results = [await store.read(id), await store.open(id)];
      if (VALID.includes(id)) for (const result of results) assert.ok(result.ok, `seed ${seed}: ${id} opens`);
    }
    assert.deepEqual(await Promise.all(foreign.map(traceOf)), before, `seed ${seed}`);
    await lock.close();
  }
});
