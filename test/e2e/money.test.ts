import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, beforeEach } from 'node:test';
import type { Locator } from 'playwright-core';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import { openChat, PARLEY, pointingAt, questions, until } from './parley.ts';

const claude = await startFakeClaude();
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset() });
const stage = {
  machineSettings: pointingAt(claude),
  userSettings: { 'parley.model': 'claude-sonnet-5-5' },
};
/** Long enough to be worth caching. */
const LONG = 'Please read this paragraph about parsers and say what it means. '.repeat(80);

const figure = async (line: Locator, name: string): Promise<number> =>
  Number(await line.getAttribute(`data-${name}`));
const counted = (): number =>
  claude.requests.filter((request) => request.path === '/v1/messages/count_tokens').length;

suite.test('a question is quoted before it is sent, and billed as quoted', stage, async ({ open }) => {
  const chat = await openChat(await open());
  const quote = chat.frame.locator('[data-part="quote"]');
  await chat.composer.fill(LONG);
  await quote.and(chat.frame.locator('[data-state="exact"]')).waitFor();
  const quoted = await figure(quote, 'input');
  assert.ok((await figure(quote, 'usd-low')) > 0);
  assert.ok((await figure(quote, 'usd-high')) > (await figure(quote, 'usd-low')));
  const before = counted();
  await chat.composer.press('ArrowLeft');
  await chat.composer.press('Enter');
  const usage = (await chat.answer('done')).locator('[data-part="usage"]');
  assert.equal(await figure(usage, 'input'), quoted);
  assert.equal(await figure(usage, 'cache-write'), await figure(usage, 'input'));
  const [usd, quotedUsd] = [await figure(usage, 'usd'), await figure(usage, 'quoted-usd')];
  assert.ok(usd > 0 && Math.abs(usd - quotedUsd) <= usd * 0.01, `${usd} beside ${quotedUsd}`);
  assert.equal(counted(), before, 'nothing is counted when nothing has changed');
});

suite.test(
  'the cache is seen: none, then warm with the time left, read by the next question',
  stage,
  async ({ open }) => {
    const chat = await openChat(await open());
    const cache = chat.frame.locator('[data-part="cache"]');
    const quote = chat.frame.locator('[data-part="quote"]');
    await chat.ask(LONG);
    await chat.answer('done');
    await cache.and(chat.frame.locator('[data-state="warm"]')).waitFor();
    const left = (await figure(cache, 'expires')) - Date.now();
    assert.ok(left > 200_000 && left <= 300_000, `${left} ms`);
    await chat.composer.fill('And in one word?');
    await quote.and(chat.frame.locator('[data-state="exact"]')).waitFor();
    const read = await figure(quote, 'cache-read');
    await chat.composer.press('Enter');
    await until('the second answer is there', async () => (await chat.turns.count()) === 4);
    const usage = (await chat.answer('done')).locator('[data-part="usage"]');
    assert.ok(read > 500);
    assert.equal(await figure(usage, 'cache-read'), read);
  },
);

suite.test(
  'a budget holds a question back, keeps its text, and lets it through once on demand',
  { ...stage, userSettings: { ...stage.userSettings, 'parley.budget.perMessage': 0.01 } },
  async ({ open }) => {
    const chat = await openChat(await open());
    await chat.ask('How much is this?');
    const card = chat.frame.locator('[role="alert"][data-failure="budget"]');
    await card.waitFor();
    assert.match(await card.innerText(), /\$0\.32.*\$0\.01/s);
    assert.equal(await chat.composer.inputValue(), 'How much is this?');
    assert.equal(questions(claude).length, 0);
    await card.getByRole('button', { name: 'Send Once Anyway' }).click();
    await chat.answer('done');
    assert.equal(await chat.composer.inputValue(), '');
    assert.equal(questions(claude).length, 1);
    await chat.ask('And again?');
    await card.waitFor();
    assert.equal(questions(claude).length, 1);
  },
);

suite.test(
  'a daily budget counts what other windows have spent',
  { ...stage, userSettings: { ...stage.userSettings, 'parley.budget.perDay': 0.4 } },
  async ({ open }) => {
    const first = await openChat(await open());
    claude.enqueue({ text: 'Dear.', usage: { output_tokens: 20_000 } });
    await first.ask('One');
    await first.answer('done');
    const second = await openChat(await open());
    await second.frame.getByRole('button', { name: /New/ }).first().count();
    await second.ask('Two');
    const card = second.frame.locator('[data-failure="budget"]');
    await card.waitFor();
    assert.match(await card.innerText(), /per day/);
    assert.equal(questions(claude).length, 1);
  },
);

suite.test('ten switches of the model leave a conversation that answers', stage, async ({ open }) => {
  const window = await open();
  const chat = await openChat(window);
  await chat.ask(LONG);
  await chat.answer('done');
  const models = [
    'Claude Opus 5.5',
    'Claude Haiku 4.5',
    'Claude Quill 1',
    'Claude Sonnet 4.6',
    'Claude Sonnet 5.5',
  ];
  for (const [index, model] of [...models, ...models].entries()) {
    await chat.frame.getByRole('button', { name: /^Model: / }).click();
    await window.quickInput.titled(/Select Model/);
    await window.quickInput.fill(model);
    await window.quickInput.accept();
    await chat.frame.getByRole('button', { name: `Model: ${model}` }).waitFor();
    await chat.ask(`Question ${index + 2}`);
    await until('it is answered', async () => (await chat.turns.count()) === 2 * (index + 2));
    await chat.answer('done');
  }
  assert.equal(await chat.frame.locator('[data-state="failed"]').count(), 0);
});

suite.test('usage and cost are shown and can be taken away as CSV', stage, async ({ open, workspace }) => {
  const window = await open();
  const chat = await openChat(window);
  await chat.ask(LONG);
  await chat.answer('done');
  await window.runCommand('Parley: Show Usage and Cost');
  await window.page.getByRole('tab', { name: /Usage and Cost/ }).waitFor();
  const usage = window.webview(PARLEY).content;
  await usage.getByRole('heading', { name: 'Usage and Cost' }).waitFor();
  await usage.getByText('Claude Sonnet 5.5').first().waitFor();
  await usage.getByText('Today').first().waitFor();
  await usage.getByRole('button', { name: 'Export CSV' }).click();
  const { quickInput } = window;
  await until('a name is proposed', async () =>
    /parley-usage-.*\.csv$/.test((await quickInput.input()).value),
  );
  await quickInput.accept();
  const written = async () => {
    const name = (await readdir(workspace)).find((each) => each.endsWith('.csv'));
    return name ? readFile(join(workspace, name), 'utf8') : '';
  };
  // VS Code makes the file first and fills it afterwards.
  await until('the file is whole', async () => (await written()).endsWith('\r\n'));
  const text = await written();
  const [header = '', first = ''] = text.split('\r\n');
  assert.match(header, /model/i);
  assert.match(first, /claude-sonnet-5-5/);
});
