import assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { after, beforeEach } from 'node:test';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import { select, symbolsOfActiveFile, textOf } from './attaching.ts';
import { chatIn, chooseInMenu, openChat, pointingAt, questions, tidyUp } from './parley.ts';

const claude = await startFakeClaude();
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset(), tidyUp });
const files = {
  'src/parse.ts':
    'export function parse(text: string): number {\n  return Number(text);\n}\n\nexport const one = 1;\n',
  'icon.png': '\u0089PNG\r\n\u001a\n\u0000\u0000',
};
const stage = { isShared: true, machineSettings: pointingAt(claude), files };

suite.test(
  'code asked about arrives as a chip with its path and lines, the cursor in the composer',
  stage,
  async ({ open }) => {
    const window = await open();
    await select(window, 'src/parse.ts', 0, 0, 2, 1);
    const code = window.page.locator('.editor-instance .view-line').first();
    await code.click({ button: 'right' });
    await chooseInMenu(window, 'Ask About Selection');
    const chat = await chatIn(window);
    await chat.chips.getByText('parse.ts:1').waitFor();
    await window.page.keyboard.type('Is this right?');
    assert.equal(await chat.composer.inputValue(), 'Is this right?');
    await chat.composer.press('Enter');
    await chat.answer('done');
    const sent = textOf(questions(claude)[0]?.body);
    assert.match(sent, /src\/parse\.ts, line/);
    assert.match(sent, /```typescript/);
    assert.equal(await chat.chips.count(), 0, 'the chip went with the question');
    await chat.turns.first().getByText('parse.ts').waitFor();
  },
);

suite.test('several selections become several chips, and one can be removed', stage, async ({ open }) => {
  const window = await open();
  await select(window, 'src/parse.ts', 0, 0, 1, 5);
  await window.driver.run((vscode) => {
    const editor = vscode.window.activeTextEditor;
    if (editor) editor.selections = [new vscode.Selection(0, 0, 1, 5), new vscode.Selection(4, 0, 4, 10)];
  });
  await window.runCommand('Parley: Ask About Selection');
  const chat = await chatIn(window);
  await chat.chips.nth(1).waitFor();
  await chat.frame.getByRole('button', { name: /^Remove .*:5$/ }).click();
  await chat.chips.nth(1).waitFor({ state: 'detached' });
  assert.equal(await chat.chips.count(), 1);
});

suite.test(
  'with nothing selected the enclosing function is taken, by keybinding',
  stage,
  async ({ open }) => {
    const window = await open();
    await select(window, 'src/parse.ts', 1, 4, 1, 4);
    await symbolsOfActiveFile(window);
    await openChat(window);
    await window.driver.run((vscode) =>
      vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup'),
    );
    await window.page.keyboard.press('Control+K');
    await window.page.keyboard.press('Control+A');
    const chat = await chatIn(window);
    await chat.chips.getByTitle(/^src\/parse\.ts:1-3/).waitFor();
  },
);

suite.test('unsaved and untitled text is taken as it stands in the editor', stage, async ({ open }) => {
  const window = await open();
  await window.driver.run(async (vscode) => {
    const document = await vscode.workspace.openTextDocument({ content: 'draft = True', language: 'python' });
    const editor = await vscode.window.showTextDocument(document);
    editor.selection = new vscode.Selection(0, 0, 0, 12);
  });
  await window.runCommand('Parley: Ask About Selection');
  const chat = await chatIn(window);
  await chat.chips.getByText(/Untitled-1/).waitFor();
  await chat.ask('Why?');
  await chat.answer('done');
  const sent = textOf(questions(claude)[0]?.body);
  assert.match(sent, /Untitled-1, line 1, with unsaved changes/);
  assert.match(sent, /```python\ndraft = True/);
});

suite.test(
  'a read-only file can be asked about, a binary one says that it cannot',
  // In a window that shows no chat yet, so that what is to be said is said in a notification.
  { ...stage, isShared: false },
  async ({ open, workspace }) => {
    await chmod(join(workspace, 'src/parse.ts'), 0o444);
    const window = await open();
    await window.driver.run((vscode) => {
      const folder = vscode.workspace.workspaceFolders?.[0];
      if (!folder) throw new Error('no folder is open');
      return vscode.commands.executeCommand('vscode.open', vscode.Uri.joinPath(folder.uri, 'icon.png'));
    });
    const told = await window.driver.run((vscode) =>
      vscode.commands.executeCommand('parley.askAboutSelection'),
    );
    assert.equal(told, 0);
    await window.notification(/no text to select/);
    await select(window, 'src/parse.ts', 4, 0, 4, 10);
    await window.runCommand('Parley: Ask About Selection');
    await (await chatIn(window)).chips.getByText('parse.ts:5').waitFor();
  },
);
