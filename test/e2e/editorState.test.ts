import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, beforeEach } from 'node:test';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import type { Window } from '../support/vscode/window.ts';
import {
  activeEditor,
  allowClipboard,
  copyText,
  gitIn,
  gitKnowsChanges,
  openTerminal,
  problemsOf,
  select,
  selectAllInTerminal,
  textOf,
} from './attaching.ts';
import { chatIn, chooseInMenu, openChat, pointingAt, questions, succeeds, until } from './parley.ts';

const claude = await startFakeClaude();
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset() });
const stage = {
  machineSettings: pointingAt(claude),
  files: {
    'docs/notes.md': '# Notes\n',
    'src/wrong.ts': 'export const two: number = "two";\n',
    'program.js': 'console.log("hello from " + "the program");\n',
    'adding.test.txt': 'it adds two numbers\nit subtracts\n',
  },
};

suite.test(
  'a problem is explained from its quick fix, the problems of a file and the selection in the terminal are added; the clipboard stays as it was',
  stage,
  async ({ open, context }) => {
    const window = await open();
    await allowClipboard(context);
    await select(window, 'src/wrong.ts', 0, 14, 0, 14);
    await problemsOf(window, 'src/wrong.ts');
    await window.driver.run((vscode) =>
      vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup'),
    );
    // The quick fix is there once Parley is active, which VS Code does when it has time.
    const explain = window.page.locator('.action-widget').getByText('Explain with Parley');
    await until('the quick fix is offered', async () => {
      await window.page.keyboard.press('Escape');
      await window.page.keyboard.press('Control+.');
      return succeeds(explain.waitFor({ timeout: 2_000 }));
    });
    await explain.click();
    const chat = await chatIn(window);
    await chat.chips.filter({ hasText: 'Problem in src/wrong.ts' }).waitFor();
    await until('words are suggested', async () => (await chat.composer.inputValue()) !== '');
    await chat.composer.press('Enter');
    await chat.answer('done');
    assert.match(textOf(questions(claude)[0]?.body), /not assignable to type 'number'/);

    await window.runCommand('Parley: Add Problems to Parley');
    await chat.chips.filter({ hasText: 'Problems in src/wrong.ts' }).waitFor();
    await copyText(window, 'copied before');
    await openTerminal(window, 'echo "it is" broken-$((40 + 2))');
    const screen = window.page.locator('.terminal-wrapper.active .xterm-screen');
    const entry = window.page.locator('.monaco-menu').getByText('Add Terminal Selection to Parley');
    await until('what the shell printed is attached', async () => {
      await selectAllInTerminal(window);
      await screen.click({ button: 'right' });
      if (!(await succeeds(entry.waitFor({ timeout: 2_000 })))) return false;
      await chooseInMenu(window, 'Add Terminal Selection to Parley');
      return succeeds(chat.chips.filter({ hasText: 'Terminal: build' }).waitFor({ timeout: 5_000 }));
    });
    await chat.ask('What went wrong?');
    await until('it arrives', () => questions(claude).length === 2);
    const all = textOf(questions(claude)[1]?.body);
    const sent = all.slice(all.lastIndexOf('Problems in src/wrong.ts'));
    assert.match(sent, /src\/wrong\.ts:1:14 error[^\n]*not assignable to type 'number'/);
    assert.match(sent, /Terminal: build[\s\S]*it is broken-42/);
    assert.equal(await window.page.evaluate(() => navigator.clipboard.readText()), 'copied before');
  },
);

suite.test(
  'changes that git knows of are added from the groups and the title of Source Control, and a commit from the palette',
  stage,
  async ({ open, workspace }) => {
    const git = gitIn(workspace);
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'The first commit');
    await writeFile(join(workspace, 'docs/notes.md'), '# Staged words\n');
    git('add', '.');
    await writeFile(join(workspace, 'program.js'), 'const changed = true;\n');
    const window = await open();
    await openChat(window);
    await gitKnowsChanges(window);
    for (const [group, label] of [
      [/^Staged Changes/, 'Staged changes'],
      [/^Changes/, 'Changes not staged'],
    ] as const) {
      await showSourceControl(window);
      await window.page
        .locator('.scm-view .monaco-list-row')
        .filter({ hasText: group })
        .first()
        .click({ button: 'right' });
      await chooseInMenu(window, 'Add Changes to Parley');
      await (await chatIn(window)).chips.filter({ hasText: label }).waitFor();
    }
    await showSourceControl(window);
    // The actions of a part of the side bar show when the pointer is there.
    await window.page.locator('.scm-view .monaco-list-row').first().hover();
    const actions = window.page.getByRole('toolbar', { name: 'Changes actions' });
    await actions.getByRole('button', { name: 'More Actions...', exact: true }).first().click();
    await chooseInMenu(window, 'Add Changes to Parley');
    await window.quickInput.titled(/Add Changes/);
    await window.quickInput.pick(/The first commit/);
    const chat = await chatIn(window);
    await chat.chips.filter({ hasText: 'The first commit' }).waitFor();
    await window.runCommand('Parley: Add Changes to Parley...');
    await window.quickInput.titled(/Add Changes/);
    await window.quickInput.cancel();

    await chat.chips.getByRole('button', { name: /^Staged changes/ }).click();
    await until('the changes are shown', async () =>
      /\+# Staged words/.test((await activeEditor(window)).text),
    );
    assert.equal((await activeEditor(window)).scheme, 'parley-excerpt');
    const isEdited = await window.driver.run((vscode) =>
      vscode.window.activeTextEditor?.document.uri.scheme === 'parley-excerpt'
        ? vscode.workspace.fs.isWritableFileSystem('parley-excerpt')
        : true,
    );
    assert.notEqual(isEdited, true, 'what was attached cannot be changed there');
    await chat.ask('Review');
    await chat.answer('done');
    const sent = textOf(questions(claude)[0]?.body);
    assert.match(sent, /\+# Staged words/);
    assert.match(sent, /\+const changed = true;/);
    assert.match(sent, /The first commit[\s\S]*\+export const two/);
  },
);

suite.test(
  'what a program printed while it was debugged is added, and a failed test from the menu of its message',
  stage,
  async ({ open }) => {
    const window = await open();
    const chat = await openChat(window);
    await window.driver.run(async (vscode, runtimeExecutable) => {
      const folder = vscode.workspace.workspaceFolders?.[0];
      if (!folder) throw new Error('no folder is open');
      // VS Code debugs Node in two sessions, one within the other.
      const running = new Set<string>();
      const ended = new Promise<void>((resolve) => {
        vscode.debug.onDidStartDebugSession(({ id }) => running.add(id));
        vscode.debug.onDidTerminateDebugSession(({ id }) => {
          running.delete(id);
          if (running.size === 0) resolve();
        });
      });
      await vscode.debug.startDebugging(folder, {
        type: 'node',
        request: 'launch',
        name: 'My Program',
        program: vscode.Uri.joinPath(folder.uri, 'program.js').fsPath,
        runtimeExecutable,
        outputCapture: 'std',
        internalConsoleOptions: 'neverOpen',
      });
      await ended;
    }, process.execPath);
    await window.runCommand('Parley: Add Debug Console to Parley');
    await chat.chips.filter({ hasText: 'Debug Console: My Program' }).waitFor();

    await failTests(window);
    const rows = window.page.locator('.test-output-peek-tree .monaco-list-row');
    await rows.filter({ hasText: 'adds two numbers' }).click();
    await window.page.keyboard.press('ArrowRight');
    const failure = rows.filter({ hasText: /^\s*not equal/ });
    await failure.click({ button: 'right' });
    await chooseInMenu(window, 'Add Test Failure to Parley');
    await chat.chips.filter({ hasText: 'Failed test: adds two numbers' }).waitFor();
    // A test with one message has it in its own row, and a button beside the message.
    await rows.filter({ hasText: 'subtracts' }).click();
    await window.page.locator('.floating-click-widget').getByText('Add Test Failure to Parley').click();
    await chat.chips.filter({ hasText: 'Failed test: subtracts' }).waitFor();
    await chat.ask('Why?');
    await chat.answer('done');
    const sent = textOf(questions(claude)[0]?.body);
    assert.match(sent, /hello from the program/);
    assert.match(sent, /adds two numbers[\s\S]*not equal[\s\S]*Expected:\n4[\s\S]*Actual:\n5/);
    assert.match(sent, /subtracts[\s\S]*less than nothing/);
    assert.match(sent, /it adds two numbers/, 'the code of the test goes along');
  },
);

async function showSourceControl({ driver, page }: Window): Promise<void> {
  await driver.run((vscode) => vscode.commands.executeCommand('workbench.view.scm'));
  await page.locator('.scm-view .monaco-list-row').filter({ hasText: 'Staged Changes' }).waitFor();
}

/** Contributes tests, as an extension for a test runner does, and has VS Code run them: one fails twice, one once. */
async function failTests(window: Window): Promise<void> {
  await window.driver.run((vscode) => {
    const folder = vscode.workspace.workspaceFolders?.[0];
    if (!folder) throw new Error('no folder is open');
    const uri = vscode.Uri.joinPath(folder.uri, 'adding.test.txt');
    const controller = vscode.tests.createTestController('parley-e2e', 'Adding');
    const at = (id: string, label: string, line: number) => {
      const item = controller.createTestItem(id, label, uri);
      item.range = new vscode.Range(line, 0, line, 10);
      controller.items.add(item);
      return item;
    };
    const adds = at('adds', 'adds two numbers', 0);
    const subtracts = at('subtracts', 'subtracts', 1);
    const fail = (request: import('vscode').TestRunRequest) => {
      const run = controller.createTestRun(request);
      const message = vscode.TestMessage.diff('not equal', '4', '5');
      message.location = new vscode.Location(uri, new vscode.Position(0, 3));
      run.failed(adds, [message, new vscode.TestMessage('too late')]);
      // VS Code shows the button whole only where the message has some lines.
      run.failed(subtracts, new vscode.TestMessage(`less than nothing\n${'and less\n'.repeat(12)}`));
      run.end();
    };
    controller.createRunProfile('Run', vscode.TestRunProfileKind.Run, fail, true);
  });
  // VS Code may not have heard of the tests yet, or of one of them, and then runs none or the other.
  const failures = window.page.locator('.test-output-peek-tree .monaco-list-row');
  await until('both tests have failed', async () => {
    await window.runCommand('Test: Run All Tests');
    const both = ['adds two numbers', 'subtracts'].map((name) =>
      failures.filter({ hasText: name }).first().waitFor({ timeout: 8_000 }),
    );
    return succeeds(Promise.all(both));
  });
}
