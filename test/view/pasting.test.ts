import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bring, file } from './browser.ts';
import { turn } from './pictureBench.ts';
import { openPage, type Page, unnamed } from './support.ts';

const LINES = (count: number): string => Array.from({ length: count }, (_, at) => `line ${at}`).join('\n');

function box(page: Page): HTMLTextAreaElement {
  return page.get('textbox', 'Message Claude') as HTMLTextAreaElement;
}

function said(page: Page, type: string): unknown[] {
  return page.wishes.filter((wish) => wish.type === type).map(unnamed);
}

test('Pasted pictures become chips at once, each with a name of its own', () => {
  const page = openPage();
  const files = [file('image.png', 'image/png'), file('image.png', 'image/png')];
  const event = bring(box(page), 'paste', { files });
  page.draw();
  assert.equal(event.defaultPrevented, true);
  assert.deepEqual(
    page.all('.chip-name').map(({ textContent }) => textContent),
    ['image.png', 'image 2.png'],
  );
  assert.equal(page.pictures.jobs.length, 2);
  page.close();
});

test('Other pasted files go to the host with their names and bytes, SVG among them', async () => {
  const page = openPage();
  bring(box(page), 'paste', {
    files: [file('a.pdf', 'application/pdf', 'PDF'), file('b.svg', 'image/svg+xml')],
  });
  await turn();
  assert.deepEqual(said(page, 'attachFile'), [
    { type: 'attachFile', conversation: 'c1', name: 'a.pdf', bytes: new TextEncoder().encode('PDF') },
    { type: 'attachFile', conversation: 'c1', name: 'b.svg', bytes: new TextEncoder().encode('x') },
  ]);
  assert.equal(page.pictures.jobs.length, 0);
  page.close();
});

test('What an office program copies is pasted as text, though it brings a picture along', () => {
  const page = openPage();
  const event = bring(box(page), 'paste', {
    files: [file('image.png', 'image/png')],
    data: { 'text/plain': 'a\tb', 'text/html': '<table>' },
  });
  assert.equal(event.defaultPrevented, false);
  assert.equal(page.pictures.jobs.length, 0);
  page.close();
});

test('Files that are no pictures are attached, whatever text comes with them', async () => {
  const page = openPage();
  bring(box(page), 'paste', {
    files: [file('a.pdf', 'application/pdf')],
    data: { 'text/plain': 'a.pdf', 'text/html': '<a>a.pdf</a>' },
  });
  await turn();
  assert.equal(said(page, 'attachFile').length, 1);
  page.close();
});

test('A file copied in a file manager is attached, though its name is on the clipboard too', () => {
  const page = openPage();
  bring(box(page), 'paste', { files: [file('shot.png', 'image/png')], data: { 'text/plain': 'shot.png' } });
  assert.equal(page.pictures.jobs.length, 1);
  page.close();
});

test('More than 50 lines are attached once, and a polite line says so', () => {
  const page = openPage();
  assert.equal(bring(box(page), 'paste', { data: { 'text/plain': LINES(50) } }).defaultPrevented, false);
  assert.equal(
    bring(box(page), 'paste', { data: { 'text/plain': `${LINES(50)}\n` } }).defaultPrevented,
    false,
  );
  assert.deepEqual(said(page, 'attachText'), []);
  const event = bring(box(page), 'paste', { data: { 'text/plain': LINES(51) } });
  page.draw();
  assert.equal(event.defaultPrevented, true);
  assert.deepEqual(said(page, 'attachText'), [{ type: 'attachText', conversation: 'c1', text: LINES(51) }]);
  assert.match(
    page.all('.hint[role="status"]')[0]?.textContent ?? '',
    /as an attachment: 51 lines\. Ctrl\+Shift\+V pastes/,
  );
  assert.equal(box(page).value, '');
  page.close();
});

test('Ctrl+Shift+V pastes plainly, once; Shift+Insert is a paste as any other', () => {
  const page = openPage();
  const paste = (): boolean =>
    bring(box(page), 'paste', { data: { 'text/plain': LINES(60) } }).defaultPrevented;
  page.press('V', { ctrlKey: true, shiftKey: true });
  assert.equal(paste(), false);
  assert.equal(paste(), true);
  page.press('V', { ctrlKey: true, shiftKey: true });
  box(page).dispatchEvent(new window.KeyboardEvent('keyup', { key: 'V', bubbles: true }));
  assert.equal(paste(), true);
  page.press('Insert', { shiftKey: true });
  assert.equal(paste(), true);
  page.close();
});

test('Short text and pastes elsewhere are left alone', () => {
  const page = openPage();
  assert.equal(bring(box(page), 'paste', { data: { 'text/plain': 'abc' } }).defaultPrevented, false);
  const log = page.get('log', 'Conversation');
  assert.equal(bring(log, 'paste', { files: [file('a.png', 'image/png')] }).defaultPrevented, false);
  assert.equal(bring(box(page), 'paste', {}).defaultPrevented, false);
  assert.equal(page.pictures.jobs.length, 0);
  page.close();
});

test('A file beyond all limits, or one that cannot be read, is told and not sent', async () => {
  const page = openPage();
  const huge = Object.defineProperty(file('huge.bin', ''), 'size', { value: 65 * 1024 * 1024 });
  const folder = Object.assign(file('folder', ''), { arrayBuffer: () => Promise.reject(new Error('no')) });
  bring(box(page), 'paste', { files: [huge, folder] });
  await turn();
  page.draw();
  const notices = page.all('.notices .notice').map(({ textContent }) => textContent ?? '');
  assert.match(notices[0] ?? '', /huge\.bin is larger than 64 MB/);
  assert.match(notices[1] ?? '', /folder could not be read/);
  assert.deepEqual(said(page, 'attachFile'), []);
  page.close();
});

test('A name that is too long for the host is shortened, its end kept', async () => {
  const page = openPage();
  bring(box(page), 'paste', { files: [file(`${'n'.repeat(300)}.pdf`, 'application/pdf')] });
  bring(box(page), 'paste', { files: [file(`${'p'.repeat(300)}.png`, 'image/png')] });
  await page.pictures.jobs[0]?.end();
  const names = page.wishes.flatMap((wish) =>
    wish.type === 'attachFile' ? [wish.name] : wish.type === 'attachImage' ? [wish.label] : [],
  );
  assert.equal(names.length, 2);
  for (const name of names) assert.ok(name.length <= 200 && /\.(pdf|png)$/.test(name), name);
  page.close();
});

test('Asked for the pictures on the clipboard, the page reads them, or says what to press', async () => {
  const page = openPage();
  box(page).focus();
  page.tell({ type: 'pasteAsked' });
  await turn();
  page.draw();
  assert.match(page.all('.hint')[0]?.textContent ?? '', /Press Ctrl\+V/);
  const picture = new window.Blob(['x'], { type: 'image/png' });
  const item = { types: ['text/html', 'image/png'], getType: async () => picture };
  const clipboard = { read: async () => [item, { types: ['text/plain'] }] };
  Object.defineProperty(window.navigator, 'clipboard', { value: clipboard, configurable: true });
  page.tell({ type: 'pasteAsked' });
  await turn();
  page.draw();
  assert.equal(page.all('.chip-name')[0]?.textContent, 'image.png');
  clipboard.read = async () => [];
  page.tell({ type: 'pasteAsked' });
  await turn();
  page.draw();
  assert.match(page.all('.hint')[0]?.textContent ?? '', /no picture on the clipboard/);
  Object.defineProperty(window.navigator, 'clipboard', { value: undefined, configurable: true });
  page.close();
});

test('The clipboard is read once the page has the focus, which comes after the wish', async () => {
  const page = openPage();
  const reads: boolean[] = [];
  const read = async () => {
    reads.push(window.document.hasFocus());
    return [];
  };
  Object.defineProperty(window.navigator, 'clipboard', { value: { read }, configurable: true });
  (window.document.activeElement as HTMLElement | null)?.blur();
  page.tell({ type: 'pasteAsked' });
  await turn();
  assert.deepEqual(reads, []);
  box(page).focus();
  window.dispatchEvent(new window.Event('focus'));
  await turn();
  assert.deepEqual(reads, [true]);
  Object.defineProperty(window.navigator, 'clipboard', { value: undefined, configurable: true });
  page.close();
});

test('On a Mac the keys are called as they are there', async () => {
  Object.defineProperty(window.navigator, 'platform', { value: 'MacIntel', configurable: true });
  const page = openPage();
  bring(box(page), 'paste', { data: { 'text/plain': LINES(51) } });
  page.draw();
  assert.match(page.all('.hint')[0]?.textContent ?? '', /⇧⌘V pastes it here/);
  box(page).focus();
  page.tell({ type: 'pasteAsked' });
  await turn();
  page.draw();
  assert.match(page.all('.hint')[0]?.textContent ?? '', /Press ⌘V/);
  Object.defineProperty(window.navigator, 'platform', { value: '', configurable: true });
  page.close();
});

test('A document that is called a picture goes to the host as a file, and a question that waits for it still does', async () => {
  const page = openPage();
  bring(box(page), 'paste', { files: [file('report.png', 'image/png', '%PDF-1.7')] });
  page.type('Read it');
  page.press('Enter');
  await page.pictures.jobs[0]?.end({ problem: 'It cannot be read.', isOther: true });
  await turn();
  page.draw();
  const [wish] = page.wishes.flatMap((each) => (each.type === 'attachFile' ? [each] : []));
  assert.deepEqual([wish?.name, wish?.bytes], ['report.png', new TextEncoder().encode('%PDF-1.7')]);
  assert.deepEqual(page.all('.chip-problem'), []);
  assert.equal(page.all('li.chip').length, 1);
  assert.deepEqual(said(page, 'ask'), []);
  assert.ok(page.find('button', 'Stop'));
  page.close();
});
