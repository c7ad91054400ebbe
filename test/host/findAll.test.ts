import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as vscode from 'vscode';
import { droppedIn } from '../../src/host/attaching/dropped.ts';
import { type Finders, findAll, pictureAt, pictureByAddress } from '../../src/host/attaching/findAll.ts';
import { cancellable } from '../../src/host/attaching/longWork.ts';
import { createFiles } from '../../src/host/workspace/files.ts';
import { type Found, foundNothing, NOTHING } from '../../src/host/workspace/found.ts';
import { createMemoryAttachments } from './attachments.ts';
import { testFolder, uncancelled, until } from './folder.ts';

const folder = testFolder('finding');
after(folder.clean);

const nameOf = (uri: vscode.Uri): string => uri.path.split('/').at(-1) ?? '';
const NAMES: Finders = {
  foundAt: async (uri) => foundNothing(`file ${nameOf(uri)}`),
  folderListing: async (uri) => foundNothing(`folder ${nameOf(uri)}`),
};

test('files and folders are found in the order they came', async () => {
  await folder.write('deep/a');
  const { sentences } = await findAll(
    [folder.at('x'), folder.at('deep'), folder.at('deep/a')],
    NAMES,
    uncancelled(),
  );
  assert.deepEqual(sentences, ['file x', 'folder deep', 'file a']);
});

test('a dropped web address keeps every escape, as signatures are made over them', async () => {
  const address = 'https://example.com/a%20b%2Fc.png?X-Signature=a%2Bb%3D&list=1%2C2&plain=a=b';
  const dropped = droppedIn(`# a comment\r\n${address}\r\n${folder.at('x')}\nno address\n`);
  const found = await findAll(dropped, NAMES, uncancelled());
  const [part, ...others] = found.parts;
  assert.ok(part?.kind === 'image' && part.source.type === 'url' && others.length === 0);
  assert.equal(part.source.url, address);
  assert.deepEqual(found.sentences, ['file x']);
});

test('an address that the API would not take is told, not attached', () => {
  for (const address of [
    'http://example.com/a.png',
    'https://',
    'https://[',
    `https://a.b/${'x'.repeat(8000)}`,
  ]) {
    const found = pictureByAddress(address);
    assert.deepEqual(found.parts, [], address.slice(0, 40));
    assert.match(found.sentences[0] ?? '', /https:\/\//);
  }
});

test('what was found before the user cancels is handed on, and what is missing told', async () => {
  const source = new vscode.CancellationTokenSource();
  const foundAt = async (uri: vscode.Uri): Promise<Found> => {
    if (nameOf(uri) === 'b') source.cancel();
    return foundNothing(nameOf(uri));
  };
  const uris = ['a', 'b', 'c', 'd'].map(folder.at);
  const { sentences } = await findAll(uris, { ...NAMES, foundAt }, source.token);
  assert.deepEqual(sentences, ['a', 'b', 'Cancelled; 2 files were left out.']);
});

test('more files than anybody means, and more pictures than can be held, are left out', async () => {
  const many = await findAll(
    Array.from({ length: 203 }, (_, at) => folder.at(`${at}`)),
    NAMES,
    uncancelled(),
  );
  assert.equal(many.sentences.length, 201);
  assert.match(many.sentences.at(-1) ?? '', /200 files .* 3 were left out/);
  const bytes = new Uint8Array(100 * 1024 * 1024);
  const foundAt = async (): Promise<Found> => ({ ...NOTHING, pictures: [{ label: 'large', bytes }] });
  const large = await findAll(['a', 'b', 'c', 'd', 'e'].map(folder.at), { ...NAMES, foundAt }, uncancelled());
  assert.equal(large.pictures.length, 3);
  assert.match(large.sentences[0] ?? '', /2 files were left out/);
});

test('an SVG is a picture for who looks for one, and code for everybody else', async () => {
  const { foundAt } = createFiles(createMemoryAttachments());
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"></svg>\n';
  const uri = await folder.write('drawing.svg', svg);
  assert.equal((await foundAt(uri)).parts[0]?.kind, 'code');
  const { parts, pictures } = await pictureAt(uri, foundAt);
  assert.deepEqual(parts, []);
  assert.equal(pictures[0]?.label, 'drawing.svg');
  assert.equal(new TextDecoder().decode(pictures[0]?.bytes), svg);
  const text = await pictureAt(await folder.write('plain.txt', 'no picture\n'), foundAt);
  assert.deepEqual([text.parts.length, text.pictures.length], [1, 0]);
});

test('work that takes long is shown and can be cancelled; what is quick is not shown', async () => {
  const shown: string[] = [];
  const found = await cancellable(
    'Finding',
    async (token) => {
      await until(() => token.isCancellationRequested);
      return 'what there is';
    },
    (title, _work, cancel) => {
      shown.push(title);
      cancel();
    },
    0,
  );
  assert.deepEqual([found, shown], ['what there is', ['Finding']]);
  await cancellable(
    'Quick',
    async () => undefined,
    () => assert.fail('shown'),
    60_000,
  );
});
