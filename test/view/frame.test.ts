import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AssistantTurn, Usage } from '../../src/core/conversation/model.ts';
import { answered, asked, openPage, type Page, QUOTE, quoted } from './support.ts';

const USAGE: Usage = { input: 200, cacheRead: 12_000, cacheWrite: 231, cacheWrite1h: 0, output: 512 };

function pageWith(more: Partial<AssistantTurn>): Page {
  return openPage({ turns: [asked('q', null, 'Why?'), answered('a', 'q', 'Because.', more)] });
}

test('The context window is a meter when both figures are known', () => {
  const page = pageWith({ usage: USAGE });
  const meter = page.get('meter', 'Context window');
  assert.equal(meter.getAttribute('aria-valuenow'), '12943');
  assert.equal(meter.getAttribute('aria-valuemax'), '200000');
  assert.equal(meter.textContent?.trim(), '13k/200k');
  page.close();
  const empty = openPage();
  assert.equal(empty.find('meter', 'Context window'), undefined);
  empty.close();
});

test('Whoever answers instead of Anthropic is named', () => {
  const page = openPage({ status: { endpoint: '127.0.0.1:4123', profile: 'work' } });
  const badge = page.all('[data-part="endpoint"]')[0];
  assert.equal(badge?.title, 'Answers come from 127.0.0.1:4123');
  assert.match(page.all('.badges')[0]?.textContent ?? '', /work/);
  page.close();
});

test('An empty conversation says how to begin, according to the key', () => {
  const missing = openPage({ status: { key: 'missing' } });
  missing.get('button', 'Set API Key').click();
  assert.deepEqual(missing.wishes.at(-1), { type: 'run', command: 'parley.setApiKey' });
  missing.close();
  const importable = openPage({ status: { key: 'importable' } });
  importable.get('button', 'Use the key from ANTHROPIC_API_KEY').click();
  importable.get('button', 'Set another key').click();
  assert.deepEqual(importable.wishes.slice(1), [
    { type: 'importKey' },
    { type: 'run', command: 'parley.setApiKey' },
  ]);
  importable.close();
  const present = openPage({ status: { key: 'present' } });
  assert.equal(present.all('.welcome li').length, 4);
  present.close();
  const used = pageWith({});
  assert.deepEqual(used.all('.welcome'), []);
  used.close();
});

test('A notice is polite, shown once however often it is said, and can be dismissed', () => {
  const page = openPage();
  page.tell({ type: 'noticeShown', sentence: 'The key was kept.' });
  page.tell({ type: 'noticeShown', sentence: 'The key was kept.' });
  assert.equal(page.all('.notices[role="status"] .notice').length, 1);
  page.get('button', 'Dismiss').click();
  page.draw();
  assert.deepEqual(page.all('.notice'), []);
  page.close();
});

test('The meter goes by the quote as soon as there is one of this conversation', () => {
  const page = pageWith({ usage: USAGE });
  page.tell(quoted());
  assert.equal(page.get('meter', 'Context window').getAttribute('aria-valuenow'), '10000');
  page.tell(quoted({ conversation: 'c2', quote: { ...QUOTE, input: 50_000 } }));
  assert.equal(page.get('meter', 'Context window').getAttribute('aria-valuenow'), '10000');
  page.tell(quoted({ quote: null }));
  assert.equal(page.get('meter', 'Context window').getAttribute('aria-valuenow'), '12943');
  page.close();
});
