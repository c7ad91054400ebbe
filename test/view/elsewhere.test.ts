import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answered, asked, openPage, type Page, snapshot } from './support.ts';

const TURNS = [asked('q', null, 'Why?'), answered('a', 'q', 'Because')];
const reading = (): Page => openPage({ turns: TURNS, readOnly: true, draft: 'half a question' });

function box(page: Page): HTMLTextAreaElement {
  return page.get('textbox', 'Message Claude') as HTMLTextAreaElement;
}

function wishes(page: Page): string[] {
  return page.wishes.map(({ type }) => type).filter((type) => type !== 'ready');
}

test('a conversation that another window writes says so where it would be sent', () => {
  const page = reading();
  assert.equal(
    page.root.querySelector('[data-part="elsewhere"] p')?.textContent?.trim(),
    'Open in another window',
  );
  assert.equal(page.find('button', 'Send'), undefined);
  assert.equal(page.root.querySelector('[role="log"]')?.hasAttribute('data-read-only'), true);
  page.get('button', 'Continue Here').click();
  assert.deepEqual(wishes(page), ['continueHere']);
});

test('who does not see it hears it, in the text box and whenever it changes', () => {
  const page = openPage({ turns: TURNS });
  const spoken = [...page.root.querySelectorAll('.composer [role="status"]')];
  const heard = (): string => spoken.map(({ textContent }) => textContent?.trim()).join('');
  assert.equal(heard(), '');
  assert.equal(box(page).hasAttribute('aria-describedby'), false);
  page.tell(snapshot({ turns: TURNS, readOnly: true }));
  assert.equal(heard(), 'Open in another window');
  const described = page.root.querySelector(`#${box(page).getAttribute('aria-describedby')}`);
  assert.equal(described?.textContent?.trim(), 'Open in another window');
  page.tell(snapshot({ turns: TURNS }));
  assert.equal(heard(), '');
});

test('what is typed there stays and is not sent', () => {
  const page = reading();
  page.type('a whole question');
  page.press('Enter');
  assert.equal(box(page).value, 'a whole question');
  assert.ok(!wishes(page).includes('ask'));
  assert.match(page.root.textContent ?? '', /Continue this conversation here first\./);
});

test('an answer that arrives elsewhere cannot be stopped from here', () => {
  const { endedAt: _, ...open } = answered('a', 'q', 'So far', { state: 'streaming' });
  const page = openPage({ turns: [asked('q', null, 'Why?'), open], readOnly: true });
  assert.match(page.root.textContent ?? '', /Answering in another window/);
  assert.equal(page.find('button', 'Stop'), undefined);
  page.press('Escape');
  assert.ok(!wishes(page).includes('stop'));
});

test('once it is ours the page is written in without having been loaded again', () => {
  const page = reading();
  page.type('kept');
  page.tell(snapshot({ turns: TURNS, draft: 'half a question' }));
  assert.equal(box(page).value, 'kept');
  assert.equal(page.find('button', 'Continue Here'), undefined);
  page.press('Enter');
  assert.deepEqual(
    page.wishes.flatMap((wish) => (wish.type === 'ask' ? [wish.text] : [])),
    ['kept'],
  );
});
