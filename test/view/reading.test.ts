import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answered, asked, openPage, type Page } from './support.ts';

/** jsdom lays nothing out, so the view is given its measures. */
function measured(page: Page): HTMLElement {
  const view = page.get('log', 'Conversation');
  Object.defineProperties(view, {
    clientHeight: { configurable: true, value: 400 },
    scrollHeight: { configurable: true, value: 2000 },
  });
  return view;
}

function scrollTo(page: Page, view: HTMLElement, top: number): void {
  view.scrollTop = top;
  view.dispatchEvent(new window.Event('scroll'));
  page.draw();
}

function grow(page: Page): void {
  page.tell({
    type: 'events',
    conversation: 'c1',
    events: [{ type: 'textGrew', turn: 'a', index: 0, text: ' more' }],
  });
}

function streamingPage(kept?: unknown): Page {
  const { endedAt: _, ...open } = answered('a', 'q', 'So far', { state: 'streaming' });
  return openPage({ turns: [asked('q', null, 'Why?'), open], ...(kept === undefined ? {} : { kept }) });
}

test('The view follows the answer while it is at the end', () => {
  const page = streamingPage();
  const view = measured(page);
  grow(page);
  assert.equal(view.scrollTop, 2000);
  assert.equal(page.find('button', 'Jump to latest'), undefined);
  page.close();
});

test('A reader who scrolls up stays there until "Jump to latest"', () => {
  const page = streamingPage();
  const view = measured(page);
  scrollTo(page, view, 1600);
  scrollTo(page, view, 900);
  grow(page);
  assert.equal(view.scrollTop, 900);
  page.get('button', 'Jump to latest').click();
  page.draw();
  assert.equal(view.scrollTop, 2000);
  assert.equal(page.find('button', 'Jump to latest'), undefined);
  assert.equal(window.document.activeElement, page.get('textbox', 'Message Claude'));
  page.close();
});

test('Scrolling back to the end follows again', () => {
  const page = streamingPage();
  const view = measured(page);
  scrollTo(page, view, 1600);
  scrollTo(page, view, 900);
  scrollTo(page, view, 1590);
  assert.equal(page.find('button', 'Jump to latest'), undefined);
  page.close();
});

test('What the reader opens does not slide away', () => {
  const page = streamingPage();
  const view = measured(page);
  scrollTo(page, view, 1600);
  const summary = window.document.createElement('summary');
  view.append(summary);
  summary.click();
  grow(page);
  assert.equal(view.scrollTop, 1600);
  page.close();
});

test('The reading place is kept for this conversation only', () => {
  const page = streamingPage();
  const view = measured(page);
  scrollTo(page, view, 1600);
  scrollTo(page, view, 900);
  page.rest();
  page.close();
  const again = streamingPage(page.kept());
  assert.ok(again.find('button', 'Jump to latest'));
  again.close();
  const other = openPage({ id: 'c2', kept: page.kept() });
  assert.equal(other.find('button', 'Jump to latest'), undefined);
  other.close();
});

test('A question that is sent brings the view to the end', () => {
  const page = openPage({ turns: [asked('q', null, 'Why?'), answered('a', 'q', 'So.')] });
  const view = measured(page);
  scrollTo(page, view, 1600);
  scrollTo(page, view, 900);
  page.type('Next');
  page.press('Enter');
  assert.equal(view.scrollTop, 2000);
  page.close();
});
