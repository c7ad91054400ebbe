import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, beforeEach } from 'node:test';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import { openChat, pointingAt, questions, until } from './parley.ts';

const claude = await startFakeClaude();
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset() });
const many = Object.fromEntries(
  Array.from({ length: 30 }, (_, at) => [
    `many/file${at}.ts`,
    `export const value${at} = ${at};\n`.repeat(at + 1),
  ]),
);
const stage = {
  machineSettings: pointingAt(claude),
  files: {
    'src/parse.ts': 'export function parse(text: string): number {\n  return Number(text);\n}\n',
    '.gitignore': 'ignored.ts\n',
    'ignored.ts': 'const secret = 1;\n',
    ...many,
  },
};

suite.test(
  'the tokens of a file are counted by the API, and the command returns them',
  stage,
  async (given) => {
    const { open, workspace } = given;
    const window = await open();
    const tokens = await window.driver.run(
      (vscode, path) => vscode.commands.executeCommand<number>('parley.countTokens', vscode.Uri.file(path)),
      join(workspace, 'src/parse.ts'),
    );
    assert.ok(tokens > 10 && tokens < 60, String(tokens));
    assert.match(await window.notification(/parse\.ts/), new RegExp(`\\b${tokens}\\b`));
    assert.ok(claude.requests.some(({ path }) => path.includes('count_tokens')));
    assert.equal(questions(claude).length, 0, 'nothing was asked');
  },
);

suite.test(
  'a folder is counted in few requests, sorted, without what is ignored',
  stage,
  async ({ open, workspace }) => {
    const window = await open();
    const tokens = await window.driver.run(
      (vscode, path) => vscode.commands.executeCommand<number>('parley.countTokens', vscode.Uri.file(path)),
      workspace,
    );
    assert.ok(tokens > 1000, String(tokens));
    const counts = claude.requests.filter(({ path }) => path.includes('count_tokens'));
    assert.ok(counts.length <= 13, `${counts.length} requests`);
    let table = '';
    await until('the table has the exact sum', async () => {
      table = await window.driver.run((vscode) => vscode.window.activeTextEditor?.document.getText() ?? '');
      return table.includes(tokens.toLocaleString('en-US'));
    });
    assert.match(table, /many\/file29\.ts/);
    assert.ok(table.indexOf('file29.ts') < table.indexOf('file28.ts'), 'the largest comes first');
    assert.match(table, /Not counted[\s\S]*ignored\.ts/);
  },
);

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
      join(workspace, 'src/parse.ts'),
    );
    assert.ok(tokens > 10);
    assert.match(await window.notification(/parse\.ts/), /about \d+ tokens.*could not be reached/);
  },
);

suite.test(
  'the status bar tells the tokens of the selection, once it is turned on',
  { ...stage, userSettings: { 'parley.showSelectionTokens': true } },
  async ({ open }) => {
    const window = await open();
    await window.driver.run(async (vscode) => {
      const folder = vscode.workspace.workspaceFolders?.[0];
      if (!folder) throw new Error('no folder is open');
      const uri = vscode.Uri.joinPath(folder.uri, 'src/parse.ts');
      const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
      editor.selection = new vscode.Selection(0, 0, 1, 0);
    });
    await window.page
      .locator('.statusbar-item')
      .getByText(/~\d+ tok/)
      .waitFor();
  },
);
