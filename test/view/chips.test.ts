import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ShownAttachment } from '../../src/core/attaching.ts';
import type { ExcerptOrigin, Part, StoredImage } from '../../src/core/conversation/parts.ts';
import { addresses, watchedView } from './browser.ts';
import { turn } from './pictureBench.ts';
import { answered, asked, offered, openPage, type Page, snapshot, unnamed } from './support.ts';

const CODE = {
  kind: 'code',
  path: 'src/a.ts',
  uri: 'file:///a.ts',
  languageId: 'typescript',
  startLine: 3,
  endLine: 9,
  unsaved: false,
  text: '',
} as const;

function excerpt(origin: ExcerptOrigin): Part {
  return { kind: 'excerpt', origin, label: `the ${origin}`, languageId: 'plaintext', text: '' };
}

function stored(at: number): StoredImage {
  const sha256 = at.toString(16).padStart(64, '0');
  return { type: 'stored', sha256, mediaType: 'image/png', bytes: 2048, width: 640, height: 480 };
}

function image(at: number): Part {
  return { kind: 'image', label: `shot ${at}.png`, source: stored(at) };
}

function shown(part: Part, more: Partial<ShownAttachment> = {}): ShownAttachment {
  return { id: `id of ${part.kind}`, part, tokens: 1234.4, exact: false, ...more };
}

function withPictures(count: number): Page {
  const turns = Array.from({ length: count }, (_, at) => {
    const question = asked(`q${at}`, at === 0 ? null : `a${at - 1}`, 'Look');
    const parts = [image(at), ...question.parts];
    return [{ ...question, parts }, answered(`a${at}`, `q${at}`, 'Yes.')];
  });
  return openPage({ turns: turns.flat() });
}

function reads(page: Page): string[] {
  return page.wishes.flatMap((wish) => (wish.type === 'readImage' ? [wish.sha256] : []));
}

function answer(page: Page, at: number, bytes = new Uint8Array([1])): Promise<void> {
  page.tell({ type: 'imageRead', sha256: stored(at).sha256, mediaType: 'image/png', bytes });
  return turn();
}

test('Each kind has its icon, its size and its tokens', () => {
  const pdf = { type: 'stored', sha256: 'x', mediaType: 'application/pdf', bytes: 9 } as const;
  const cases: [Part, string, string][] = [
    [CODE, 'file-code', 'a.ts:3-9'],
    [{ ...CODE, scope: 'file' }, 'file-code', 'a.ts'],
    [{ ...CODE, scope: 'symbol', symbol: 'parse' }, 'symbol-method', 'parse'],
    [{ kind: 'document', label: 'a.pdf', source: { ...pdf, pages: 12 } }, 'file-pdf', 'a.pdf 12 pages'],
    [{ kind: 'document', label: 'a.pdf', source: { ...pdf, pages: 1 } }, 'file-pdf', 'a.pdf 1 page'],
    [{ kind: 'document', label: 'a.pdf', source: pdf }, 'file-pdf', 'a.pdf'],
    [excerpt('terminal'), 'terminal', 'the terminal'],
    [excerpt('debugConsole'), 'debug-console', 'the debugConsole'],
    [excerpt('problems'), 'warning', 'the problems'],
    [excerpt('testFailure'), 'beaker', 'the testFailure'],
    [excerpt('changes'), 'git-compare', 'the changes'],
    [excerpt('folder'), 'folder', 'the folder'],
    [excerpt('notebook'), 'notebook', 'the notebook'],
    [excerpt('conversation'), 'comment-discussion', 'the conversation'],
    [excerpt('file'), 'file', 'the file'],
    [excerpt('pasted'), 'clippy', 'the pasted'],
  ];
  for (const [part, glyph, words] of cases) {
    const page = openPage({ attachments: [shown(part)] });
    const label = page.all('.draft-chips .chip-label')[0];
    assert.equal(label?.textContent, words);
    assert.ok(label?.querySelector(`.codicon-${glyph}`), glyph);
    assert.equal(page.all('.chip-tokens')[0]?.textContent, '~1,234 tok');
    page.close();
  }
});

test('Notes and warnings are in the title and have a sign of their own', () => {
  const page = openPage({
    attachments: [
      shown(CODE, { id: 'a', notes: ['Made smaller.'], exact: true }),
      shown(CODE, { id: 'b', notes: ['Made smaller.'], warning: 'Too many pages.' }),
      shown(CODE, { id: 'c' }),
    ],
  });
  const [first, second, third] = page.all('li.chip');
  assert.equal(first?.querySelector('.chip-tokens')?.textContent, '1,234 tok');
  assert.equal(first?.querySelector<HTMLElement>('[data-marker="info"]')?.title, 'Made smaller.');
  assert.match(first?.querySelector<HTMLElement>('.chip-label')?.title ?? '', /Made smaller\./);
  assert.equal(
    second?.querySelector<HTMLElement>('[data-marker="warning"]')?.title,
    'Too many pages.\nMade smaller.',
  );
  assert.match(second?.querySelector<HTMLElement>('.chip-label')?.title ?? '', /Too many pages\./);
  assert.equal(third?.querySelector('[data-marker]'), null);
  page.close();
});

test('The focus goes on to the next chip, and from the last one to the text box; screen readers are told', () => {
  const part = (label: string) => shown({ ...excerpt('file'), label } as Part, { id: label });
  const page = openPage({ attachments: [part('a'), part('b'), part('c')] });
  const remove = (label: string, left: readonly string[]): string | null | undefined => {
    const button = page.get('button', `Remove ${label}`);
    button.focus();
    button.click();
    page.tell({ type: 'attachmentsChanged', attachments: left.map(part) });
    return window.document.activeElement?.getAttribute('aria-label');
  };
  assert.equal(remove('b', ['a', 'c']), 'Remove c');
  assert.ok(page.all('[role="status"]').some(({ textContent }) => textContent?.includes('b removed')));
  assert.equal(remove('c', ['a']), 'Remove a');
  assert.equal(remove('a', []), 'Message Claude');
  page.tell({ type: 'attachmentsChanged', attachments: [part('d')] });
  page.draw();
  assert.ok(page.all('[role="status"]').some(({ textContent }) => textContent?.includes('d attached')));
  page.close();
});

test('Refreshed and offered chips leave the focus in the composer', () => {
  const changed = shown(CODE, { id: 'a', state: 'changed' });
  const page = openPage({ attachments: [changed], offer: { label: 'b.ts:1', title: 'b.ts:1', tokens: 9 } });
  const press = (name: string): void => {
    page.get('button', name).focus();
    page.get('button', name).click();
    page.draw();
  };
  press('Refresh a.ts:3-9');
  page.tell({ type: 'attachmentsChanged', attachments: [shown(CODE, { id: 'a' })] });
  assert.equal(window.document.activeElement, page.get('button', 'Remove a.ts:3-9'));
  for (const name of ['Attach b.ts:1', 'Do not offer selections']) {
    page.tell({ type: 'selectionOffered', offer: { label: 'b.ts:1', title: 'b.ts:1', tokens: 9 } });
    press(name);
    assert.equal(window.document.activeElement, page.get('textbox', 'Message Claude'));
  }
  page.close();
});

test('What has changed can be taken anew, and what is gone says so', () => {
  const page = openPage({
    attachments: [
      shown(CODE, { id: 'a', state: 'changed' }),
      shown(excerpt('file'), { id: 'b', state: 'gone' }),
    ],
  });
  assert.deepEqual(
    page.all('.chip .badge').map(({ textContent }) => textContent),
    ['changed', 'gone'],
  );
  page.get('button', 'Refresh a.ts:3-9').click();
  assert.deepEqual(unnamed(page.wishes.at(-1)), {
    type: 'refreshAttachment',
    conversation: 'c1',
    attachment: 'a',
  });
  assert.equal(page.find('button', 'Refresh the file'), undefined);
  page.close();
});

test('Only pictures that come into view are read, each once, at most four at a time', async () => {
  const view = watchedView();
  const page = withPictures(30);
  assert.deepEqual(reads(page), []);
  const boxes = page.all('.question .thumbnail');
  assert.equal(boxes.length, 30);
  for (const box of boxes.slice(0, 10)) view.show(box);
  for (const box of boxes.slice(0, 10)) view.show(box);
  assert.deepEqual(
    reads(page),
    [0, 1, 2, 3].map((at) => stored(at).sha256),
  );
  // Scrolled past before it was their turn.
  for (const box of boxes.slice(4, 9)) view.hide(box);
  await answer(page, 0);
  assert.equal(reads(page).length, 5);
  assert.equal(reads(page).at(-1), stored(9).sha256);
  assert.ok(boxes[0]?.querySelector('img'));
  view.show(boxes[4] as Element);
  await answer(page, 1);
  assert.equal(reads(page).at(-1), stored(4).sha256);
  page.close();
  view.end();
});

test('A picture that is gone keeps its icon, and the next one is read', async () => {
  const view = watchedView();
  const page = withPictures(6);
  const boxes = page.all('.question .thumbnail');
  for (const box of boxes) view.show(box);
  await answer(page, 0, new Uint8Array());
  assert.equal(boxes[0]?.querySelector('img'), null);
  assert.equal(reads(page).length, 5);
  page.close();
  view.end();
});

test('A host that does not answer does not hold up the other pictures', async () => {
  const view = watchedView();
  const page = withPictures(5);
  for (const box of page.all('.question .thumbnail')) view.show(box);
  assert.equal(reads(page).length, 4);
  page.rest();
  assert.equal(reads(page).length, 5);
  await answer(page, 0);
  assert.ok(page.all('.question .thumbnail')[0]?.querySelector('img'), 'late is not too late');
  page.close();
  view.end();
});

test('After a new start the host is asked again for what it has not given', async () => {
  const view = watchedView();
  const page = withPictures(2);
  for (const box of page.all('.question .thumbnail')) view.show(box);
  await answer(page, 0);
  const before = reads(page).length;
  page.tell(snapshot({ id: 'c1', turns: [] }));
  assert.deepEqual(reads(page).slice(before), [stored(1).sha256]);
  page.close();
  view.end();
});

test('Of pictures that arrive, small ones are made of those that come into view, once', async () => {
  const view = watchedView();
  const page = openPage();
  for (const id of ['p1', 'p2', 'p3']) page.tell(offered({ id, label: `${id}.png` }));
  await turn();
  assert.deepEqual(page.pictures.thumbnails, []);
  const [first] = page.all('.draft-chips .thumbnail');
  assert.ok(first);
  for (const see of [view.show, view.hide, view.show]) see(first);
  await turn();
  assert.equal(page.pictures.thumbnails.length, 1);
  assert.equal(page.all('.draft-chips .thumbnail img').length, 1);
  page.close();
  view.end();
});

test('Of 300 small pictures 200 are kept, and those on the page stay as they are', async () => {
  const view = watchedView();
  const page = withPictures(300);
  const before = addresses.size;
  const boxes = page.all('.question .thumbnail');
  for (const [at, box] of boxes.entries()) {
    view.show(box);
    await answer(page, at);
  }
  assert.equal(addresses.size - before, 200);
  assert.equal(page.all('.question .thumbnail img').length, 300);
  assert.equal(reads(page).length, 300);
  assert.equal(view.watched(), 0);
  page.close();
  assert.equal(addresses.size, before);
  view.end();
});

test('The same picture in two questions is read once', async () => {
  const view = watchedView();
  const parts = [image(1)];
  const page = openPage({
    turns: [
      { ...asked('q1', null, 'a'), parts },
      answered('a1', 'q1', 'b'),
      { ...asked('q2', 'a1', 'c'), parts },
    ],
  });
  const boxes = page.all('.question .thumbnail');
  for (const box of boxes) view.show(box);
  await answer(page, 1);
  assert.equal(reads(page).length, 1);
  for (const box of boxes) assert.ok(box.querySelector('img'));
  page.close();
  view.end();
});

test('A key in the text box makes no chip of an older question anew', () => {
  const view = watchedView();
  const page = withPictures(150);
  const boxes = page.all('.question .thumbnail');
  for (const text of ['a', 'ab', 'abc']) page.type(text);
  assert.deepEqual(page.all('.question .thumbnail'), boxes);
  assert.equal(view.watched(), 150);
  assert.deepEqual(reads(page), []);
  page.close();
  view.end();
});

test('A chip of a sent question opens its place; a picture by address too', () => {
  const far = { kind: 'image', label: 'far.png', source: { type: 'url', url: 'https://a/far.png' } } as const;
  const page = openPage({ turns: [{ ...asked('q', null, 'x'), parts: [far, excerpt('terminal')] }] });
  page.get('button', 'far.png').click();
  page.get('button', 'the terminal').click();
  assert.deepEqual(page.wishes.slice(-2), [
    { type: 'openPart', turn: 'q', part: 0 },
    { type: 'openPart', turn: 'q', part: 1 },
  ]);
  page.close();
});
