import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import { createAttachmentStore } from '../../../src/host/storage/attachmentStore.ts';
import { tidy } from '../../../src/host/storage/tidying.ts';

const DAY = 24 * 60 * 60 * 1000;

const roots: string[] = [];
after(() => Promise.all(roots.map((root) => fs.rm(root, { recursive: true, force: true }))));

interface Machine {
  readonly root: string;
  /** Storage of one workspace, as VS Code lays it out. */
  readonly workspace: string;
  readonly lines: string[];
  tidy(day: number, more?: { readonly workspace?: undefined }): Promise<void>;
  put(text: string): Promise<string>;
  kept(): Promise<readonly string[]>;
}

async function newMachine(): Promise<Machine> {
  const machine = await fs.mkdtemp(path.join(os.tmpdir(), 'parley-tidying-'));
  roots.push(machine);
  const root = path.join(machine, 'global');
  const workspace = path.join(machine, 'workspaces', 'one', 'parley.parley');
  const attachments = path.join(root, 'attachments');
  await fs.mkdir(workspace, { recursive: true });
  const lines: string[] = [];
  const start = Date.now();
  return {
    root,
    workspace,
    lines,
    tidy: (day, more = {}) =>
      tidy({ root, workspace, now: start + day * DAY, log: (line) => lines.push(line), ...more }),
    async put(text) {
      const put = await createAttachmentStore(attachments).put(Buffer.from(text));
      assert.ok(put.ok);
      return put.value.sha256;
    },
    kept: async () => (await fs.readdir(attachments)).filter((name) => name.length === 64),
  };
}

test('once a day at most, whichever window comes first', async () => {
  const machine = await newMachine();
  await machine.put('a');
  await machine.tidy(40);
  assert.deepEqual(await machine.kept(), []);
  await machine.put('b');
  await machine.tidy(40.9);
  assert.equal((await machine.kept()).length, 1);
  assert.match(machine.lines.join(), /1 were set aside and 0 deleted/);
});

test('a pack that another workspace may begin with is kept', async () => {
  const machine = await newMachine();
  const pack = await machine.put('pack');
  const other = path.join(machine.workspace, '..', '..', 'two', 'parley.parley');
  await fs.mkdir(other, { recursive: true });
  await fs.writeFile(path.join(other, 'revisions.json'), `[{"pack":{"sha256":"${pack}"}}]`);
  await machine.tidy(40);
  assert.deepEqual(await machine.kept(), [pack]);
});

test('where the other workspaces are not known nothing is collected', async () => {
  const machine = await newMachine();
  await machine.put('a');
  await machine.tidy(40, { workspace: undefined });
  assert.equal((await machine.kept()).length, 1);
});

test('where something cannot be read nothing is collected, and the log says so', async () => {
  const machine = await newMachine();
  await machine.put('a');
  await fs.mkdir(path.join(machine.root, 'conversations'));
  await fs.symlink('nowhere', path.join(machine.root, 'conversations', 'x.jsonl'));
  await machine.tidy(40);
  assert.equal((await machine.kept()).length, 1);
  assert.match(machine.lines.join(), /No attachments were collected/);
});

test('a clock that was put back does not stop it for good', async () => {
  const machine = await newMachine();
  await machine.tidy(1000);
  await machine.put('a');
  await machine.tidy(40);
  assert.deepEqual(await machine.kept(), []);
});

test('half files of what was killed go after a day, and nothing else that ends alike', async () => {
  const machine = await newMachine();
  const half = 'c0ffee00-0000-4000-8000-000000000000.tmp';
  const names = [half, `drafts/c1.json.${half}`, `attachments/${'a'.repeat(64)}.${half}`, 'drafts/notes.tmp'];
  for (const name of names) {
    await fs.mkdir(path.dirname(path.join(machine.root, name)), { recursive: true });
    await fs.writeFile(path.join(machine.root, name), 'x');
  }
  const left = async (): Promise<readonly string[]> => {
    const all = await fs.readdir(machine.root, { recursive: true });
    return all.filter((name) => name.endsWith('.tmp')).sort();
  };
  await machine.tidy(0.5);
  assert.deepEqual(await left(), [...names].sort());
  await machine.tidy(2);
  assert.deepEqual(await left(), ['drafts/notes.tmp']);
});
