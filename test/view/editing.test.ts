import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answered, asked, openPage, type Page, snapshot } from './support.ts';

const TURNS = [
  asked('q', null, 'Why?'),
  answered('a', 'q', 'Because.'),
  asked('q2', 'a', 'Really?'),
  answered('a2', 'q2', 'Yes.'),
];

function box(page: Page): HTMLTextAreaElement {
  return page.get('textbox', 'Edit your question') as HTMLTextAreaElement;
}

function edit(page: Page, turn: string): void {
  page.all(`[data-turn="${turn}"] button[aria-label="Edit"]`)[0]?.click();
  page.draw();
}

function write(page: Page, text: string): void {
  box(page).value = text;
  box(page).dispatchEvent(new window.Event('input', { bubbles: true }));
  page.draw();
}

function press(page: Page, key: string, more: KeyboardEventInit = {}): void {
  box(page).dispatchEvent(
    new window.KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }),
  );
  page.draw();
}

test('A question is edited in its place, and the page says what becomes of the rest', () => {
  const page = openPage({ turns: TURNS });
  edit(page, 'q');
  assert.equal(box(page).value, 'Why?');
  assert.equal(window.document.activeElement, box(page));
  assert.match(page.all('[data-turn="q"]')[0]?.textContent ?? '', /what follows it goes aside/);
  write(page, 'Why not?');
  page.get('button', 'Save').click();
  assert.deepEqual(page.wishes.at(-1), { type: 'edit', turn: 'q', text: 'Why not?' });
  page.close();
});

test('Enter saves as it sends, and Escape leaves the question as it was', () => {
  const page = openPage({ turns: TURNS });
  edit(page, 'q2');
  write(page, 'Sure?');
  press(page, 'Enter', { isComposing: true });
  press(page, 'Enter', { shiftKey: true });
  assert.deepEqual(page.wishes.slice(1), []);
  press(page, 'Enter');
  assert.deepEqual(page.wishes.at(-1), { type: 'edit', turn: 'q2', text: 'Sure?' });
  press(page, 'Escape');
  assert.equal(page.find('textbox', 'Edit your question'), undefined);
  assert.equal(window.document.activeElement, page.all('[data-turn="q2"] button[aria-label="Edit"]')[0]);
  page.close();
});

test('What was written stays until the host has taken it, and goes with the old question', () => {
  const page = openPage({ turns: TURNS });
  edit(page, 'q2');
  write(page, 'Sure?');
  press(page, 'Enter');
  page.tell({ type: 'noticeShown', sentence: 'The disk is full.' });
  assert.equal(box(page).value, 'Sure?');
  const turn = asked('q3', 'a', 'Sure?');
  page.tell({ type: 'events', conversation: 'c1', events: [{ type: 'turnAdded', turn }] });
  assert.equal(page.find('textbox', 'Edit your question'), undefined);
  assert.equal(window.document.activeElement, page.get('textbox', 'Message Claude'));
  page.close();
});

test('An empty question is not saved, and neither is one while an answer streams', () => {
  const { endedAt: _, ...open } = answered('a2', 'q2', 'Ye', { state: 'streaming' });
  const page = openPage({ turns: [...TURNS.slice(0, 3), open] });
  edit(page, 'q');
  press(page, 'Enter');
  assert.match(page.all('.hint[role="status"]')[0]?.textContent ?? '', /Stop the answer first/);
  page.tell(snapshot({ turns: TURNS }));
  write(page, ' ');
  press(page, 'Enter');
  assert.match(page.all('.hint[role="status"]')[0]?.textContent ?? '', /Write a question first/);
  assert.deepEqual(page.wishes.slice(1), []);
  page.close();
});

test('A half-edited question is there again after a reload, and does not take the focus', () => {
  const page = openPage({ turns: TURNS });
  edit(page, 'q');
  write(page, 'Why no');
  page.rest();
  page.close();
  const again = openPage({ turns: TURNS, kept: page.kept() });
  assert.equal(box(again).value, 'Why no');
  assert.notEqual(window.document.activeElement, box(again));
  again.close();
});

test('A half-edited question is kept by the host within a moment, for its own conversation', () => {
  const page = openPage({ id: 'c1', turns: TURNS });
  edit(page, 'q');
  for (const text of ['Wh', 'Why', 'Why n', 'Why no']) {
    write(page, text);
    page.pass(40);
  }
  const kept = page.wishes.flatMap((wish) => (wish.type === 'changeUnfinished' ? [wish.editing?.text] : []));
  assert.deepEqual(kept, ['Why', 'Why no']);
  write(page, 'Why not?');
  page.tell(snapshot({ id: 'c2' }));
  const unfinished = { editing: { turn: 'q', text: 'Why not?' }, instructions: null };
  assert.deepEqual(page.wishes.at(-1), { type: 'changeUnfinished', conversation: 'c1', ...unfinished });
  page.rest();
  const elsewhere = page.wishes.filter(
    (wish) => wish.type === 'changeUnfinished' && wish.conversation !== 'c1',
  );
  assert.deepEqual(elsewhere, []);
  page.tell(snapshot({ id: 'c1', turns: TURNS, unfinished }));
  assert.equal(box(page).value, 'Why not?');
  press(page, 'Escape');
  page.rest();
  const none = { editing: null, instructions: null };
  assert.deepEqual(page.wishes.at(-1), { type: 'changeUnfinished', conversation: 'c1', ...none });
  page.close();
});

test('Leaving the page passes a half-edited question on at once', () => {
  const page = openPage({ id: 'c1', turns: TURNS });
  edit(page, 'q');
  write(page, 'Why not?');
  window.dispatchEvent(new window.Event('pagehide'));
  const unfinished = { editing: { turn: 'q', text: 'Why not?' }, instructions: null };
  assert.deepEqual(page.wishes.at(-1), { type: 'changeUnfinished', conversation: 'c1', ...unfinished });
  page.close();
});

test('What is being changed among turns that are not on the page yet is shown once they are', () => {
  const first = openPage({ turns: TURNS });
  edit(first, 'q');
  write(first, 'Why no');
  first.rest();
  first.close();
  const page = openPage({ turns: TURNS.slice(2), older: 2, kept: first.kept() });
  assert.equal(page.find('textbox', 'Edit your question'), undefined);
  page.tell({ type: 'olderTurns', conversation: 'c1', turns: TURNS.slice(0, 2), older: 0 });
  assert.equal(box(page).value, 'Why no');
  page.close();
});

test('What a page before an update has kept is there after it', () => {
  const kept = { drafts: [['c1', { text: 'half', caret: 2 }]], editing: { turn: 'q', text: 'Why no' } };
  const page = openPage({ turns: TURNS, kept });
  assert.equal(box(page).value, 'Why no');
  assert.equal((page.get('textbox', 'Message Claude') as HTMLTextAreaElement).value, 'half');
  page.close();
  const other = openPage({ id: 'c2', turns: [asked('x', null, 'Else?')], kept });
  assert.equal(other.find('textbox', 'Edit your question'), undefined);
  other.close();
});
