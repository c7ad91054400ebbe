import assert from 'node:assert/strict';
import { after, beforeEach } from 'node:test';
import { fakeModel } from '../support/fakeClaude/catalogue.ts';
import { createGate } from '../support/fakeClaude/gate.ts';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import { openChat, pointingAt, questions, tidyUp, until } from './parley.ts';

/** A window that a few questions fill. */
const models = [
  fakeModel({
    id: 'claude-tiny-1',
    name: 'Claude Tiny 1',
    released: '2026-11-01',
    window: 8000,
    maxTokens: 4000,
  }),
];
const claude = await startFakeClaude({ models });
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset(), tidyUp });
const stage = { isShared: true, machineSettings: pointingAt(claude) };
const settings = {
  ...stage.machineSettings,
  'parley.model': 'claude-tiny-1',
  'parley.compactionThreshold': 20,
};

type Body = {
  readonly messages: readonly { readonly role: string; readonly content: readonly { type: string }[] }[];
};
const bodyOf = (index: number): Body => questions(claude)[index]?.body as unknown as Body;

suite.test('a summary is shown before it is used, used, and undone', stage, async ({ open }) => {
  const window = await open();
  const chat = await openChat(window);
  await chat.ask('What is a parser? '.repeat(60));
  await chat.answer('done');
  await window.runCommand('Parley: Compact Conversation...');
  await window.quickInput.titled(/Compact Conversation/);
  await window.quickInput.accept();
  await chat.frame
    .getByText(/Summary by the simulated Claude/)
    .first()
    .waitFor();
  await chat.frame.getByRole('button', { name: 'Use Summary' }).click();
  await chat.frame.getByRole('button', { name: 'Undo' }).waitFor();
  await chat.ask('With the summary');
  await until('it is asked', () => questions(claude).length === 3);
  await chat.answer('done');
  assert.equal(bodyOf(2).messages[0]?.content[0]?.type, 'compaction');
  await chat.frame.getByRole('button', { name: 'Undo' }).click();
  await chat.ask('Without it');
  await until('it is asked', () => questions(claude).length === 4);
  await chat.answer('done');
  assert.equal(bodyOf(3).messages[0]?.content[0]?.type, 'text');
  assert.equal(bodyOf(0).messages[0]?.content.length, bodyOf(3).messages[0]?.content.length);
});

suite.test('what is asked while a summary is made is not lost', stage, async ({ open }) => {
  const window = await open();
  const chat = await openChat(window);
  await chat.ask('One');
  await chat.answer('done');
  const hold = createGate();
  claude.enqueue({ hold, text: 'A summary.' });
  await window.runCommand('Parley: Compact Conversation...');
  await window.quickInput.titled(/Compact Conversation/);
  await window.quickInput.accept();
  await until('the summary is asked for', () => questions(claude).length === 2);
  await chat.ask('Two');
  await until('it is answered', async () => (await chat.turns.count()) === 4);
  await chat.answer('done');
  hold.open();
  await chat.frame.getByRole('button', { name: 'Use Summary' }).click();
  await chat.ask('Three');
  await until('it is asked', () => questions(claude).length === 4);
  assert.deepEqual(
    bodyOf(3).messages.map((message) => message.role),
    ['assistant', 'user', 'assistant', 'user'],
  );
});

suite.test(
  'a conversation that fills its share of the window is offered a summary, never given one',
  { ...stage, machineSettings: settings },
  async ({ open }) => {
    const chat = await openChat(await open());
    await chat.ask('A long question about windows. '.repeat(300));
    await chat.answer('done');
    await chat.frame.getByText(/fills \d+% of the context window/).waitFor();
    assert.equal(questions(claude).length, 1);
    await chat.frame.getByRole('button', { name: 'Not Now' }).click();
    await chat.frame.getByText(/fills \d+% of the context window/).waitFor({ state: 'detached' });
  },
);

suite.test(
  'with "auto" the summary is made and taken at once, and can be undone',
  { ...stage, machineSettings: { ...settings, 'parley.compaction': 'auto' } },
  async ({ open }) => {
    const chat = await openChat(await open());
    await chat.ask('A long question about windows. '.repeat(300));
    await chat.frame.getByRole('button', { name: 'Undo' }).waitFor();
    await chat.ask('And now?');
    await until('it is asked', () => questions(claude).length === 3);
    assert.equal(bodyOf(2).messages[0]?.content[0]?.type, 'compaction');
    await chat.answer('done');
  },
);
