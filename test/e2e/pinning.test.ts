import assert from 'node:assert/strict';
import { after, beforeEach } from 'node:test';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import type { Window } from '../support/vscode/window.ts';
import { activeEditor } from './attaching.ts';
import { openChat, pointingAt, questions, until } from './parley.ts';

const claude = await startFakeClaude();
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset() });
const stage = {
  machineSettings: pointingAt(claude),
  files: {
    'docs/notes.md': '# Notes\n\nThat matter.\n',
    'src/parse.ts': 'export const parse = Number;\n',
    'src/print.ts': 'export const print = String;\n',
  },
};

const treeOf = ({ page }: Window) => page.getByRole('tree', { name: 'Context' });

suite.test(
  '@ pins with Alt+Enter: the word leaves the text, a notice says so, nothing is attached, and the tree has it',
  stage,
  async ({ open }) => {
    const window = await open();
    const chat = await openChat(window);
    await chat.composer.pressSequentially('See @parse');
    await chat.frame
      .getByRole('option', { name: /parse\.ts/ })
      .first()
      .waitFor();
    await chat.composer.press('Alt+Enter');
    await chat.frame.getByText('src/parse.ts is pinned to the context.').waitFor();
    assert.equal(await chat.composer.inputValue(), 'See ');
    assert.equal(await chat.chips.count(), 0);
    assert.equal(questions(claude).length, 0);
    await treeOf(window)
      .getByRole('treeitem', { name: /^src\/parse\.ts, pinned/ })
      .waitFor();
  },
);

suite.test(
  'several files are found and pinned from the palette; the tree opens them, shows what is sent, and unpins with a button and a key',
  stage,
  async ({ open }) => {
    const window = await open();
    await openChat(window);
    await window.runCommand('Parley: Pin to Parley');
    await window.quickInput.pick(/Files and Folders/);
    await window.quickInput.titled(/Pin Files and Folders/);
    await window.quickInput.fill('notes');
    await window.quickInput.pick(/notes\.md/);
    await window.quickInput.fill('print');
    await window.quickInput.pick(/print\.ts/);
    await window.quickInput.accept();
    const row = (name: RegExp) => treeOf(window).getByRole('treeitem', { name });
    // A click is lost while the rows are made anew, as they are once the API has counted.
    await until('the file is open', async () => {
      if ((await activeEditor(window)).name === 'notes.md') return true;
      await row(/^docs\/notes\.md, pinned/).click();
      return false;
    });
    const shown = await window.driver.run(async (vscode) => {
      await vscode.commands.executeCommand('parley.showContext');
      return vscode.window.activeTextEditor?.document.getText();
    });
    assert.match(String(shown), /That matter\./);
    assert.match(String(shown), /print = String/);
    assert.doesNotMatch(String(shown), /parse = Number/);
    await row(/^src\/print\.ts, pinned/).hover();
    await row(/^src\/print\.ts, pinned/)
      .getByRole('button', { name: /Unpin/ })
      .click();
    await row(/^src\/print\.ts, pinned/).waitFor({ state: 'hidden' });
    await row(/^docs\/notes\.md, pinned/).click();
    await treeOf(window).press(process.platform === 'darwin' ? 'Meta+Backspace' : 'Delete');
    await row(/^docs\/notes\.md, pinned/).waitFor({ state: 'hidden' });
  },
);
