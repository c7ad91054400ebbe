import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, beforeEach } from 'node:test';
import { PDFDocument } from '@cantoo/pdf-lib';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { plainPng } from '../support/png.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import type { Window } from '../support/vscode/window.ts';
import { openChat, pointingAt, questions, until } from './parley.ts';

const claude = await startFakeClaude();
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset() });
const stage = { machineSettings: pointingAt(claude) };

suite.test(
  'a PDF goes along with its pages told, counted by the API, the same bytes on every turn',
  stage,
  async ({ open, workspace }) => {
    await writeFile(join(workspace, 'manual.pdf'), await pdfOf(3));
    const window = await open();
    const chat = await openChat(window);
    await add(window, join(workspace, 'manual.pdf'));
    await chat.chips.filter({ hasText: 'manual.pdf' }).filter({ hasText: '3 pages' }).waitFor();
    await chat.composer.fill('What does it say?');
    await chat.frame.locator('[data-part="quote"][data-state="exact"]').waitFor();
    await chat.composer.press('Enter');
    await chat.answer('done');
    await chat.ask('And the last page?');
    await until('the second question arrives', () => questions(claude).length === 2);
    const [first, second] = questions(claude).map(({ body }) => documentsIn(body));
    assert.equal(first?.length, 1);
    assert.equal(first?.[0]?.media_type, 'application/pdf');
    assert.deepEqual(second, first);
  },
);

suite.test(
  'a PDF of 700 pages is refused with its pages and the limit; what is written stays',
  stage,
  async ({ open, workspace }) => {
    await writeFile(join(workspace, 'long.pdf'), await pdfOf(700));
    const window = await open();
    const chat = await openChat(window);
    await chat.composer.fill('Summarize it');
    await add(window, join(workspace, 'long.pdf'));
    await chat.frame
      .getByText(/long\.pdf.*700.*600|700.*long\.pdf.*600/)
      .first()
      .waitFor();
    assert.equal(await chat.chips.count(), 0);
    assert.equal(await chat.composer.inputValue(), 'Summarize it');
  },
);

suite.test(
  'a text in another encoding arrives as what it says, a binary file is refused with a sentence',
  stage,
  async ({ open, workspace }) => {
    const utf16 = Buffer.concat([
      Buffer.from([0xff, 0xfe]),
      Buffer.from('Grüße aus Köln — 你好\n', 'utf16le'),
    ]);
    await writeFile(join(workspace, 'greeting.txt'), utf16);
    await writeFile(join(workspace, 'program.bin'), Buffer.from([0, 1, 2, 3, 0, 255, 254, 0, 9]));
    const window = await open();
    const chat = await openChat(window);
    await add(window, join(workspace, 'greeting.txt'));
    await chat.chips.filter({ hasText: 'greeting.txt' }).waitFor();
    await add(window, join(workspace, 'program.bin'));
    await chat.frame
      .getByText(/program\.bin/)
      .first()
      .waitFor();
    await chat.ask('Translate');
    await chat.answer('done');
    assert.equal(await chat.chips.count(), 0);
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
    await add(window, ...names.map((name) => join(workspace, name)));
    await until('all are attached', async () => (await chat.chips.count()) === 25);
    await chat.ask('What is in common?');
    await chat.answer('done');
    assert.equal(await chat.failure.count(), 0);
    const sent = questions(claude).at(-1)?.body as {
      messages: { content: { type: string }[] }[];
    };
    assert.equal(sent.messages[0]?.content.filter(({ type }) => type === 'image').length, 25);
    assert.equal(questions(claude).length, 1, 'the first request was right');
  },
);

async function pdfOf(pages: number): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  for (let page = 1; page <= pages; page++) document.addPage([300, 400]).drawText(`Page ${page}`);
  return document.save({ useObjectStreams: false });
}

function add(window: Window, ...paths: readonly string[]): Promise<unknown> {
  return window.driver.run((vscode, all) => {
    const uris = all.map((path) => vscode.Uri.file(path));
    return vscode.commands.executeCommand('parley.addToChat', uris[0], uris);
  }, paths);
}

function documentsIn(body: unknown): readonly { readonly media_type: string; readonly data: string }[] {
  const { messages } = body as {
    messages: { content: { type: string; source: { media_type: string; data: string } }[] }[];
  };
  return messages.flatMap(({ content }) =>
    content.filter(({ type }) => type === 'document').map(({ source }) => source),
  );
}
