import assert from 'node:assert/strict';
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, beforeEach } from 'node:test';
import { createGate } from '../support/fakeClaude/gate.ts';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import type { Server } from '../support/vscode/server.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import { type Chat, listed, openChat, PARLEY, pointingAt, tidyUp, until } from './parley.ts';

const claude = await startFakeClaude();
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset(), tidyUp });
const stage = { isShared: true, machineSettings: pointingAt(claude) };
/** Looks at all journals there are. */
const own = { ...stage, isShared: false };

/** The last row of the list. */
const TRASH = 'Deleted Conversations…';

suite.test(
  'conversations are begun, listed, switched, renamed, deleted and brought back',
  stage,
  async ({ open }) => {
    const window = await open();
    const chat = await openChat(window);
    const { quickInput } = window;
    await talk(chat, 'Apples', 'About apples.');
    await window.runCommand('Parley: New Conversation');
    await until('the page is empty', async () => (await chat.turns.count()) === 0);
    await talk(chat, 'Pears', 'About pears.');

    await window.runCommand('Parley: Show Conversations...');
    assert.deepEqual(await listed(window), ['Pears', 'Apples', TRASH]);
    await quickInput.pick('Apples');
    await chat.turns.getByText('About apples.').first().waitFor();

    await window.runCommand('Parley: Rename Conversation...');
    await quickInput.titled('Rename Conversation');
    await quickInput.fill('Fruit');
    await quickInput.accept();
    await chat.frame.getByText('Fruit').first().waitFor();

    await window.runCommand('Parley: Delete Conversation');
    await until('the page is empty', async () => (await chat.turns.count()) === 0);
    await window.runCommand('Parley: Show Conversations...');
    assert.deepEqual(await listed(window), ['Pears', TRASH]);
    await quickInput.cancel();

    await window.runCommand('Parley: Restore Deleted Conversation...');
    await quickInput.pick('Fruit');
    await chat.turns.getByText('About apples.').first().waitFor();
  },
);

suite.test(
  'a question that goes on answering while another conversation is shown is whole afterwards',
  stage,
  async ({ open }) => {
    const window = await open();
    const chat = await openChat(window);
    const gate = createGate();
    claude.enqueue({ text: 'A long answer. '.repeat(40), hold: gate, holdAfterChars: 100 });
    await chat.ask('Long one');
    await chat.answer('streaming');
    await window.runCommand('Parley: New Conversation');
    await until('the page is empty', async () => (await chat.turns.count()) === 0);
    await window.runCommand('Parley: Show Conversations...');
    await window.quickInput.pick('Long one');
    gate.open();
    const answer = await chat.answer('done');
    assert.equal((await answer.innerText()).split('A long answer.').length - 1, 40);
  },
);

suite.test('effort is chosen among the levels the model has', stage, async ({ open }) => {
  const window = await open();
  const chat = await openChat(window);
  await chat.frame.getByRole('button', { name: 'Effort: high' }).click();
  await window.quickInput.titled('Select Effort');
  assert.deepEqual(await window.quickInput.items(), ['low', 'medium', 'high', 'xhigh', 'max']);
  await window.quickInput.pick('low');
  await chat.frame.getByRole('button', { name: 'Effort: low' }).waitFor();
  await talk(chat, 'Quick', 'Done.');
  assert.match(JSON.stringify(claude.requests.at(-1)?.body), /"effort":"low"/);
});

suite.test(
  'a model that does not exist is named and another can be chosen from the card',
  stage,
  async ({ open }) => {
    const window = await open();
    const chat = await openChat(window);
    await window.runCommand('Parley: Select Model...');
    await window.quickInput.fill('claude-imaginary-9');
    await window.quickInput.pick('Another Model…');
    await window.quickInput.titled('Model Id');
    await window.quickInput.fill('claude-imaginary-9');
    await window.quickInput.accept();
    await chat.ask('Hello?');
    await chat.answer('failed');
    assert.equal(await chat.failure.getAttribute('data-failure'), 'unknownModel');
    await chat.failure.getByRole('button', { name: 'Select Model' }).click();
    await window.quickInput.pick(/Sonnet 5\.5/);
    await chat.answer('done');
  },
);

suite.test(
  'the model picker is filled by the endpoint, also with models nobody has heard of',
  stage,
  async ({ open }) => {
    const window = await open();
    const chat = await openChat(window);
    await chat.frame.getByRole('button', { name: /^Model: / }).click();
    await window.quickInput.titled('Select Model');
    await window.quickInput.fill('quill');
    await window.quickInput.pick('Claude Quill 1');
    const model = chat.frame.getByRole('button', { name: 'Model: Claude Quill 1' });
    await model.waitFor();
    await talk(chat, 'Who are you?', 'Somebody new.');
    await window.runCommand('Parley: New Conversation');
    await model.waitFor();
  },
);

suite.test(
  'a journal with a broken line opens with everything else and says nothing is lost',
  own,
  async ({ open, server }) => {
    const window = await open();
    const before = await openChat(window);
    await talk(before, 'First', 'First answer.');
    const file = await onlyJournal(server);
    await until('the answer is on disk', async () => (await readFile(file, 'utf8')).includes('end_turn'));
    await window.page.goto('about:blank');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('"type":"renamed"', '"type":"renamXd"'));
    await appendFile(file, '{"n":99,"sum":"torn');
    const again = await open();
    const chat = await openChat(again);
    await (await chat.answer('done')).getByText('First answer.').waitFor();
    await talk(chat, 'Second', 'Second answer.');
    const folder = join(file, '..');
    const kept = (await readdir(folder)).filter((name) => name.endsWith('.quarantine'));
    assert.equal(kept.length, 1);
    assert.match(await readFile(join(folder, kept[0] ?? ''), 'utf8'), /renamXd/);
  },
);

async function talk(chat: Chat, asked: string, answered: string): Promise<void> {
  claude.enqueue({ text: answered });
  await chat.ask(asked);
  await chat.turns.getByText(answered).first().waitFor();
  await chat.answer('done');
}

async function onlyJournal(server: Server): Promise<string> {
  const folder = join(server.dataFolder, 'data', 'User', 'globalStorage', PARLEY, 'conversations');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'));
  assert.equal(names.length, 1);
  return join(folder, names[0] ?? '');
}
