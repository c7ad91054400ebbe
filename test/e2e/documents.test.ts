import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, beforeEach } from 'node:test';
import { PDFDocument } from '@cantoo/pdf-lib';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { plainPng } from '../support/png.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import type { Window } from '../support/vscode/window.ts';
import { add, filesIn } from './attaching.ts';
import { openChat, pointingAt, questions, startAnew, tidyUp, until } from './parley.ts';

const claude = await startFakeClaude();
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset(), tidyUp });
const stage = { isShared: true, machineSettings: pointingAt(claude) };

suite.test(
  'a PDF goes along with its pages and tokens told, the same bytes on every turn; a model that reads none is asked without it',
  // Chooses another model, which the next conversation would begin with.
  { ...stage, isShared: false },
  async ({ open, workspace }) => {
    await writeFile(join(workspace, 'manual.pdf'), await pdfOf(3));
    await writeFile(join(workspace, 'shot.png'), plainPng(64, 48));
    const window = await open();
    const chat = await openChat(window);
    await add(window, workspace, 'manual.pdf');
    const pdf = chat.chips.filter({ hasText: 'manual.pdf' });
    await pdf
      .filter({ hasText: '3 pages' })
      .getByText(/~[\d,]+ tok/)
      .waitFor();
    await chat.composer.fill('What does it say?');
    await chat.frame.locator('[data-part="quote"][data-state="exact"]').waitFor();
    await chat.composer.press('Enter');
    await chat.answer('done');
    await chat.ask('And the last page?');
    await until('the second question arrives', () => questions(claude).length === 2);
    const [first, second] = questions(claude).map(({ body }) => filesIn(body, 'document'));
    assert.equal(first?.length, 1);
    assert.equal(first?.[0]?.media_type, 'application/pdf');
    assert.deepEqual(second, first);

    await selectModel(window, 'claude-quill-1');
    await startAnew(window, chat);
    await chat.frame.getByRole('button', { name: 'Model: Claude Quill 1' }).waitFor();
    await add(window, workspace, 'manual.pdf', 'shot.png');
    await pdf
      .locator('[data-marker="warning"]')
      .getByText(/reads no PDFs/)
      .waitFor({ state: 'attached' });
    const shot = chat.chips.filter({ hasText: 'shot.png' });
    await shot
      .locator('[data-marker="warning"]')
      .getByText(/no images|cannot read images/)
      .waitFor({ state: 'attached' });
    await chat.ask('Do you see anything?');
    await chat.answer('done');
    assert.equal(await chat.failure.count(), 0);
    const body = questions(claude).at(-1)?.body;
    assert.equal((body as { model: string }).model, 'claude-quill-1');
    assert.deepEqual([...filesIn(body, 'document'), ...filesIn(body, 'image')], []);
  },
);

suite.test(
  'a PDF of 700 pages and a binary file are refused with a sentence, what is written stays; a text in another encoding arrives as what it says',
  stage,
  async ({ open, workspace }) => {
    const mark = Buffer.from([0xff, 0xfe]);
    const text = Buffer.from('Grüße aus Köln — 你好\n', 'utf16le');
    await writeFile(join(workspace, 'long.pdf'), await pdfOf(700));
    await writeFile(join(workspace, 'greeting.txt'), Buffer.concat([mark, text]));
    await writeFile(join(workspace, 'program.bin'), Buffer.from([0, 1, 2, 3, 0, 255, 254, 0, 9]));
    const window = await open();
    const chat = await openChat(window);
    await chat.composer.fill('Translate');
    await add(window, workspace, 'long.pdf');
    await chat.frame
      .getByText(/long\.pdf.*700.*600|700.*long\.pdf.*600/)
      .first()
      .waitFor();
    await add(window, workspace, 'program.bin');
    await chat.frame
      .getByText(/program\.bin/)
      .first()
      .waitFor();
    assert.equal(await chat.chips.count(), 0);
    await add(window, workspace, 'greeting.txt');
    await chat.chips.filter({ hasText: 'greeting.txt' }).waitFor();
    assert.equal(await chat.composer.inputValue(), 'Translate');
    await chat.composer.press('Enter');
    await chat.answer('done');
    assert.match(JSON.stringify(questions(claude)[0]?.body), /Grüße aus Köln — 你好/);
  },
);

suite.test(
  'twenty-five large screenshots go through: none is above 2,000 px when so many are sent',
  stage,
  async ({ open, workspace }) => {
    const names = Array.from({ length: 25 }, (_, at) => `shot${at}.png`);
    for (const [at, name] of names.entries()) {
      await writeFile(join(workspace, name), plainPng(2400, 300 + at, 100 + at));
    }
    const window = await open();
    const chat = await openChat(window);
    await add(window, workspace, ...names.slice(0, 20));
    await until('twenty are attached', async () => (await chat.chips.count()) === 20);
    await chat.chips.filter({ hasText: 'shot19.png' }).getByText('2400×319').waitFor();
    await add(window, workspace, ...names.slice(20));
    await until('all are attached', async () => (await chat.chips.count()) === 25);
    const newest = chat.chips.filter({ hasText: 'shot20.png' });
    await newest.getByText('2000×267').waitFor();
    await newest
      .getByText(/2,?000/)
      .first()
      .waitFor({ state: 'attached' });
    await chat.ask('What is in common?');
    await chat.answer('done');
    assert.equal(await chat.failure.count(), 0);
    assert.equal(filesIn(questions(claude).at(-1)?.body, 'image').length, 25);
    assert.equal(questions(claude).length, 1, 'the first request was right');
  },
);

suite.test(
  'after 150 images in a conversation that takes 100 one more question goes through, and one is told what was left out',
  { ...stage, machineSettings: { ...stage.machineSettings, 'parley.model': 'claude-haiku-4-5-20251001' } },
  async ({ open, workspace }) => {
    const names = Array.from({ length: 150 }, (_, at) => `icon${at}.png`);
    for (const [at, name] of names.entries()) await writeFile(join(workspace, name), plainPng(32, 32, at));
    const window = await open();
    const chat = await openChat(window);
    await add(window, workspace, ...names.slice(0, 75));
    await until('half of them are attached', async () => (await chat.chips.count()) === 75);
    await chat.ask('What is in common?');
    await chat.answer('done');
    await add(window, workspace, ...names.slice(75));
    await until('all of them are attached', async () => (await chat.chips.count()) === 75);
    await chat.chips
      .filter({ hasText: /oldest will be left out/ })
      .last()
      .waitFor();
    await chat.ask('And of these?');
    await until('the second question arrives', () => questions(claude).length >= 2);
    await chat.answer('done');
    await chat.ask('And now?');
    await until('one more goes through', async () => (await chat.turns.count()) === 6);
    await chat.answer('done');
    assert.equal(await chat.failure.count(), 0);
    // Room is made at once, down to three quarters of the limit, so that the next questions keep the cache.
    assert.equal(filesIn(questions(claude).at(-1)?.body, 'image').length, 75);
    assert.equal(questions(claude).length, 3, 'no request was refused');
    await chat.frame
      .getByText(/left out|no longer sent/i)
      .first()
      .waitFor({ state: 'attached' });
  },
);

function selectModel(window: Window, model: string): Promise<unknown> {
  return window.driver.run(
    (vscode, id) =>
      vscode.workspace.getConfiguration('parley').update('model', id, vscode.ConfigurationTarget.Global),
    model,
  );
}

async function pdfOf(pages: number): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  for (let page = 1; page <= pages; page++) document.addPage([300, 400]).drawText(`Page ${page}`);
  return document.save({ useObjectStreams: false });
}
