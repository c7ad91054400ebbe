import assert from 'node:assert/strict';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, beforeEach } from 'node:test';
import type { Locator } from 'playwright-core';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { blocksOf, textOf, wireOf, wires } from '../support/fakeClaude/wire.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import type { Window } from '../support/vscode/window.ts';
import { activeEditor } from './attaching.ts';
import { openChat, pointingAt, questions, until } from './parley.ts';

const claude = await startFakeClaude();
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset() });
const line = (name: string, at: number): string => `export const ${name}${at} = 'value ${at} of ${name}';\n`;
const source = (name: string): string => Array.from({ length: 120 }, (_, at) => line(name, at)).join('');
const stage = {
  machineSettings: pointingAt(claude),
  userSettings: { 'parley.model': 'claude-sonnet-5-5' },
  files: {
    'lib/one.ts': source('one'),
    'lib/two.ts': source('two'),
    'lib/ignored.log': 'noise',
    'lib/.gitignore': '*.log\n',
    'lib/.env': 'TOKEN=abc\n',
  },
};

const figure = async (part: Locator, name: string): Promise<number> =>
  Number(await part.getAttribute(`data-${name}`));

/** The texts of the newest request as it arrived: system prompt, newest question, questions before it. */
function newestSent() {
  const request = wireOf(questions(claude).at(-1)?.body);
  const asked = wires(request.messages).filter(({ role }) => role === 'user');
  const textsOf = (content: unknown) => blocksOf(content).map((block) => textOf(block.text));
  return {
    system: textsOf(request.system),
    question: textsOf(asked.at(-1)?.content),
    before: asked.slice(0, -1).flatMap(({ content }) => textsOf(content)),
  };
}

/** Pins a folder by its path, as code does that calls the command. */
async function pinLib(window: Window): Promise<void> {
  await window.runCommand('Parley: Pin to Parley');
  await window.quickInput.pick(/Files and Folders/);
  await window.quickInput.titled(/Pin Files and Folders/);
  await window.quickInput.fill('lib');
  await until('the folder is offered', async () => /lib\/$/.test((await window.quickInput.items())[0] ?? ''));
  await window.quickInput.accept();
}

suite.test(
  'pinned files are packed, an edit goes out as an update, the pack is read from the cache, and repacking takes the update in',
  stage,
  async ({ open, workspace }) => {
    const window = await open();
    const chat = await openChat(window);
    await pinLib(window);
    const tree = contextTree(window);
    await tree
      .getByText(/3 files/)
      .first()
      .waitFor();

    await chat.ask('What is in there?');
    await chat.answer('done');
    const first = newestSent();
    const pack = first.system[1] ?? '';
    assert.match(pack, /lib\/one\.ts/);
    assert.ok(pack.includes(source('one').trimEnd()) && pack.includes(source('two').trimEnd()));
    assert.doesNotMatch(pack, /TOKEN|noise/);
    assert.deepEqual(first.question, ['What is in there?']);

    await appendFile(join(workspace, 'lib/one.ts'), 'export const last = true;\n');
    await tree.getByText('Updates', { exact: true }).waitFor();
    await chat.ask('And now?');
    await until('the second answer is there', async () => (await chat.turns.count()) === 4);
    const usage = (await chat.answer('done')).locator('[data-part="usage"]');
    const second = newestSent();
    assert.deepEqual(second.system, first.system);
    assert.equal(second.question.length, 2);
    assert.match(second.question[0] ?? '', /lib\/one\.ts.*\+export const last = true;/s);
    assert.ok((await figure(usage, 'cache-read')) > (await figure(usage, 'input')) * 0.8);

    await window.runCommand('Parley: Repack Context');
    await window.press('Repack');
    await window.notification(/3 files are packed anew/);
    await chat.ask('Once more?');
    await until('the third answer is there', async () => (await chat.turns.count()) === 6);
    await chat.answer('done');
    const third = newestSent();
    assert.match(third.system[1] ?? '', /export const last = true;/);
    assert.deepEqual(third.question, ['Once more?']);
    assert.deepEqual(third.before, ['What is in there?', 'And now?'], 'the update is no longer sent');
  },
);

suite.test(
  'the cache is written ahead, read by the first question, and known to the quote of a second conversation, after a reload too, as is what that one was told',
  stage,
  async ({ open, workspace }) => {
    const window = await open();
    const before = await openChat(window);
    const quote = before.frame.locator('[data-part="quote"]');
    await pinLib(window);
    const tree = contextTree(window);
    await tree
      .getByText(/3 files/)
      .first()
      .waitFor();
    await window.runCommand('Parley: Warm Cache of Context');
    await window.notification(/The cache is warm until .* tokens written, 0 read/);
    const warming = wireOf(questions(claude).at(-1)?.body);
    assert.equal(warming.max_tokens, 0);
    await tree.getByText(/warm, 4 min left/).waitFor();
    await before.composer.fill('What is in there?');
    await quote.and(before.frame.locator('[data-state="exact"]')).waitFor();
    const read = await figure(quote, 'cache-read');
    assert.ok(read > 1024, `${read} tokens`);

    await before.composer.press('Enter');
    const first = (await before.answer('done')).locator('[data-part="usage"]');
    assert.equal(await figure(first, 'cache-read'), read);
    assert.deepEqual(
      newestSent().system,
      blocksOf(warming.system).map((block) => textOf(block.text)),
    );

    await window.runCommand('Parley: New Conversation');
    await until('it is empty', async () => (await before.turns.count()) === 0);
    await window.reload();
    const chat = await openChat(window);
    await tree
      .getByText(/3 files/)
      .first()
      .waitFor();
    const second = chat.frame.locator('[data-part="quote"]');
    await chat.composer.fill('And what else?');
    await second.and(chat.frame.locator('[data-state="exact"]')).waitFor();
    assert.equal(await figure(second, 'cache-read'), read);
    await chat.composer.press('Enter');
    const usage = (await chat.answer('done')).locator('[data-part="usage"]');
    assert.equal(await figure(usage, 'cache-read'), read);
    assert.equal(newestSent().system[1], blocksOf(warming.system).map((block) => textOf(block.text))[1]);

    const updates = tree.getByText('Updates', { exact: true });
    const askAnew = async (question: string) => {
      await window.runCommand('Parley: New Conversation');
      await until('it is empty', async () => (await chat.turns.count()) === 0);
      await chat.composer.fill(question);
      await second.and(chat.frame.locator('[data-state="exact"]')).waitFor();
      const quoted = await figure(second, 'cache-read');
      await chat.composer.press('Enter');
      const billed = await figure((await chat.answer('done')).locator('[data-part="usage"]'), 'cache-read');
      assert.equal(billed, quoted, question);
      return { cached: billed, sent: newestSent().question };
    };
    await appendFile(join(workspace, 'lib/one.ts'), 'export const last = true;\n');
    await updates.waitFor();
    const third = await askAnew('What has changed?');
    assert.equal(third.cached, read);
    assert.match(third.sent[0] ?? '', /lib\/one\.ts.*\+export const last = true;/s);
    await updates.waitFor({ state: 'hidden' });
    await appendFile(join(workspace, 'lib/two.ts'), 'export const first = false;\n');
    await updates.waitFor();
    const fourth = await askAnew('What has changed since?');
    assert.equal(fourth.sent[0], third.sent[0], 'told as the conversation before, to be read');
    assert.match(fourth.sent[1] ?? '', /lib\/two\.ts.*\+export const first = false;/s);
    assert.ok(fourth.cached > read, `${fourth.cached} beside ${read}`);
  },
);

suite.test(
  'what is shown is what is sent, and what does not go out is in the tree with its reason',
  // VS Code makes the rows of a tree that are in sight only.
  { ...stage, browser: { viewport: { width: 1280, height: 1500 } } },
  async ({ open, workspace }) => {
    const window = await open();
    const chat = await openChat(window);
    await pinLib(window);
    const tree = contextTree(window);
    await tree.getByText('Left out (2)').click();
    await tree
      .getByText(/secret/i)
      .first()
      .waitFor();
    await tree
      .getByText(/ignored/i)
      .first()
      .waitFor();
    await chat.ask('What is in there?');
    await chat.answer('done');
    await window.runCommand('Parley: Show Context');
    await until('its text is there', async () => {
      const { scheme, text } = await activeEditor(window);
      return scheme === 'parley-context' && text !== '';
    });
    assert.equal((await activeEditor(window)).text, newestSent().system[1]);

    await writeFile(join(workspace, 'lib/one.ts'), `export const key = '${secret()}';\n`);
    await tree.getByText(/Left out \(3\)/).waitFor();
    await chat.ask('And now?');
    await until('the second answer is there', async () => (await chat.turns.count()) === 4);
    await chat.answer('done');
    assert.ok(!JSON.stringify(questions(claude).at(-1)?.body).includes(secret()), 'a secret never leaves');
    assert.match(newestSent().question[0] ?? '', /lib\/one\.ts is no longer/);
  },
);

/** Made here, so that no scanner takes this file for one that holds a secret. */
function secret(): string {
  return ['sk', 'ant', 'api03', `${'aB3xY7qZ'.repeat(12).slice(0, 93)}AA`].join('-');
}

const contextTree = ({ page }: Window): Locator => page.getByRole('tree', { name: 'Context' });
