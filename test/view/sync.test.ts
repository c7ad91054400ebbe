import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatEvent } from '../../src/core/conversation/events.ts';
import { PROTOCOL_VERSION } from '../../src/core/protocol.ts';
import { answered, asked, blankPage, openPage, type Page, STATUS, snapshot } from './support.ts';

const READY = { type: 'ready', version: PROTOCOL_VERSION };

function readies(page: Page): number {
  return page.wishes.filter(({ type }) => type === 'ready').length;
}

function titled(title: string): { type: 'events'; conversation: string; events: ChatEvent[] } {
  return { type: 'events', conversation: 'c1', events: [{ type: 'renamed', title }] };
}

function title(page: Page): string | undefined {
  page.draw();
  return page.all('.title')[0]?.textContent?.trim();
}

test('A page that starts asks for a snapshot', () => {
  const page = blankPage();
  assert.deepEqual(page.wishes, [READY]);
  page.close();
});

test('After a gap in the numbers the page asks once, and shows nothing until the snapshot is there', () => {
  const page = openPage({ title: 'one' });
  page.deliver({ seq: 3, ...titled('lost') });
  page.deliver({ seq: 4, ...titled('lost') });
  assert.equal(readies(page), 2);
  assert.equal(title(page), 'one');
  page.tell(snapshot({ title: 'two' }));
  page.tell(titled('three'));
  assert.equal(title(page), 'three');
  assert.equal(readies(page), 2);
  page.close();
});

test('Events for another conversation make the page ask anew', () => {
  const page = openPage({ title: 'one' });
  page.tell({ ...titled('foreign'), conversation: 'c2' });
  assert.equal(title(page), 'one');
  assert.equal(readies(page), 2);
  page.close();
});

test('A branch from before the turns on the page makes it ask anew', () => {
  const page = openPage({ turns: [asked('q9', 'a8', 'newest')], older: 4 });
  const turn = asked('q1', 'a0', 'from long ago');
  page.tell({ type: 'events', conversation: 'c1', events: [{ type: 'turnAdded', turn }] });
  assert.equal(readies(page), 2);
  page.close();
});

test('A host of another version is asked once and then the user is told', () => {
  const page = blankPage();
  page.tell(snapshot({ version: PROTOCOL_VERSION + 1 }));
  page.tell(snapshot({ version: PROTOCOL_VERSION + 1 }));
  assert.equal(readies(page), 2);
  assert.match(page.root.textContent ?? '', /another version of Parley/);
  page.tell(snapshot({ title: 'fits' }));
  assert.equal(title(page), 'fits');
  page.close();
});

test('What is not a message is reported and breaks nothing', () => {
  const page = openPage({ title: 'one', turns: [asked('q', null, 'Hello')] });
  const wrong = [
    null,
    7,
    'snapshot',
    [],
    {},
    { type: 'snapshot' },
    { seq: 2, type: 'nonsense' },
    { seq: 2, type: 'toString' },
    { seq: '2', type: 'focusAsked' },
    { seq: 2, type: 'events', conversation: 'c1' },
    { seq: 2, type: 'events', conversation: 'c1', events: [null] },
    { seq: 2, type: 'olderTurns', conversation: 'c1', older: 0, turns: [{ id: 'x', role: 'user' }] },
    { seq: 2, type: 'statusChanged', status: {} },
    ...(['prices', 'compaction', 'systemPrompt'] as const).map((field) => ({
      seq: 2,
      type: 'statusChanged',
      status: { ...STATUS, [field]: undefined },
    })),
    { seq: 2, type: 'quoteChanged', conversation: 'c1', quote: {}, textTokens: 0, textLength: 0, cache: {} },
    { seq: 2, type: 'budgetReached', sentence: 'x' },
    { seq: 2, type: 'imageShrinkAsked', id: 'i' },
    { seq: 2, type: 'attachmentsChanged', attachments: [{ id: 'x', part: { kind: 'image' } }] },
    { ...snapshot(), seq: 1, conversation: { id: 'c1', title: '', older: 0, turns: [] } },
    {
      ...snapshot(),
      seq: 1,
      conversation: { id: 'c1', title: '', older: 0, turns: [{ role: 'assistant' }] },
    },
  ];
  for (const message of wrong) page.deliver(message);
  const reports = page.wishes.filter(({ type }) => type === 'report');
  assert.equal(reports.length, wrong.length);
  page.tell(titled('still alive'));
  assert.equal(title(page), 'still alive');
  page.close();
});

test('Many messages make one frame', () => {
  const page = openPage();
  page.draw();
  for (let seq = 2; seq < 50; seq += 1) page.deliver({ seq, ...titled(`t${seq}`) });
  assert.equal(page.draw(), 1);
  assert.equal(title(page), 't49');
  page.close();
});

test('Older turns come in above, once, and the button goes when there are no more', () => {
  const page = openPage({ turns: [asked('q2', 'a1', 'second')], older: 2 });
  page.get('button', 'Show earlier messages').click();
  assert.deepEqual(page.wishes.at(-1), { type: 'showOlder', before: 'q2' });
  const older = [asked('q1', null, 'first'), answered('a1', 'q1', 'Answer')];
  for (let time = 0; time < 2; time += 1) {
    page.tell({ type: 'olderTurns', conversation: 'c1', turns: older, older: 0 });
  }
  assert.deepEqual(
    page.all('[data-turn]').map((turn) => turn.dataset.turn),
    ['q1', 'a1', 'q2'],
  );
  assert.equal(page.find('button', 'Show earlier messages'), undefined);
  page.close();
});

test('A turn that did not change keeps its nodes while another one grows', () => {
  const turns = [
    asked('q1', null, 'One'),
    answered('a1', 'q1', 'First **answer**'),
    asked('q2', 'a1', 'Two'),
  ];
  const streaming = answered('a2', 'q2', 'Growing', { state: 'streaming' });
  const { endedAt: _, ...open } = streaming;
  const page = openPage({ turns: [...turns, open] });
  const before = page.all('[data-turn]:not([data-turn="a2"]) *');
  const changes: MutationRecord[] = [];
  const observer = new window.MutationObserver((records) => changes.push(...records));
  observer.observe(page.root, { subtree: true, childList: true, characterData: true, attributes: true });
  page.tell({
    type: 'events',
    conversation: 'c1',
    events: [{ type: 'textGrew', turn: 'a2', index: 0, text: ' more' }],
  });
  changes.push(...observer.takeRecords());
  observer.disconnect();
  assert.match(page.get('log', 'Conversation').textContent ?? '', /Growing more/);
  assert.deepEqual(page.all('[data-turn]:not([data-turn="a2"]) *'), before);
  for (const { target } of changes) {
    const element = target.nodeType === 1 ? (target as Element) : target.parentElement;
    assert.equal(element?.closest('[data-turn]')?.getAttribute('data-turn'), 'a2');
  }
  page.close();
});

test('The page speaks the language of its bundle', () => {
  const page = openPage({ l10n: JSON.stringify({ 'New conversation': 'Neue Unterhaltung' }) });
  assert.equal(title(page), 'Neue Unterhaltung');
  page.close();
  const english = openPage({ l10n: '{broken' });
  assert.equal(title(english), 'New conversation');
  english.close();
});
