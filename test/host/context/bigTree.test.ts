import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import * as vscode from 'vscode';
import { createFolderList } from '../../../src/host/context/pinning/folderList.ts';
import { createLooking, type LookOptions } from '../../../src/host/context/pinning/looking.ts';
import type { Sources } from '../../../src/host/context/pinning/sources.ts';
import { until } from '../folder.ts';

/** 20,000 files outside of the workspace, so that no watcher has to keep up with them. */

const FOLDERS = 200;
const EACH = 100;
const root = vscode.Uri.file(mkdtempSync(join(tmpdir(), 'parley-big-')));

before(() => {
  for (let folder = 0; folder < FOLDERS; folder++) {
    const path = join(root.fsPath, `part${folder % 10}`, `folder${folder}`);
    mkdirSync(path, { recursive: true });
    for (let at = 0; at < EACH; at++)
      writeFileSync(join(path, `f${at}.ts`), `export const a = ${folder * at};\n`);
  }
  mkdirSync(join(root.fsPath, 'out'));
  writeFileSync(join(root.fsPath, '.gitignore'), 'out/\n');
  mkdirSync(join(root.fsPath, '.git'));
});
after(() => rmSync(root.fsPath, { recursive: true, force: true, maxRetries: 10 }));

function uncancelled(): vscode.CancellationTokenSource {
  return new vscode.CancellationTokenSource();
}

async function listed(list: ReturnType<typeof createFolderList>, source = uncancelled()): Promise<number> {
  let files = 0;
  for await (const uris of list.files(source.token)) files += uris.length;
  return files;
}

const NO_EXCLUDES = { exclusionOf: () => undefined };

test('20,000 files are listed in bundles, and then known; a new one is added without listing anew', async () => {
  const list = createFolderList(root, NO_EXCLUDES);
  assert.equal(await listed(list), FOLDERS * EACH + 1);
  writeFileSync(join(root.fsPath, 'new.ts'), 'x\n');
  assert.equal(await listed(list), FOLDERS * EACH + 1, 'nobody has told of it');
  assert.equal(list.note(vscode.Uri.joinPath(root, 'new.ts')), true);
  assert.equal(await listed(list), FOLDERS * EACH + 2);
  rmSync(join(root.fsPath, 'part3', 'folder3'), { recursive: true });
  assert.equal(list.note(vscode.Uri.joinPath(root, 'part3', 'folder3')), true);
  assert.equal(await listed(list), FOLDERS * EACH + 2 - EACH);
});

test('what happens below an ignored folder concerns nobody', async () => {
  const list = createFolderList(root, NO_EXCLUDES);
  await listed(list);
  assert.equal(list.note(vscode.Uri.joinPath(root, 'out', 'deep', 'x.js')), false);
  assert.equal(list.note(vscode.Uri.joinPath(root, '.git', 'index')), false);
  assert.equal(list.note(vscode.Uri.file(`${root.path}-other/x`)), false);
});

test('a listing that is cancelled ends early, and the next one is whole', async () => {
  const list = createFolderList(root, NO_EXCLUDES);
  const source = uncancelled();
  let files = 0;
  for await (const uris of list.files(source.token)) {
    files += uris.length;
    if (files >= 1_000) source.cancel();
  }
  assert.ok(files < 2_000, String(files));
  assert.ok((await listed(list)) > 19_000);
});

test('looking at them can be cancelled, counts on the way, reads each once, and keeps no more text than goes out', async () => {
  const list = createFolderList(root, NO_EXCLUDES);
  const sources: Sources = {
    async *files(_pins, token) {
      for await (const uris of list.files(token)) yield { kind: 'workspace', uris };
    },
    leftOut: () => [],
    isUncertain: false,
    note: () => false,
    forget: () => undefined,
    dispose: () => undefined,
  };
  const looking = createLooking(sources);
  let read = 0;
  const counts: number[] = [];
  const options = (token: vscode.CancellationToken): LookOptions => ({
    token,
    maxTokens: 20_000,
    findSecret: async () => void read++,
    isWatched: () => true,
    onFiles: (files) => void counts.push(files),
  });
  const source = uncancelled();
  const cancelled = looking.look([{ kind: 'workspace' }], options(source.token));
  await until(() => read > 500);
  source.cancel();
  assert.equal(await cancelled, undefined);
  const stopped = read;
  assert.ok(stopped < 10_000, String(stopped));
  const found = await looking.look([{ kind: 'workspace' }], options(uncancelled().token));
  assert.ok(found);
  const all = found.files.length + found.leftOut.length;
  assert.ok(all > 19_000 && found.files.length < 2_000, `${all} ${found.files.length}`);
  assert.ok(read <= all + found.files.length, `${read} of ${all}`);
  assert.ok(counts.length > 100 && counts.at(-1) === all);
  read = 0;
  assert.deepEqual(await looking.look([{ kind: 'workspace' }], options(uncancelled().token)), found);
  assert.equal(read, 0);
  const [first] = found.files;
  assert.ok(first);
  const uri = vscode.Uri.parse(first.uri);
  writeFileSync(uri.fsPath, 'edited\n');
  assert.equal(looking.note(uri), true);
  const after = await looking.look([{ kind: 'workspace' }], options(uncancelled().token));
  assert.equal(read, 1);
  assert.equal(after?.files.find((file) => file.uri === first.uri)?.text, 'edited\n');
});
