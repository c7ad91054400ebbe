import assert from 'node:assert/strict';
import { after, beforeEach } from 'node:test';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import type { Window } from '../support/vscode/window.ts';
import { activeEditor, allowClipboard, problemsOf, textOf } from './attaching.ts';
import {
  type Chat,
  chatIn,
  chooseInMenuByKeys,
  cursorInComposer,
  pointingAt,
  questions,
  succeeds,
  tabTo,
  until,
} from './parley.ts';

/** Nothing in this file touches the mouse. */

const claude = await startFakeClaude();
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset() });
const stage = {
  machineSettings: pointingAt(claude),
  files: {
    'docs/notes.md': '# Notes\n',
    'src/parse.ts':
      'export function parse(text: string): number {\n  return Number(text);\n}\n\nexport const one = 1;\n',
    'src/wrong.ts': 'export const two: number = "two";\n',
  },
};

suite.test('by keyboard alone: Explorer, editor, quick fix, terminal and counting', stage, async (given) => {
  const window = await given.open();
  await allowClipboard(given.context);
  const { keyboard } = window.page;
  await window.runCommandByKeys('Parley: Open Chat');
  // It takes the focus when it is ready, from whatever was opened meanwhile.
  await cursorInComposer(await chatIn(window));
  await focusInExplorer(window, 'docs');
  await chooseInMenuByKeys(window, 'Add to Parley');
  const chat = await chatIn(window);
  await chat.chips.filter({ hasText: 'docs' }).waitFor();
  await cursorInComposer(chat);

  await openFile(window, 'parse.ts');
  for (const key of ['Control+Home', 'Shift+ArrowDown', 'Shift+ArrowDown']) await keyboard.press(key);
  await chooseInMenuByKeys(window, 'Ask About Selection', 'Shift+F10');
  await chat.chips.filter({ hasText: 'parse.ts:1-2' }).waitFor();
  await cursorInComposer(chat);

  await openFile(window, 'wrong.ts');
  await problemsOf(window, 'src/wrong.ts');
  await explainByKeys(window);
  await chat.chips.filter({ hasText: 'Problem in src/wrong.ts' }).waitFor();
  await until('words are suggested', async () => (await chat.composer.inputValue()) !== '');
  await cursorInComposer(chat);

  await window.driver.run((vscode) => {
    const terminal = vscode.window.createTerminal({ name: 'build', shellPath: '/bin/sh' });
    terminal.show();
    terminal.sendText('echo "it is" broken-$((40 + 2))');
  });
  await until('what the shell printed is attached', async () => {
    await window.runCommandByKeys('Terminal: Select All');
    await window.runCommandByKeys('Parley: Add Terminal Selection to Parley');
    return appears(chat, 'Terminal: build');
  });
  await cursorInComposer(chat);
  await keyboard.press('Enter');
  await chat.answer('done');
  const sent = textOf(questions(claude)[0]?.body);
  assert.match(sent, /notes\.md/);
  assert.match(sent, /export function parse/);
  assert.match(sent, /not assignable to type 'number'/);
  assert.match(sent, /it is broken-42/);

  await focusInExplorer(window, 'docs');
  await chooseInMenuByKeys(window, 'Count Tokens for Claude');
  await until('the table is shown', async () => /notes\.md/.test((await activeEditor(window)).text));
});

suite.test('by keyboard alone: the offered selection, chips, and the + button', stage, async ({ open }) => {
  const window = await open();
  const { keyboard } = window.page;
  await window.runCommandByKeys('Parley: Open Chat');
  const chat = await chatIn(window);
  await openFile(window, 'parse.ts');
  for (const key of ['Control+Home', 'Shift+ArrowDown']) await keyboard.press(key);
  const offer = chat.frame.getByRole('button', { name: /^Attach parse\.ts/ });
  await offer.waitFor();
  await window.runCommandByKeys('Parley: Open Chat');
  await cursorInComposer(chat);
  await keyboard.press('Tab');
  await chat.chips.filter({ hasText: 'parse.ts:1' }).waitFor();
  await offer.waitFor({ state: 'hidden' });

  await openFile(window, 'wrong.ts');
  for (const key of ['Control+Home', 'Shift+ArrowDown']) await keyboard.press(key);
  await chat.frame.getByRole('button', { name: /^Attach wrong\.ts/ }).waitFor();
  await window.runCommandByKeys('Parley: Open Chat');
  await cursorInComposer(chat);
  await tabTo(window, chat, 'Do not offer selections');
  await keyboard.press('Enter');
  await chat.frame.locator('[data-part="offer"]').waitFor({ state: 'detached' });
  await until('the setting says so', () =>
    window.driver.run(
      (vscode) => vscode.workspace.getConfiguration('parley').get('offerSelection') === false,
    ),
  );

  await openFile(window, 'wrong.ts');
  await window.runCommandByKeys('Parley: Add to Parley');
  const chip = chat.chips.filter({ hasText: 'wrong.ts' });
  await chip.waitFor();
  await openFile(window, 'wrong.ts');
  await keyboard.press('Control+End');
  await keyboard.type('const later = 1;');
  await chip.getByText('changed').waitFor();
  await window.runCommandByKeys('Parley: Open Chat');
  await cursorInComposer(chat);
  await tabTo(window, chat, 'Refresh wrong.ts');
  await keyboard.press('Enter');
  await chip.getByText('changed').waitFor({ state: 'hidden' });

  await window.runCommandByKeys('Parley: Open Chat');
  await cursorInComposer(chat);
  await tabTo(window, chat, /^parse\.ts:1/);
  await keyboard.press('Enter');
  await until('its lines are shown', async () => (await activeEditor(window)).name === 'parse.ts');
  await window.runCommandByKeys('Parley: Open Chat');
  await cursorInComposer(chat);
  await tabTo(window, chat, /^Remove parse\.ts/);
  await keyboard.press('Enter');
  await chat.chips.filter({ hasText: 'parse.ts' }).waitFor({ state: 'detached' });

  await window.runCommandByKeys('Parley: Open Chat');
  await cursorInComposer(chat);
  await tabTo(window, chat, 'Add Context', 'Tab');
  await keyboard.press('Enter');
  await window.quickInput.titled(/Add Context/);
  await keyboard.type('Selection');
  await keyboard.press('Enter');
  await chat.chips.filter({ hasText: 'parse.ts:1' }).waitFor();
  await cursorInComposer(chat);
  await keyboard.type('What is new?');
  await keyboard.press('Enter');
  await chat.answer('done');
  assert.match(textOf(questions(claude)[0]?.body), /const two[\s\S]*const later = 1;/);
});

/** Brings the focus to an entry at the top of the Explorer. */
async function focusInExplorer({ page }: Window, name: string): Promise<void> {
  const row = page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: name });
  await until(`${name} has the focus in the Explorer`, async () => {
    await page.keyboard.press('Control+Shift+E');
    await page.keyboard.press('Home');
    const list = page.locator('.explorer-folders-view .monaco-list:focus');
    const focused = list.locator('.monaco-list-row.focused').filter({ hasText: name });
    return (await row.count()) > 0 && succeeds(focused.waitFor({ timeout: 1_000 }));
  });
}

async function openFile(window: Window, name: string): Promise<void> {
  const { page } = window;
  const first = page.locator('.quick-input-widget .monaco-list-row.focused').filter({ hasText: name });
  await until(`${name} is offered`, async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+P');
    const isOpen = await succeeds(page.locator('.quick-input-box input:focus').waitFor({ timeout: 2_000 }));
    if (!isOpen) return false;
    await page.keyboard.type(name);
    return succeeds(first.waitFor({ timeout: 2_000 }));
  });
  await page.keyboard.press('Enter');
  await window.quickInput.closed();
  await page.locator(`.editor-instance[aria-label*="${name}"] .monaco-editor.focused`).waitFor();
  await until(`${name} is the active editor`, async () => (await activeEditor(window)).name === name);
}

/** The quick fix is there once Parley is active, which VS Code does when it has time. */
async function explainByKeys({ page }: Window): Promise<void> {
  const rows = page.locator('.action-widget .monaco-list-row');
  const explain = rows.filter({ hasText: 'Explain with Parley' });
  await page.keyboard.press('Control+Home');
  for (let presses = 0; presses < 14; presses++) await page.keyboard.press('ArrowRight');
  await until('the quick fix is offered', async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+.');
    return succeeds(explain.waitFor({ timeout: 2_000 }));
  });
  await until('the arrow keys lead to it', async () => {
    if (/focused/.test((await explain.getAttribute('class')) ?? '')) return true;
    await page.keyboard.press('ArrowDown');
    return false;
  });
  await page.keyboard.press('Enter');
}

function appears(chat: Chat, text: string): Promise<boolean> {
  return succeeds(chat.chips.filter({ hasText: text }).waitFor({ timeout: 5_000 }));
}
