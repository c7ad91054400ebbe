import './dom.ts';

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { estimateText } from '../../src/core/money/estimateText.ts';
import { openAnswer } from '../support/conversations.ts';
import { asked, openPage, type Page, QUOTE, quoted, STATUS, snapshot, textIn } from './support.ts';

function quoteIn(page: Page): HTMLElement {
  const line = page.all('[data-part="quote"]')[0];
  assert.ok(line);
  return line;
}

function cacheIn(page: Page): HTMLElement {
  const chip = page.all('[data-part="cache"]')[0];
  assert.ok(chip);
  return chip;
}

test('Before the host has said anything there is no quote, and none for an empty text', () => {
  const page = openPage();
  assert.equal(quoteIn(page).dataset.state, 'unavailable');
  assert.equal(quoteIn(page).dataset.input, undefined);
  assert.equal(quoteIn(page).textContent, '');
  page.type('Hello');
  assert.equal(quoteIn(page).textContent, '–');
  page.close();
});

test('The quote of the host stands in the composer with its figures and what they are made of', () => {
  const page = openPage();
  page.tell(quoted());
  const line = quoteIn(page);
  const { title: _, ...rest } = { ...line.dataset, title: '' };
  assert.deepEqual(rest, {
    part: 'quote',
    state: 'exact',
    input: '10000',
    cacheRead: '9000',
    cacheWrite: '1000',
    usdLow: '0.0034',
    usdHigh: '0.345',
  });
  assert.equal(line.getAttribute('role'), 'status');
  assert.equal(line.getAttribute('aria-live'), 'polite');
  assert.equal(line.textContent, '10,000 tok · $0.0034–0.35');
  assert.match(line.title, /9,000 read from the cache\n1,000 written to the cache\n32,000 for the longest/);
  assert.doesNotMatch(line.title, /at the full price/);
  page.close();
});

test('What is typed moves the quote at once, as an estimate that screen readers are not told', () => {
  const page = openPage();
  page.tell(quoted());
  const text = 'What does this function do, and why does it do it twice?';
  page.type(text);
  const line = quoteIn(page);
  const more = estimateText(text);
  assert.equal(line.dataset.state, 'estimate');
  assert.equal(line.getAttribute('aria-live'), 'off');
  assert.equal(Number(line.dataset.input), 10_000 + more);
  assert.equal(Number(line.dataset.cacheWrite), 1000 + more);
  assert.ok(Math.abs(Number(line.dataset.usdLow) - (0.0034 + (more * 2.5) / 1_000_000)) < 1e-9);
  assert.match(line.textContent ?? '', /^~10,0\d\d tok · \$/);
  page.close();
});

test('The host’s own quote for the text takes the place of the estimate', () => {
  const page = openPage();
  page.tell(quoted());
  page.type('Hello');
  page.tell(quoted({ quote: { ...QUOTE, input: 10_002 }, textTokens: 2, textLength: 5 }));
  assert.deepEqual([quoteIn(page).dataset.state, quoteIn(page).dataset.input], ['exact', '10002']);
  page.type('');
  assert.equal(quoteIn(page).dataset.input, '10000');
  page.close();
});

test('While an answer arrives the quote of its question is gone from the empty composer', () => {
  const page = openPage({ turns: [asked('q', null, 'Hi')] });
  page.tell(quoted());
  assert.equal(quoteIn(page).dataset.state, 'exact');
  const turn = openAnswer('a', 'q');
  page.tell({ type: 'events', conversation: 'c1', events: [{ type: 'turnAdded', turn }] });
  assert.equal(quoteIn(page).dataset.state, 'unavailable');
  assert.equal(quoteIn(page).textContent, '');
  page.close();
});

test('A quote is an estimate again after anything else has changed, until it is counted anew', () => {
  const page = openPage();
  const turn = asked('q', null, 'Why?');
  const changes: Parameters<Page['tell']>[0][] = [
    {
      type: 'attachmentsChanged',
      attachments: [{ id: 'x', part: { kind: 'text', text: 'x' }, tokens: 1, exact: false }],
    },
    { type: 'statusChanged', status: { ...STATUS, effort: 'low' } },
    { type: 'events', conversation: 'c1', events: [{ type: 'turnAdded', turn }] },
    snapshot({ turns: [turn] }),
  ];
  for (const change of changes) {
    page.tell(quoted());
    assert.equal(quoteIn(page).dataset.state, 'exact');
    page.tell(change);
    assert.equal(quoteIn(page).dataset.state, 'estimate', change.type);
  }
  page.tell(snapshot({ id: 'c2' }));
  assert.equal(quoteIn(page).dataset.state, 'unavailable');
  page.close();
});

test('Without a price there are tokens and no dollars', () => {
  const page = openPage({ status: { prices: {} } });
  const { usdLow: _, usdHigh: __, ...quote } = QUOTE;
  page.tell(quoted({ quote }));
  assert.equal(quoteIn(page).textContent, '10,000 tok');
  assert.equal(quoteIn(page).dataset.usdLow, undefined);
  assert.match(quoteIn(page).title, /price of this model is not known/);
  page.type('Hello');
  assert.equal(quoteIn(page).textContent, `~${(10_000 + estimateText('Hello')).toLocaleString('en-US')} tok`);
  page.close();
});

test('What a switch loses of the cache is said before sending; that it expired is not', () => {
  const page = openPage();
  page.tell(quoted({ quote: { ...QUOTE, lost: { cause: 'modelChanged', tokens: 41_200 } } }));
  assert.equal(
    textIn(page, '[data-part="cache-loss"]'),
    'The cache is lost: the model was changed. 41,200 tokens are read again for $0.099 more.',
  );
  assert.match(quoteIn(page).title, /41,200 cached tokens are lost: the model was changed/);
  page.tell(quoted({ quote: { ...QUOTE, lost: { cause: 'expired', tokens: 41_200 } } }));
  assert.deepEqual(page.all('[data-part="cache-loss"]'), []);
  page.close();
});

test('Images that nobody has measured are named in the quote', () => {
  const page = openPage();
  page.tell(quoted({ quote: { ...QUOTE, guessedImages: 2 } }));
  assert.match(quoteIn(page).title, /Images by address, counted at their largest: 2/);
  page.close();
});

test('A warm cache counts down in its own element and goes cold by itself', () => {
  mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
  const page = openPage();
  assert.equal(cacheIn(page).dataset.state, 'none');
  assert.equal(cacheIn(page).textContent, '');
  const expires = 1_000_000 + 263_000;
  page.tell(quoted({ cache: { state: 'warm', expires, tokens: 9000 } }));
  const chip = cacheIn(page);
  assert.deepEqual({ ...chip.dataset }, { part: 'cache', state: 'warm', expires: String(expires) });
  assert.match(chip.title, /reads 9,000 tokens from the cache/);
  assert.equal(textIn(page, '[data-part="cache"]'), 'cache warm for 4:23');
  const changes: MutationRecord[] = [];
  const observer = new window.MutationObserver((records) => changes.push(...records));
  observer.observe(page.root, { subtree: true, childList: true, characterData: true, attributes: true });
  mock.timers.setTime(1_000_000 + 60_500);
  page.tick();
  changes.push(...observer.takeRecords());
  observer.disconnect();
  assert.equal(chip.querySelector('[role="timer"]')?.textContent, '3:23');
  for (const { target } of changes) assert.ok(chip.contains(target));
  mock.timers.setTime(expires + 1);
  page.tick();
  assert.equal(cacheIn(page).dataset.state, 'cold');
  assert.equal(cacheIn(page).dataset.expires, undefined);
  assert.equal(textIn(page, '[data-part="cache"]'), 'cache cold');
  assert.equal(quoteIn(page).dataset.state, 'estimate');
  page.close();
  mock.timers.reset();
});

test('A cache that was warmed again keeps its new time', () => {
  mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
  const page = openPage();
  page.tell(quoted({ cache: { state: 'warm', expires: 1_010_000, tokens: 9000 } }));
  mock.timers.setTime(1_020_000);
  page.deliver({ seq: 3, ...quoted({ cache: { state: 'warm', expires: 1_300_000, tokens: 9000 } }) });
  page.tick();
  assert.equal(cacheIn(page).dataset.state, 'warm');
  assert.equal(textIn(page, '[data-part="cache"]'), 'cache warm for 4:40');
  page.close();
  mock.timers.reset();
});
