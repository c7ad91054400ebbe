import assert from 'node:assert/strict';
import { after, beforeEach } from 'node:test';
import type { Fault } from '../support/fakeClaude/faults.ts';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import { logged, openChat, pointingAt, questions, setKey, startAnew, tidyUp, until } from './parley.ts';

const KEY = 'sk-ant-e2e-good';
const claude = await startFakeClaude({ keys: [KEY] });
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset(), tidyUp });
const stage = { isShared: true, machineSettings: pointingAt(claude) };

suite.test(
  'a base address that is no address is named, and /v1 at its end does no harm',
  { machineSettings: { 'parley.baseUrl': 'gate.example' } },
  async ({ open, server }) => {
    const window = await open();
    const chat = await openChat(window);
    await chat.ask('Where to?');
    await chat.answer('failed');
    assert.equal(await chat.failure.getAttribute('data-failure'), 'badAddress');
    assert.match(await chat.failure.innerText(), /gate\.example/);
    await server.writeMachineSettings({ 'parley.baseUrl': `${claude.url}/v1/` });
    await chat.frame.getByText(claude.url.replace('http://', '')).first().waitFor();
    await setKey(window, KEY);
    await chat.ask('And now?');
    await chat.answer('done');
  },
);

suite.test('an empty message is not sent', stage, async ({ open }) => {
  const window = await open();
  const chat = await openChat(window);
  await setKey(window, KEY);
  await chat.ask('  \n ');
  await chat.frame
    .getByText(/nothing to send|empty|Write/i)
    .first()
    .waitFor();
  assert.equal(questions(claude).length, 0);
  assert.equal(await chat.turns.count(), 0);
});

suite.test(
  'a paste of 2 MB becomes a chip, is sent whole, and the panel stays usable',
  stage,
  async ({ open, context, door }) => {
    const window = await open();
    const chat = await openChat(window);
    await setKey(window, KEY);
    const origin = `http://lab.localhost:${door.port}`;
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
    const text = `${'A line of a large log file, pasted as it is.\n'.repeat(45_000)}The end.`;
    await window.page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
    await chat.composer.press('Control+V');
    await chat.chips.filter({ hasText: '45001 lines' }).waitFor();
    await chat.ask('What is in it?');
    await chat.answer('done');
    const sent = questions(claude)[0]?.body as { messages: { content: { text: string }[] }[] };
    assert.ok(sent.messages[0]?.content[0]?.text.includes(text), 'not a character is missing');
    const shown = await chat.turns.first().innerText();
    assert.ok(shown.length < 100_000, `${shown.length} characters are in the page`);
    await chat.ask('And a small one');
    await until('the second question arrives', () => questions(claude).length === 2);
  },
);

const faults: readonly (readonly [string, Fault, string])[] = [
  [
    '400',
    {
      kind: 'status',
      status: 400,
      type: 'invalid_request_error',
      message: 'Output blocked by content filtering policy',
    },
    'invalidRequest',
  ],
  ['401', { kind: 'status', status: 401, type: 'authentication_error' }, 'badKey'],
  ['402', { kind: 'status', status: 402, type: 'billing_error' }, 'billing'],
  ['403', { kind: 'status', status: 403, type: 'permission_error' }, 'forbidden'],
  [
    '404',
    { kind: 'status', status: 404, type: 'not_found_error', message: 'model: claude-x' },
    'unknownModel',
  ],
  ['413', { kind: 'status', status: 413, type: 'request_too_large' }, 'tooLarge'],
  [
    '429',
    { kind: 'status', status: 429, type: 'rate_limit_error', headers: { 'retry-after': '7' } },
    'rateLimit',
  ],
  [
    'spend limit',
    { kind: 'status', status: 429, type: 'rate_limit_error', code: 'enforced_spend_limit_reached' },
    'spendLimit',
  ],
  ['500', { kind: 'status', status: 500, type: 'api_error' }, 'server'],
  ['529', { kind: 'status', status: 529, type: 'overloaded_error' }, 'overloaded'],
  ['HTML with 200', { kind: 'body' }, 'captivePortal'],
  ['an error in the stream', { kind: 'errorEvent', afterChars: 10 }, 'overloaded'],
  ['a cut connection', { kind: 'cut', afterChars: 10 }, 'cutOff'],
  ['an end without message_stop', { kind: 'end', afterChars: 10 }, 'cutOff'],
  ['a malformed event', { kind: 'malformed', afterChars: 10 }, 'malformed'],
  ['a refusal', { kind: 'refusal', explanation: 'Not this.' }, 'refusal'],
];

suite.test(
  'every fault gets one sentence and one action, loses nothing, and the next question goes through',
  { ...stage, machineSettings: { ...stage.machineSettings, 'parley.retry.maxAttempts': 1 } },
  async ({ open }) => {
    const window = await open();
    const chat = await openChat(window);
    await setKey(window, KEY);
    for (const [name, fault, kind] of faults) {
      await window.runCommand('Parley: New Conversation');
      await until('the conversation is empty', async () => (await chat.turns.count()) === 0);
      claude.fail({ reply: { text: 'Something that had arrived before it went wrong.' }, ...fault });
      await chat.ask(`Try ${name}`);
      const answer = await chat.answer('failed');
      assert.equal(await chat.failure.getAttribute('data-failure'), kind, name);
      assert.equal((await chat.failure.getByRole('button').locator('visible=true').count()) >= 1, true, name);
      await chat.turns.getByText(`Try ${name}`).waitFor();
      if ('afterChars' in fault) await answer.getByText('Something', { exact: true }).waitFor();
      await chat.ask(`After ${name}`);
      await until('the next answer is there', async () => (await chat.turns.count()) === 4);
      await chat.answer('done');
    }
  },
);

suite.test('what is new to Parley does no harm', stage, async ({ open }) => {
  const window = await open();
  const chat = await openChat(window);
  await setKey(window, KEY);
  for (const fault of [
    { kind: 'unknownBlock' },
    { kind: 'unknownEvent', afterChars: 5 },
    { kind: 'unknownDelta', afterChars: 5 },
    { kind: 'unknownStopReason' },
  ] as const) {
    await startAnew(window, chat);
    claude.fail({ reply: { text: 'Said all the same.' }, ...fault });
    await chat.ask(`Try ${fault.kind}`);
    await (await chat.answer('done')).getByText('Said all the same.').waitFor();
    await chat.ask('Go on');
    await until('the next answer is there', async () => (await chat.turns.count()) === 4);
    await chat.answer('done');
  }
});

suite.test(
  'nonsense from the page is dropped and logged, and the chat goes on',
  stage,
  async ({ open, server }) => {
    const window = await open();
    const chat = await openChat(window);
    await setKey(window, KEY);
    await chat.frame.parentFrame()?.evaluate(() => {
      // The function behind `acquireVsCodeApi().postMessage`: what a page gone wrong could say.
      const post = Object.entries(globalThis).find(([name]) => name === '__vscode_post_message__')?.[1];
      for (const message of [
        null,
        7,
        {},
        { type: 'ask' },
        { type: 'run', command: 'workbench.action.quit' },
      ]) {
        post('onmessage', { message });
      }
    });
    await until(
      'the log says so five times',
      async () => (await logged(server)).split('was dropped').length === 6,
    );
    await chat.ask('Still fine?');
    await chat.answer('done');
  },
);
