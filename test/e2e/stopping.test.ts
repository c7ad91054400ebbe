import assert from 'node:assert/strict';
import { after, beforeEach } from 'node:test';
import { createGate } from '../support/fakeClaude/gate.ts';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import { openChat, pointingAt, questions, tidyUp, until } from './parley.ts';

const claude = await startFakeClaude();
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset(), tidyUp });
const stage = { isShared: true, machineSettings: pointingAt(claude) };

suite.test('Stop ends the HTTP request at once and keeps what has arrived', stage, async ({ open }) => {
  const chat = await openChat(await open());
  claude.enqueue({
    text: 'The beginning and then a very long rest.',
    hold: createGate(),
    holdAfterChars: 13,
  });
  await chat.ask('Tell me');
  const answer = await chat.answer('streaming');
  await answer.getByText('The beginning').waitFor();
  assert.equal(questions(claude)[0]?.closedByClient, false);
  await chat.stop.click();
  await chat.answer('stopped');
  await until('the server sees the connection close', () => questions(claude)[0]?.closedByClient === true);
  await answer.getByText('The beginning').waitFor();
  await chat.send.waitFor();
});

suite.test(
  'Escape in the composer stops too, and the next question goes through',
  stage,
  async ({ open }) => {
    const chat = await openChat(await open());
    claude.enqueue({ text: 'Half a sentence', hold: createGate(), holdAfterChars: 4 });
    await chat.ask('Tell me');
    await (await chat.answer('streaming')).getByText('Half').waitFor();
    await chat.composer.press('Escape');
    await chat.answer('stopped');
    claude.enqueue({ text: 'Whole.' });
    await chat.ask('And now?');
    await (await chat.answer('done')).getByText('Whole.').waitFor();
    const messages = JSON.stringify(questions(claude).at(-1)?.body);
    assert.match(messages, /"role":"assistant","content":\[.*Half/);
  },
);

suite.test('a question written during an answer is not lost', stage, async ({ open }) => {
  const chat = await openChat(await open());
  const gate = createGate();
  claude.enqueue({ text: 'Slow answer', hold: gate });
  await chat.ask('First');
  await chat.answer('streaming');
  await chat.ask('Second, too early');
  assert.equal(await chat.composer.inputValue(), 'Second, too early');
  gate.open();
  await chat.answer('done');
  assert.equal(await chat.composer.inputValue(), 'Second, too early');
  await chat.composer.press('Enter');
  await until('the second question arrives', () => questions(claude).length === 2);
});
