import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Compaction } from '../../src/core/conversation/model.ts';
import type { ToHost } from '../../src/core/protocol.ts';
import { answered, asked, openPage, type Page, QUOTE, quoted, STATUS, textIn } from './support.ts';

const TURNS = [
  asked('q', null, 'Why?'),
  answered('a', 'q', 'Because.'),
  asked('q2', 'a', 'Really?'),
  answered('a2', 'q2', 'Yes.'),
];

const SUMMARY: Compaction = {
  id: 'k',
  at: 5000,
  model: { id: 'claude-sonnet-5-5', name: 'Claude Sonnet 5.5' },
  through: 'a2',
  way: 'summarize',
  state: 'offered',
  blocks: [{ type: 'compaction', content: 'They spoke of **reasons**.' }],
  tokensBefore: 164_000,
  tokensAfter: 2100,
  usage: {
    input: 0,
    cacheRead: 0,
    cacheWrite: 0,
    cacheWrite1h: 0,
    output: 0,
    iterations: [{ type: 'compaction', input_tokens: 100_000, output_tokens: 1000 }],
  },
};

function pageWith(more: Partial<Compaction>, turns = TURNS, older = 0): Page {
  return openPage({ turns, older, compactions: [{ ...SUMMARY, ...more }] });
}

function card(page: Page): HTMLElement {
  const found = page.all('[data-part="compaction"]')[0];
  assert.ok(found);
  return found;
}

function fill(page: Page, input: number): void {
  page.tell(quoted({ quote: { ...QUOTE, input } }));
}

function shownTurns(page: Page): (string | undefined)[] {
  return page.all('[data-turn]').map((turn) => turn.dataset.turn);
}

function openDetails(page: Page, summary: string): void {
  const found = page.all('summary').find((element) => element.textContent?.trim() === summary);
  const details = found?.parentElement as HTMLDetailsElement;
  details.open = true;
  details.dispatchEvent(new window.Event('toggle'));
  page.draw();
}

test('A full context window brings an offer, with a form for what the summary must keep', () => {
  const page = openPage({ turns: TURNS });
  fill(page, 159_000);
  assert.deepEqual(page.all('[data-part="compact-offer"]'), []);
  fill(page, 164_000);
  assert.match(
    textIn(page, '[data-part="compact-offer"]'),
    /^This conversation fills 82% of the context window\. Compact… Not Now$/,
  );
  openDetails(page, 'Compact…');
  const box = page.all('.compact-form textarea')[0] as HTMLTextAreaElement;
  assert.match(box.labels?.[0]?.textContent ?? '', /What the summary must keep/);
  box.value = ' The decisions. ';
  page.get('button', 'Summarize').click();
  assert.deepEqual(page.wishes.at(-1), { type: 'compact', instructions: 'The decisions.' });
  page.close();
});

test('The offer that was put off comes back after another 5 %, also over a reload', () => {
  const page = openPage({ turns: TURNS });
  fill(page, 164_000);
  page.get('button', 'Not Now').click();
  page.draw();
  fill(page, 173_000);
  assert.deepEqual(page.all('[data-part="compact-offer"]'), []);
  page.rest();
  page.close();
  const again = openPage({ turns: TURNS, kept: page.kept() });
  fill(again, 173_000);
  assert.deepEqual(again.all('[data-part="compact-offer"]'), []);
  fill(again, 174_000);
  assert.equal(again.all('[data-part="compact-offer"]').length, 1);
  again.close();
});

test('Nothing is offered where the user or the model leaves no choice, nor while a summary is made', () => {
  const page = openPage({ turns: TURNS });
  for (const more of [{ mode: 'auto' }, { mode: 'off' }, { possible: false }] as const) {
    page.tell({
      type: 'statusChanged',
      status: { ...STATUS, compaction: { ...STATUS.compaction, ...more } },
    });
    fill(page, 190_000);
    assert.deepEqual(page.all('[data-part="compact-offer"]'), []);
  }
  page.close();
  const running = pageWith({ state: 'running', blocks: [] });
  fill(running, 190_000);
  assert.deepEqual(running.all('[data-part="compact-offer"]'), []);
  running.close();
});

test('A summary on its way can be stopped', () => {
  const page = pageWith({ state: 'running', blocks: [] });
  assert.match(card(page).textContent ?? '', /Summarizing the conversation…/);
  page.get('button', 'Stop').click();
  assert.deepEqual(page.wishes.at(-1), { type: 'stop' });
  page.close();
});

test('A summary is shown before it is used, with what it saves and what it cost', () => {
  const page = pageWith({});
  assert.equal(card(page).dataset.state, 'offered');
  assert.equal(card(page).querySelector('.markdown strong')?.textContent, 'reasons');
  assert.equal(
    textIn(page, '[data-part="compaction-figures"]'),
    '164,000 → 2,100 tokens · $0.21 for making it',
  );
  assert.ok(card(page).compareDocumentPosition(page.all('[data-turn="a2"]')[0] as Node) & 2);
  page.get('button', 'Use Summary').click();
  page.get('button', 'Discard').click();
  const decided: ToHost[] = [
    { type: 'decideCompaction', compaction: 'k', state: 'taken' },
    { type: 'decideCompaction', compaction: 'k', state: 'declined' },
  ];
  assert.deepEqual(page.wishes.slice(-2), decided);
  const events = [{ type: 'compactionDecided', compaction: 'k', state: 'declined' }] as const;
  page.tell({ type: 'events', conversation: 'c1', events });
  assert.deepEqual(page.all('[data-part="compaction"]'), []);
  page.close();
});

test('The end of a summary is said once to screen readers', () => {
  const page = pageWith({ state: 'running', blocks: [] });
  page.tell({
    type: 'events',
    conversation: 'c1',
    events: [{ type: 'compactionEnded', compaction: 'k', state: 'offered', at: 1, blocks: SUMMARY.blocks }],
  });
  assert.match(textIn(page, '[data-part="announcement"]'), /summary is ready/);
  page.close();
});

test('An offered summary stays at its place while the conversation goes on', () => {
  const page = pageWith({ through: 'a' });
  assert.equal(card(page).previousElementSibling?.getAttribute('data-turn'), 'a');
  assert.equal(card(page).nextElementSibling?.getAttribute('data-turn'), 'q2');
  page.close();
});

test('Turns before a taken summary are put away behind a line that says so, and can be opened', () => {
  const page = pageWith({ state: 'taken', through: 'a' });
  assert.match(
    card(page).textContent ?? '',
    /Summarized: 2 turns stand as a summary\. Claude no longer sees them word for word\./,
  );
  assert.deepEqual(shownTurns(page), ['q2', 'a2']);
  openDetails(page, 'Show the summarized turns');
  assert.deepEqual(shownTurns(page), ['q', 'a', 'q2', 'a2']);
  openDetails(page, 'Read the summary');
  assert.equal(card(page).querySelector('.markdown strong')?.textContent, 'reasons');
  page.get('button', 'Undo').click();
  assert.deepEqual(page.wishes.at(-1), { type: 'decideCompaction', compaction: 'k', state: 'undone' });
  page.close();
});

test('Undone, everything is as before', () => {
  const page = pageWith({ state: 'taken' });
  assert.deepEqual(shownTurns(page), []);
  page.tell({
    type: 'events',
    conversation: 'c1',
    events: [{ type: 'compactionDecided', compaction: 'k', state: 'undone' }],
  });
  assert.deepEqual(shownTurns(page), ['q', 'a', 'q2', 'a2']);
  assert.deepEqual(page.all('[data-part="compaction"]'), []);
  page.close();
});

test('Turns that were not fetched count as summarized, and are fetched from within', () => {
  const page = pageWith({ state: 'taken', through: 'a' }, TURNS, 38);
  assert.match(card(page).textContent ?? '', /Summarized: 40 turns/);
  assert.equal(page.find('button', 'Show earlier messages'), undefined);
  openDetails(page, 'Show the summarized turns');
  page.get('button', 'Show earlier messages').click();
  assert.deepEqual(page.wishes.at(-1), { type: 'showOlder', before: 'q' });
  page.close();
});

test('A summary whose last turn was not fetched is known by the answers given under it', () => {
  const turns = [asked('q8', 'a7', 'More?'), answered('a8', 'q8', 'More.', { compaction: 'k' })];
  const page = pageWith({ state: 'taken', through: 'a1' }, turns, 14);
  assert.match(card(page).textContent ?? '', /Earlier turns stand as a summary/);
  assert.deepEqual(shownTurns(page), ['q8', 'a8']);
  page.close();
  const aside = pageWith({ state: 'taken', through: 'gone' });
  assert.deepEqual(aside.all('[data-part="compaction"]'), []);
  aside.close();
});

test('A failed summary says why, once, and can be tried again with the same wishes', () => {
  const page = pageWith({
    state: 'failed',
    blocks: [],
    instructions: 'The decisions.',
    failure: { kind: 'overloaded' },
  });
  assert.equal(card(page).getAttribute('role'), 'alert');
  assert.equal(card(page).dataset.failure, 'overloaded');
  assert.match(card(page).textContent ?? '', /overloaded/);
  page.get('button', 'Try Again').click();
  assert.deepEqual(page.wishes.at(-1), { type: 'compact', instructions: 'The decisions.' });
  const turn = asked('q3', 'a2', 'Then on');
  page.tell({ type: 'events', conversation: 'c1', events: [{ type: 'turnAdded', turn }] });
  assert.deepEqual(page.all('[data-part="compaction"]'), []);
  page.close();
});

test('A summary that was interrupted says so, and can be tried again', () => {
  const failure = { kind: 'compaction', message: 'interrupted' } as const;
  const page = pageWith({ state: 'failed', blocks: [], instructions: 'The decisions.', failure });
  assert.match(card(page).textContent ?? '', /The summary was interrupted/);
  page.get('button', 'Try Again').click();
  assert.deepEqual(page.wishes.at(-1), { type: 'compact', instructions: 'The decisions.' });
  page.close();
});

test('Summaries that were decided against leave nothing behind', () => {
  for (const state of ['declined', 'undone', 'dropped'] as const) {
    const page = pageWith({ state });
    assert.deepEqual(page.all('[data-part="compaction"]'), []);
    assert.deepEqual(shownTurns(page), ['q', 'a', 'q2', 'a2']);
    page.close();
  }
});
