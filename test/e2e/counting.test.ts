import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, beforeEach } from 'node:test';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import { activeEditor, explorerRow, select, selectInExplorer } from './attaching.ts';
import { chooseInMenu, openChat, pointingAt, questions, tidyUp, until } from './parley.ts';

const claude = await startFakeClaude();
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset(), tidyUp });
const many = Object.fromEntries(
  Array.from({ length: 30 }, (_, at) => [
    `many/file${at}.ts`,
    `export const value${at} = ${at};\n`.repeat(at + 1),
  ]),
);
const stage = {
  isShared: true,
  machineSettings: pointingAt(claude),
  files: {
    'parse.ts': 'export function parse(text: string): number {\n  return Number(text);\n}\n',
    '.gitignore': 'ignored.ts\n',
    'ignored.ts': 'const secret = 1;\n',
    ...many,
  },
};

suite.test(
  'files and folders are counted from the Explorer in few requests, and the selection from the menu of the editor; the commands return the figures',
  stage,
  async ({ open, workspace }) => {
    const window = await open();
    await openChat(window);
    assert.equal(
      await window.page
        .locator('.statusbar-item')
        .getByText(/~[\d,]+ tok/)
        .count(),
      0,
    );
    await selectInExplorer(window, 'many', 'parse.ts');
    await explorerRow(window, 'many').click({ button: 'right' });
    await chooseInMenu(window, 'Count Tokens for Claude');
    await until('the API has counted', async () => {
      const { text } = await activeEditor(window);
      return /many\/file29\.ts/.test(text) && /parse\.ts/.test(text) && !text.includes('the API is counting');
    });
    const { text: table } = await activeEditor(window);
    assert.match(table, /31 files/);
    assert.ok(table.indexOf('file29.ts') < table.indexOf('file28.ts'), 'the largest comes first');
    assert.doesNotMatch(table, /~ marks an estimate/);
    assert.ok(counts() <= 13, `${counts()} requests`);

    const all = await window.driver.run(
      (vscode, path) => vscode.commands.executeCommand<number>('parley.countTokens', vscode.Uri.file(path)),
      workspace,
    );
    assert.ok(all > 1000, String(all));
    await until('the table has the exact sum', async () =>
      (await activeEditor(window)).text.includes(all.toLocaleString('en-US')),
    );
    assert.match((await activeEditor(window)).text, /Not counted[\s\S]*ignored\.ts/);

    const tokens = await window.driver.run(
      (vscode, path) => vscode.commands.executeCommand<number>('parley.countTokens', vscode.Uri.file(path)),
      join(workspace, 'parse.ts'),
    );
    assert.ok(tokens > 10 && tokens < 60, String(tokens));
    assert.match(await window.notification(/^parse\.ts/), new RegExp(`\\b${tokens}\\b`));
    await select(window, 'parse.ts', 0, 0, 1, 10);
    await window.page.locator('.editor-instance .view-line').first().click({ button: 'right' });
    await chooseInMenu(window, 'Count Tokens for Claude');
    assert.match(await window.notification(/The selection in parse\.ts/), /\b\d+ tokens/);
    assert.equal(questions(claude).length, 0, 'nothing was asked');
  },
);

suite.test('counting can be cancelled: what had been read stays as estimates', stage, async ({ open }) => {
  const window = await open();
  await openChat(window);
  claude.fail({ kind: 'silence', path: 'count_tokens', times: Number.POSITIVE_INFINITY });
  await selectInExplorer(window, 'many');
  await explorerRow(window, 'many').click({ button: 'right' });
  await chooseInMenu(window, 'Count Tokens for Claude');
  await window.notification(/Counting tokens of many/);
  await until('the API is asked', () => counts() > 0);
  await window.press('Cancel');
  await window.notificationGone(/Counting tokens of many/);
  await until('the table says so', async () => /^Cancelled/m.test((await activeEditor(window)).text));
  assert.match((await activeEditor(window)).text, /~ .*file29\.ts/);
});

suite.test('the conversation and the question are counted as they would be sent', stage, async ({ open }) => {
  const window = await open();
  const chat = await openChat(window);
  await chat.ask('What does parse do, and why?');
  await chat.answer('done');
  const before = await window.driver.run((vscode) =>
    vscode.commands.executeCommand<number>('parley.countConversationTokens'),
  );
  await chat.composer.fill('And how is it tested?');
  await chat.frame.locator('[data-part="quote"][data-state="exact"]').waitFor();
  const quoted = Number(await chat.frame.locator('[data-part="quote"]').getAttribute('data-input'));
  const draft = await window.driver.run((vscode) =>
    vscode.commands.executeCommand<number>('parley.countDraftTokens'),
  );
  assert.equal(draft, quoted);
  assert.ok(before > 0 && before < draft);
});

suite.test(
  'without a connection the estimate stays, and why is said',
  { ...stage, machineSettings: { 'parley.baseUrl': 'http://127.0.0.1:9' } },
  async ({ open, workspace }) => {
    const window = await open();
    const tokens = await window.driver.run(
      (vscode, path) => vscode.commands.executeCommand<number>('parley.countTokens', vscode.Uri.file(path)),
      join(workspace, 'parse.ts'),
    );
    assert.ok(tokens > 10);
    assert.match(await window.notification(/could not be reached/), /parse\.ts.*about \d+ tokens/);
  },
);

suite.test(
  'the status bar tells the tokens of the selection, once it is turned on',
  { ...stage, isShared: false, userSettings: { 'parley.showSelectionTokens': true } },
  async ({ open }) => {
    const window = await open();
    await window.driver.run(async (vscode) => {
      const folder = vscode.workspace.workspaceFolders?.[0];
      if (!folder) throw new Error('no folder is open');
      const uri = vscode.Uri.joinPath(folder.uri, 'parse.ts');
      const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
      editor.selection = new vscode.Selection(0, 0, 1, 0);
    });
    await window.page
      .locator('.statusbar-item')
      .getByText(/~\d+ tok/)
      .waitFor();
  },
);

function counts(): number {
  return claude.requests.filter(({ path }) => path.includes('count_tokens')).length;
}
