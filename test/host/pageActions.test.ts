import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as vscode from 'vscode';
import { createExcerptView } from '../../src/host/attaching/excerptView.ts';
import { copy, insertAtCursor, openNewFile, openPart } from '../../src/host/pageActions.ts';

const EXCERPTS = { show: () => assert.fail('no excerpt was opened') };

async function documentWith(content: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content }));
}

test('code goes where the cursor is and replaces what is selected', async () => {
  const editor = await documentWith('let a = 1;');
  editor.selection = new vscode.Selection(0, 8, 0, 9);
  await insertAtCursor('42');
  assert.equal(editor.document.getText(), 'let a = 42;');
});

test('code is inserted at every cursor', async () => {
  const editor = await documentWith('-\n-');
  editor.selections = [new vscode.Selection(0, 1, 0, 1), new vscode.Selection(1, 1, 1, 1)];
  await insertAtCursor('x');
  assert.equal(editor.document.getText(), '-x\n-x');
});

test('a new file opens in the language of its fence, by id or by its usual short name', async () => {
  for (const [fence, language] of [
    ['typescript', 'typescript'],
    ['ts', 'typescript'],
    ['PY', 'python'],
    ['bash', 'shellscript'],
    ['no-such-language', 'plaintext'],
  ] as const) {
    await openNewFile('text', fence);
    assert.equal(vscode.window.activeTextEditor?.document.languageId, language, fence);
    assert.equal(vscode.window.activeTextEditor?.document.getText(), 'text');
  }
});

test('copying puts Markdown on the clipboard as it is', async () => {
  await copy('**bold**\n```ts\n```');
  assert.equal(await vscode.env.clipboard.readText(), '**bold**\n```ts\n```');
});

test('attached code opens at its lines, also when the file has become shorter', async () => {
  const { document } = await documentWith('one\ntwo\nthree');
  const part = {
    kind: 'code',
    path: 'x',
    uri: document.uri.toString(),
    languageId: 'plaintext',
    unsaved: true,
    text: '',
  } as const;
  await openPart({ ...part, startLine: 2, endLine: 3 }, EXCERPTS);
  assert.equal(vscode.window.activeTextEditor?.selection.start.line, 1);
  await openPart({ ...part, startLine: 900, endLine: 950 }, EXCERPTS);
  assert.equal(vscode.window.activeTextEditor?.selection.start.line, 2);
});

test('attached code whose file is gone is told, not thrown', async () => {
  const uri = 'file:///no/such/folder/gone.ts';
  const told: string[] = [];
  await openPart(
    {
      kind: 'code',
      path: 'gone.ts',
      uri,
      languageId: 'typescript',
      startLine: 1,
      endLine: 2,
      unsaved: false,
      text: '',
    },
    EXCERPTS,
    (sentence) => told.push(sentence),
  );
  assert.deepEqual(told, ['gone.ts cannot be opened any more.']);
});

test('an excerpt is shown as it was attached, in its language, and cannot be written to', async () => {
  const excerpts = createExcerptView();
  const text = '-one\n+two\n';
  const part = {
    kind: 'excerpt',
    origin: 'changes',
    label: 'Staged: a/b',
    languageId: 'diff',
    text,
  } as const;
  await openPart(part, excerpts);
  const document = vscode.window.activeTextEditor?.document;
  assert.equal(document?.getText(), text);
  assert.equal(document?.languageId, 'diff');
  assert.equal(document?.isUntitled, false);
  excerpts.dispose();
});

test('an update opens as it was sent: a whole file in its own language, a diff as one', async () => {
  const excerpts = createExcerptView();
  const update = { kind: 'update', path: 'src/a.ts', change: 'changed', hash: 'h' } as const;
  await openPart({ ...update, form: 'whole', text: 'let a = 1;' }, excerpts);
  const whole = vscode.window.activeTextEditor?.document;
  assert.deepEqual([whole?.getText(), whole?.languageId], ['let a = 1;', 'typescript']);
  await openPart({ ...update, form: 'diff', text: '+let a = 2;' }, excerpts);
  const diff = vscode.window.activeTextEditor?.document;
  assert.deepEqual([diff?.getText(), diff?.languageId], ['+let a = 2;', 'diff']);
  const removed = [{ folder: 'src/', files: 2, names: ['b.ts', 'c.ts'] }];
  await openPart({ ...update, change: 'removed', form: 'none', text: '', removed }, excerpts);
  assert.match(vscode.window.activeTextEditor?.document.getText() ?? '', /\nsrc\/\n {2}b\.ts\n {2}c\.ts$/);
  excerpts.dispose();
});
