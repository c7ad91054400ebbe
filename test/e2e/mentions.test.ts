import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, beforeEach } from 'node:test';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import type { Window } from '../support/vscode/window.ts';
import {
  allowClipboard,
  gitIn,
  gitKnowsChanges,
  openTerminal,
  problemsOf,
  selectAllInTerminal,
  show,
  symbolsOfActiveFile,
  textOf,
} from './attaching.ts';
import { type Chat, openChat, pointingAt, questions, startAnew, succeeds, tidyUp, until } from './parley.ts';

const claude = await startFakeClaude();
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset(), tidyUp });
const stage = {
  isShared: true,
  machineSettings: pointingAt(claude),
  files: {
    'docs/notes.md': '# Notes\n',
    'src/parse.ts':
      'export function parse(text: string): number {\n  return Number(text);\n}\n\nexport const one = 1;\n',
    'src/wrong.ts': 'export const two: number = "two";\n',
  },
};

suite.test(
  '@ finds files, folders, symbols and earlier conversations, and everything is done with the keyboard',
  stage,
  async ({ open }) => {
    const window = await open();
    const chat = await openChat(window);
    claude.enqueue({ text: 'In the office of lost things.' });
    await chat.ask('Where do umbrellas go?');
    await chat.answer('done');
    await startAnew(window, chat);
    await show(window, 'src/parse.ts');
    await symbolsOfActiveFile(window);
    await openChat(window);
    await chat.composer.pressSequentially('Explain @pars');
    await chat.frame
      .getByRole('option', { name: /parse\.ts/ })
      .first()
      .waitFor();
    await chat.composer.press('Enter');
    await attached(chat, 'parse');
    assert.match(await chat.composer.inputValue(), /^Explain @parse(\.ts)? $/);
    assert.equal(questions(claude).length, 1, 'Enter chose, it did not send');
    await chat.composer.fill('');
    await chat.frame.getByRole('button', { name: /^Remove parse/ }).click();

    await mention(window, chat, 'parse', 'symbol-method', /^parse/);
    await attached(chat, 'parse');
    await mention(window, chat, 'docs', 'folder', /docs\//, 'Tab');
    await attached(chat, 'docs');
    await mention(window, chat, 'umbrella', 'comment-discussion', /umbrellas/);
    await attached(chat, 'umbrellas');
    await chat.composer.pressSequentially(' @nothingthatexists');
    await chat.frame.getByText('Nothing found').waitFor();
    await chat.composer.press('Escape');
    await chat.composer.press('Enter');
    await until('it arrives', () => questions(claude).length === 2);
    const sent = textOf(questions(claude)[1]?.body);
    assert.match(sent, /export function parse[^`]*\n}/);
    assert.doesNotMatch(sent, /export const one/, 'the symbol is no more than itself');
    assert.match(sent, /notes\.md/);
    assert.match(sent, /\[Claude\]\nIn the office of lost things\./);
  },
);

suite.test(
  '@ finds problems, changes, a commit by a word of its message, and the terminal',
  stage,
  async ({ open, context, workspace }) => {
    const git = gitIn(workspace);
    git('init', '-q');
    git('add', 'docs');
    git('commit', '-q', '-m', 'Umbrella stands');
    git('add', 'src/wrong.ts');
    await writeFile(join(workspace, 'docs/notes.md'), '# Unstaged words\n');
    const window = await open();
    await allowClipboard(context);
    await show(window, 'src/wrong.ts');
    const chat = await openChat(window);
    await gitKnowsChanges(window);
    await problemsOf(window, 'src/wrong.ts');
    await mention(window, chat, 'probl', 'warning', /^problems/);
    await attached(chat, 'Problems in src/wrong.ts');
    await mention(window, chat, 'staged', 'git-compare', /^staged changes/);
    await attached(chat, 'Staged changes');
    await mention(window, chat, 'changes', 'git-compare', /^changes/);
    await attached(chat, 'Changes not staged');
    await mention(window, chat, '"commit umbrella', 'git-compare', /Umbrella stands/);
    await attached(chat, 'Umbrella stands');
    await openTerminal(window, 'echo "it is" broken-$((40 + 2))');
    await until('what the shell printed is attached', async () => {
      await selectAllInTerminal(window);
      await openChat(window);
      await mention(window, chat, 'termin', 'terminal', /^terminal/);
      return succeeds(chat.chips.filter({ hasText: 'Terminal: build' }).waitFor({ timeout: 5_000 }));
    });
    await chat.composer.press('Enter');
    await chat.answer('done');
    const sent = textOf(questions(claude)[0]?.body);
    assert.match(sent, /not assignable to type 'number'/);
    assert.match(sent, /\+export const two/);
    assert.match(sent, /\+# Unstaged words/);
    assert.match(sent, /Umbrella stands[\s\S]*\+# Notes/);
    assert.match(sent, /it is broken-42/);
  },
);

/** Waits for the chip alone: the one that says that something arrives is there a moment longer. */
async function attached({ chips }: Chat, text: string): Promise<void> {
  const found = chips.filter({ hasText: text });
  await until(`${text} is attached`, async () => {
    const states = await found.evaluateAll((all) => all.map((chip) => chip.ariaBusy));
    return states.length === 1 && states[0] !== 'true';
  });
}

/** Types `@` and some letters, and goes with the arrow keys to the entry with this sign and name. */
async function mention(
  { page }: Window,
  chat: Chat,
  query: string,
  glyph: string,
  name: RegExp,
  key: 'Enter' | 'Tab' = 'Enter',
): Promise<void> {
  await chat.composer.pressSequentially(` @${query}`);
  const sign = chat.frame.locator(`.codicon-${glyph}`);
  const wanted = chat.frame.getByRole('option', { name }).filter({ has: sign }).first();
  await wanted.waitFor();
  await until(`the arrow keys lead to ${name}`, async () => {
    if ((await wanted.getAttribute('aria-selected')) === 'true') return true;
    await page.keyboard.press('ArrowDown');
    return false;
  });
  await page.keyboard.press(key);
  await chat.frame.getByRole('listbox').waitFor({ state: 'detached' });
}
