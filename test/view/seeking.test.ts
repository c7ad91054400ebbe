import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Turn } from '../../src/core/conversation/model.ts';
import { answered, asked, openPage, type Page } from './support.ts';

/** A conversation of so many turns, and what of it is told. */
const ALL: readonly Turn[] = Array.from({ length: 400 }, (_, at) =>
  at % 2 === 0
    ? asked(`t${at}`, at === 0 ? null : `t${at - 1}`, `Question ${at}`)
    : answered(`t${at}`, `t${at - 1}`, `Answer ${at}`),
);

function pageOf(end = ALL.length, from = end - 40): Page {
  return openPage({ turns: ALL.slice(from, end), older: from });
}

function ask(page: Page, at: number, from = Math.max(0, at - 10), end = from + 40): void {
  page.tell({
    type: 'turnAsked',
    conversation: 'c1',
    turn: `t${at}`,
    turns: ALL.slice(from, end),
    older: from,
  });
}

function fetched(page: Page, from: number, end: number): void {
  page.tell({ type: 'olderTurns', conversation: 'c1', turns: ALL.slice(from, end), older: from });
}

/** The places of the turns on the page, as stretches of neighbors. */
function runs(page: Page): readonly string[] {
  const places = page.all('[data-turn]').map(({ dataset }) => Number(dataset.turn?.slice(1)));
  const starts = places.filter((place, at) => places[at - 1] !== place - 1);
  const ends = places.filter((place, at) => places[at + 1] !== place + 1);
  return starts.map((start, at) => `${start}-${ends[at]}`);
}

function found(page: Page): readonly (string | undefined)[] {
  return page.all('[data-found]').map(({ dataset }) => dataset.turn);
}

/** jsdom lays nothing out, so the view is given its measures. */
function measured(page: Page): HTMLElement {
  const view = page.get('log', 'Conversation');
  Object.defineProperties(view, {
    clientHeight: { configurable: true, value: 400 },
    scrollHeight: { configurable: true, value: 9000 },
  });
  return view;
}

function said(page: Page): string {
  return page
    .all('[role="status"]')
    .map(({ textContent }) => textContent?.trim())
    .join(' ');
}

test('A turn that was found has the focus, is lit up for a moment, and a screen reader says what it is', () => {
  const page = pageOf();
  ask(page, 391);
  const turn = page.all('[data-turn="t391"]')[0];
  assert.equal(window.document.activeElement, turn);
  assert.deepEqual(found(page), ['t391']);
  page.draw();
  assert.match(said(page), /Found in Claude's answer/);
  page.rest();
  assert.deepEqual(found(page), []);
  assert.equal(window.document.activeElement, turn);
  ask(page, 380);
  page.draw();
  assert.deepEqual(found(page), ['t380']);
  assert.match(said(page), /Found in your question/);
  page.close();
});

test('It comes to the top of the view, which follows the newest line no longer, and is left to the reader then', () => {
  const page = pageOf();
  const view = measured(page);
  const turn = page.all('[data-turn="t391"]')[0];
  assert.ok(turn);
  turn.getBoundingClientRect = () => ({ top: 3000 - view.scrollTop }) as DOMRect;
  view.scrollTop = 8600;
  ask(page, 391);
  assert.equal(view.scrollTop, 2988);
  assert.ok(page.find('button', 'Jump to latest'));
  view.dispatchEvent(new window.Event('wheel', { bubbles: true }));
  view.scrollTop = 100;
  page.type('More');
  assert.equal(view.scrollTop, 100);
  assert.notEqual(window.document.activeElement, null);
  page.close();
});

test('Of a long conversation only what is around it comes, and says what is missing and brings it', () => {
  const page = pageOf();
  ask(page, 101);
  assert.deepEqual(found(page), ['t101']);
  assert.deepEqual(runs(page), ['91-130', '360-399']);
  const gap = page.get('group', '229 messages are not shown here');
  const [later, earlier] = gap.querySelectorAll('button');
  later?.click();
  assert.deepEqual(page.wishes.at(-1), { type: 'showNewer', after: 't130' });
  earlier?.click();
  assert.deepEqual(page.wishes.at(-1), { type: 'showOlder', before: 't360' });
  fetched(page, 131, 171);
  fetched(page, 320, 360);
  assert.deepEqual(runs(page), ['91-170', '320-399']);
  assert.ok(page.find('group', '149 messages are not shown here'));
  fetched(page, 51, 91);
  assert.deepEqual(runs(page), ['51-170', '320-399']);
  fetched(page, 171, 320);
  assert.deepEqual(runs(page), ['51-399']);
  assert.deepEqual(page.all('.gap'), []);
  page.close();
});

test('What was fetched for another turn before makes room, and what touches becomes one', () => {
  const page = pageOf();
  ask(page, 101);
  ask(page, 250);
  assert.deepEqual(runs(page), ['240-279', '360-399']);
  ask(page, 5);
  assert.deepEqual(runs(page), ['0-39', '360-399']);
  assert.equal(page.find('button', 'Show earlier messages')?.closest('.gap') !== null, true);
  ask(page, 355);
  assert.deepEqual(runs(page), ['0-39', '345-399']);
  page.close();
});

test('With a gap the conversation goes on at its end', () => {
  const page = pageOf();
  ask(page, 101);
  const turn = asked('t400', 't399', 'One more');
  page.tell({ type: 'events', conversation: 'c1', events: [{ type: 'turnAdded', turn }] });
  assert.deepEqual(runs(page), ['91-130', '360-400']);
  assert.ok(page.find('group', '229 messages are not shown here'));
  page.close();
});

test('A turn below which others come in stays where it is', () => {
  const page = pageOf();
  const view = measured(page);
  ask(page, 101);
  const below = page.all('[data-turn="t360"]')[0];
  assert.ok(below);
  view.dispatchEvent(new window.Event('wheel', { bubbles: true }));
  view.scrollTop = 500;
  below.getBoundingClientRect = () => ({ top: page.all('[data-turn="t350"]').length * 700 }) as DOMRect;
  fetched(page, 320, 360);
  assert.equal(view.scrollTop, 1200);
  page.close();
});

test('A turn that is not there any more leaves the view at the end', () => {
  const page = pageOf();
  const view = measured(page);
  ask(page, 391);
  assert.ok(page.find('button', 'Jump to latest'));
  page.tell({ type: 'turnAsked', conversation: 'c1', turn: 'gone', turns: [], older: 0 });
  assert.deepEqual(found(page), []);
  assert.equal(view.scrollTop, 9000);
  assert.equal(page.find('button', 'Jump to latest'), undefined);
  page.tell({ type: 'turnAsked', conversation: 'c2', turn: 't391', turns: [], older: 0 });
  assert.deepEqual(found(page), []);
  page.close();
});

test('A question that was found is shown whole', () => {
  const long = Array.from({ length: 50 }, (_, line) => `line ${line}`).join('\n');
  const turns = [asked('q', null, long), answered('a', 'q', 'So.')];
  const page = openPage({ turns });
  page.tell({ type: 'turnAsked', conversation: 'c1', turn: 'q', turns, older: 0 });
  assert.match(page.all('.question-text')[0]?.textContent ?? '', /line 49/);
  page.close();
});

test('A turn that stands as a summary is opened, also where the last one of the summary is not on the page', () => {
  const told = {
    id: 'k',
    through: 't300',
    at: 1,
    model: { id: 'claude-sonnet-5-5', name: 'Claude Sonnet 5.5' },
    state: 'taken',
    way: 'threshold',
    instructions: '',
    blocks: [{ type: 'compaction', content: 'Summary' }],
  } as const;
  const newest = ALL.slice(360).map((turn) =>
    turn.role === 'assistant' ? { ...turn, compaction: 'k' } : turn,
  );
  const page = openPage({ turns: newest, older: 360, compactions: [told] });
  ask(page, 101);
  assert.deepEqual(found(page), ['t101']);
  assert.ok(page.all('[data-found]')[0]?.closest('details'));
  assert.equal(page.all('[data-turn="t360"]')[0]?.closest('details'), null);
  assert.match(page.root.textContent ?? '', /Earlier turns stand as a summary/);
  fetched(page, 290, 330);
  fetched(page, 131, 290);
  fetched(page, 330, 360);
  ask(page, 101);
  assert.match(page.root.textContent ?? '', /Summarized: 301 turns/);
  page.close();
});
