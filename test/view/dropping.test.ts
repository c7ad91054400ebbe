import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bring, file } from './browser.ts';
import { turn } from './pictureBench.ts';
import { answered, asked, blankPage, openPage, type Page } from './support.ts';

function uris(page: Page): string[] {
  return page.wishes.flatMap((wish) => (wish.type === 'attachUris' ? [wish.uris] : []));
}

function box(page: Page): HTMLTextAreaElement {
  return page.get('textbox', 'Message Claude') as HTMLTextAreaElement;
}

test('A drag over the page shows where to drop, until it leaves, ends or is dropped', () => {
  const page = openPage();
  const target = (): boolean => {
    page.draw();
    return page.all('.drop-target').length === 1;
  };
  const files = [file('a.png', 'image/png')];
  for (const end of ['dragleave', 'dragend', 'drop']) {
    assert.equal(bring(page.root, 'dragover', { files }).defaultPrevented, true);
    assert.equal(target(), true);
    assert.match(page.all('.drop-target')[0]?.textContent ?? '', /Drop to attach.*hold Shift/s);
    bring(page.root, end, { files });
    assert.equal(target(), false);
  }
  page.close();
});

test('Going from one element to the next is not leaving', () => {
  const page = openPage();
  bring(page.root, 'dragenter', { files: [file('a.png', 'image/png')] });
  const event = new window.MouseEvent('dragleave', { bubbles: true, relatedTarget: box(page) });
  page.root.dispatchEvent(event);
  page.draw();
  assert.equal(page.all('.drop-target').length, 1);
  page.close();
});

test('Dropped pictures arrive, other files go to the host, and the focus goes to the text box', async () => {
  const page = openPage();
  const files = [file('a.png', 'image/png'), file('b.txt', 'text/plain')];
  assert.equal(bring(page.get('log', 'Conversation'), 'drop', { files }).defaultPrevented, true);
  await turn();
  page.draw();
  assert.equal(page.pictures.jobs.length, 1);
  assert.deepEqual(
    page.wishes.flatMap((wish) => (wish.type === 'attachFile' ? [wish.name] : [])),
    ['b.txt'],
  );
  assert.equal(window.document.activeElement, box(page));
  page.close();
});

test('What comes from VS Code goes up as URIs, in each of its forms, once', () => {
  const page = openPage();
  const own = 'file:///a%20b.ts\r\n# a comment\r\nfile:///c.ts';
  const editors = [
    { resource: { $mid: 1, scheme: 'file', authority: '', path: '/a b#.ts' } },
    { resource: { external: 'vscode-remote://ssh/x.ts', scheme: 'x', path: '/y' } },
    { resource: 'untitled:Untitled-1' },
    { other: 1 },
  ];
  const forms: Record<string, string>[] = [
    { 'application/vnd.code.uri-list': own, resourceurls: '["file:///d"]', 'text/plain': '/a b.ts' },
    { resourceurls: '["file:///d","file:///e"]' },
    { codeeditors: JSON.stringify(editors) },
    { 'text/uri-list': 'https://site.test/a.png\r\n', 'text/plain': 'https://site.test/a.png' },
  ];
  for (const data of forms) bring(page.root, 'drop', { data });
  assert.deepEqual(uris(page), [
    'file:///a%20b.ts\nfile:///c.ts',
    'file:///d\nfile:///e',
    'file:///a%20b%23.ts\nvscode-remote://ssh/x.ts\nuntitled:Untitled-1',
    'https://site.test/a.png',
  ]);
  page.close();
});

test('A picture dragged from a browser is taken by its bytes, not by its address', () => {
  const page = openPage();
  const files = [file('a.png', 'image/png')];
  bring(page.root, 'drop', { files, data: { 'text/uri-list': 'https://site.test/a.png' } });
  assert.equal(page.pictures.jobs.length, 1);
  assert.deepEqual(uris(page), []);
  page.close();
});

test('Broken data of a drop attaches nothing', () => {
  const page = openPage();
  for (const data of [
    { codeeditors: '{' },
    { resourceurls: '7' },
    { codeeditors: '[null,{"resource":7}]' },
  ]) {
    assert.equal(bring(page.root, 'drop', { data }).defaultPrevented, true);
  }
  assert.deepEqual(page.wishes.slice(1), []);
  page.close();
});

test('Dropped text goes to the caret; on the text box itself the browser places it', () => {
  const page = openPage();
  page.type('ab');
  box(page).setSelectionRange(1, 1);
  const data = { 'text/plain': '-x-' };
  assert.equal(bring(page.root, 'dragover', { data }).defaultPrevented, true);
  page.draw();
  assert.deepEqual(page.all('.drop-target'), []);
  bring(page.get('log', 'Conversation'), 'drop', { data });
  assert.equal(box(page).value, 'a-x-b');
  assert.equal(box(page).selectionStart, 4);
  assert.equal(bring(box(page), 'dragover', { data }).defaultPrevented, false);
  assert.equal(bring(box(page), 'drop', { data }).defaultPrevented, false);
  assert.equal(box(page).value, 'a-x-b');
  page.rest();
  assert.deepEqual(page.wishes.at(-1), {
    type: 'changeDraft',
    conversation: 'c1',
    text: 'a-x-b',
    caret: 4,
    revision: 2,
  });
  page.close();
});

test('A dragged link is text, unless it is that of a picture', () => {
  const page = openPage();
  const link = (uri: string, more = {}): void => {
    const data = { 'text/uri-list': uri, 'text/plain': uri, ...more };
    assert.equal(bring(page.get('log', 'Conversation'), 'drop', { data }).defaultPrevented, true);
  };
  link('https://site.test/page');
  assert.equal(box(page).value, 'https://site.test/page');
  assert.deepEqual(uris(page), []);
  link('https://site.test/shown', { 'text/html': '<img src="https://site.test/shown">' });
  link('https://site.test/a.JPEG?size=2');
  link('file:///c.ts');
  assert.deepEqual(uris(page), [
    'https://site.test/shown',
    'https://site.test/a.JPEG?size=2',
    'file:///c.ts',
  ]);
  page.close();
});

test('Text that is dragged within another field stays there', () => {
  const page = openPage({ turns: [asked('q', null, 'Why?'), answered('a', 'q', 'Because.')] });
  page.get('button', 'Edit').click();
  page.draw();
  const field = page.get('textbox', 'Edit your question');
  const data = { 'text/plain': 'Why?' };
  assert.equal(bring(field, 'dragover', { data }).defaultPrevented, false);
  assert.equal(bring(field, 'drop', { data }).defaultPrevented, false);
  assert.equal(box(page).value, '');
  page.close();
});

test('A page without a conversation takes nothing', () => {
  const page = blankPage();
  bring(page.root, 'dragover', { files: [file('a.png', 'image/png')] });
  bring(page.root, 'drop', { files: [file('a.png', 'image/png')] });
  page.draw();
  assert.deepEqual(page.all('.drop-target'), []);
  assert.equal(page.pictures.jobs.length, 0);
  page.close();
});
