import assert from 'node:assert/strict';
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, beforeEach } from 'node:test';
import type { Locator } from 'playwright-core';
import type { ChatEvent } from '../../src/core/conversation/events.ts';
import { encodeEvent, encodeHeader } from '../../src/core/conversation/journal.ts';
import { longAnswer } from '../bench/texts.ts';
import { storedAnswer } from '../bench/turns.ts';
import { question } from '../support/conversations.ts';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import type { Server } from '../support/vscode/server.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import type { Window } from '../support/vscode/window.ts';
import { type Chat, listed, openChat, pointingAt, questions, startAnew, storageOf, until } from './parley.ts';

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
    assert.deepEqual(await listed(window), ['Plums', 'Pears', 'Apples', 'Deleted Conversations…']);
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
    assert.ok((await listed(window)).includes('Pears'));
    const filter = page.getByRole('checkbox', { name: 'This Workspace Only' });
    await filter.press('Space');
    await until('Pears are left out', async () => !(await quickInput.items()).includes('Pears'));
    await quickInput.cancel();
    await window.runCommand('Parley: Show Conversations...');
    const ofHere = await listed(window);
    assert.equal(await filter.getAttribute('aria-checked'), 'true');
    assert.ok(ofHere.includes('Plum jam') && !ofHere.includes('Pears'), ofHere.join());
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

suite.test(
  'a text that is found far up in a conversation of 5,000 turns is opened there, also when that is in the panel already',
  stage,
  async ({ open, server }) => {
    const window = await open();
    const chat = await openChat(window);
    await talk(window, chat, 'Bread', 'Flour and water.', false);
    await writeLong(server);

    await findText(window, 'marzipan');
    const found = chat.frame.locator('[data-turn="a50"]');
    await until('the turn has the focus', () => hasFocus(found));
    assert.equal(await found.getAttribute('data-found'), '');
    await until('it is in sight', () => isInSight(found));
    await chat.frame.getByRole('status').getByText("Found in Claude's answer").waitFor();
    await chat.frame.getByRole('button', { name: 'Jump to latest' }).waitFor();
    await chat.frame
      .getByRole('group', { name: '4,829 messages are not shown here' })
      .waitFor({ state: 'attached' });

    // The conversation is in the panel already, at another place.
    await findText(window, 'nougat');
    const other = chat.frame.locator('[data-turn="q2400"]');
    await until('the other turn has the focus', () => hasFocus(other));
    await until('it is in sight', () => isInSight(other));
    assert.equal(await found.count(), 0);
    await until(
      'it is lit up for a moment only',
      async () => (await other.getAttribute('data-found')) === null,
    );

    // From there one reads on, and comes back to the end.
    await chat.frame.getByRole('button', { name: 'Show later messages' }).click();
    await chat.frame.locator('[data-turn="a2420"]').waitFor({ state: 'attached' });
    await chat.frame.getByRole('button', { name: 'Jump to latest' }).click();
    await chat.frame.getByRole('button', { name: 'Jump to latest' }).waitFor({ state: 'detached' });
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

/** A conversation that has been begun elsewhere: one answer at its beginning and one question in its middle have a word alone. */
async function writeLong(server: Server): Promise<void> {
  const events = Array.from({ length: 2_500 }, (_, at): readonly ChatEvent[] => [
    {
      type: 'turnAdded',
      turn: question(
        `q${at}`,
        at === 0 ? null : `a${at - 1}`,
        at === 2_400 ? 'And nougat?' : `Question ${at}?`,
      ),
    },
    ...storedAnswer(`a${at}`, `q${at}`, [
      `Answer ${at}. ${at === 50 ? 'Take marzipan.' : ''}\n\n${longAnswer(600)}`,
    ]),
  ]).flat();
  const all = [{ type: 'renamed', title: 'A long one' } as const, ...events];
  const text = all.map((event, at) => encodeEvent(at + 1, event)).join('');
  const header = encodeHeader({ version: 1, id: 'long', createdAt: 1 });
  await writeFile(join(storageOf(server), 'conversations', 'long.jsonl'), header + text);
}

/** Types at once what is looked for, whether or not the list has been read. */
async function findText(window: Window, word: string): Promise<void> {
  await window.runCommand('Parley: Show Conversations...');
  await window.quickInput.titled('Conversations');
  await window.page.keyboard.type(word);
  await until('the text is found', async () => (await details(window)).some((line) => line.includes(word)));
  await until('the cursor is there', () => isFocused(window, 'A long one'));
  await window.page.keyboard.press('Enter');
}

async function hasFocus(turn: Locator): Promise<boolean> {
  return (await turn.count()) > 0 && turn.evaluate((element) => element === document.activeElement);
}

/** Its first line is in the view. */
async function isInSight(turn: Locator): Promise<boolean> {
  return turn.evaluate((element) => {
    const view = element.closest('.transcript')?.getBoundingClientRect();
    const { top } = element.getBoundingClientRect();
    return view !== undefined && top >= view.top && top < view.bottom;
  });
}
