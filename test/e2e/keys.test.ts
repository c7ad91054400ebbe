import assert from 'node:assert/strict';
import { after, beforeEach } from 'node:test';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import { openChat, pointingAt, questions, setKey } from './parley.ts';

const KEY = 'sk-ant-e2e-good';
const claude = await startFakeClaude({ keys: [KEY] });
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset() });
const stage = { machineSettings: pointingAt(claude) };

suite.test('without a key the panel says so and one click sets it', async ({ open }) => {
  const window = await open();
  const chat = await openChat(window);
  await chat.frame.getByRole('button', { name: 'Set API Key' }).click();
  await window.quickInput.titled(/API Key/);
  assert.equal((await window.quickInput.input()).hidden, true);
  await window.quickInput.cancel();
  await chat.ask('Is anybody there?');
  await chat.answer('failed');
  assert.equal(await chat.failure.getAttribute('data-failure'), 'noKey');
  await chat.turns.getByText('Is anybody there?').waitFor();
});

suite.test(
  'a wrong key is told at once, and the right one answers the question that waited',
  stage,
  async ({ open }) => {
    const window = await open();
    const chat = await openChat(window);
    await chat.ask('Still waiting');
    await chat.answer('failed');
    await chat.failure.getByRole('button', { name: 'Set API Key' }).click();
    const { quickInput } = window;
    await quickInput.titled(/API Key/);
    for (const [typed, told] of [
      ['   ', /Paste the key here/],
      ['sk-ant one two', /space or line break/],
      ['sk-änt', /a character that no API key has/],
      ['sk-ant-wrong', /was not accepted/],
    ] as const) {
      await quickInput.fill(typed);
      await quickInput.accept();
      await quickInput.says(told);
    }
    await quickInput.fill(KEY);
    await quickInput.accept();
    await chat.answer('done');
    assert.equal(questions(claude).at(-1)?.headers.authorization, `Bearer ${KEY}`);
  },
);

suite.test(
  'where the server cannot be reached a key may be kept unchecked',
  { machineSettings: { 'parley.baseUrl': 'http://127.0.0.1:9' } },
  async ({ open }) => {
    const window = await open();
    const chat = await openChat(window);
    await window.runCommand('Parley: Set API Key...');
    await window.quickInput.fill(KEY);
    await window.quickInput.accept();
    await window.quickInput.says(/could not be reached.*Enter again/);
    await window.quickInput.accept();
    await window.quickInput.closed();
    await window.notification(/is stored/);
    await chat.ask('Hello?');
    await chat.answer('failed');
    assert.equal(await chat.failure.getAttribute('data-failure'), 'network');
  },
);

suite.test(
  'the key of the environment is offered and used after a click only',
  {
    // An address that is this machine's but not a loopback one, so that a key is needed.
    machineSettings: { 'parley.baseUrl': claude.url.replace('127.0.0.1', '0.0.0.0') },
    environment: { ANTHROPIC_API_KEY: KEY },
  },
  async ({ open }) => {
    const window = await open();
    const chat = await openChat(window);
    const offer = chat.frame.getByRole('button', { name: 'Use the key from ANTHROPIC_API_KEY' });
    await offer.waitFor();
    await chat.ask('Not yet');
    await chat.answer('failed');
    assert.equal(await chat.failure.getAttribute('data-failure'), 'noKey');
    assert.equal(claude.requests.length, 0, 'nothing went out, with or without the key');
    await window.runCommand('Parley: New Conversation');
    await offer.click();
    await offer.waitFor({ state: 'detached' });
    await chat.ask('Now');
    await chat.answer('done');
    assert.equal(questions(claude)[0]?.headers.authorization, `Bearer ${KEY}`);
  },
);

suite.test(
  'the box for the key takes over the one of the environment with a button',
  {
    machineSettings: { 'parley.baseUrl': claude.url.replace('127.0.0.1', '0.0.0.0') },
    environment: { ANTHROPIC_API_KEY: KEY },
  },
  async ({ open }) => {
    const window = await open();
    const chat = await openChat(window);
    await chat.ask('Waiting');
    await chat.answer('failed');
    await chat.failure.getByRole('button', { name: 'Set API Key' }).click();
    await window.quickInput.titled(/API Key/);
    await window.page.getByRole('button', { name: 'Use the key from ANTHROPIC_API_KEY' }).click();
    await chat.answer('done');
  },
);

suite.test('a removed key is gone', stage, async ({ open }) => {
  const window = await open();
  const chat = await openChat(window);
  await setKey(window, KEY);
  await window.notification(/is stored/);
  await window.runCommand('Parley: Remove API Key...');
  await window.quickInput.pick('Default');
  await window.notification(/is removed/);
  await chat.ask('With what?');
  await chat.answer('failed');
  assert.equal(await chat.failure.getAttribute('data-failure'), 'noKey');
});

suite.test('profiles have keys of their own', stage, async ({ open }) => {
  const window = await open();
  const chat = await openChat(window);
  await setKey(window, KEY);
  await window.runCommand('Parley: Switch Profile...');
  await window.quickInput.pick('New Profile…');
  await window.quickInput.titled('New Profile');
  await window.quickInput.fill('Work');
  await window.quickInput.accept();
  await window.quickInput.titled(/"Work"/);
  await window.quickInput.fill(KEY);
  await window.quickInput.accept();
  await window.notification(/profile "Work"/);
  await window.runCommand('Parley: Switch Profile...');
  await window.quickInput.titled('Switch Profile');
  assert.deepEqual((await window.quickInput.items()).slice(0, 2), ['Default', 'Work']);
  await window.quickInput.cancel();
  await chat.ask('Whose key?');
  await chat.answer('done');
});
