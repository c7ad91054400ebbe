import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as vscode from 'vscode';
import { codePart, selectedCode } from '../../src/host/workspace/selection.ts';

async function editorWith(
  content: string,
  ...selections: readonly vscode.Selection[]
): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument({ content, language: 'plaintext' });
  const editor = await vscode.window.showTextDocument(document);
  if (selections.length > 0) editor.selections = selections;
  return editor;
}

test('a selection becomes code with its lines counted from one', async () => {
  const editor = await editorWith('one\ntwo\nthree', new vscode.Selection(1, 0, 2, 5));
  const [part] = await selectedCode(editor);
  assert.deepEqual(
    [part?.text, part?.startLine, part?.endLine, part?.languageId, part?.unsaved],
    ['two\nthree', 2, 3, 'plaintext', true],
  );
});

test('a selection that ends at the start of a line does not count that line', async () => {
  const editor = await editorWith('one\ntwo\nthree', new vscode.Selection(0, 0, 1, 0));
  const [part] = await selectedCode(editor);
  assert.deepEqual([part?.startLine, part?.endLine], [1, 1]);
});

test('several cursors give several pieces; empty ones among them give none', async () => {
  const selections = [
    new vscode.Selection(0, 0, 0, 3),
    new vscode.Selection(1, 1, 1, 1),
    new vscode.Selection(2, 0, 2, 5),
  ];
  const parts = await selectedCode(await editorWith('one\ntwo\nthree', ...selections));
  assert.deepEqual(
    parts.map((part) => part.text),
    ['one', 'three'],
  );
});

test('with nothing selected and no symbols the line of the cursor is taken', async () => {
  const parts = await selectedCode(await editorWith('one\ntwo\nthree', new vscode.Selection(1, 1, 1, 1)));
  assert.deepEqual(
    parts.map((part) => part.text),
    ['two'],
  );
});

test('white space alone is nothing to ask about', async () => {
  const editor = await editorWith('   \n\t\n', new vscode.Selection(0, 0, 1, 1));
  assert.deepEqual(await selectedCode(editor), []);
});

test('a selection of 300,000 lines is taken whole', async () => {
  const content = 'a line of code\n'.repeat(300_000);
  const document = await vscode.workspace.openTextDocument({ content });
  const part = codePart(document, new vscode.Range(0, 0, 300_000, 0));
  assert.equal(part?.text.length, content.length);
  assert.equal(part?.endLine, 300_000);
});
