import assert from 'node:assert/strict';
import { after, beforeEach } from 'node:test';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import { openChat, pointingAt, questions, tidyUp, until } from './parley.ts';

const claude = await startFakeClaude();
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset(), tidyUp });
const stage = {
  isShared: true,
  machineSettings: pointingAt(claude),
  userSettings: { 'parley.model': 'claude-sonnet-5-5' },
};

suite.test(
  'an overloaded server is asked again, with a countdown that can be cut short',
  stage,
  async ({ open }) => {
    const chat = await openChat(await open());
    claude.fail({ kind: 'status', status: 529, times: 2, headers: { 'retry-after': '600' } });
    await chat.ask('Are you there?');
    const card = chat.frame.locator('[data-part="retry"]');
    await card.getByText(/2 of 5/).waitFor();
    await card.getByRole('button', { name: 'Retry Now' }).click();
    await card.getByText(/3 of 5/).waitFor();
    await card.getByRole('button', { name: 'Retry Now' }).click();
    await chat.answer('done');
    assert.equal(questions(claude).length, 3);
    assert.deepEqual(questions(claude)[2]?.body, questions(claude)[0]?.body);
  },
);

suite.test(
  'a wait for the next attempt can be cancelled, and the next question goes through',
  stage,
  async ({ open }) => {
    const chat = await openChat(await open());
    claude.fail({ kind: 'status', status: 429, headers: { 'retry-after': '3600' } });
    await chat.ask('Now?');
    await chat.frame.locator('[data-part="retry"]').getByRole('button', { name: 'Cancel' }).click();
    await chat.answer('stopped');
    await chat.ask('And now?');
    await chat.answer('done');
  },
);

suite.test(
  'a storm of 529 ends at the most attempts that are set, with a card that tries again',
  { ...stage, machineSettings: { ...stage.machineSettings, 'parley.retry.maxAttempts': 2 } },
  async ({ open }) => {
    const chat = await openChat(await open());
    claude.fail({ kind: 'status', status: 529, times: 2 });
    await chat.ask('Hello?');
    await chat.answer('failed');
    assert.equal(await chat.failure.getAttribute('data-failure'), 'overloaded');
    assert.equal(questions(claude).length, 2);
    await chat.failure.getByRole('button', { name: 'Try Again' }).click();
    await chat.answer('done');
  },
);

suite.test('an answer whose connection breaks is kept and can be continued', stage, async ({ open }) => {
  const chat = await openChat(await open());
  const text = 'The first half is here. The second half never came.';
  claude.fail({ kind: 'cut', afterChars: 24, reply: { text } });
  await chat.ask('Tell me a story');
  const cut = await chat.answer('failed');
  assert.match(await cut.innerText(), /The first half/);
  await chat.failure.getByRole('button', { name: 'Continue' }).click();
  await until('the rest is there', async () => (await chat.turns.count()) === 4);
  await chat.answer('done');
  const sent = JSON.stringify(questions(claude)[1]?.body);
  assert.match(sent, /> The first half/);
});

suite.test(
  'a field that the endpoint refuses is dropped once, said, and not sent again',
  stage,
  async ({ open }) => {
    const chat = await openChat(await open());
    claude.fail({
      kind: 'status',
      status: 400,
      type: 'invalid_request_error',
      message: 'diagnostics: Extra inputs are not permitted',
    });
    await chat.ask('Hi');
    await chat.answer('done');
    await chat.ask('Again');
    await until('it is answered', async () => (await chat.turns.count()) === 4);
    await chat.answer('done');
    const [first, second, third] = questions(claude).map((request) => JSON.stringify(request.body));
    assert.match(first ?? '', /"diagnostics"/);
    assert.doesNotMatch(second ?? '', /"diagnostics"/);
    assert.doesNotMatch(third ?? '', /"diagnostics"/);
    assert.equal(questions(claude).length, 3);
  },
);

suite.test(
  'AGENTS.md, the setting and the instructions of the conversation make the system prompt, and are shown',
  {
    ...stage,
    isShared: false,
    files: { 'AGENTS.md': 'Always answer in rhymes.\n', 'CLAUDE.md': '@AGENTS.md\n' },
    userSettings: { ...stage.userSettings, 'parley.instructions': 'Use British spelling.' },
  },
  async ({ open }) => {
    const chat = await openChat(await open());
    await chat.frame
      .getByText(/Instructions/)
      .first()
      .click();
    await chat.frame.getByText('AGENTS.md').first().waitFor();
    await chat.frame.getByRole('textbox', { name: 'Instructions for this conversation' }).fill('Be brief.');
    await chat.ask('Hi');
    await chat.answer('done');
    const sent = questions(claude)[0]?.body as { system?: { text: string }[] } | undefined;
    const texts = (sent?.system ?? []).map((block) => block.text).join('\n');
    for (const expected of ['Always answer in rhymes.', 'Use British spelling.', 'Be brief.']) {
      assert.equal(texts.split(expected).length, 2, expected);
    }
  },
);

suite.test('a refused question leaves the next one alone', stage, async ({ open }) => {
  const chat = await openChat(await open());
  claude.fail({ kind: 'refusal', explanation: 'Not that.' });
  await chat.ask('Something forbidden');
  await chat.answer('failed');
  assert.equal(await chat.failure.getAttribute('data-failure'), 'refusal');
  await chat.ask('Something else');
  await chat.answer('done');
  assert.doesNotMatch(JSON.stringify(questions(claude)[1]?.body), /forbidden/);
});

suite.test('editing and forking start from the place that was meant', stage, async ({ open }) => {
  const chat = await openChat(await open());
  await chat.ask('First question');
  await chat.answer('done');
  await chat.ask('Second question');
  await until('it is answered', async () => (await chat.turns.count()) === 4);
  await chat.answer('done');
  const first = chat.frame.getByRole('article', { name: 'You' }).first();
  await first.hover();
  await first.getByRole('button', { name: 'Edit' }).click();
  const box = first.getByRole('textbox');
  await box.fill('Another first question');
  await first.getByRole('button', { name: 'Save' }).click();
  await until('the branch is answered', async () => (await chat.turns.count()) === 2);
  await chat.answer('done');
  const sent = JSON.stringify(questions(claude)[2]?.body);
  assert.match(sent, /Another first question/);
  assert.doesNotMatch(sent, /Second question/);
});
