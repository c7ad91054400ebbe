import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, type Page } from './support.ts';

const OFFER = { label: 'parseList.ts:10-24', title: 'src/parseList.ts:10-24', tokens: 120 };

function said(page: Page): string[] {
  return page.wishes.map(({ type }) => type).filter((type) => /Selection/.test(type));
}

test('The offered selection is a chip apart from the list, with its tokens', () => {
  const page = openPage({ offer: OFFER });
  assert.match(page.all('[data-part="offer"]')[0]?.textContent ?? '', /parseList\.ts:10-24.*~120 tok/s);
  assert.equal(page.find('list', 'Attachments'), undefined);
  const button = page.get('button', 'Attach parseList.ts:10-24');
  assert.match(button.title, /src\/parseList\.ts:10-24.*Tab.*attaches it/s);
  button.click();
  button.click();
  page.draw();
  assert.deepEqual(said(page), ['acceptSelection']);
  assert.deepEqual(page.all('[data-part="offer"]'), []);
  page.close();
});

test('It comes and goes with the selection, and can be turned off', () => {
  const page = openPage();
  page.tell({ type: 'selectionOffered', offer: OFFER });
  page.tell({ type: 'selectionOffered', offer: { ...OFFER, label: 'b.ts:1' } });
  assert.ok(page.find('button', 'Attach b.ts:1'));
  page.get('button', 'Do not offer selections').click();
  page.draw();
  assert.deepEqual(said(page), ['declineSelections']);
  assert.deepEqual(page.all('[data-part="offer"]'), []);
  page.tell({ type: 'selectionOffered', offer: OFFER });
  page.tell({ type: 'selectionOffered', offer: null });
  assert.deepEqual(page.all('.chips'), []);
  page.close();
});

test('Tab in the text box takes the offer once; the next Tab moves the focus', () => {
  const page = openPage({ offer: OFFER });
  assert.equal(page.press('Tab').defaultPrevented, true);
  assert.equal(page.press('Tab').defaultPrevented, false);
  assert.deepEqual(said(page), ['acceptSelection']);
  page.close();
});

test('Tab moves the focus without an offer, with a modifier, while composing, held down, and for screen readers', () => {
  const page = openPage({ offer: OFFER });
  for (const more of [
    { shiftKey: true },
    { ctrlKey: true },
    { altKey: true },
    { metaKey: true },
    { isComposing: true },
    { keyCode: 229 },
    { repeat: true },
  ]) {
    assert.equal(page.press('Tab', more).defaultPrevented, false, JSON.stringify(more));
  }
  window.document.body.classList.add('vscode-using-screen-reader');
  assert.equal(page.press('Tab').defaultPrevented, false);
  window.document.body.classList.remove('vscode-using-screen-reader');
  assert.deepEqual(said(page), []);
  page.tell({ type: 'selectionOffered', offer: null });
  assert.equal(page.press('Tab').defaultPrevented, false);
  page.close();
});

test('While @ offers something, Tab belongs to that list', () => {
  const page = openPage({ offer: OFFER });
  page.type('@a');
  page.rest();
  page.tell({
    type: 'mentionsFound',
    query: 'a',
    mentions: [{ id: 'm', kind: 'file', label: 'a.ts', detail: '' }],
  });
  page.press('Tab');
  assert.deepEqual(said(page), []);
  assert.ok(page.wishes.some(({ type }) => type === 'attachMention'));
  page.close();
});
