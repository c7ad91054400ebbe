import assert from 'node:assert/strict';
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, beforeEach } from 'node:test';
import { encodeEvent } from '../../src/core/conversation/journal.ts';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import type { Server } from '../support/vscode/server.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import type { Window } from '../support/vscode/window.ts';
import { type Chat, openChat, PARLEY, pointingAt, questions, startAnew, until } from './parley.ts';

const claude = await startFakeClaude();
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset() });
const stage = { machineSettings: pointingAt(claude) };

suite.test(
  'the list shows model and cost, keeps pins first, finds texts, knows the workspace and survives a broken index',
  stage,
  async ({ open, server }) => {
    const window = await open();
    const chat = await openChat(window);
    const { page, quickInput } = window;
    await talk(window, chat, 'Apples', 'They keep well in a cellar.');
    await talk(window, chat, 'Pears', 'They ripen from within.');
    await talk(window, chat, 'Plums', 'Best in August.');

    // What is listed.
    await window.runCommand('Parley: Show Conversations...');
    await quickInput.titled('Conversations');
    assert.deepEqual(await quickInput.items(), ['Plums', 'Pears', 'Apples', 'Deleted Conversations…']);
    assert.match(await described(window, 'Apples'), /^Sonnet 5\.5 · \$0\.\d+ · /);
    assert.match(await described(window, 'Plums'), /^open now · /);
    assert.equal(await row(window, 'Plums').locator('.quick-input-list-separator').innerText(), 'Today');

    // What the buttons of a row do is done by keys as well.
    await page.keyboard.press('ArrowDown');
    await until('the cursor is at Pears', () => isFocused(window, 'Pears'));
    await page.keyboard.press('Alt+p');
    await until('Pears are pinned', async () => (await quickInput.items())[0] === 'Pears');
    assert.equal(await row(window, 'Pears').locator('.quick-input-list-separator').innerText(), 'Pinned');

    // A text is found and opened by keys alone.
    await page.keyboard.type('celar');
    await until('the text is found', async () => (await details(window)).some((line) => /cellar/.test(line)));
    assert.deepEqual(await details(window), ['They keep well in a «cellar».']);
    await until('the cursor is at Apples', () => isFocused(window, 'Apples'));
    await page.keyboard.press('Enter');
    await chat.turns.getByText('They keep well in a cellar.').first().waitFor();

    // F2 renames what is under the cursor, and the list comes back.
    await window.runCommandByKeys('Parley: Show Conversations...');
    await quickInput.titled('Conversations');
    await page.keyboard.type('plum');
    await until('Plums are first', async () => (await quickInput.items())[0] === 'Plums');
    await page.keyboard.press('F2');
    await quickInput.titled('Rename Conversation');
    await quickInput.says(/suggests a title for about \$0\.\d+/);
    await quickInput.fill('Plum jam');
    await quickInput.accept();
    await until('the new name is listed', async () => (await quickInput.items()).includes('Plum jam'));
    await quickInput.cancel();

    // An index that says something else is not believed.
    const index = join(storageOf(server), 'index.json');
    await writeFile(index, (await readFile(index, 'utf8')).replace('Plum jam', 'Nonsense'));
    await window.runCommand('Parley: Rebuild History');
    assert.match(await window.notification('conversations'), /There are 3 conversations\./);
    assert.match(await readFile(index, 'utf8'), /Plum jam/);
    await writeFile(index, '{"version":');
    await window.runCommand('Parley: Show Conversations...');
    await quickInput.titled('Conversations');
    await until('all are listed', async () => {
      const items = await quickInput.items();
      return ['Pears', 'Plum jam', 'Apples'].every((title) => items.includes(title));
    });
    await quickInput.cancel();

    // Journals of another workspace.
    await moveAway(server, 'Pears');
    await window.runCommand('Parley: Show Conversations...');
    await quickInput.titled('Conversations');
    const filter = page.getByRole('checkbox', { name: 'This Workspace Only' });
    await filter.press('Space');
    await until('Pears are left out', async () => !(await quickInput.items()).includes('Pears'));
    await quickInput.cancel();
    await window.runCommand('Parley: Show Conversations...');
    await quickInput.titled('Conversations');
    assert.equal(await filter.getAttribute('aria-checked'), 'true');
    const listed = await quickInput.items();
    assert.ok(listed.includes('Plum jam') && !listed.includes('Pears'), listed.join());
    await quickInput.cancel();
  },
);

suite.test(
  'Claude suggests a title once one has agreed to its price, and by itself where that is wanted',
  stage,
  async ({ open }) => {
    const window = await open();
    const chat = await openChat(window);
    await talk(window, chat, 'Why does it take so long?', 'It reads everything twice.', false);
    await window.runCommand('Parley: Suggest Title...');
    claude.enqueue({ text: '"Reading everything twice."' });
    await window.press('Suggest Title');
    await window.quickInput.titled('Rename Conversation');
    await until(
      'the title is there',
      async () => (await window.quickInput.input()).value === 'Reading everything twice',
    );
    await window.quickInput.accept();
    await chat.frame.getByText('Reading everything twice').first().waitFor();
    const asked = questions(claude).at(-1)?.body;
    assert.match(JSON.stringify(asked), /"max_tokens":30/);
    assert.match(JSON.stringify(asked), /haiku/);

    await window.driver.run((vscode) =>
      vscode.workspace
        .getConfiguration('parley')
        .update('titles', 'model', vscode.ConfigurationTarget.Global),
    );
    await startAnew(window, chat);
    claude.enqueue({ text: 'Because it is cold.' });
    claude.enqueue({ text: 'Cold starts' });
    await chat.ask('And why in the morning?');
    await chat.answer('done');
    await chat.frame.getByText('Cold starts').first().waitFor();
  },
);

async function talk(window: Window, chat: Chat, asked: string, answered: string, anew = true): Promise<void> {
  if (anew) await startAnew(window, chat);
  claude.enqueue({ text: answered });
  await chat.ask(asked);
  await chat.turns.getByText(answered).first().waitFor();
  await chat.answer('done');
}

function row({ page }: Window, label: string) {
  const name = page.locator('.quick-input-list-label .label-name', { hasText: new RegExp(`^${label}$`) });
  return page.locator('.quick-input-widget .monaco-list-row', { has: name }).first();
}

async function described(window: Window, label: string): Promise<string> {
  return row(window, label).locator('.label-description').first().innerText();
}

async function isFocused(window: Window, label: string): Promise<boolean> {
  const classes = (await row(window, label).getAttribute('class', { timeout: 5_000 })) ?? '';
  return classes.split(' ').includes('focused');
}

/** The lines below the titles. */
async function details({ page }: Window): Promise<readonly string[]> {
  return page
    .locator('.quick-input-widget .quick-input-list-rows > div:nth-child(2) .label-name')
    .allInnerTexts();
}

function storageOf(server: Server): string {
  return join(server.dataFolder, 'data', 'User', 'globalStorage', PARLEY);
}

/** As if this conversation had begun in another workspace. */
async function moveAway(server: Server, title: string): Promise<void> {
  const folder = join(storageOf(server), 'conversations');
  for (const name of (await readdir(folder)).filter((one) => one.endsWith('.jsonl'))) {
    const file = join(folder, name);
    if (!(await readFile(file, 'utf8')).includes(`"title":"${title}"`)) continue;
    const system = { format: 1, texts: [], workspace: 'elsewhere' };
    await appendFile(file, encodeEvent(9_999, { type: 'systemFrozen', system }));
  }
}
