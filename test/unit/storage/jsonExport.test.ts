import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import { encodeEvent } from '../../../src/core/conversation/journal.ts';
import type { AttachmentStore, Result } from '../../../src/core/ports.ts';
import { createAttachmentStore } from '../../../src/host/storage/attachmentStore.ts';
import { type Imported, importExport, writeExport } from '../../../src/host/storage/jsonExport.ts';
import { type GeneratedJournal, hashOf, randomJournal } from '../../support/exportedConversations.ts';
import { createRandom } from '../../support/random.ts';

const folders: string[] = [];
after(() => Promise.all(folders.map((folder) => fs.rm(folder, { recursive: true, force: true }))));

interface TestStorage {
  readonly root: string;
  readonly attachments: AttachmentStore;
}

async function newStorage(): Promise<TestStorage> {
  const root = await fs.mkdtemp(path.join(os.tmpdir(), 'parley-export-'));
  folders.push(root);
  await fs.mkdir(path.join(root, 'conversations'));
  return { root, attachments: createAttachmentStore(path.join(root, 'attachments')) };
}

function valueOrFail<T>(result: Result<T>): T {
  if (!result.ok) assert.fail(`failed: ${JSON.stringify(result.failure)}`);
  return result.value;
}

async function storageWith(journal: GeneratedJournal): Promise<TestStorage> {
  const storage = await newStorage();
  await fs.writeFile(journalFile(storage, journal.id), journal.text);
  for (const bytes of journal.attachments) valueOrFail(await storage.attachments.put(bytes));
  return storage;
}

const journalFile = ({ root }: TestStorage, id: string): string =>
  path.join(root, 'conversations', `${id}.jsonl`);

async function exported(storage: TestStorage, id: string): Promise<string> {
  const file = path.join(storage.root, `${id}.json`);
  valueOrFail(await writeExport(storage, id, file));
  return file;
}

/** Every file of a storage but exports, and what is in it. */
async function contentOf({ root }: TestStorage): Promise<ReadonlyMap<string, string>> {
  const names = await fs.readdir(root, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile() && !entry.name.endsWith('.json'));
  const texts = await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const file = path.join(parentPath, name);
      return [path.relative(root, file), await fs.readFile(file, 'latin1')] as const;
    }),
  );
  return new Map(texts.sort());
}

test('export, import and export again give the same bytes, whatever the conversation holds', async () => {
  const random = createRandom(6);
  for (let round = 0; round < 40; round++) {
    const journal = randomJournal(random, `c${round}`);
    const first = await storageWith(journal);
    const file = await exported(first, journal.id);
    const second = await newStorage();
    const imported = valueOrFail(await importExport(second, file));
    assert.deepEqual(imported, { kind: 'placed', outcome: 'added', id: journal.id }, `round ${round}`);
    const bytes = await fs.readFile(file);
    assert.ok(bytes.equals(await fs.readFile(await exported(second, journal.id))), `round ${round}`);
    JSON.parse(bytes.toString('utf8'));
    const whole = journal.text.endsWith('\n') ? journal.text : `${journal.text}\n`;
    assert.ok((await fs.readFile(journalFile(second, journal.id), 'utf8')) === whole, `round ${round}`);
    const named = journal.attachments.filter((bytes) => journal.text.includes(hashOf(bytes)));
    for (const bytes of named) {
      const base64 = valueOrFail(await second.attachments.base64(hashOf(bytes)));
      assert.equal(base64, Buffer.from(bytes).toString('base64'));
    }
  }
});

test('a conversation that is there already is found and not imported again, also when it was deleted and restored', async () => {
  const journal = randomJournal(createRandom(1), 'c1');
  const storage = await storageWith(journal);
  const file = await exported(storage, 'c1');
  const before = await contentOf(storage);
  const there = { kind: 'placed', outcome: 'there', id: 'c1' };
  assert.deepEqual(valueOrFail(await importExport(storage, file)), there);
  assert.deepEqual(await contentOf(storage), before);
  const seam = journal.text.endsWith('\n') ? '' : '\n';
  await fs.appendFile(journalFile(storage, 'c1'), seam + encodeEvent(900, { type: 'deleted', at: 1 }));
  await fs.appendFile(journalFile(storage, 'c1'), encodeEvent(901, { type: 'restored', at: 2 }));
  assert.deepEqual(valueOrFail(await importExport(storage, file)), there);
});

test('a conversation that lies in the trash is found there', async () => {
  const storage = await storageWith(randomJournal(createRandom(2), 'c1'));
  const file = await exported(storage, 'c1');
  await fs.mkdir(path.join(storage.root, 'trash'));
  await fs.rename(journalFile(storage, 'c1'), path.join(storage.root, 'trash', 'c1.jsonl'));
  const imported = valueOrFail(await importExport(storage, file));
  assert.deepEqual(imported, { kind: 'placed', outcome: 'inTrash', id: 'c1' });
});

test('another conversation of the same id stays as it is; the imported one is put beside it, once', async () => {
  const file = await exported(await storageWith(randomJournal(createRandom(3), 'c1')), 'c1');
  const other = await storageWith(randomJournal(createRandom(4), 'c1'));
  const before = await fs.readFile(journalFile(other, 'c1'), 'utf8');
  const imported = valueOrFail(await importExport(other, file));
  assert.ok(imported.kind === 'placed' && imported.outcome === 'copied' && imported.id !== 'c1');
  assert.equal(await fs.readFile(journalFile(other, 'c1'), 'utf8'), before);
  const again = valueOrFail(await importExport(other, file));
  assert.deepEqual(again, { kind: 'placed', outcome: 'there', id: imported.id });
  const copy = await fs.readFile(await exported(other, imported.id), 'utf8');
  assert.equal(copy.replace(imported.id, 'c1'), await fs.readFile(file, 'utf8'));
});

test('a file that is cut off, altered, of another kind or of a newer Parley changes nothing', async () => {
  const journal = randomJournal(createRandom(5), 'c1');
  const whole = await fs.readFile(await exported(await storageWith(journal), 'c1'), 'utf8');
  const storage = await newStorage();
  const file = path.join(storage.root, 'in.json');
  const kindOf = async (text: string): Promise<Imported['kind']> => {
    await fs.writeFile(file, text);
    return valueOrFail(await importExport(storage, file)).kind;
  };
  const random = createRandom(7);
  for (let round = 0; round < 100; round++) {
    const at = random.below(whole.length - 2);
    assert.notEqual(await kindOf(whole.slice(0, at)), 'placed', `cut at ${at}`);
    const letter = whole[at] === 'x' ? 'y' : 'x';
    const altered = `${whole.slice(0, at)}${letter}${whole.slice(at + 1)}`;
    const kind = await kindOf(altered);
    // What is broken already, and names and times, nothing can vouch for.
    const isFree = at < whole.indexOf('"lines"') || whole[whole.lastIndexOf('\n', at) + 1] === '"';
    if (kind === 'placed') assert.ok(isFree, `altered at ${at}`);
    else assert.deepEqual((await contentOf(storage)).size, 0, `altered at ${at}`);
    await fs.rm(path.join(storage.root, 'conversations'), { recursive: true, force: true });
    await fs.rm(path.join(storage.root, 'attachments'), { recursive: true, force: true });
  }
  assert.equal(await kindOf(whole.replace('"version":1', '"version":2')), 'newer');
  assert.equal(await kindOf(whole.replace('"version":1,"id"', '"version":99,"id"')), 'newer');
  for (const foreign of ['', '{}', 'Dear diary', '\u0000'.repeat(999)]) {
    assert.equal(await kindOf(foreign), 'foreign');
  }
  assert.equal((await contentOf(storage)).size, 0);
});

test('what is no id becomes no path, and what is no part of a conversation comes in nowhere', async () => {
  const journal = randomJournal(createRandom(8), 'c1');
  const text = await fs.readFile(await exported(await storageWith(journal), 'c1'), 'utf8');
  const storage = await newStorage();
  const file = path.join(storage.root, 'in.json');
  await fs.writeFile(file, text.replace('"id":"c1"', '"id":"../../evil"'));
  const imported = valueOrFail(await importExport(storage, file));
  assert.ok(imported.kind === 'placed' && /^[0-9a-f-]{36}$/.test(imported.id));
  assert.deepEqual(await fs.readdir(path.join(storage.root, 'conversations')), [`${imported.id}.jsonl`]);
  const strange = encodeEvent(1, { type: 'turnAdded', turn: { role: 'user', id: 'q' } as never }).trim();
  const header = text.split('\n', 2).join('\n');
  await fs.writeFile(file, `${header}\n"lines":[\n${strange}\n],\n"attachments":[\n]}\n`);
  assert.equal(valueOrFail(await importExport(storage, file)).kind, 'damaged');
});

test('what is cancelled leaves nothing behind', async () => {
  const storage = await storageWith(randomJournal(createRandom(9), 'c1'));
  const target = path.join(storage.root, 'out.json');
  const cancelled = await writeExport(storage, 'c1', target, AbortSignal.abort());
  assert.ok(!cancelled.ok && cancelled.failure.message === 'CANCELLED');
  assert.deepEqual((await fs.readdir(storage.root)).sort(), ['attachments', 'conversations']);
  const whole = await exported(storage, 'c1');
  const empty = await newStorage();
  const imported = await importExport(empty, whole, AbortSignal.abort());
  assert.ok(!imported.ok && imported.failure.message === 'CANCELLED');
  assert.equal((await contentOf(empty)).size, 0);
});

test('a file whose line breaks a tool has changed comes in as it was', async () => {
  const journal = randomJournal(createRandom(10), 'c1');
  const storage = await storageWith(journal);
  const file = await exported(storage, 'c1');
  const text = await fs.readFile(file, 'utf8');
  const changed = path.join(storage.root, 'changed.json');
  await fs.writeFile(changed, text.replaceAll('\n', '\r\n'));
  const other = await newStorage();
  assert.equal(valueOrFail(await importExport(other, changed)).kind, 'placed');
  assert.ok((await fs.readFile(await exported(other, 'c1'), 'utf8')) === text);
});

test('how far an export and an import are is told, and never more than there is', async () => {
  const storage = await storageWith(randomJournal(createRandom(11), 'c1'));
  const target = path.join(storage.root, 'out.json');
  const said: [number, number][] = [];
  valueOrFail(await writeExport(storage, 'c1', target, undefined, (...share) => said.push(share)));
  assert.deepEqual(
    said.map(([done]) => done),
    said.map((_, at) => at),
  );
  assert.ok(said.length > 0 && said.every(([, all]) => all === said.length));
  said.length = 0;
  valueOrFail(await importExport(await newStorage(), target, undefined, (...share) => said.push(share)));
  const { size } = await fs.stat(target);
  assert.deepEqual(said.at(-1), [2 * size, 2 * size]);
  assert.ok(said.every(([done, all], at) => all === 2 * size && done > (said[at - 1]?.[0] ?? 0)));
});

test('an import that is called off halfway has brought no conversation', async () => {
  const storage = await storageWith(randomJournal(createRandom(12), 'c1'));
  const target = await exported(storage, 'c1');
  const other = await newStorage();
  const stop = new AbortController();
  const imported = await importExport(other, target, stop.signal, (done, all) => {
    if (done === all) stop.abort();
  });
  assert.ok(!imported.ok && imported.failure.message === 'CANCELLED');
  assert.deepEqual(await fs.readdir(path.join(other.root, 'conversations')), []);
});
