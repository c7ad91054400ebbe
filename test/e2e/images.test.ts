import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, beforeEach } from 'node:test';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { plainPng, pngOf } from '../support/png.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import type { Window } from '../support/vscode/window.ts';
import { exif, segment, utf8 } from '../unit/core/request/pictureFiles.ts';
import {
  add,
  allowClipboard,
  copyPicture,
  decode,
  dragFromExplorer,
  dropFromDesktop,
  explorerRow,
  filesIn,
  jpegFrom,
  moveChatAside,
  selectInExplorer,
} from './attaching.ts';
import {
  type Chat,
  chatIn,
  chooseInMenu,
  cursorInComposer,
  openChat,
  pointingAt,
  questions,
  tabTo,
  tidyUp,
  until,
} from './parley.ts';

const claude = await startFakeClaude();
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset(), tidyUp });
const SHOT = plainPng(1280, 800);
const stage = {
  isShared: true,
  machineSettings: pointingAt(claude),
  files: { 'shot.png': SHOT, 'second.png': plainPng(64, 48, 90), 'readme.md': '# Read me\n' },
};

suite.test(
  'a screenshot on the clipboard becomes a chip by key, palette and +; every later question sends the same bytes',
  stage,
  async ({ open, context }) => {
    const window = await open();
    const chat = await openChat(window);
    await allowClipboard(context);
    await copyPicture(window, SHOT);
    await chat.composer.press('Control+V');
    const chip = chat.chips.first();
    await chip.getByText('1280×800').waitFor();
    await chip.getByText('1,334 tok').waitFor();
    await chip.locator('img').waitFor();
    await copyPicture(window, plainPng(640, 400));
    await window.runCommandByKeys('Parley: Paste Image from Clipboard');
    await chat.chips.filter({ hasText: '640×400' }).waitFor();
    await copyPicture(window, plainPng(320, 200));
    await chat.frame.getByRole('button', { name: 'Add Context' }).click();
    await window.quickInput.titled(/Add Context/);
    await window.quickInput.fill('Image from Clipboard');
    await window.quickInput.accept();
    await chat.chips.filter({ hasText: '320×200' }).waitFor();
    await chat.ask('What is this?');
    await chat.answer('done');
    assert.equal(await chat.chips.count(), 0);
    await chat.ask('And now?');
    await until('the second question arrives', () => questions(claude).length === 2);
    const [first, second] = questions(claude).map(({ body }) => filesIn(body, 'image'));
    assert.equal(first?.length, 3);
    assert.deepEqual(second, first);
    await window.reload('command');
    const again = await chatIn(window);
    // Pictures of questions that nobody looks at are not fetched.
    await again.turns.first().scrollIntoViewIfNeeded();
    await again.turns.first().locator('img').first().waitFor();
  },
);

suite.test(
  'pictures are attached from the Explorer (12,000 px are made smaller), from the dialog by keys, and by an address that nobody here fetches',
  { ...stage, files: { ...stage.files, 'wide.png': plainPng(12_000, 3000) } },
  async ({ open, workspace }) => {
    const server = await startNobody();
    const window = await open();
    await openChat(window);
    await selectInExplorer(window, 'wide.png', 'second.png');
    await explorerRow(window, 'second.png').click({ button: 'right' });
    await chooseInMenu(window, 'Add to Parley');
    const chat = await chatIn(window);
    await chat.chips.filter({ hasText: '2576×644' }).waitFor();
    await chat.chips.filter({ hasText: '64×48' }).waitFor();
    await chat.chips
      .filter({ hasText: 'wide.png' })
      .getByText(/12,?000 × 3,?000/)
      .waitFor({ state: 'attached' });

    await window.runCommandByKeys('Parley: Attach Images...');
    // The dialog fills itself with the folder, as late as it likes.
    await until('the folder is listed', async () => (await window.quickInput.items()).includes('shot.png'));
    await window.page.keyboard.type('shot.png');
    const path = join(workspace, 'shot.png');
    await until('the file is named', async () => (await window.quickInput.input()).value === path);
    await window.page.keyboard.press('Enter');
    await chat.chips.filter({ hasText: 'shot.png' }).filter({ hasText: '1280×800' }).waitFor();
    await cursorInComposer(chat);

    await window.runCommandByKeys('Parley: Attach Image by Address...');
    await window.quickInput.titled(/Address/);
    await window.page.keyboard.type('no address');
    await window.quickInput.says(/https:/);
    await window.quickInput.fill(`${server.url}/picture.png`);
    await window.page.keyboard.press('Enter');
    await chat.chips.filter({ hasText: 'picture.png' }).waitFor();
    await chat.composer.fill('Compare');
    // Nobody can count what is behind an address.
    await chat.frame.locator('[data-part="quote"][data-state="estimate"]').waitFor();
    await chat.composer.press('Enter');
    await chat.answer('done');
    const sent = filesIn(questions(claude)[0]?.body, 'image');
    assert.deepEqual(
      sent.map(({ media_type }) => media_type ?? 'url'),
      ['image/png', 'image/png', 'image/png', 'url'],
    );
    assert.deepEqual(sent.at(-1), { type: 'url', url: `${server.url}/picture.png` });
    assert.equal(server.visits(), 0);
    server.close();
  },
);

suite.test(
  'what is dropped from the desktop is attached without what a camera wrote into it, and what is dragged from the Explorer, one row or two',
  stage,
  async ({ open, context, workspace }) => {
    const window = await open({ isolateWebviews: false });
    await openChat(window);
    await moveChatAside(window);
    await window.runCommand('View: Show Explorer');
    await explorerRow(window, 'shot.png').waitFor();
    const chat = await chatIn(window);
    await writeFile(join(workspace, 'holiday.jpg'), withGps(await jpegFrom(chat.frame, 300, 200)));
    const dropped = ['holiday.jpg', 'readme.md'].map((name) => join(workspace, name));
    await dropFromDesktop(window, context, dropped);
    await chat.chips.filter({ hasText: 'holiday.jpg' }).filter({ hasText: '300×200' }).waitFor();
    await chat.chips.filter({ hasText: 'readme.md' }).waitFor();
    await dragFromExplorer(window, 'shot.png');
    await chat.chips.filter({ hasText: 'shot.png' }).filter({ hasText: '1280×800' }).waitFor();
    await explorerRow(window, 'second.png').click({ modifiers: ['ControlOrMeta'] });
    await explorerRow(window, 'second.png').and(window.page.locator('.selected')).waitFor();
    await explorerRow(window, 'readme.md').click({ modifiers: ['ControlOrMeta'] });
    await explorerRow(window, 'readme.md').and(window.page.locator('.selected')).waitFor();
    await dragFromExplorer(window, 'readme.md');
    await chat.chips.filter({ hasText: 'second.png' }).filter({ hasText: '64×48' }).waitFor();
    await until('readme.md came from two sides', async () =>
      [1, 2].includes(await chat.chips.filter({ hasText: 'readme.md' }).count()),
    );
    await chat.ask('Where was it?');
    await chat.answer('done');
    const sent = filesIn(questions(claude)[0]?.body, 'image').map(({ data }) => Buffer.from(data, 'base64'));
    assert.equal(sent.length, 3);
    const [photo] = sent;
    assert.ok(photo?.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])), 'it is a JPEG still');
    for (const secret of ['Exif', PLACE]) assert.equal(photo?.includes(secret), false, secret);
  },
);

suite.test(
  'what a file is called does not matter: it is taken for what it is, or refused with a sentence',
  stage,
  async ({ open, workspace }) => {
    const window = await open();
    const chat = await openChat(window);
    const jpeg = await jpegFrom(chat.frame, 300, 200);
    const files: Readonly<Record<string, Uint8Array | string>> = {
      'renamed.png': jpeg,
      'cut.jpg': jpeg.subarray(0, Math.floor(jpeg.length / 2)),
      'moving.gif': movingGif(),
      'old.bmp': whiteBmp(60, 40),
      'empty.png': '',
      'broken.png': Buffer.concat([SHOT.subarray(0, 33), Buffer.alloc(200, 7)]),
      'phone.heic': Buffer.concat([Buffer.from([0, 0, 0, 16]), utf8('ftypheic\0\0\0\0'), Buffer.alloc(200)]),
    };
    for (const [name, content] of Object.entries(files)) await writeFile(join(workspace, name), content);
    await add(window, workspace, ...Object.keys(files), 'gone.png');
    const chip = (name: string) => chat.chips.filter({ hasText: name });
    const taken = (name: string) => chip(name).and(chat.frame.locator(':not([data-state])'));
    await taken('renamed.png').filter({ hasText: '300×200' }).waitFor();
    await taken('cut.jpg').filter({ hasText: '300×200' }).waitFor();
    await chip('cut.jpg').getByText('cut short').waitFor({ state: 'attached' });
    await taken('moving.gif').filter({ hasText: '1×1' }).waitFor();
    await chip('moving.gif').getByText('Only its first frame is sent').waitFor({ state: 'attached' });
    await taken('old.bmp').filter({ hasText: '60×40' }).waitFor();
    await chip('old.bmp').getByText('Converted from BMP').waitFor({ state: 'attached' });
    for (const sentence of [
      /empty\.png.*empty/i,
      /broken\.png.*can be read|broken\.png.*cannot be read/,
      /phone\.heic.*HEIC/,
      /gone\.png/,
    ]) {
      await chat.frame.getByText(sentence).first().waitFor();
    }
    await chat.ask('What do you see?');
    await chat.answer('done');
    const sent = filesIn(questions(claude)[0]?.body, 'image');
    const types = sent.map(({ media_type }) => media_type).toSorted();
    assert.deepEqual(types, ['image/jpeg', 'image/jpeg', 'image/png', 'image/png']);
  },
);

suite.test(
  'a photo of 40 MB is made to fit; images.detail counts from the next picture on',
  { ...stage, files: { ...stage.files, 'large.png': plainPng(3600, 1800) } },
  async ({ open, workspace }) => {
    await writeFile(join(workspace, 'photo.png'), noise());
    const window = await open();
    const chat = await openChat(window);
    await add(window, workspace, 'photo.png');
    const chip = chat.chips.filter({ hasText: 'photo.png' }).and(chat.frame.locator(':not([data-state])'));
    await chip.getByText(/\d+×\d+/).waitFor();
    for (const [detail, size] of [
      ['fit', '1568×784'],
      ['full', '3600×1800'],
      ['auto', '2576×1288'],
    ] as const) {
      await window.driver.run(
        (vscode, wanted) =>
          vscode.workspace
            .getConfiguration('parley')
            .update('images.detail', wanted, vscode.ConfigurationTarget.Global),
        detail,
      );
      await until(`${detail} counts`, async () => {
        await add(window, workspace, 'large.png');
        await chat.chips
          .filter({ hasText: 'large.png' })
          .getByText(/\d+×\d+/)
          .waitFor();
        const isWanted = (await chat.chips.filter({ hasText: 'large.png' }).innerText()).includes(size);
        if (!isWanted) await removeChip(chat, 'large.png');
        return isWanted;
      });
      await chat.chips.filter({ hasText: size }).and(chat.frame.locator(':not([data-state])')).waitFor();
      if (detail !== 'auto') await removeChip(chat, 'large.png');
    }
    await chat.ask('What is it?');
    await chat.answer('done');
    const [photo, large] = filesIn(questions(claude)[0]?.body, 'image');
    assert.ok(photo && photo.data.length > 100_000 && photo.data.length <= 10 * 1024 * 1024);
    assert.ok(large);
    const { width, height } = await decode(chat.frame, large);
    assert.deepEqual([width, height], [2576, 1288]);
  },
);

suite.test(
  'a picture is blacked out and cropped by keys alone, and what is sent has nothing else in it',
  stage,
  async ({ open, workspace }) => {
    await writeFile(join(workspace, 'white.png'), plainPng(400, 300, 255));
    const window = await open();
    const { keyboard } = window.page;
    const chat = await openChat(window);
    await add(window, workspace, 'white.png');
    await chat.chips.filter({ hasText: '400×300' }).waitFor();
    await cursorInComposer(chat);

    await openPicture(window, chat);
    await tabTo(window, chat, 'Black Out', 'Tab');
    await keyboard.press('Enter');
    // The area starts in the middle: 200 by 150 px at 100, 75. A step is 4 px, with Shift it moves the far corner.
    for (const key of ['ArrowLeft', 'ArrowUp', 'Shift+ArrowLeft', 'Shift+ArrowDown', 'Enter'])
      await keyboard.press(key);
    await tabTo(window, chat, 'Apply', 'Tab');
    await keyboard.press('Enter');
    await closed(chat);
    await tabTo(window, chat, /^white\.png/);

    await openPicture(window, chat);
    await tabTo(window, chat, 'Crop', 'Tab');
    await keyboard.press('Enter');
    for (const key of ['Shift+ArrowRight', 'Enter']) await keyboard.press(key);
    await tabTo(window, chat, 'Apply', 'Tab');
    await keyboard.press('Enter');
    await closed(chat);
    await chat.chips.filter({ hasText: '204×150' }).waitFor();
    assert.equal(
      await chat.frame.evaluate(() => document.activeElement?.className),
      'chip-label',
      'the focus is back where it came from',
    );

    await openPicture(window, chat);
    await keyboard.press('Escape');
    await closed(chat);
    await chat.ask('What is hidden?');
    await chat.answer('done');
    const [sent] = filesIn(questions(claude)[0]?.body, 'image');
    assert.ok(sent);
    const pixels = await decode(chat.frame, sent);
    assert.deepEqual([pixels.width, pixels.height], [204, 150]);
    // Black from 96, 71 to 292, 225 of the original; cut off at 100, 75: the right 12 px are white.
    const places = [
      [0, 0],
      [191, 149],
      [192, 0],
      [203, 149],
    ] as const;
    assert.deepEqual(
      places.map(([x, y]) => pixels.at(x, y)),
      ['0 0 0 255', '0 0 0 255', '255 255 255 255', '255 255 255 255'],
    );
  },
);

/** From the composer back to the picture's chip, and Enter; the picture can be seen then. */
async function openPicture(window: Window, chat: Chat): Promise<void> {
  await tabTo(window, chat, /^white\.png/);
  await window.page.keyboard.press('Enter');
  const picture = chat.frame.getByRole('dialog').locator('img');
  await picture.waitFor();
  await until('the picture is drawn', async () => {
    const box = await picture.boundingBox();
    return box !== null && box.width > 50 && box.height > 50;
  });
}

async function closed(chat: Chat): Promise<void> {
  await chat.frame.getByRole('dialog').waitFor({ state: 'detached' });
}

async function removeChip(chat: Chat, name: string): Promise<void> {
  await chat.frame.getByRole('button', { name: `Remove ${name}` }).click();
  await chat.chips.filter({ hasText: name }).waitFor({ state: 'detached' });
}

/** A server that answers nobody and counts who comes. */
async function startNobody() {
  let visits = 0;
  const server = createServer((socket) => {
    visits += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A test that fails does not close it.
  server.unref();
  const { port } = server.address() as AddressInfo;
  return { url: `https://127.0.0.1:${port}`, visits: () => visits, close: () => server.close() };
}

const PLACE = '48.137N 11.575E';

/** A JPEG as a camera writes it: with EXIF data that tell where it was taken. */
function withGps(jpeg: Buffer): Buffer {
  const told = segment(0xe1, Buffer.concat([utf8('Exif\0\0'), exif(1), utf8(PLACE)]));
  return Buffer.concat([jpeg.subarray(0, 2), told, jpeg.subarray(2)]);
}

/** Two frames of one px each. */
function movingGif(): Buffer {
  const frame = '21f904010a0000002c00000000010001000002024401003b'.slice(0, -2);
  return Buffer.from(`47494638396101000100800000000000ffffff${frame}${frame}3b`, 'hex');
}

function whiteBmp(width: number, height: number): Buffer {
  const file = Buffer.alloc(54 + width * height * 4, 255);
  file.fill(0, 0, 54);
  file.write('BM');
  file.writeUInt32LE(54, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(32, 28);
  return file;
}

/** A PNG of 41 MB that no compression makes smaller. */
function noise(): Buffer {
  let seed = 1;
  const next = () => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return seed & 255;
  };
  const photo = pngOf(3700, 3700, () => [next(), next(), next()], 0);
  assert.ok(photo.length > 40_000_000);
  return photo;
}
