import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ShownAttachment } from '../../src/core/attaching.ts';
import type { StoredImage } from '../../src/core/conversation/parts.ts';
import { addresses } from './browser.ts';
import { turn } from './pictureBench.ts';
import { asked, offered, openPage, type Page, snapshot } from './support.ts';

const SHA = 'a'.repeat(64);
const SOURCE: StoredImage = {
  type: 'stored',
  sha256: SHA,
  mediaType: 'image/png',
  bytes: 3000,
  width: 1000,
  height: 500,
};

function attached(sha256 = SHA): ShownAttachment {
  const part = { kind: 'image', label: 'shot.png', source: { ...SOURCE, sha256 } } as const;
  return { id: 'p1', part, tokens: 667, exact: true, notes: ['Made smaller.'] };
}

async function read(page: Page, bytes = new Uint8Array([1, 2])): Promise<void> {
  page.tell({ type: 'imageRead', sha256: SHA, mediaType: 'image/png', bytes });
  await turn();
  page.draw();
}

/** Opens the picture of the draft and lets the browser load it. */
async function openDraft(): Promise<Page> {
  const page = openPage({ attachments: [attached()] });
  await read(page);
  label(page).focus();
  label(page).click();
  page.draw();
  await read(page);
  load(page);
  return page;
}

/** The host has what was made of the picture last: its list first, then the answer. */
function take(page: Page, sha256 = 'b'.repeat(64)): void {
  page.tell({ type: 'attachmentsChanged', attachments: [attached(sha256)] });
  page.tell({ type: 'imageTaken', ...lastMade(page) });
}

function lastMade(page: Page): { readonly id: string; readonly making: string } {
  const made = page.wishes.findLast(({ type }) => type === 'attachImage');
  assert.ok(made?.type === 'attachImage');
  return { id: made.id, making: made.making };
}

function asks(page: Page): number {
  return page.wishes.filter(({ type }) => type === 'ask').length;
}

/** Blacks out the middle of the picture that is open, and applies it. */
function blackOut(page: Page): void {
  click(page, 'Black Out');
  key(page, 'Enter');
  click(page, 'Apply');
}

function label(page: Page): HTMLElement {
  const [button] = page.all('.draft-chips .chip-label');
  assert.ok(button);
  return button;
}

function load(page: Page, width = 1000, height = 500): void {
  const [picture] = page.all('.viewer-picture');
  assert.ok(picture);
  Object.defineProperties(picture, { naturalWidth: { value: width }, naturalHeight: { value: height } });
  picture.dispatchEvent(new window.Event('load'));
  page.draw();
}

function button(page: Page, name: string): HTMLButtonElement {
  return page.get('button', name) as HTMLButtonElement;
}

/** Off, but still able to hold the focus. */
function isOff(page: Page, name: string): boolean {
  assert.equal(button(page, name).disabled, false);
  return button(page, name).getAttribute('aria-disabled') === 'true';
}

function click(page: Page, name: string): void {
  button(page, name).click();
  page.draw();
}

function stage(page: Page): HTMLElement {
  const [marks] = page.all('.viewer-marks');
  assert.ok(marks);
  return marks;
}

function key(page: Page, name: string, more: KeyboardEventInit = {}): void {
  stage(page).dispatchEvent(
    new window.KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true, ...more }),
  );
  page.draw();
}

/** The picture is shown at half its size, 10 px from the left and 20 from the top. */
function pointer(page: Page, type: string, x: number, y: number, more: MouseEventInit = {}): void {
  const rect = { left: 10, top: 20, width: 500, height: 250 };
  Object.assign(stage(page), { getBoundingClientRect: () => rect });
  stage(page).dispatchEvent(
    new window.MouseEvent(type, {
      bubbles: true,
      cancelable: true,
      clientX: 10 + x / 2,
      clientY: 20 + y / 2,
      ...more,
    }),
  );
  page.draw();
}

function said(page: Page): string {
  return page.all('.viewer [role="status"]')[0]?.textContent ?? '';
}

function outline(page: Page): (string | null)[] {
  const [rect] = page.all('.viewer-marks .outline');
  return ['x', 'y', 'width', 'height'].map((name) => rect?.getAttribute(name) ?? null);
}

test('A sent picture opens in a modal dialog with its facts, to be looked at only, and the focus returns', async () => {
  const turns = [{ ...asked('q', null, 'Look'), parts: [attached().part] }];
  const page = openPage({ turns });
  const chip = page.get('button', 'shot.png 1000×500');
  await read(page);
  chip.focus();
  chip.click();
  page.draw();
  const dialog = page.get('dialog', 'Picture: shot.png') as HTMLDialogElement;
  assert.equal(dialog.open, true);
  assert.match(dialog.textContent ?? '', /1000×500 · 3 KB/);
  assert.match(dialog.textContent ?? '', /Loading/);
  await read(page);
  assert.ok(page.all('.viewer-picture')[0]?.getAttribute('src'));
  assert.equal(page.find('button', 'Crop'), undefined);
  const inUse = addresses.size;
  button(page, 'Close').focus();
  click(page, 'Close');
  assert.equal(page.find('dialog', 'Picture: shot.png'), undefined);
  assert.equal(window.document.activeElement, chip);
  assert.equal(addresses.size, inUse - 1, 'the large picture is given back');
  page.close();
});

test('Escape closes: the browser closes the dialog, and the page follows', async () => {
  const page = await openDraft();
  (page.get('dialog', 'Picture: shot.png') as HTMLDialogElement).close();
  page.draw();
  assert.equal(page.find('dialog', 'Picture: shot.png'), undefined);
  assert.equal(window.document.activeElement, label(page));
  page.close();
});

test('A picture whose bytes are gone says so', async () => {
  const page = openPage({ attachments: [attached()] });
  await read(page);
  label(page).click();
  page.draw();
  await read(page, new Uint8Array());
  assert.match(page.all('.viewer-empty')[0]?.textContent ?? '', /not there any more/);
  assert.equal(isOff(page, 'Crop'), true);
  page.close();
});

test('Fit and actual size are one button', async () => {
  const page = await openDraft();
  assert.equal(page.all('.viewer-scroll.fit').length, 1);
  click(page, 'Actual Size');
  assert.equal(page.all('.viewer-scroll.actual').length, 1);
  click(page, 'Fit to Window');
  assert.equal(page.all('.viewer-scroll.fit').length, 1);
  page.close();
});

test('By keyboard alone: arrows move, Shift resizes, Ctrl goes by one, Enter sets, Delete takes the last away', async () => {
  const page = await openDraft();
  assert.equal(isOff(page, 'Apply'), true);
  click(page, 'Black Out');
  assert.equal(window.document.activeElement, stage(page) as Element);
  assert.deepEqual(outline(page), ['250', '125', '500', '250']);
  key(page, 'ArrowLeft');
  key(page, 'ArrowDown');
  key(page, 'ArrowRight', { shiftKey: true });
  key(page, 'ArrowUp', { shiftKey: true });
  key(page, 'ArrowRight', { ctrlKey: true });
  assert.deepEqual(outline(page), ['241', '135', '510', '240']);
  assert.match(said(page), /510 by 240 px, 241 from the left, 135 from the top/);
  assert.match(stage(page).getAttribute('aria-label') ?? '', /^Black-out area: 510 by 240/);
  key(page, 'Enter');
  assert.match(said(page), /Blacked out/);
  assert.equal(page.all('.viewer-marks .black').length, 1);
  key(page, 'ArrowLeft');
  key(page, 'Enter');
  key(page, 'Delete');
  assert.equal(page.all('.viewer-marks .black').length, 1);
  button(page, 'Undo').focus();
  click(page, 'Undo');
  assert.equal(page.all('.viewer-marks .black').length, 0);
  assert.equal(isOff(page, 'Undo'), true);
  assert.equal(window.document.activeElement, button(page, 'Undo'), 'the focus stays');
  page.close();
});

test('Keys that come before the next frame count already', async () => {
  const page = await openDraft();
  button(page, 'Black Out').click();
  const at = window.document.activeElement;
  for (const name of ['ArrowLeft', 'Enter']) {
    at?.dispatchEvent(new window.KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true }));
  }
  page.draw();
  assert.equal(page.all('.viewer-marks .black')[0]?.getAttribute('x'), '240');
  page.close();
});

test('A rectangle never leaves the picture and never gets empty', async () => {
  const page = await openDraft();
  click(page, 'Crop');
  for (let press = 0; press < 120; press += 1) key(page, 'ArrowLeft');
  assert.equal(outline(page)[0], '0');
  for (let press = 0; press < 120; press += 1) key(page, 'ArrowRight', { shiftKey: true });
  assert.equal(outline(page)[2], '1000');
  for (let press = 0; press < 120; press += 1) key(page, 'ArrowUp', { shiftKey: true });
  assert.equal(outline(page)[3], '1');
  page.close();
});

test('The pointer draws in any direction in px of the picture; a click alone sets nothing', async () => {
  const page = await openDraft();
  pointer(page, 'pointerdown', 100, 100);
  pointer(page, 'pointerup', 200, 200);
  assert.equal(page.all('.viewer-marks .black').length, 0, 'no tool, no mark');
  click(page, 'Black Out');
  pointer(page, 'pointerdown', 400, 300);
  pointer(page, 'pointermove', 300, 250);
  assert.deepEqual(outline(page), ['300', '250', '100', '50']);
  pointer(page, 'pointerup', 200, 200);
  assert.deepEqual(outline(page), ['200', '200', '200', '100']);
  assert.equal(page.all('.viewer-marks .black').length, 1);
  pointer(page, 'pointermove', 900, 400);
  page.draw();
  assert.deepEqual(outline(page), ['200', '200', '200', '100'], 'let go is let go');
  pointer(page, 'pointerdown', 990, 490);
  pointer(page, 'pointermove', 1500, -40);
  assert.deepEqual(outline(page), ['990', '0', '10', '490'], 'at the edge the picture ends');
  pointer(page, 'pointercancel', 0, 0);
  pointer(page, 'pointerdown', 10, 10);
  pointer(page, 'pointerup', 10, 10);
  pointer(page, 'pointerdown', 10, 10, { button: 2 });
  pointer(page, 'pointerup', 90, 90);
  pointer(page, 'pointerdown', 10, 10);
  pointer(page, 'pointercancel', 90, 90);
  pointer(page, 'pointerup', 90, 90);
  assert.equal(page.all('.viewer-marks .black').length, 1);
  page.close();
});

test('Apply sends the picture made anew under the same id, once, and closes; the chip is busy until it is taken', async () => {
  const page = await openDraft();
  click(page, 'Black Out');
  pointer(page, 'pointerdown', 0, 0);
  pointer(page, 'pointerup', 100, 50);
  click(page, 'Crop');
  for (const [from, to] of [
    [100, 900],
    [200, 800],
  ] as const) {
    pointer(page, 'pointerdown', from, 50);
    pointer(page, 'pointerup', to, 450);
  }
  button(page, 'Apply').click();
  button(page, 'Apply').click();
  page.draw();
  key(page, 'Delete');
  assert.equal(said(page), 'Working…');
  assert.equal(page.pictures.jobs.length, 1);
  const [job] = page.pictures.jobs;
  assert.deepEqual(job?.edit, {
    crop: { x: 200, y: 50, width: 600, height: 400 },
    blackOut: [{ x: 0, y: 0, width: 100, height: 50 }],
  });
  assert.equal(job?.purpose.images, 1);
  await job?.end({ note: 'Cropped.' });
  page.draw();
  assert.equal(page.find('dialog', 'Picture: shot.png'), undefined);
  const sent = page.wishes.flatMap((wish) => (wish.type === 'attachImage' ? [wish] : []));
  assert.deepEqual(
    sent.map(({ id, label: name, note }) => [id, name, note]),
    [['p1', 'shot.png', 'Cropped.']],
  );
  assert.deepEqual(
    page.all('li.chip').map((chip) => chip.getAttribute('aria-busy')),
    ['true'],
  );
  page.tell(offered({ id: 'p2', label: 'b.png', bytes: new Uint8Array([1]) }));
  assert.equal(page.pictures.jobs[1]?.purpose.images, 2, 'what is made anew counts once');
  page.get('button', 'Remove b.png').click();
  page.type('Now?');
  page.press('Enter');
  assert.ok(!page.wishes.some(({ type }) => type === 'ask'), 'the old picture must not go');
  page.tell({ type: 'attachmentsChanged', attachments: [attached()] });
  assert.ok(!page.wishes.some(({ type }) => type === 'ask'));
  take(page);
  assert.equal(page.wishes.filter(({ type }) => type === 'ask').length, 1);
  page.close();
});

test('What was made anew is waited for, also after another conversation was shown meanwhile', async () => {
  const page = await openDraft();
  click(page, 'Crop');
  key(page, 'Enter');
  click(page, 'Apply');
  await page.pictures.jobs[0]?.end();
  page.tell(snapshot({ id: 'c2' }));
  page.tell(snapshot({ id: 'c1', attachments: [attached()] }));
  assert.equal(page.all('li.chip')[0]?.getAttribute('aria-busy'), 'true');
  take(page);
  assert.equal(page.all('li.chip')[0]?.getAttribute('aria-busy'), 'false');
  page.close();
});

test('A picture that cannot be changed stays, with the sentence in the viewer', async () => {
  const page = await openDraft();
  click(page, 'Crop');
  key(page, 'Enter');
  click(page, 'Apply');
  await page.pictures.jobs[0]?.end({ problem: 'It cannot be drawn.' });
  page.draw();
  assert.equal(said(page), 'It cannot be drawn.');
  assert.equal(isOff(page, 'Apply'), false);
  assert.ok(!page.wishes.some(({ type }) => type === 'attachImage'));
  page.close();
});

test('It works from the original while the page has it, and what was set can be taken back later', async () => {
  const page = openPage();
  page.tell(offered({ id: 'p1', label: 'shot.png', bytes: new Uint8Array([1, 2, 3, 4, 5]) }));
  await page.pictures.jobs[0]?.end();
  page.tell({ type: 'attachmentsChanged', attachments: [attached()] });
  label(page).click();
  page.draw();
  load(page, 2000, 1000);
  click(page, 'Black Out');
  assert.deepEqual(outline(page), ['500', '250', '1000', '500']);
  key(page, 'Enter');
  click(page, 'Apply');
  assert.equal(page.pictures.jobs[1]?.picture.size, 5);
  await page.pictures.jobs[1]?.end();
  take(page);
  label(page).click();
  page.draw();
  load(page, 2000, 1000);
  assert.equal(page.all('.viewer-marks .black').length, 1, 'what was blacked out stays so');
  assert.ok(!page.wishes.some((wish) => wish.type === 'readImage' && wish.sha256 === SHA));
  click(page, 'Cancel');
  assert.equal(page.find('dialog', 'Picture: shot.png'), undefined);
  page.close();
});

test('A picture that is opened again before the host has what was covered in it is covered all the same', async () => {
  const page = await openDraft();
  blackOut(page);
  await page.pictures.jobs[0]?.end();
  page.draw();
  assert.equal(page.find('dialog', 'Picture: shot.png'), undefined);
  label(page).click();
  page.draw();
  load(page);
  assert.equal(page.all('.viewer-marks .black').length, 1);
  click(page, 'Crop');
  key(page, 'Enter');
  click(page, 'Apply');
  assert.equal(page.pictures.jobs[1]?.edit?.blackOut.length, 1, 'what is cropped is covered, too');
  await page.pictures.jobs[1]?.end();
  take(page);
  page.close();
});

test('The thumbnail of a blacked-out picture shows what is attached, not the original', async () => {
  const page = openPage();
  page.tell(offered({ id: 'p1', label: 'shot.png', bytes: new Uint8Array([1]) }));
  await page.pictures.jobs[0]?.end();
  page.tell({ type: 'attachmentsChanged', attachments: [attached()] });
  label(page).click();
  page.draw();
  load(page);
  click(page, 'Black Out');
  key(page, 'Enter');
  click(page, 'Apply');
  await page.pictures.jobs[1]?.end();
  take(page);
  assert.ok(page.wishes.some((wish) => wish.type === 'readImage' && wish.sha256 === 'b'.repeat(64)));
  page.close();
});

test('An original that no browser shows is tried as a drawing of lines, then the stored picture takes its place', async () => {
  const page = openPage();
  page.tell(offered({ bytes: new Uint8Array([1, 2, 3]) }));
  await page.pictures.jobs[0]?.end();
  page.tell({ type: 'attachmentsChanged', attachments: [attached()] });
  const inUse = addresses.size;
  label(page).click();
  page.draw();
  const fail = (): void => {
    page.all('.viewer-picture')[0]?.dispatchEvent(new window.Event('error'));
    page.draw();
  };
  const first = page.all('.viewer-picture')[0]?.getAttribute('src');
  fail();
  assert.notEqual(page.all('.viewer-picture')[0]?.getAttribute('src'), first);
  fail();
  assert.match(page.all('.viewer-empty')[0]?.textContent ?? '', /Loading/);
  await read(page);
  load(page);
  click(page, 'Crop');
  key(page, 'Enter');
  click(page, 'Apply');
  assert.equal(page.pictures.jobs[1]?.picture.size, 2, 'the stored one is changed');
  await page.pictures.jobs[1]?.end({ problem: 'No.' });
  page.draw();
  fail();
  assert.match(page.all('.viewer-empty')[0]?.textContent ?? '', /cannot be shown here/);
  click(page, 'Close');
  assert.equal(addresses.size, inUse, 'every address is given back');
  page.close();
});

test('Another conversation closes the viewer', async () => {
  const page = await openDraft();
  page.tell(snapshot({ id: 'c2' }));
  assert.equal(page.find('dialog', 'Picture: shot.png'), undefined);
  page.close();
});

test('A question waits from Apply on, also when the viewer was closed while it worked', async () => {
  const page = await openDraft();
  blackOut(page);
  click(page, 'Close');
  page.type('What is this?');
  page.press('Enter');
  assert.equal(asks(page), 0);
  await page.pictures.jobs[0]?.end();
  assert.equal(asks(page), 0, 'the host still has the old one');
  take(page);
  assert.equal(asks(page), 1);
  page.close();
});

test('What fails after the viewer was closed is a notice, and the question stays', async () => {
  const page = await openDraft();
  blackOut(page);
  click(page, 'Close');
  page.type('What is this?');
  page.press('Enter');
  await page.pictures.jobs[0]?.end({ problem: 'It cannot be drawn.' });
  page.draw();
  assert.match(page.all('.notices')[0]?.textContent ?? '', /shot\.png was not changed: It cannot be drawn\./);
  assert.equal(asks(page), 0);
  assert.equal(page.all('li.chip')[0]?.getAttribute('aria-busy'), 'false');
  page.close();
});

test('Opened again while it works, the viewer stays open when that ends', async () => {
  const page = await openDraft();
  blackOut(page);
  click(page, 'Close');
  label(page).click();
  page.draw();
  await page.pictures.jobs[0]?.end();
  page.draw();
  assert.ok(page.find('dialog', 'Picture: shot.png'));
  page.close();
});

test('What the host could not keep is said, and the marks are not taken for applied', async () => {
  const page = openPage();
  page.tell(offered());
  await page.pictures.jobs[0]?.end();
  page.tell({ type: 'attachmentsChanged', attachments: [attached()] });
  label(page).click();
  page.draw();
  load(page);
  blackOut(page);
  await page.pictures.jobs[1]?.end();
  page.type('What is this?');
  page.press('Enter');
  page.tell({ type: 'imageRefused', ...lastMade(page), sentence: 'It is still attached as it was.' });
  assert.match(page.all('.notices')[0]?.textContent ?? '', /It is still attached as it was\./);
  assert.equal(asks(page), 0);
  label(page).click();
  page.draw();
  load(page);
  assert.equal(page.all('.viewer-marks .black').length, 0);
  page.close();
});

test('Applied again the very same bytes come of it, which ends the wait as others do', async () => {
  const page = await openDraft();
  blackOut(page);
  await page.pictures.jobs[0]?.end();
  page.type('What is this?');
  page.press('Enter');
  take(page, SHA);
  assert.equal(asks(page), 1);
  page.close();
});

test('A further Apply counts while the one before is on its way: only what was made last lets the question go', async () => {
  const page = await openDraft();
  blackOut(page);
  await page.pictures.jobs[0]?.end();
  page.draw();
  const first = lastMade(page);
  label(page).click();
  page.draw();
  await read(page);
  load(page);
  blackOut(page);
  page.type('What is this?');
  page.press('Enter');
  page.tell({ type: 'attachmentsChanged', attachments: [attached('b'.repeat(64))] });
  page.tell({ type: 'imageTaken', ...first });
  assert.equal(asks(page), 0);
  await page.pictures.jobs[1]?.end();
  assert.equal(asks(page), 0);
  take(page, 'c'.repeat(64));
  assert.equal(asks(page), 1);
  page.close();
});

test('Apply takes an outline that was moved and not set; one that nobody moved, or that was a click, it leaves', async () => {
  const page = await openDraft();
  click(page, 'Black Out');
  click(page, 'Apply');
  assert.equal(page.pictures.jobs.length, 0);
  pointer(page, 'pointerdown', 300, 300);
  pointer(page, 'pointermove', 301, 301);
  pointer(page, 'pointerup', 301, 301);
  click(page, 'Apply');
  assert.equal(page.pictures.jobs.length, 0);
  click(page, 'Black Out');
  click(page, 'Black Out');
  key(page, 'Enter');
  key(page, 'ArrowLeft', { ctrlKey: true });
  click(page, 'Apply');
  assert.deepEqual(
    page.pictures.jobs[0]?.edit?.blackOut.map(({ x }) => x),
    [250, 249],
  );
  page.close();
});
