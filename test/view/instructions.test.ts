import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answered, asked, openPage, type Page, snapshot, textIn } from './support.ts';

const SYSTEM = {
  format: 2,
  texts: ['You are Claude.', 'Be brief.'],
  sources: ['base', 'AGENTS.md'],
};

function open(page: Page, at = 0): void {
  const details = page.all('[data-part="instructions"] details')[at] as HTMLDetailsElement;
  details.open = true;
  details.dispatchEvent(new window.Event('toggle'));
  page.draw();
}

function box(page: Page): HTMLTextAreaElement {
  const found = page.all('[data-part="instructions"] textarea')[0];
  assert.ok(found);
  return found as HTMLTextAreaElement;
}

function write(page: Page, text: string): void {
  box(page).value = text;
  box(page).dispatchEvent(new window.Event('input', { bubbles: true }));
  page.draw();
}

function taken(page: Page): string[] {
  return page.wishes.flatMap((wish) => (wish.type === 'changeInstructions' ? [wish.text] : []));
}

test('Before the first question the instructions are listed and can be written', () => {
  const page = openPage({ instructions: 'In rhymes.' });
  assert.equal(textIn(page, '[data-part="instructions"] summary'), 'Instructions');
  assert.deepEqual(page.all('[data-part="instructions"] textarea'), []);
  open(page);
  assert.deepEqual(
    page.all('[data-part="instructions"] li').map((item) => item.textContent),
    ['Parley itself ~120 tok', 'AGENTS.md ~1,800 tok'],
  );
  assert.match(box(page).labels?.[0]?.textContent ?? '', /Instructions for this conversation/);
  assert.equal(box(page).value, 'In rhymes.');
  page.close();
});

test('Instructions go up when the user rests or leaves the box, and only when changed', () => {
  const page = openPage();
  open(page);
  write(page, 'Be');
  write(page, 'Be brief.');
  assert.deepEqual(page.wishes.slice(1), []);
  page.rest();
  assert.deepEqual(taken(page), ['Be brief.']);
  write(page, 'Be kind.');
  box(page).dispatchEvent(new window.Event('focusout', { bubbles: true }));
  assert.deepEqual(page.wishes.at(-1), { type: 'changeInstructions', conversation: 'c1', text: 'Be kind.' });
  page.close();
});

test('The host’s echo does not take back what was written since', () => {
  const page = openPage();
  open(page);
  write(page, 'Be brief.');
  const events = [{ type: 'instructionsChanged', instructions: 'Be' }] as const;
  page.tell({ type: 'events', conversation: 'c1', events });
  assert.equal(box(page).value, 'Be brief.');
  page.tell({
    type: 'events',
    conversation: 'c1',
    events: [{ type: 'instructionsChanged', instructions: 'Be brief.' }],
  });
  page.tell({
    type: 'events',
    conversation: 'c1',
    events: [{ type: 'instructionsChanged', instructions: 'From elsewhere' }],
  });
  assert.equal(box(page).value, 'From elsewhere');
  page.close();
});

test('Instructions that wait to go up never land in another conversation', () => {
  const page = openPage({ id: 'c1' });
  open(page);
  write(page, 'for c1');
  page.tell(snapshot({ id: 'c2' }));
  page.rest();
  assert.equal(
    page.wishes.some(({ type }) => type === 'changeInstructions'),
    false,
  );
  page.close();
});

test('Instructions are kept within a moment, and are there again when their conversation is shown again', () => {
  const page = openPage({ id: 'c1' });
  open(page);
  for (const text of ['B', 'Be', 'Be b', 'Be br']) {
    write(page, text);
    page.pass(40);
  }
  const unfinished = page.wishes.flatMap((wish) => (wish.type === 'changeUnfinished' ? [wish] : []));
  assert.deepEqual(
    unfinished.map(({ instructions }) => instructions),
    ['Be', 'Be br'],
  );
  write(page, 'Be brief.');
  page.tell(snapshot({ id: 'c2' }));
  const last = { editing: null, instructions: 'Be brief.' };
  assert.deepEqual(page.wishes.at(-1), { type: 'changeUnfinished', conversation: 'c1', ...last });
  page.tell(snapshot({ id: 'c1', unfinished: last }));
  assert.equal(box(page).value, 'Be brief.');
  page.rest();
  assert.deepEqual(taken(page), ['Be brief.']);
  page.close();
});

test('Frozen instructions can be read, each on demand, and not be changed', () => {
  const page = openPage({ turns: [asked('q', null, 'Why?'), answered('a', 'q', 'So.')], system: SYSTEM });
  open(page);
  assert.deepEqual(page.all('[data-part="instructions"] textarea'), []);
  assert.match(textIn(page, '[data-part="instructions"] .note'), /^Frozen with the first question/);
  assert.deepEqual(page.all('.system-text'), []);
  open(page, 2);
  assert.equal(textIn(page, '.system-text'), 'Be brief.');
  assert.equal(page.all('[data-part="instructions"] summary')[2]?.textContent, 'AGENTS.md');
  page.close();
});

test('An old conversation that does not tell its instructions shows none', () => {
  const page = openPage({ turns: [asked('q', null, 'Why?')] });
  assert.deepEqual(page.all('[data-part="instructions"]'), []);
  page.close();
});
