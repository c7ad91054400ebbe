import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { after, beforeEach, test } from 'node:test';
import * as vscode from 'vscode';
import { byCodePoints } from '../../src/core/context/ordering.ts';
import { folderListing } from '../../src/host/workspace/folders.ts';
import { excludesFile } from '../../src/host/workspace/ignoreFiles.ts';
import { type LeftOut, walk } from '../../src/host/workspace/walking.ts';
import { testFolder, uncancelled } from './folder.ts';

const folder = testFolder('walking');

beforeEach(folder.clean);
after(folder.clean);

async function paths(of = folder.uri, onLeftOut: (entry: LeftOut) => void = () => undefined) {
  const found: string[] = [];
  for await (const uri of walk(of, { token: uncancelled(), onLeftOut })) {
    found.push(uri.path.slice(folder.uri.path.length + 1));
  }
  return found;
}

test('files come depth first, in the order of the code points of their names', async () => {
  for (const path of [
    'b/z',
    'b/a/x',
    'a',
    'B',
    'é',
    'a-b/1',
    'a/not.txt'.replace('a/', 'c/'),
    '\u{1f600}',
    '\uffe6',
  ])
    await folder.write(path);
  assert.deepEqual(await paths(), [
    'B',
    'a',
    'a-b/1',
    'b/a/x',
    'b/z',
    'c/not.txt',
    'é',
    '\uffe6',
    '\u{1f600}',
  ]);
});

test('code points are compared, not halves of them', () => {
  const sorted = ['\u{1f600}', '\uffe6', 'ab', 'a', '\u{1f601}', ''].sort(byCodePoints);
  assert.deepEqual(sorted, ['', 'a', 'ab', '\uffe6', '\u{1f600}', '\u{1f601}']);
});

test('ignored files are passed over with the rule that says so, by nested files too', async () => {
  await folder.write('.gitignore', '*.log\nout/\n');
  await folder.write('sub/.gitignore', '!keep.log\nsecret\n');
  for (const path of ['a.log', 'out/deep/x', 'sub/keep.log', 'sub/secret', 'secret', '.git/HEAD']) {
    await folder.write(path);
  }
  const left: string[] = [];
  const found = await paths(folder.uri, ({ uri, reason, exclusion }) => {
    const path = uri.path.slice(folder.uri.path.length + 1);
    left.push(`${path} ${reason} ${exclusion?.source}:${exclusion?.pattern}`);
  });
  assert.deepEqual(found, ['.gitignore', 'secret', 'sub/.gitignore', 'sub/keep.log']);
  assert.deepEqual(left, [
    '.git ignored :.git',
    'a.log ignored .gitignore:*.log',
    'out ignored .gitignore:out/',
    'sub/secret ignored sub/.gitignore:secret',
  ]);
});

test('rules from above a folder hold in it, and so do the excludes of its repository', async () => {
  await folder.write('.git/info/exclude', 'private\n');
  await folder.write('.gitignore', 'made\n');
  for (const path of ['a/b/made', 'a/b/private', 'a/b/kept']) await folder.write(path);
  assert.deepEqual(await paths(folder.at('a/b')), ['a/b/kept']);
});

test('an ignored folder that is asked for by name is walked, by its own rules', async () => {
  await folder.write('.git/HEAD');
  await folder.write('.gitignore', 'out/\nx\n');
  await folder.write('out/.gitignore', 'own\n');
  for (const path of ['out/x', 'out/own']) await folder.write(path);
  assert.deepEqual(await paths(folder.at('out')), ['out/.gitignore', 'out/x']);
});

test('the settings of VS Code leave out as well', async () => {
  const files = vscode.workspace.getConfiguration('files');
  const before = files.get('exclude');
  await files.update('exclude', { '**/*.bak': true }, vscode.ConfigurationTarget.Global);
  try {
    for (const path of ['a.bak', 'a', 'node_modules/m/index.js']) await folder.write(path);
    assert.deepEqual(await paths(), ['a']);
  } finally {
    await files.update('exclude', undefined, vscode.ConfigurationTarget.Global);
  }
  assert.deepEqual(vscode.workspace.getConfiguration('files').get('exclude'), before);
});

test('links to folders are not followed, so a loop ends', async () => {
  await folder.write('a/x');
  symlinkSync(folder.at('a').fsPath, folder.at('link').fsPath);
  symlinkSync(folder.uri.fsPath, folder.at('a/loop').fsPath);
  symlinkSync(folder.at('a/x').fsPath, folder.at('file-link').fsPath);
  const left: string[] = [];
  const found = await paths(folder.uri, ({ reason }) => left.push(reason));
  assert.deepEqual(found, ['a/x', 'file-link']);
  assert.deepEqual(left, ['link', 'link']);
});

test('a folder that cannot be read is told of, and the walk goes on', async () => {
  const left: LeftOut[] = [];
  assert.deepEqual(await paths(folder.at('nowhere'), (entry) => left.push(entry)), []);
  assert.deepEqual(
    left.map(({ reason }) => reason),
    ['unreadable'],
  );
});

test('a walk that is cancelled ends, and folders are told of as they are entered', async () => {
  for (let at = 0; at < 20; at++) await folder.write(`d${at}/x`);
  const source = new vscode.CancellationTokenSource();
  const entered: string[] = [];
  const found: vscode.Uri[] = [];
  const onFolder = (uri: vscode.Uri): void => void entered.push(uri.path);
  for await (const uri of walk(folder.uri, { token: source.token, onFolder })) {
    found.push(uri);
    if (found.length === 3) source.cancel();
  }
  assert.equal(found.length, 3);
  assert.ok(entered.length <= 5, String(entered));
  assert.equal(entered[0], folder.uri.path);
});

test('a listing is an indented tree with the number of files', async () => {
  await folder.write('.gitignore', 'out\n');
  for (const path of ['src/a.ts', 'src/deep/b.ts', 'src/z.ts', 'out/x', 'README.md'])
    await folder.write(path);
  const { parts, sentences } = await folderListing(folder.uri, uncancelled());
  assert.deepEqual(sentences, []);
  assert.deepEqual(parts, [
    {
      kind: 'excerpt',
      origin: 'folder',
      label: 'walking/ (5 files)',
      languageId: 'plaintext',
      text: '.gitignore\nREADME.md\nsrc/\n  a.ts\n  deep/\n    b.ts\n  z.ts',
      uri: folder.uri.toString(),
    },
  ]);
});

test('a long listing ends with a line that says how many more there are', async () => {
  mkdirSync(folder.at('many').fsPath, { recursive: true });
  for (let at = 0; at < 2_100; at++) {
    writeFileSync(folder.at(`many/f${String(at).padStart(4, '0')}`).fsPath, '');
  }
  const [part] = (await folderListing(folder.at('many'), uncancelled())).parts;
  assert.ok(part?.kind === 'excerpt');
  const lines = part.text.split('\n');
  assert.equal(part.label, 'walking/many/ (2,100 files)');
  assert.equal(lines.length, 2_001);
  assert.equal(lines[1_999], 'f1999');
  assert.equal(lines.at(-1), '… and 100 more files');
});

test('a folder without files, one that is not there and a cancelled listing give a sentence', async () => {
  await vscode.workspace.fs.createDirectory(folder.at('empty'));
  const source = new vscode.CancellationTokenSource();
  source.cancel();
  const sentenceFor = async (path: string, token = uncancelled()): Promise<string> => {
    const { parts, sentences } = await folderListing(folder.at(path), token);
    assert.deepEqual(parts, []);
    return sentences.join();
  };
  assert.match(await sentenceFor('empty'), /walking\/empty\/ holds no files/);
  assert.match(await sentenceFor('nowhere'), /walking\/nowhere\/ cannot be read/);
  assert.match(await sentenceFor('empty', source.token), /cancelled/);
});

test('the excludes file is found in a configuration of git as git finds it', () => {
  assert.equal(excludesFile('[core]\n\texcludesFile = ~/.ignored\n'), '~/.ignored');
  assert.equal(excludesFile('[user]\nexcludesfile = no\n[Core]\nexcludesfile = "a b"\n'), 'a b');
  assert.equal(excludesFile('[core] excludesfile = one\n[core]\nexcludesfile = two'), 'two');
  assert.equal(excludesFile('[core]\nautocrlf = true\n[x]\nexcludesfile = no'), undefined);
});
