import assert from 'node:assert/strict';
import { after, beforeEach } from 'node:test';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { plainPng } from '../support/png.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import type { Window } from '../support/vscode/window.ts';
import {
  allowClipboard,
  copyPicture,
  gitIn,
  openTerminal,
  problemsOf,
  select,
  selectAllInTerminal,
  symbolsOfActiveFile,
} from './attaching.ts';
import { type Chat, cursorInComposer, openChat, pointingAt, until } from './parley.ts';

const claude = await startFakeClaude();
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset() });
const stage = {
  machineSettings: pointingAt(claude),
  files: { 'src/wrong.ts': 'export const two: number = "two";\n\nexport function three() {}\n' },
};

/** What becomes of a gesture: a chip with this text, an input with this title, or a sentence. */
type Outcome = { readonly chip: RegExp } | { readonly title: RegExp } | { readonly said: RegExp };

/** The commands of attaching: their text in the palette, in the list behind `+`, and what comes of them. */
const gestures: readonly (readonly [palette: string, plus: string, Outcome])[] = [
  ['Add Selection to Parley', 'Selection', { chip: /wrong\.ts:1/ }],
  ['Add to Parley', 'Active File', { chip: /wrong\.ts/ }],
  ['Add Symbol to Parley...', 'Symbol…', { title: /Add Symbol/ }],
  ['Add Folder Listing to Parley...', 'Folder Listing…', { title: /Listing of a Folder/ }],
  ['Attach Images...', 'Images…', { title: /Attach Images/ }],
  ['Attach Image by Address...', 'Image by Address…', { title: /Image by Address/ }],
  ['Paste Image from Clipboard', 'Image from Clipboard', { chip: /320×200/ }],
  ['Add Problems to Parley', 'Problems', { chip: /Problems in/ }],
  ['Add Changes to Parley...', 'Changes…', { title: /Add Changes/ }],
  ['Add Terminal Selection to Parley', 'Terminal Selection', { chip: /Terminal: build/ }],
  ['Add Debug Console to Parley', 'Debug Console', { said: /Debug Console is empty/ }],
];

suite.test(
  'every command of the palette and every entry behind + ends in its chip, its dialog or a sentence; no screenshots in the web',
  stage,
  async ({ open, context, workspace }) => {
    const git = gitIn(workspace);
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'The first commit');
    const window = await open();
    await allowClipboard(context);
    await select(window, 'src/wrong.ts', 0, 0, 0, 16);
    await symbolsOfActiveFile(window);
    await problemsOf(window, 'src/wrong.ts');
    const chat = await openChat(window);
    await openTerminal(window, 'echo done');
    await copyPicture(window, plainPng(320, 200));

    for (const [label, , outcome] of gestures) {
      if (label.includes('Terminal')) await selectAllInTerminal(window);
      await window.runCommandByKeys(`Parley: ${label}`);
      await comesOf(window, chat, outcome, label);
    }
    for (const [label, title] of [
      ['Explain Problem at Cursor', /Problem in/],
      ['Ask About Selection', /wrong\.ts:1/],
    ] as const) {
      await window.runCommandByKeys(`Parley: ${label}`);
      await comesOf(window, chat, { chip: title }, label);
    }

    for (const [, entry, outcome] of [...gestures, ['', 'Files…', { title: /Attach Files/ }] as const]) {
      if (entry.includes('Terminal')) await selectAllInTerminal(window);
      // Taking the terminal's selection goes over the clipboard.
      if (entry === 'Image from Clipboard') await copyPicture(window, plainPng(320, 200));
      await openPlus(window, chat);
      await window.quickInput.fill(entry);
      await window.quickInput.pick(new RegExp(`(^|\\s)${entry}$`));
      await comesOf(window, chat, outcome, entry);
    }
    await openPlus(window, chat);
    await window.quickInput.fill('Screenshot');
    await until(
      'nothing fits',
      async () => !(await window.quickInput.items()).some((item) => /Screenshot/.test(item)),
    );
    await window.quickInput.cancel();
    await window.page.keyboard.press('F1');
    await window.quickInput.fill('>Parley: Take');
    await until('the palette has looked', async () =>
      (await window.quickInput.items()).every((item) => !item.includes('Parley: Add to Parley')),
    );
    const commands = await window.quickInput.items();
    assert.ok(!commands.some((item) => /Take Screenshot|Test Failure/.test(item)), commands.join(', '));
    await window.quickInput.cancel();
  },
);

async function openPlus(window: Window, chat: Chat): Promise<void> {
  await chat.frame.getByRole('button', { name: 'Add Context' }).click();
  await window.quickInput.titled(/Add Context/);
}

/** Waits for the outcome, and leaves the chat as it was. */
async function comesOf(window: Window, chat: Chat, outcome: Outcome, gesture: string): Promise<void> {
  try {
    if ('title' in outcome) {
      await window.quickInput.titled(outcome.title);
      await window.quickInput.cancel();
      return await window.quickInput.closed();
    }
    if ('said' in outcome) {
      await chat.frame.locator('.notice').filter({ hasText: outcome.said }).first().waitFor();
      return await chat.frame.getByRole('button', { name: 'Dismiss' }).first().click();
    }
    await chat.chips.filter({ hasText: outcome.chip }).first().waitFor();
    await cursorInComposer(chat);
  } catch (error) {
    throw new Error(`Nothing came of "${gesture}"`, { cause: error });
  }
  for (let left = await chat.chips.count(); left > 0; left--) {
    await chat.frame
      .getByRole('button', { name: /^Remove / })
      .first()
      .click();
    await until('a chip is gone', async () => (await chat.chips.count()) < left);
  }
  await chat.composer.fill('');
}
