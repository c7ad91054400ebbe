import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import * as vscode from 'vscode';
import { byCodePoints } from '../../../src/core/context/ordering.ts';
import type { Pinned } from '../../../src/core/context/pinned.ts';
import { packOf, textIn } from '../../../src/core/request/pack.ts';
import { testFolder } from '../folder.ts';
import { lookedAt } from './setup.ts';

/** The pack of real trees, file by file: what is in it is what lies on disk, and what is not in it is known by name. */

const folder = testFolder('packages');

beforeEach(folder.clean);
after(folder.clean);

/** Puts a package, as the registry has it, into the folder. */
function unpack(name: string): void {
  const packages = process.env.PARLEY_PACKAGES;
  assert.ok(packages, 'PARLEY_PACKAGES says where the packages lie');
  cpSync(join(packages, name), folder.at(name).fsPath, { recursive: true });
}

async function pinned(path: string): Promise<Pinned> {
  return lookedAt([{ kind: 'folder', path: `packages/${path}` }], { 'context.maxTokens': 100_000_000 });
}

/** All files below a folder, as paths from it; read here without any of the code under test. */
async function filesBelow(uri: vscode.Uri, start = ''): Promise<readonly string[]> {
  const entries = await vscode.workspace.fs.readDirectory(uri);
  const found = await Promise.all(
    entries.map(async ([name, type]) =>
      type === vscode.FileType.Directory
        ? filesBelow(vscode.Uri.joinPath(uri, name), `${start}${name}/`)
        : [`${start}${name}`],
    ),
  );
  return found.flat();
}

/** Why a file stays out, by its path below the package; undefined when it is in the pack. */
type Expected = (path: string) => string | undefined;

/** Fails unless the pack holds every file but these, each with its bytes but for line ends and byte order mark. */
async function isRight(
  path: string,
  expected: Expected,
  howMany: readonly [packed: number, leftOut: number],
) {
  const found = await pinned(path);
  const start = `packages/${path}/`;
  const all = (await filesBelow(folder.at(path))).toSorted(byCodePoints);
  assert.deepEqual(
    found.leftOut.map((entry) => `${entry.path.slice(start.length)} ${entry.reason}`),
    all.flatMap((name) => (expected(name) === undefined ? [] : [`${name} ${expected(name)}`])),
  );
  const { text, manifest } = packOf(found.files);
  assert.deepEqual(
    manifest.files.map((file) => file.path),
    all.filter((name) => expected(name) === undefined).map((name) => `${start}${name}`),
  );
  assert.deepEqual([manifest.files.length, found.leftOut.length], howMany);
  for (const file of manifest.files) {
    const onDisk = readFileSync(join(folder.at(path).fsPath, file.path.slice(start.length)), 'utf8');
    assert.equal(textIn(text, file), onDisk.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n'), file.path);
  }
}

test('the pack of marked is right file by file: its two bundles are minified, and maps are made', async () => {
  unpack('marked');
  await isRight('marked', (path) => (/^lib\/.*\.js(\.map)?$/.test(path) ? 'generated' : undefined), [8, 4]);
});

test('the pack of lit-html is right file by file: its scripts are compiled, and its maps are made', async () => {
  unpack('lit-html');
  await isRight('lit-html', (path) => (/\.(js|map)$/.test(path) ? 'generated' : undefined), [63, 300]);
});

test('the pack of fuzzysort is right file by file', async () => {
  unpack('fuzzysort');
  await isRight('fuzzysort', (path) => (path === 'fuzzysort.min.js' ? 'generated' : undefined), [5, 1]);
});

test('the pack of this project is right file by file', async () => {
  const own = vscode.extensions.getExtension('parley.parley')?.extensionUri.fsPath;
  assert.ok(own, 'Parley is loaded from its repository');
  const listed = execFileSync('git', ['ls-files', '-z', '--cached'], { cwd: own, encoding: 'utf8' });
  const tracked = listed.split('\0').filter((path) => path !== '' && existsSync(join(own, path)));
  for (const path of tracked)
    cpSync(join(own, path), join(folder.at('parley').fsPath, path), { recursive: true });
  const expected: Expected = (path) => {
    if (path === 'package-lock.json') return 'generated';
    return path.endsWith('.png') ? 'binary' : undefined;
  };
  const leftOut = tracked.filter((path) => expected(path) !== undefined).length;
  await isRight('parley', expected, [tracked.length - leftOut, leftOut]);
});
