import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { PDFDocument } from '@cantoo/pdf-lib';
import * as vscode from 'vscode';
import type { CodePart, ExcerptPart, Part } from '../../src/core/conversation/parts.ts';
import { changes } from '../../src/host/workspace/changes.ts';
import { documentSymbols } from '../../src/host/workspace/documentSymbols.ts';
import { createFiles } from '../../src/host/workspace/files.ts';
import { folderListing } from '../../src/host/workspace/folders.ts';
import { fileProblems, problemAt } from '../../src/host/workspace/problems.ts';
import { recollect, sourceState, watchSources } from '../../src/host/workspace/recollect.ts';
import { codePart } from '../../src/host/workspace/selection.ts';
import { symbolParts } from '../../src/host/workspace/symbols.ts';
import { createMemoryAttachments } from './attachments.ts';
import { testFolder, uncancelled, until } from './folder.ts';
import { testRepository } from './repository.ts';

const folder = testFolder('recollect');
after(folder.clean);

const store = createMemoryAttachments();
const { foundAt } = createFiles(store);

async function partOf(uri: vscode.Uri): Promise<Part> {
  const [part] = (await foundAt(uri)).parts;
  assert.ok(part);
  return part;
}

async function selection(path: string, from: number, to: number): Promise<CodePart> {
  const document = await vscode.workspace.openTextDocument(folder.at(path));
  const part = codePart(document, new vscode.Range(from, 0, to, document.lineAt(to).text.length));
  assert.ok(part);
  return part;
}

test('a file is the same, changed or gone', async () => {
  const part = await partOf(await folder.write('a.txt', 'one\n'));
  assert.deepEqual(await recollect(part, store), { state: 'same' });
  await folder.write('a.txt', 'two\n');
  assert.equal(await sourceState(part), 'changed');
  const now = await recollect(part, store);
  assert.ok(now.state === 'changed' && now.part.kind === 'code' && now.part.text === 'two\n');
  await folder.write('a.txt', '');
  assert.equal(await sourceState(part), 'gone');
  await folder.remove('a.txt');
  assert.equal(await sourceState(part), 'gone');
});

test('a file that is not open is compared without opening it, whatever its encoding and line ends', async () => {
  const uri = await folder.write(
    'never-opened.txt',
    Buffer.from('\ufeffGr\u00fc\u00dfe\r\nzwei\r\n', 'utf16le'),
  );
  const part: CodePart = {
    kind: 'code',
    path: 'recollect/never-opened.txt',
    uri: uri.toString(),
    languageId: 'plaintext',
    startLine: 1,
    endLine: 2,
    unsaved: false,
    text: 'Gr\u00fc\u00dfe\nzwei\n',
    scope: 'file',
  };
  assert.equal(await sourceState(part), 'same');
  await folder.write('never-opened.txt', 'Gr\u00fc\u00dfe\nzwei\ndrei');
  const now = await recollect(part, store);
  assert.ok(now.state === 'changed' && now.part.kind === 'code');
  assert.deepEqual([now.part.text, now.part.endLine], ['Gr\u00fc\u00dfe\nzwei\ndrei', 3]);
  assert.ok(!vscode.workspace.textDocuments.some((document) => document.uri.path === uri.path));
});

test('unsaved changes make a file another one', async () => {
  const uri = await folder.write('u.txt', 'one\n');
  const part = await partOf(uri);
  const edit = new vscode.WorkspaceEdit();
  edit.insert(uri, new vscode.Position(0, 0), 'x');
  await vscode.workspace.applyEdit(edit);
  const now = await recollect(part, store);
  assert.ok(now.state === 'changed' && now.part.kind === 'code' && now.part.unsaved);
  await vscode.window.showTextDocument(uri);
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  assert.equal(await sourceState(part), 'same');
});

test('a selection that has only moved is the same, with its new lines', async () => {
  await folder.write('s.txt', 'a\nb\nc\nd\n');
  const part = await selection('s.txt', 1, 2);
  assert.deepEqual(await recollect(part, store), { state: 'same' });
  await folder.write('s.txt', 'new\nnew\na\nb\nc\nd\n');
  assert.deepEqual(await recollect(part, store), {
    state: 'same',
    moved: { ...part, startLine: 4, endLine: 5 },
  });
});

test('a selection that has changed is taken anew from its first to its last line', async () => {
  await folder.write('c.txt', 'top\nfn {\n  a\n}\nend\n');
  const part = await selection('c.txt', 1, 3);
  await folder.write('c.txt', 'top\nmore\nfn {\n  b\n  c\n}\nend\n');
  const now = await recollect(part, store);
  assert.ok(now.state === 'changed' && now.part.kind === 'code');
  assert.deepEqual([now.part.text, now.part.startLine, now.part.endLine], ['fn {\n  b\n  c\n}', 3, 6]);
  await folder.write('c.txt', 'x\n');
  assert.equal(await sourceState(part), 'gone');
});

test('a symbol is found again by its name', async () => {
  const uri = await folder.write(
    'sym.ts',
    'function one() {\n  return 1;\n}\nfunction two() {\n  return 2;\n}\n',
  );
  await vscode.window.showTextDocument(uri);
  await until(async () => (await documentSymbols(uri)).length === 2);
  const [part] = (await symbolParts(new vscode.Location(uri, new vscode.Position(4, 0)))).parts;
  assert.ok(part?.kind === 'code' && part.symbol === 'two');
  const rewrite = async (text: string): Promise<void> => {
    const edit = new vscode.WorkspaceEdit();
    edit.replace(uri, new vscode.Range(0, 0, 99, 0), text);
    await vscode.workspace.applyEdit(edit);
  };
  await rewrite('function two() {\n  return 22;\n}\nfunction one() {}\n');
  await until(async () => (await documentSymbols(uri))[0]?.name === 'two');
  const now = await recollect(part, store);
  assert.ok(now.state === 'changed' && now.part.kind === 'code');
  assert.deepEqual([now.part.text, now.part.startLine], ['function two() {\n  return 22;\n}', 1]);
  await rewrite('function one() {}\n');
  await until(async () => (await documentSymbols(uri)).length === 1);
  assert.equal(await sourceState(part), 'gone');
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
});

test('problems are compared by what they say', async () => {
  const uri = await folder.write('p.txt', 'x\ny\n');
  const collection = vscode.languages.createDiagnosticCollection('parley-recollect');
  const problem = (line: number, message: string): vscode.Diagnostic =>
    new vscode.Diagnostic(new vscode.Range(line, 0, line, 1), message);
  collection.set(uri, [problem(0, 'bad')]);
  const [all] = (await fileProblems(uri)).parts;
  const single = (await problemAt(uri, problem(0, 'bad'))).parts.at(-1);
  assert.ok(all && single);
  assert.deepEqual([await sourceState(all), await sourceState(single)], ['same', 'same']);
  collection.set(uri, [problem(1, 'bad'), problem(0, 'worse')]);
  assert.deepEqual([await sourceState(all), await sourceState(single)], ['changed', 'same']);
  collection.set(uri, [problem(0, 'worse')]);
  assert.equal(await sourceState(single), 'gone');
  collection.clear();
  assert.equal(await sourceState(all), 'gone');
  collection.dispose();
});

test('a folder listing and a notebook are compared with what is there now', async () => {
  await folder.write('tree/a.txt');
  const [listing] = (await folderListing(folder.at('tree'), uncancelled())).parts;
  assert.ok(listing);
  assert.equal(await sourceState(listing), 'same');
  await folder.write('tree/b.txt');
  assert.equal(await sourceState(listing), 'changed');

  const cells = (source: string): string =>
    JSON.stringify({
      nbformat: 4,
      nbformat_minor: 5,
      metadata: {},
      cells: [{ cell_type: 'markdown', id: 'a', metadata: {}, source }],
    });
  const uri = await folder.write('n.ipynb', cells('one'));
  const notebook = await partOf(uri);
  assert.equal(await sourceState(notebook), 'same');
  const edit = new vscode.WorkspaceEdit();
  edit.set(uri, [
    vscode.NotebookEdit.insertCells(1, [
      new vscode.NotebookCellData(vscode.NotebookCellKind.Code, 'x', 'python'),
    ]),
  ]);
  await vscode.window.showNotebookDocument(await vscode.workspace.openNotebookDocument(uri));
  await vscode.workspace.applyEdit(edit);
  assert.equal(await sourceState(notebook), 'changed');
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  await folder.remove('n.ipynb');
  assert.equal(await sourceState(notebook), 'gone');
});

async function pdf(pages: number): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  for (let page = 0; page < pages; page++) document.addPage([100, 100]);
  return document.save();
}

test('a PDF is compared by its bytes; only taking it anew stores the new ones', async () => {
  const part = await partOf(await folder.write('d.pdf', await pdf(1)));
  assert.equal(await sourceState(part), 'same');
  await folder.write('d.pdf', await pdf(2));
  const before = store.count;
  assert.equal(await sourceState(part), 'changed');
  assert.equal(store.count, before);
  const now = await recollect(part, store);
  assert.ok(now.state === 'changed' && now.part.kind === 'document' && now.part.source.pages === 2);
  assert.ok(store.bytes(now.part.source.sha256));
  await folder.remove('d.pdf');
  assert.equal(await sourceState(part), 'gone');
});

test('changes of a repository are compared with its changes now', async () => {
  const at = await testRepository('recollectGit', { 'a.txt': 'one\n' });
  const [part] = (await changes('unstaged', at.uri)).parts;
  assert.ok(part);
  assert.equal(await sourceState(part), 'same');
  let heard = 0;
  const watching = watchSources([{ part }], () => heard++);
  at.git('add', '.');
  await until(() => heard > 0);
  await until(async () => (await sourceState(part)) === 'gone');
  watching.dispose();
  await at.close();
});

test('what has no source is always the same', async () => {
  const text = 'x';
  for (const origin of [
    'terminal',
    'debugConsole',
    'testFailure',
    'conversation',
    'file',
    'pasted',
  ] as const) {
    const part: ExcerptPart = { kind: 'excerpt', origin, label: 'l', languageId: 'plaintext', text };
    assert.equal(await sourceState(part), 'same', origin);
    // Failed tests name their file, which is not what was taken.
    assert.equal(await sourceState({ ...part, uri: folder.at('gone.ts').toString() }), 'same', origin);
  }
  const commit: ExcerptPart = {
    kind: 'excerpt',
    origin: 'changes',
    label: 'c',
    languageId: 'diff',
    text,
    uri: folder.uri.toString(),
    detail: '0123abc',
  };
  assert.equal(await sourceState(commit), 'same');
});

test('a source that changes is heard of: by typing, on disk, deleted, as problems', async () => {
  const typed = await folder.write('typed.txt', 'x\n');
  const disk = await folder.write('[id].txt', 'x\n');
  const parts = [await partOf(typed), await partOf(disk)];
  const problems = { kind: 'excerpt', origin: 'problems', label: '', languageId: '', text: '' } as const;
  let heard = 0;
  const watching = watchSources(
    [...parts, problems].map((part) => ({ part })),
    () => heard++,
  );
  const hears = async (act: () => Promise<unknown>): Promise<void> => {
    const before = heard;
    await act();
    await until(() => heard > before);
  };
  await vscode.window.showTextDocument(typed);
  await hears(async () => {
    const edit = new vscode.WorkspaceEdit();
    edit.insert(typed, new vscode.Position(0, 0), 'y');
    await vscode.workspace.applyEdit(edit);
  });
  await hears(async () => vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor'));
  await hears(() => folder.write('[id].txt', 'y\n'));
  await hears(() => folder.remove('[id].txt'));
  const collection = vscode.languages.createDiagnosticCollection('parley-watch');
  await hears(async () => collection.set(disk, [new vscode.Diagnostic(new vscode.Range(0, 0, 0, 1), 'm')]));
  collection.dispose();
  watching.dispose();
});

test('only what was taken from a source that has changed is said to be concerned, pictures by their file', async () => {
  const uris = await Promise.all(['one.txt', 'two.txt', 'shot.png'].map((name) => folder.write(name, 'x\n')));
  const [one, two, shot] = uris;
  assert.ok(one && two && shot);
  const source = { type: 'url', url: 'https://site.test/shot.png' } as const;
  const things = [
    { part: await partOf(one) },
    { part: await partOf(two) },
    {
      part: { kind: 'image', label: 'shot.png', source } as const,
      origin: { uri: shot.toString(), sha256: '', bytes: 2 },
    },
  ];
  const heard: unknown[] = [];
  const watching = watchSources(things, (concerned) => void heard.push(...concerned));
  // That the files were made may be heard late, but before what is done to them next.
  await folder.write('two.txt', 'y\n');
  await until(() => heard.includes(things[1]));
  heard.length = 0;
  await folder.write('two.txt', 'z\n');
  await until(() => heard.length > 0);
  await folder.write('shot.png', 'y\n');
  await until(() => heard.includes(things[2]));
  assert.ok(heard.includes(things[1]) && !heard.includes(things[0]));
  watching.dispose();
});

test('what is not attached is not heard of, a burst once, and nothing after the end', async () => {
  const draft = (content: string): Thenable<vscode.TextDocument> =>
    vscode.workspace.openTextDocument({ content });
  const [own, other] = [await draft('own'), await draft('other')];
  const part = await partOf(own.uri);
  let heard = 0;
  const silent = watchSources([{ part }], () => assert.fail('heard after its end'));
  const watching = watchSources([{ part }], () => heard++);
  silent.dispose();
  const write = async ({ uri }: vscode.TextDocument): Promise<void> => {
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(0, 0), 'y');
    await vscode.workspace.applyEdit(edit);
  };
  let rested = false;
  const resting = watchSources([{ part: await partOf(other.uri) }], () => {
    rested = true;
  });
  await write(other);
  await until(() => rested);
  assert.equal(heard, 0);
  await Promise.all([write(own), write(own), write(own)]);
  await until(() => heard > 0);
  assert.equal(heard, 1);
  watching.dispose();
  resting.dispose();
  for (const document of [own, other]) {
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
});

test('a draft that was never saved is gone when it is closed, which is heard', async () => {
  const document = await vscode.workspace.openTextDocument({ content: 'draft' });
  const part = await partOf(document.uri);
  assert.equal(await sourceState(part), 'same');
  let heard = 0;
  const watching = watchSources([{ part }], () => heard++);
  await vscode.window.showTextDocument(document);
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  await until(() => heard > 0 && document.isClosed);
  assert.equal(await sourceState(part), 'gone');
  assert.ok(!vscode.workspace.textDocuments.some(({ uri }) => uri.toString() === document.uri.toString()));
  watching.dispose();
});
