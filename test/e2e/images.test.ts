import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, beforeEach } from 'node:test';
import type { BrowserContext, Frame } from 'playwright-core';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { plainPng, pngOf } from '../support/png.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import type { Window } from '../support/vscode/window.ts';
import { chatIn, openChat, pointingAt, questions, until } from './parley.ts';

const claude = await startFakeClaude();
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset() });
const SHOT = plainPng(1280, 800);
const stage = {
  machineSettings: pointingAt(claude),
  files: { 'shot.png': SHOT, 'docs/second.png': plainPng(64, 48, 90), 'readme.md': '# Read me\n' },
};

suite.test(
  'a screenshot on the clipboard becomes a chip with its size, and every later question sends the same bytes',
  stage,
  async ({ open, context, door }) => {
    const window = await open();
    const chat = await openChat(window);
    await copyPicture(window, context, door.port, SHOT);
    await chat.composer.press('Control+V');
    const chip = chat.chips.first();
    await chip.getByText('1280×800').waitFor();
    await chip.getByText('1,334 tok').waitFor();
    await chip.locator('img').waitFor();
    await chat.ask('What is this?');
    await chat.answer('done');
    assert.equal(await chat.chips.count(), 0);
    await chat.ask('And now?');
    await until('the second question arrives', () => questions(claude).length === 2);
    const [first, second] = questions(claude).map((request) => picturesIn(request.body));
    assert.equal(first?.length, 1);
    assert.deepEqual(second, first);
    await window.reload('command');
    const again = await chatIn(window);
    // Pictures of questions that nobody looks at are not fetched.
    await again.turns.first().scrollIntoViewIfNeeded();
    await again.turns.first().locator('img').waitFor();
  },
);

suite.test(
  'several pictures are picked in one go, at 12,000 px one is made smaller and says so',
  { ...stage, files: { ...stage.files, 'wide.png': plainPng(12_000, 3000) } },
  async ({ open, workspace }) => {
    const window = await open();
    const chat = await openChat(window);
    await window.driver.run((vscode, folder) => {
      const at = (name: string) => vscode.Uri.file(`${folder}/${name}`);
      return vscode.commands.executeCommand('parley.addToChat', at('wide.png'), [
        at('wide.png'),
        at('docs/second.png'),
      ]);
    }, workspace);
    await chat.chips.filter({ hasText: '2576×644' }).waitFor();
    await chat.chips.filter({ hasText: '64×48' }).waitFor();
    assert.match((await chat.chips.filter({ hasText: 'wide.png' }).innerHTML()) ?? '', /12,?000 × 3,?000/);
    await chat.ask('Compare');
    await chat.answer('done');
    assert.equal(picturesIn(questions(claude)[0]?.body).length, 2);
  },
);

suite.test('a picture is picked in the dialog, by keyboard alone', stage, async ({ open, workspace }) => {
  const window = await open();
  const chat = await openChat(window);
  await window.runCommand('Parley: Attach Images...');
  // The dialog fills itself with the folder, as late as it likes.
  await until('the folder is listed', async () => (await window.quickInput.items()).includes('shot.png'));
  await window.page.keyboard.type('shot.png');
  await until(
    'the file is named',
    async () => (await window.quickInput.input()).value === join(workspace, 'shot.png'),
  );
  await window.quickInput.accept();
  await chat.chips.filter({ hasText: 'shot.png' }).filter({ hasText: '1280×800' }).waitFor();
  await until('the cursor is in the composer', () =>
    chat.composer.evaluate((box) => box.ownerDocument.activeElement === box),
  );
});

suite.test(
  'a picture by address is sent as an address and never fetched, and its price is an estimate',
  stage,
  async ({ open }) => {
    const window = await open();
    const chat = await openChat(window);
    await window.runCommand('Parley: Attach Image by Address...');
    await window.quickInput.fill('no address');
    await window.quickInput.says(/https:/);
    const url = `${claude.url}/picture.png`;
    await window.quickInput.fill(url);
    await window.quickInput.accept();
    await chat.chips.filter({ hasText: 'picture.png' }).waitFor();
    await chat.composer.fill('What is there?');
    await chat.frame.locator('[data-part="quote"][data-state="estimate"]').waitFor();
    await chat.composer.press('Enter');
    await chat.answer('done');
    const body = JSON.stringify(questions(claude)[0]?.body);
    assert.match(body, /"source":\{"type":"url","url":"http[^"]*picture\.png"\}/);
    assert.ok(claude.requests.every(({ path }) => path !== '/picture.png'));
  },
);

suite.test('what is dragged from the Explorer with Shift held is attached', stage, async ({ open }) => {
  const window = await open({ isolateWebviews: false });
  const chat = await openChat(window);
  await window.driver.run((vscode) => vscode.commands.executeCommand('parley.chat.focus'));
  await window.runCommand('View: Move View');
  await window.quickInput.pick(/Chat/);
  await window.quickInput.pick(/New Secondary Side Bar Entry|New Panel Entry/);
  await window.runCommand('View: Show Explorer');
  const row = window.page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: 'readme.md' });
  await row.waitFor();
  const moved = await chatIn(window);
  const target = await window.page.locator('iframe.webview').last().boundingBox();
  const source = await row.boundingBox();
  if (!target || !source) throw new Error('The Explorer and the chat are not both shown');
  const { mouse, keyboard } = window.page;
  await mouse.move(source.x + 60, source.y + 10);
  await mouse.down();
  await mouse.move(source.x + 80, source.y + 30, { steps: 4 });
  // VS Code keeps drags to itself until Shift is held.
  await keyboard.down('Shift');
  await mouse.move(target.x + target.width / 2, target.y + target.height / 2, { steps: 12 });
  await mouse.move(target.x + target.width / 2 + 4, target.y + target.height / 2 + 4, { steps: 4 });
  await mouse.up();
  await keyboard.up('Shift');
  await moved.chips.filter({ hasText: 'readme.md' }).waitFor();
  assert.ok(chat);
});

suite.test(
  'what is dropped from the desktop is attached: pictures, texts, several at once',
  stage,
  async ({ open, context, workspace }) => {
    const window = await open({ isolateWebviews: false });
    const chat = await openChat(window);
    const files = ['shot.png', 'docs/second.png', 'readme.md'].map((name) => join(workspace, name));
    const box = await window.page.locator('iframe.webview').last().boundingBox();
    if (!box) throw new Error('The chat is not shown');
    const session = await context.newCDPSession(window.page);
    const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const data = { items: [], files, dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, ...at, data, modifiers: SHIFT });
    }
    await chat.chips.filter({ hasText: 'shot.png' }).filter({ hasText: '1280×800' }).waitFor();
    await chat.chips.filter({ hasText: 'second.png' }).waitFor();
    await chat.chips.filter({ hasText: 'readme.md' }).waitFor();
  },
);

suite.test(
  'what a file is called does not matter: it is taken for what it is, or refused with a sentence',
  stage,
  async ({ open, workspace }) => {
    const window = await open();
    const chat = await openChat(window);
    const jpeg = await jpegFrom(chat.frame, 300, 200);
    await writeFile(join(workspace, 'renamed.png'), jpeg);
    await writeFile(join(workspace, 'cut.jpg'), jpeg.subarray(0, Math.floor(jpeg.length / 2)));
    await writeFile(join(workspace, 'empty.png'), '');
    await writeFile(join(workspace, 'broken.png'), 'This is no picture at all.');
    await addToChat(window, workspace, 'renamed.png');
    await chat.chips.filter({ hasText: 'renamed.png' }).filter({ hasText: '300×200' }).waitFor();
    await addToChat(window, workspace, 'empty.png');
    await chat.frame
      .getByText(/empty\.png.*empty/i)
      .first()
      .waitFor();
    await addToChat(window, workspace, 'cut.jpg');
    await chat.chips.filter({ hasText: 'cut.jpg' }).waitFor();
    await addToChat(window, workspace, 'gone.png');
    await chat.frame
      .getByText(/gone\.png/)
      .first()
      .waitFor();
    await chat.ask('What do you see?');
    await chat.answer('done');
    const [first] = picturesIn(questions(claude)[0]?.body);
    assert.equal(first?.media_type, 'image/jpeg');
  },
);

suite.test('a photo of 40 MB is made to fit and goes through', stage, async ({ open, workspace }) => {
  let seed = 1;
  const noise = () => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return seed & 255;
  };
  const photo = pngOf(3700, 3700, () => [noise(), noise(), noise()], 0);
  assert.ok(photo.length > 40_000_000);
  await writeFile(join(workspace, 'photo.png'), photo);
  const window = await open();
  const chat = await openChat(window);
  await addToChat(window, workspace, 'photo.png');
  const chip = chat.chips.filter({ hasText: 'photo.png' });
  await chip.getByText(/\d+×\d+/).waitFor();
  await chat.ask('What is it?');
  await chat.answer('done');
  const [sent] = picturesIn(questions(claude)[0]?.body);
  assert.ok((sent?.data.length ?? 0) <= 10 * 1024 * 1024);
});

suite.test(
  'part of a picture is blacked out by keyboard, and what is sent has the black in it',
  stage,
  async ({ open, workspace }) => {
    await writeFile(join(workspace, 'white.png'), plainPng(400, 300, 255));
    const window = await open();
    const chat = await openChat(window);
    await addToChat(window, workspace, 'white.png');
    await chat.chips.filter({ hasText: '400×300' }).getByRole('button').first().click();
    const dialog = chat.frame.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Black Out' }).click();
    await window.page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await chat.chips.filter({ hasText: '400×300' }).waitFor();
    await chat.ask('What is hidden?');
    await chat.answer('done');
    const [sent] = picturesIn(questions(claude)[0]?.body);
    assert.ok(sent);
    assert.ok(await hasBlack(chat.frame, sent), 'the bytes that were sent have black pixels');
  },
);

interface Picture {
  readonly media_type: string;
  readonly data: string;
}

function picturesIn(body: unknown): readonly Picture[] {
  const { messages } = body as { messages: { content: { type: string; source?: Picture }[] }[] };
  return messages.flatMap(({ content }) =>
    content.flatMap(({ type, source }) => (type === 'image' && source ? [source] : [])),
  );
}

async function copyPicture(
  window: Window,
  context: BrowserContext,
  port: number,
  bytes: Buffer,
): Promise<void> {
  const origin = `http://lab.localhost:${port}`;
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
  await window.page.evaluate(async (base64) => {
    const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    await navigator.clipboard.write([
      new ClipboardItem({ 'image/png': new Blob([data], { type: 'image/png' }) }),
    ]);
  }, bytes.toString('base64'));
}

function addToChat(window: Window, workspace: string, name: string): Promise<unknown> {
  return window.driver.run(
    (vscode, path) => vscode.commands.executeCommand('parley.addToChat', vscode.Uri.file(path)),
    join(workspace, name),
  );
}

/** As the browser's protocol numbers the keys held down. */
const SHIFT = 8;

async function jpegFrom(frame: Frame, width: number, height: number): Promise<Buffer> {
  const base64 = await frame.evaluate(
    ([w, h]) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: w, height: h });
      const context = canvas.getContext('2d');
      for (let x = 0; context && x < w; x += 10) {
        context.fillStyle = `hsl(${x} 80% 50%)`;
        context.fillRect(x, 0, 10, h);
      }
      return canvas.toDataURL('image/jpeg').replace(/^[^,]*,/, '');
    },
    [width, height] as const,
  );
  return Buffer.from(base64, 'base64');
}

function hasBlack(frame: Frame, { data, media_type }: Picture): Promise<boolean> {
  return frame.evaluate(
    async ([base64, type]) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type }));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      context?.drawImage(bitmap, 0, 0);
      const pixels = context?.getImageData(0, 0, bitmap.width, bitmap.height).data ?? [];
      for (let at = 0; at < pixels.length; at += 4) {
        if ((pixels[at] ?? 1) + (pixels[at + 1] ?? 1) + (pixels[at + 2] ?? 1) === 0) return true;
      }
      return false;
    },
    [data, media_type] as const,
  );
}
