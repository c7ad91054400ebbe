import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, beforeEach, test } from 'node:test';
import * as vscode from 'vscode';
import { createSelectionOffers, type SelectionOffers } from '../../src/host/attaching/selectionOffer.ts';
import { testFolder, until } from './folder.ts';

const folder = testFolder('selectionOffer');
after(folder.clean);
const closeEditors = async (): Promise<void> => {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
};
beforeEach(closeEditors);
after(closeEditors);

interface Watched {
  readonly offers: SelectionOffers;
  readonly changes: () => number;
}

async function withOffers(body: (watched: Watched) => Promise<void>): Promise<void> {
  let heard = 0;
  const offers = createSelectionOffers(() => heard++);
  try {
    await body({ offers, changes: () => heard });
  } finally {
    offers.dispose();
  }
}

/** Files of their own: the name of an untitled document is given again while the one that had it is still being closed. */
async function editorWith(content: string): Promise<vscode.TextEditor> {
  const uri = await folder.write(`${randomUUID()}.txt`, content);
  const document = await vscode.workspace.openTextDocument(uri);
  return vscode.window.showTextDocument(document, { preview: false });
}

/** Resolves when a change of the selection, made after all others, was looked at. */
async function settled({ offers }: Watched): Promise<void> {
  const editor = await editorWith('a mark');
  editor.selection = new vscode.Selection(0, 0, 0, 6);
  await until(() => offers.take()[0]?.text === 'a mark');
}

test('the selection is offered with its lines and tokens, and those of several cursors together', async () => {
  await withOffers(async ({ offers }) => {
    const editor = await editorWith('one\ntwo\nthree\nfour');
    editor.selection = new vscode.Selection(0, 0, 1, 3);
    await until(() => /:1-2$/.test(offers.offer?.label ?? ''));
    assert.ok((offers.offer?.tokens ?? 0) > 0);
    editor.selections = [new vscode.Selection(0, 0, 0, 3), new vscode.Selection(2, 0, 3, 4)];
    await until(() => /:1 and 1 more$/.test(offers.offer?.label ?? ''));
    assert.match(offers.offer?.title ?? '', /:1\n.*:3-4$/);
    assert.deepEqual(
      offers.take().map(({ text }) => text),
      ['one', 'three\nfour'],
    );
  });
});

test('what was taken is not offered again before the selection changes', async () => {
  await withOffers(async (watched) => {
    const { offers, changes } = watched;
    const editor = await editorWith('one\ntwo');
    editor.selection = new vscode.Selection(0, 0, 0, 3);
    await until(() => offers.offer !== null);
    assert.equal(offers.take().length, 1);
    assert.equal(offers.offer, null);
    const before = changes();
    const other = await editorWith('another');
    await vscode.window.showTextDocument(editor.document, { preview: false });
    await until(() => vscode.window.activeTextEditor?.document === editor.document);
    assert.ok(other.document !== editor.document);
    assert.deepEqual([offers.offer, changes()], [null, before]);
    const again = vscode.window.activeTextEditor;
    assert.ok(again);
    again.selection = new vscode.Selection(1, 0, 1, 3);
    await until(() => offers.take()[0]?.text === 'two');
  });
});

test('a selection of millions of characters is not offered, and one of less is', async () => {
  await withOffers(async (watched) => {
    const { offers, changes } = watched;
    const line = `${'x'.repeat(999)}\n`;
    const editor = await editorWith(line.repeat(2001));
    editor.selection = new vscode.Selection(0, 0, 2001, 0);
    const before = changes();
    await settled(watched);
    assert.equal(changes(), before + 2, 'only the mark came and went');
    const again = await vscode.window.showTextDocument(editor.document, { preview: false });
    again.selection = new vscode.Selection(0, 0, 1999, 0);
    await until(() => offers.offer !== null);
    assert.equal(offers.take()[0]?.endLine, 1999);
  });
});

test('an output channel leaves what is selected in the file before', async () => {
  const channel = vscode.window.createOutputChannel('Parley selection test');
  channel.append('printed');
  try {
    await withOffers(async ({ offers }) => {
      const editor = await editorWith('one');
      editor.selection = new vscode.Selection(0, 0, 0, 3);
      await until(() => offers.offer !== null);
      channel.show(false);
      await until(() => vscode.window.activeTextEditor?.document.uri.scheme === 'output');
      await vscode.commands.executeCommand('editor.action.selectAll');
      await until(() => vscode.window.activeTextEditor?.selection.isEmpty === false);
      assert.deepEqual(
        offers.take().map(({ text }) => text),
        ['one'],
      );
    });
  } finally {
    channel.dispose();
    await vscode.commands.executeCommand('workbench.action.closePanel');
  }
});

test('declining turns offers off in the settings', async () => {
  const setting = (): unknown => vscode.workspace.getConfiguration('parley').get('offerSelection');
  try {
    await withOffers(async ({ offers }) => {
      const editor = await editorWith('one');
      editor.selection = new vscode.Selection(0, 0, 0, 3);
      await until(() => offers.offer !== null);
      const declined = offers.decline();
      assert.equal(offers.offer, null, 'before the setting is written');
      await declined;
      assert.deepEqual([setting(), offers.offer], [false, null]);
    });
  } finally {
    await vscode.workspace
      .getConfiguration('parley')
      .update('offerSelection', undefined, vscode.ConfigurationTarget.Global);
  }
});
