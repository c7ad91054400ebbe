import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Mention } from '../../src/core/attaching.ts';
import { bring } from './browser.ts';
import { openPage, type Page, snapshot, unnamed } from './support.ts';

const FOUND: readonly Mention[] = [
  { id: 'm1', kind: 'file', label: 'parse.ts', detail: 'src' },
  { id: 'm2', kind: 'symbol', label: 'parseList', detail: 'src/parse.ts' },
  { id: 'm3', kind: 'folder', label: 'my docs', detail: '' },
];

function box(page: Page): HTMLTextAreaElement {
  return page.get('textbox', 'Message Claude') as HTMLTextAreaElement;
}

function queries(page: Page): string[] {
  return page.wishes.flatMap((wish) => (wish.type === 'findMentions' ? [wish.query] : []));
}

function sent(page: Page): unknown[] {
  return page.wishes.filter(({ type }) => type === 'attachMention' || type === 'ask').map(unnamed);
}

function tell(page: Page, query: string, mentions = FOUND): void {
  page.tell({ type: 'mentionsFound', query, mentions });
}

function chosen(page: Page): string | undefined {
  return page.all('[role="option"][aria-selected="true"] .mention-label')[0]?.textContent ?? undefined;
}

function openList(text = '@par', query = 'par'): Page {
  const page = openPage();
  page.type(text);
  page.rest();
  tell(page, query);
  return page;
}

test('An @ at the start of a word asks the host once the writer rests, for the letters behind it', () => {
  const page = openPage();
  page.type('See @');
  page.type('See @p');
  assert.deepEqual(queries(page), []);
  page.rest();
  assert.deepEqual(queries(page), ['p']);
  page.rest();
  assert.deepEqual(queries(page), ['p']);
  page.close();
});

test('Where an @ is looked for, and what its query is', () => {
  const cases: [string, string | undefined][] = [
    ['@', ''],
    ['(@a', 'a'],
    ['x\n@a/b.ts', 'a/b.ts'],
    ['@"my file', 'my file'],
    ['mail@host', undefined],
    ['@a b', undefined],
    ['@a@b', undefined],
    ['@"my file" ', undefined],
    [`@${'q'.repeat(100)}`, 'q'.repeat(100)],
    [`@${'q'.repeat(101)}`, undefined],
    [`@${'q'.repeat(300)}`, undefined],
  ];
  for (const [text, query] of cases) {
    const page = openPage();
    page.type(text);
    page.rest();
    assert.deepEqual(queries(page), query === undefined ? [] : [query], text);
    page.close();
  }
});

test('The list belongs to the text box by its ARIA attributes, and the focus stays there', () => {
  const page = openPage();
  assert.equal(box(page).getAttribute('aria-controls'), null);
  box(page).focus();
  page.type('@par');
  page.rest();
  tell(page, 'par');
  const list = page.get('listbox', 'Add Context');
  assert.equal(box(page).getAttribute('aria-controls'), list.id);
  const active = box(page).getAttribute('aria-activedescendant');
  assert.equal(list.querySelector('[aria-selected="true"]')?.id, active);
  assert.equal(window.document.activeElement, box(page));
  page.close();
});

test('Finds for an older query are not shown', () => {
  const page = openPage();
  page.type('@pa');
  page.rest();
  page.type('@par');
  tell(page, 'pa');
  assert.equal(page.find('listbox', 'Add Context'), undefined);
  tell(page, 'par');
  assert.ok(page.find('listbox', 'Add Context'));
  page.close();
});

test('Arrows, Home and End go through the list and around its ends', () => {
  const page = openList();
  const walk = ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp', 'Home', 'End'].map((key) => {
    assert.equal(page.press(key).defaultPrevented, true);
    return chosen(page);
  });
  assert.deepEqual(walk, ['parseList', 'my docs', 'parse.ts', 'my docs', 'parse.ts', 'my docs']);
  page.close();
});

test('Enter and Tab choose: the wish goes once, the label stands in the text, and nothing is sent', () => {
  for (const key of ['Enter', 'Tab']) {
    const page = openList('See @par');
    page.press('ArrowDown');
    assert.equal(page.press(key).defaultPrevented, true);
    assert.equal(box(page).value, 'See @parseList ');
    assert.equal(box(page).selectionStart, 15);
    assert.equal(page.find('listbox', 'Add Context'), undefined);
    assert.deepEqual(sent(page), [{ type: 'attachMention', conversation: 'c1', mention: 'm2' }]);
    page.rest();
    assert.deepEqual(queries(page), ['par']);
    page.press('Enter');
    const wish = page.wishes.find(({ type }) => type === 'attachMention');
    assert.ok(wish?.type === 'attachMention');
    page.tell({ type: 'wishSettled', id: wish.id, taken: 1 });
    assert.deepEqual(sent(page).at(-1), { type: 'ask', conversation: 'c1', text: 'See @parseList ' });
    page.close();
  }
});

test('A quoted query is replaced with its quote, in the middle of a text, and no second space comes', () => {
  const page = openPage();
  page.type('See @"my d for more');
  box(page).setSelectionRange(10, 10);
  box(page).dispatchEvent(new window.Event('input', { bubbles: true }));
  page.rest();
  tell(page, 'my d', [FOUND[2] as Mention]);
  page.press('Enter');
  assert.equal(box(page).value, 'See @my docs for more');
  page.close();
});

test('The mouse chooses, without taking the focus', () => {
  const page = openList();
  box(page).focus();
  const [, second] = page.all('[role="option"]');
  assert.ok(second);
  const down = new window.MouseEvent('mousedown', { bubbles: true, cancelable: true });
  second.dispatchEvent(down);
  assert.equal(down.defaultPrevented, true);
  second.click();
  page.draw();
  assert.equal(box(page).value, '@parseList ');
  assert.deepEqual(sent(page), [{ type: 'attachMention', conversation: 'c1', mention: 'm2' }]);
  page.close();
});

test('Escape closes the list for this @, and a new one opens it again', () => {
  const page = openList();
  assert.equal(page.press('Escape').defaultPrevented, true);
  assert.equal(page.find('listbox', 'Add Context'), undefined);
  page.type('@pars');
  page.rest();
  tell(page, 'pars');
  assert.equal(page.find('listbox', 'Add Context'), undefined);
  page.type('@pars @');
  page.rest();
  tell(page, '');
  assert.ok(page.find('listbox', 'Add Context'));
  page.close();
});

test('Until finds come the list says that it searches; Enter and Tab only wait for it, and then choose', () => {
  for (const key of ['Enter', 'Tab']) {
    const page = openPage({ offer: { label: 'b.ts:1', title: 'b.ts:1', tokens: 9 } });
    page.type('See @par');
    assert.match(page.all('.mentions[role="status"]')[0]?.textContent ?? '', /Searching/);
    assert.equal(page.press(key).defaultPrevented, true);
    page.rest();
    tell(page, 'par');
    assert.equal(box(page).value, 'See @par', 'nothing is chosen unseen');
    assert.deepEqual(sent(page), []);
    assert.ok(page.find('listbox', 'Add Context'));
    page.press(key);
    assert.deepEqual(sent(page), [{ type: 'attachMention', conversation: 'c1', mention: 'm1' }]);
    assert.ok(!page.wishes.some(({ type }) => type === 'acceptSelection'));
    page.close();
  }
});

test('The key that sends passes while the list is still searching, and chooses once it is shown', () => {
  const page = openPage({ status: { sendKey: 'ctrlEnter' } });
  page.type('See @par');
  page.press('Enter', { ctrlKey: true });
  assert.deepEqual(sent(page), [{ type: 'ask', conversation: 'c1', text: 'See @par' }]);
  page.type('See @par');
  page.rest();
  tell(page, 'par');
  page.press('Enter', { ctrlKey: true });
  assert.deepEqual(sent(page).at(-1), { type: 'attachMention', conversation: 'c1', mention: 'm1' });
  page.close();
});

test('What the list showed for an older query cannot be chosen', () => {
  const page = openList();
  page.type('@pars');
  page.all('[role="option"]')[0]?.click();
  assert.deepEqual(sent(page), []);
  page.close();
});

test('With nothing found the list says so, and Enter sends', () => {
  const page = openPage();
  page.type('@nobody');
  page.rest();
  tell(page, 'nobody', []);
  assert.match(page.all('.mentions[role="status"]')[0]?.textContent ?? '', /Nothing found/);
  assert.equal(box(page).getAttribute('aria-controls'), null);
  page.press('Enter');
  assert.deepEqual(sent(page), [{ type: 'ask', conversation: 'c1', text: '@nobody' }]);
  assert.deepEqual(page.all('.mentions'), []);
  page.close();
});

test('An input method opens nothing while it composes, and its keys are its own', () => {
  const page = openPage();
  box(page).value = '@か';
  box(page).dispatchEvent(new window.InputEvent('input', { bubbles: true, isComposing: true }));
  page.rest();
  assert.deepEqual(queries(page), []);
  page.close();
  const open = openList();
  for (const key of ['Enter', 'ArrowDown', 'Escape', 'Tab']) {
    assert.equal(open.press(key, { isComposing: true }).defaultPrevented, false);
    assert.equal(open.press(key, { keyCode: 229 }).defaultPrevented, false);
  }
  assert.equal(chosen(open), 'parse.ts');
  open.close();
});

test('Shift+Enter, Shift+Tab and Ctrl with an arrow are left to the text box', () => {
  const page = openList();
  assert.equal(page.press('Enter', { shiftKey: true }).defaultPrevented, false);
  assert.equal(page.press('Tab', { shiftKey: true }).defaultPrevented, false);
  assert.equal(page.press('ArrowDown', { ctrlKey: true }).defaultPrevented, false);
  page.close();
});

test('The list closes when the caret leaves the word, the focus leaves, or another conversation comes', () => {
  const ways: ((page: Page) => void)[] = [
    (page) => {
      box(page).setSelectionRange(0, 0);
      box(page).dispatchEvent(new window.KeyboardEvent('keyup', { key: 'ArrowLeft', bubbles: true }));
    },
    (page) => box(page).dispatchEvent(new window.Event('blur')),
    (page) => page.tell(snapshot({ id: 'c2' })),
    (page) => page.type('par'),
  ];
  for (const way of ways) {
    const page = openList();
    way(page);
    page.draw();
    assert.deepEqual(page.all('.mentions'), []);
    page.close();
  }
});

test('Text that was pasted or dropped opens nothing', () => {
  const page = openPage();
  box(page).value = '@Component';
  box(page).dispatchEvent(new window.InputEvent('input', { bubbles: true, inputType: 'insertFromPaste' }));
  page.rest();
  assert.deepEqual(queries(page), []);
  box(page).value = '';
  bring(page.get('log', 'Conversation'), 'drop', { data: { 'text/plain': 'See @name' } });
  page.draw();
  page.rest();
  assert.equal(box(page).value, 'See @name');
  assert.deepEqual(queries(page), []);
  assert.deepEqual(page.all('.mentions'), []);
  page.close();
});

function pins(page: Page): unknown[] {
  return page.wishes.filter(({ type }) => type === 'pinMention');
}

test('Alt+Enter pins the file or folder instead of attaching it, and its @word leaves the text', () => {
  const page = openList('See @par');
  assert.equal(page.press('Enter', { altKey: true }).defaultPrevented, true);
  assert.equal(box(page).value, 'See ');
  assert.deepEqual(pins(page), [{ type: 'pinMention', mention: 'm1' }]);
  assert.deepEqual(sent(page), []);
  assert.deepEqual(page.all('.mentions'), []);
  page.close();
});

test('Between two words the @word takes one of the spaces around it along', () => {
  const page = openPage();
  page.type('See @par for more');
  box(page).setSelectionRange(8, 8);
  box(page).dispatchEvent(new window.Event('input', { bubbles: true }));
  page.rest();
  tell(page, 'par');
  page.press('Enter', { altKey: true });
  assert.equal(box(page).value, 'See for more');
  page.close();
});

test('What is no file cannot be pinned: the list stays, and a hint says why', () => {
  const page = openList();
  page.press('ArrowDown');
  assert.equal(page.press('Enter', { altKey: true }).defaultPrevented, true);
  assert.deepEqual(pins(page), []);
  assert.equal(box(page).value, '@par');
  assert.match(page.all('.hint[role="status"]')[0]?.textContent ?? '', /files and folders/);
  assert.ok(page.find('listbox', 'Add Context'));
  page.close();
});

test('Entries that can be pinned say so to screen readers, and have a sign for the mouse', () => {
  const page = openList();
  const descriptions = page.all('[role="option"]').map((entry) => entry.getAttribute('aria-description'));
  assert.deepEqual(descriptions, [
    'Alt+Enter pins it to the context',
    null,
    'Alt+Enter pins it to the context',
  ]);
  const signs = page.all('.mention-pin');
  assert.deepEqual(
    signs.map((sign) => [sign.title, sign.getAttribute('aria-hidden')]),
    Array(2).fill(['Pin to Context (Alt+Enter)', 'true']),
  );
  signs[1]?.click();
  page.draw();
  assert.deepEqual(pins(page), [{ type: 'pinMention', mention: 'm3' }]);
  assert.deepEqual(sent(page), [], 'the entry under the sign is not chosen as well');
  assert.equal(box(page).value, '');
  page.close();
});

test('Alt+Enter waits for the finds, and is left alone where nothing is found', () => {
  const page = openPage();
  page.type('@par');
  assert.equal(page.press('Enter', { altKey: true }).defaultPrevented, true);
  page.rest();
  tell(page, 'par', []);
  assert.equal(page.press('Enter', { altKey: true }).defaultPrevented, false);
  assert.deepEqual([...pins(page), ...sent(page)], []);
  page.close();
});
