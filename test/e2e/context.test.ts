import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, beforeEach } from 'node:test';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { plainPng } from '../support/png.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import {
  activeEditor,
  add,
  allowClipboard,
  copyText,
  edit,
  explorerRow,
  filesIn,
  select,
  selectInExplorer,
  show,
  textOf,
} from './attaching.ts';
import { chatIn, chooseInMenu, openChat, pointingAt, questions, tidyUp, until } from './parley.ts';

const claude = await startFakeClaude();
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset(), tidyUp });
const PLOT = plainPng(120, 90, 40).toString('base64');
const files = {
  'src/parse.ts':
    'export function parse(text: string): number {\n  return Number(text);\n}\n\nexport const one = 1;\n',
  'docs/notes.md': '# Notes\n',
  'notebook.ipynb': JSON.stringify({
    cells: [
      { cell_type: 'markdown', metadata: {}, source: ['# A study'] },
      {
        cell_type: 'code',
        execution_count: 1,
        metadata: {},
        source: ['print("hello")'],
        outputs: [
          { output_type: 'stream', name: 'stdout', text: ['hello\n'] },
          { output_type: 'display_data', metadata: {}, data: { 'image/png': PLOT } },
        ],
      },
    ],
    metadata: { kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' } },
    nbformat: 4,
    nbformat_minor: 5,
  }),
};
const stage = { isShared: true, machineSettings: pointingAt(claude), files };

suite.test(
  'a notebook and a folder are added from the menu of the Explorer; a chip leads back to what it names, also a sent one',
  stage,
  async ({ open }) => {
    const window = await open();
    await openChat(window);
    await selectInExplorer(window, 'notebook.ipynb', 'docs');
    await explorerRow(window, 'docs').click({ button: 'right' });
    await chooseInMenu(window, 'Add to Parley');
    const chat = await chatIn(window);
    await chat.chips.filter({ hasText: 'notebook.ipynb' }).first().waitFor();
    await chat.chips.filter({ hasText: '120×90' }).waitFor();
    await chat.chips.filter({ hasText: 'docs' }).waitFor();
    await select(window, 'src/parse.ts', 0, 0, 2, 1);
    await window.runCommand('Parley: Add Selection to Parley');
    await chat.chips.filter({ hasText: 'parse.ts:1-3' }).waitFor();
    await show(window, 'docs/notes.md');
    await chat.chips.getByRole('button', { name: /^parse\.ts:1-3/ }).click();
    await until('the lines are selected', async () => {
      const { name, lines } = await activeEditor(window);
      return name === 'parse.ts' && lines === '1-3';
    });
    await chat.chips.getByRole('button', { name: /^docs/ }).click();
    await window.page
      .locator('.explorer-folders-view .monaco-list-row.selected', { hasText: 'docs' })
      .waitFor();
    const shown = await openChat(window);
    await shown.ask('What is here?');
    await shown.answer('done');
    const sent = questions(claude)[0]?.body;
    assert.match(textOf(sent), /print\("hello"\)[\s\S]*hello/);
    assert.match(textOf(sent), /notes\.md/);
    assert.deepEqual(
      filesIn(sent, 'image').map(({ media_type }) => media_type),
      ['image/png'],
    );
    await show(window, 'docs/notes.md');
    await shown.turns
      .first()
      .getByRole('button', { name: /parse\.ts:1-3/ })
      .click();
    await until(
      'the sent chip leads there too',
      async () => (await activeEditor(window)).name === 'parse.ts',
    );
  },
);

suite.test(
  'a file is taken with its unsaved changes; when it changes the chip says so and can be refreshed; one that vanishes is sent as it was',
  stage,
  async ({ open, workspace }) => {
    const window = await open();
    await edit(window, 'src/parse.ts', 'const unsaved = 1;\n');
    await window.runCommand('Parley: Add to Parley');
    const chat = await chatIn(window);
    const chip = chat.chips.filter({ hasText: 'parse.ts' });
    await chip.waitFor();
    await edit(window, 'src/parse.ts', 'const later = 2;\n');
    await chip.getByText('changed').waitFor();
    await chip.getByRole('button', { name: /^Refresh / }).click();
    await chip.getByText('changed').waitFor({ state: 'hidden' });
    await add(window, workspace, 'docs/notes.md');
    await chat.chips.filter({ hasText: 'notes.md' }).waitFor();
    await rm(join(workspace, 'docs/notes.md'));
    await chat.chips.filter({ hasText: 'notes.md' }).getByText('gone').waitFor();
    await chat.ask('What is new?');
    await chat.answer('done');
    const sent = textOf(questions(claude)[0]?.body);
    assert.match(sent, /src\/parse\.ts, with unsaved changes/);
    assert.match(sent, /const later = 2;[\s\S]*const unsaved = 1;/);
    assert.match(sent, /# Notes/);
  },
);

suite.test(
  'the selection is offered, Tab takes it, one click turns offers off; a long paste becomes a chip, a short one stays text',
  stage,
  async ({ open, context }) => {
    const window = await open();
    const chat = await openChat(window);
    await select(window, 'src/parse.ts', 0, 0, 2, 1);
    const offer = chat.frame.getByRole('button', { name: /^Attach parse\.ts/ });
    await offer.waitFor();
    await chat.composer.focus();
    await chat.composer.press('Tab');
    await chat.chips.filter({ hasText: 'parse.ts:1-3' }).waitFor();
    await offer.waitFor({ state: 'hidden' });
    await select(window, 'src/parse.ts', 4, 0, 4, 10);
    await offer.waitFor();
    await chat.frame.getByRole('button', { name: 'Do not offer selections' }).click();
    await offer.waitFor({ state: 'hidden' });
    await until('the setting says so', () =>
      window.driver.run(
        (vscode) => vscode.workspace.getConfiguration('parley').get('offerSelection') === false,
      ),
    );
    await select(window, 'src/parse.ts', 1, 0, 1, 10);

    await allowClipboard(context);
    await copyText(window, 'one\ntwo\nthree');
    await chat.composer.press('Control+V');
    await until('a short text stays', async () => (await chat.composer.inputValue()) === 'one\ntwo\nthree');
    await copyText(window, Array.from({ length: 60 }, (_, at) => `log line ${at}`).join('\n'));
    await chat.composer.press('Control+V');
    await chat.chips.filter({ hasText: '60 lines' }).waitFor();
    assert.equal(await chat.composer.inputValue(), 'one\ntwo\nthree');
    await chat.composer.press('Enter');
    await chat.answer('done');
    assert.match(textOf(questions(claude)[0]?.body), /log line 59[\s\S]*one\ntwo\nthree/);
    assert.equal(await offer.count(), 0, 'nothing was offered any more');
  },
);

suite.test(
  'a selection of 300,000 lines is refused with its tokens and the window of the model, and nothing is lost',
  // In a window that shows no chat yet, so that what is to be said is said in a notification.
  { ...stage, isShared: false },
  async ({ open, workspace }) => {
    await writeFile(join(workspace, 'huge.log'), 'A line that nobody reads\n'.repeat(300_000));
    const window = await open();
    const chat = await openChat(window);
    await chat.composer.fill('Why is it so long?');
    await select(window, 'huge.log', 0, 0, 299_999, 10);
    await window.driver.run((vscode) =>
      vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup'),
    );
    await window.page.locator('.editor-instance .view-line').nth(2).click({ button: 'right' });
    await chooseInMenu(window, 'Ask About Selection');
    const refused = chat.frame.getByText(/huge\.log has about [\d,]+ tokens; .+ reads [\d,]+ at most/);
    await refused.first().waitFor();
    assert.equal(await chat.chips.count(), 0);
    await chat.frame.getByRole('button', { name: 'Dismiss' }).first().click();
    await refused.waitFor({ state: 'detached' });
    await add(window, workspace, 'huge.log');
    await refused.first().waitFor();
    assert.equal(await chat.chips.count(), 0);
    assert.equal(await chat.composer.inputValue(), 'Why is it so long?');
  },
);
