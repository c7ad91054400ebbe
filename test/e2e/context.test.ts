import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, beforeEach } from 'node:test';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import type { Window } from '../support/vscode/window.ts';
import { chatIn, chooseInMenu, openChat, pointingAt, questions, until } from './parley.ts';

const claude = await startFakeClaude();
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset() });
const files = {
  'src/parse.ts':
    'export function parse(text: string): number {\n  return Number(text);\n}\n\nexport const one = 1;\n',
  'src/wrong.ts': 'export const two: number = "two";\n',
  'docs/notes.md': '# Notes\n',
  'notebook.ipynb': JSON.stringify({
    cells: [
      { cell_type: 'markdown', metadata: {}, source: ['# A study'] },
      {
        cell_type: 'code',
        execution_count: 1,
        metadata: {},
        source: ['print("hello")'],
        outputs: [{ output_type: 'stream', name: 'stdout', text: ['hello\n'] }],
      },
    ],
    metadata: { kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' } },
    nbformat: 4,
    nbformat_minor: 5,
  }),
};
const stage = { machineSettings: pointingAt(claude), files };

suite.test('files and folders of the Explorer are added from its context menu', stage, async ({ open }) => {
  const window = await open();
  const chat = await openChat(window);
  await window.runCommand('View: Show Explorer');
  const rows = window.page.locator('.explorer-folders-view .monaco-list-row');
  await rows.filter({ hasText: 'notebook.ipynb' }).click();
  await rows.filter({ hasText: 'docs' }).click({ modifiers: ['ControlOrMeta'] });
  await rows.filter({ hasText: 'docs' }).click({ button: 'right' });
  await chooseInMenu(window, 'Add to Parley');
  const shown = await chatIn(window);
  await shown.chips.filter({ hasText: 'notebook.ipynb' }).waitFor();
  await shown.chips.filter({ hasText: 'docs' }).waitFor();
  await shown.ask('What is here?');
  await shown.answer('done');
  const sent = textOf(questions(claude)[0]?.body);
  assert.match(sent, /print\("hello"\)[\s\S]*hello/);
  assert.match(sent, /notes\.md/);
  assert.ok(chat);
});

suite.test(
  'a file is taken with its unsaved changes; when it changes the chip says so and can be refreshed',
  stage,
  async ({ open }) => {
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
    await chat.ask('What is new?');
    await chat.answer('done');
    const sent = textOf(questions(claude)[0]?.body);
    assert.match(sent, /src\/parse\.ts, with unsaved changes/);
    assert.match(sent, /const later = 2;[\s\S]*const unsaved = 1;/);
  },
);

suite.test(
  'a file that vanishes between attaching and sending is sent as it was, and the chip says that it is gone',
  stage,
  async ({ open, workspace }) => {
    const window = await open();
    await add(window, workspace, 'docs/notes.md');
    const chat = await chatIn(window);
    await chat.chips.filter({ hasText: 'notes.md' }).waitFor();
    await rm(join(workspace, 'docs/notes.md'));
    await chat.chips.filter({ hasText: 'notes.md' }).getByText('gone').waitFor();
    await chat.ask('What was there?');
    await chat.answer('done');
    assert.match(textOf(questions(claude)[0]?.body), /# Notes/);
  },
);

suite.test(
  'a problem is explained from its quick fix, and the problems of a file go along as a list',
  stage,
  async ({ open }) => {
    const window = await open();
    await show(window, 'src/wrong.ts');
    await problemsOf(window, 'src/wrong.ts');
    await window.driver.run((vscode) => {
      const editor = vscode.window.activeTextEditor;
      if (editor) editor.selection = new vscode.Selection(0, 14, 0, 14);
      return vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
    });
    // The quick fix is there once Parley is active, which VS Code does when it has time.
    const explain = window.page.locator('.action-widget').getByText('Explain with Parley');
    await until('the quick fix is offered', async () => {
      await window.page.keyboard.press('Escape');
      await window.page.keyboard.press('Control+.');
      return explain.waitFor({ timeout: 2000 }).then(
        () => true,
        () => false,
      );
    });
    await explain.click();
    const chat = await chatIn(window);
    await chat.chips.first().waitFor();
    await until('words are suggested', async () => (await chat.composer.inputValue()) !== '');
    await chat.composer.press('Enter');
    await chat.answer('done');
    assert.match(textOf(questions(claude)[0]?.body), /not assignable to type 'number'/);
    await window.runCommand('Parley: Add Problems to Parley');
    await chat.chips.filter({ hasText: /problem/i }).waitFor();
  },
);

suite.test(
  'what is selected in the terminal is added from its context menu, and the clipboard stays as it was',
  stage,
  async ({ open, context, door }) => {
    const window = await open();
    const chat = await openChat(window);
    const origin = `http://lab.localhost:${door.port}`;
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
    await window.page.evaluate(() => navigator.clipboard.writeText('copied before'));
    await window.driver.run((vscode) => {
      const terminal = vscode.window.createTerminal({ name: 'build', shellPath: '/bin/sh' });
      terminal.show();
      terminal.sendText('echo "it is" broken-$((40 + 2))');
    });
    const screen = window.page.locator('.terminal-wrapper.active .xterm-screen');
    await screen.waitFor();
    await until('what the shell printed is attached', async () => {
      await window.driver.run((vscode) =>
        vscode.commands.executeCommand('workbench.action.terminal.selectAll'),
      );
      await screen.click({ button: 'right' });
      const entry = window.page.locator('.monaco-menu').getByText('Add Terminal Selection to Parley');
      const isThere = await entry.waitFor({ timeout: 2000 }).then(
        () => true,
        () => false,
      );
      if (!isThere) return false;
      await chooseInMenu(window, 'Add Terminal Selection to Parley');
      return chat.chips
        .first()
        .waitFor({ timeout: 5000 })
        .then(
          () => true,
          () => false,
        );
    });
    await chat.ask('What went wrong?');
    await chat.answer('done');
    assert.match(textOf(questions(claude).at(-1)?.body), /Terminal: build/);
    assert.equal(await window.page.evaluate(() => navigator.clipboard.readText()), 'copied before');
  },
);

suite.test('changes that git knows of are added: staged, the others, and a commit', stage, async (staged) => {
  const { open, workspace } = staged;
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: workspace });
  git('init', '-q');
  git('add', '.');
  git('commit', '-q', '-m', 'The first commit');
  await writeFile(join(workspace, 'docs/notes.md'), '# Staged words\n');
  git('add', '.');
  await writeFile(join(workspace, 'src/parse.ts'), 'const changed = true;\n');
  const window = await open();
  const chat = await openChat(window);
  await until('git knows the repository', () =>
    window.driver.run((vscode) => {
      const git = vscode.extensions.getExtension('vscode.git')?.exports?.getAPI(1);
      return git?.repositories[0]?.state.workingTreeChanges.length > 0;
    }),
  );
  for (const [entry, chip] of [
    [/Staged Changes/, /Staged/],
    [/Not Staged/, /not staged|unstaged/i],
    [/The first commit/, /The first commit/],
  ] as const) {
    await window.runCommand('Parley: Add Changes to Parley...');
    await window.quickInput.titled(/Add Changes/);
    await window.quickInput.pick(entry);
    await chat.chips.filter({ hasText: chip }).first().waitFor();
  }
  await chat.ask('Review');
  await chat.answer('done');
  const sent = textOf(questions(claude)[0]?.body);
  assert.match(sent, /\+# Staged words/);
  assert.match(sent, /\+const changed = true;/);
  assert.match(sent, /\+export const two/);
});

suite.test(
  '@ finds files, folders and symbols, and everything is done with the keyboard',
  stage,
  async ({ open }) => {
    const window = await open();
    await show(window, 'src/parse.ts');
    const chat = await openChat(window);
    await chat.composer.pressSequentially('Explain @pars');
    const option = chat.frame.getByRole('option', { name: /parse\.ts/ }).first();
    await option.waitFor();
    await chat.composer.press('Enter');
    await chat.chips.filter({ hasText: 'parse.ts' }).waitFor();
    await until('the name stands in the text', async () =>
      /^Explain @parse(\.ts)? $/.test(await chat.composer.inputValue()),
    );
    assert.equal(questions(claude).length, 0, 'Enter chose, it did not send');
    await chat.composer.pressSequentially('and @docs');
    await chat.frame.getByRole('option', { name: /docs/ }).first().waitFor();
    await chat.composer.press('Tab');
    await chat.chips.filter({ hasText: 'docs' }).waitFor();
    await chat.composer.pressSequentially(' @nothingthatexists');
    await chat.frame.getByText('Nothing found').waitFor();
    await chat.composer.press('Escape');
    await chat.composer.press('Enter');
    await chat.answer('done');
    const sent = textOf(questions(claude)[0]?.body);
    assert.match(sent, /export function parse/);
    assert.match(sent, /notes\.md/);
  },
);

suite.test(
  'the selection is offered, Tab takes it, and one click turns offers off',
  stage,
  async ({ open }) => {
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
    await select(window, 'src/parse.ts', 1, 0, 1, 10);
    await until('the setting says so', async () => {
      const setting = await window.driver.run((vscode) =>
        vscode.workspace.getConfiguration('parley').get('offerSelection'),
      );
      return setting === false;
    });
    assert.equal(await offer.count(), 0);
  },
);

suite.test('a long paste becomes a chip, a short one stays text', stage, async ({ open, context, door }) => {
  const window = await open();
  const chat = await openChat(window);
  const origin = `http://lab.localhost:${door.port}`;
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
  const paste = async (text: string) => {
    await window.page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
    await chat.composer.press('Control+V');
  };
  await paste('one\ntwo\nthree');
  assert.equal(await chat.composer.inputValue(), 'one\ntwo\nthree');
  await paste(Array.from({ length: 60 }, (_, at) => `log line ${at}`).join('\n'));
  await chat.chips.filter({ hasText: '60 lines' }).waitFor();
  assert.equal(await chat.composer.inputValue(), 'one\ntwo\nthree');
  await chat.composer.press('Enter');
  await chat.answer('done');
  assert.match(textOf(questions(claude)[0]?.body), /log line 59[\s\S]*one\ntwo\nthree/);
});

suite.test('the + button opens a list of what can be added', stage, async ({ open }) => {
  const window = await open();
  await show(window, 'src/parse.ts');
  const chat = await openChat(window);
  await chat.frame.getByRole('button', { name: 'Add Context' }).click();
  await window.quickInput.titled(/Add Context/);
  await window.quickInput.fill('Active File');
  await window.quickInput.accept();
  await chat.chips.filter({ hasText: 'parse.ts' }).waitFor();
});

suite.test(
  'a selection of 300,000 lines is refused with its size and that of the window, and nothing is lost',
  { ...stage, files: { ...files, 'huge.log': 'A line of a log that nobody reads.\n'.repeat(300_000) } },
  async ({ open, workspace }) => {
    const window = await open();
    const chat = await openChat(window);
    await chat.composer.fill('Why is it so long?');
    await add(window, workspace, 'huge.log');
    await chat.frame
      .getByText(/huge\.log/)
      .first()
      .waitFor();
    assert.equal(await chat.chips.count(), 0);
    assert.equal(await chat.composer.inputValue(), 'Why is it so long?');
  },
);

function textOf(body: unknown): string {
  const { messages } = body as { messages: { content: { text?: string }[] }[] };
  return messages.flatMap(({ content }) => content.map(({ text = '' }) => text)).join('\n');
}

function show(window: Window, path: string): Promise<unknown> {
  return select(window, path, 0, 0, 0, 0);
}

async function select(
  window: Window,
  path: string,
  ...range: readonly [number, number, number, number]
): Promise<void> {
  await window.driver.run(
    async (vscode, file, [fromLine, from, toLine, to]) => {
      const folder = vscode.workspace.workspaceFolders?.[0];
      if (!folder) throw new Error('no folder is open');
      const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, file));
      const editor = await vscode.window.showTextDocument(document);
      editor.selection = new vscode.Selection(fromLine, from, toLine, to);
    },
    path,
    range,
  );
}

/** Puts a line at the start of a file, without saving. */
async function edit(window: Window, path: string, line: string): Promise<void> {
  await show(window, path);
  await window.driver.run(
    (vscode, text) =>
      vscode.window.activeTextEditor?.edit((change) => change.insert(new vscode.Position(0, 0), text)),
    line,
  );
}

function add(window: Window, workspace: string, name: string): Promise<unknown> {
  return window.driver.run(
    (vscode, path) => vscode.commands.executeCommand('parley.addToChat', vscode.Uri.file(path)),
    join(workspace, name),
  );
}

async function problemsOf(window: Window, path: string): Promise<void> {
  await until('the language server has found the problem', () =>
    window.driver.run((vscode, file) => {
      const all = vscode.languages.getDiagnostics();
      return all.some(([uri, found]) => uri.path.endsWith(file) && found.length > 0);
    }, path),
  );
}
