import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AssistantTurn } from '../../src/core/conversation/model.ts';
import { answered, asked, block, openPage, type Page, STATUS, textIn } from './support.ts';

function pageWith(more: Partial<AssistantTurn>, text = 'Because.'): Page {
  return openPage({ turns: [asked('q', null, 'Why?'), answered('a', 'q', text, more)] });
}

test('How an answer ended is said where the reader must know, whatever the API calls it', () => {
  const cases: [Partial<AssistantTurn>, RegExp][] = [
    [{ stopReason: 'end_turn' }, /^$/],
    [{ stopReason: 'stop_sequence' }, /^$/],
    [{ stopReason: 'max_tokens' }, /length limit/],
    [{ stopReason: 'model_context_window_exceeded' }, /end of the context window/],
    [{ stopReason: 'refusal' }, /declined to answer/],
    [{ stopReason: 'pause_turn' }, /server paused/],
    [{ stopReason: 'tool_use' }, /a tool that Parley does not have/],
    [{ stopReason: 'compaction' }, /ended with "compaction"/],
    [{ stopReason: 'brand_new' }, /ended with "brand_new"/],
    [{ state: 'stopped' }, /You stopped/],
    [{ state: 'interrupted' }, /Interrupted/],
  ];
  for (const [more, sentence] of cases) {
    const page = pageWith(more);
    assert.match(textIn(page, '[data-part="end"]'), sentence, JSON.stringify(more));
    page.close();
  }
});

test('An answer that was cut short can be continued, but only the newest one', () => {
  for (const more of [
    { state: 'stopped' },
    { state: 'interrupted' },
    { stopReason: 'max_tokens' },
  ] as Partial<AssistantTurn>[]) {
    const page = pageWith(more);
    page.get('button', 'Continue').click();
    assert.deepEqual(page.wishes.at(-1), { type: 'continueAnswer' });
    const turn = asked('q2', 'a', 'Next');
    page.tell({ type: 'events', conversation: 'c1', events: [{ type: 'turnAdded', turn }] });
    assert.equal(page.find('button', 'Continue'), undefined);
    page.close();
  }
  const whole = pageWith({ stopReason: 'end_turn' });
  assert.equal(whole.find('button', 'Continue'), undefined);
  whole.close();
});

test('An answer that was cut before its first word is asked for again', () => {
  const page = pageWith({ state: 'stopped' }, '');
  assert.equal(page.find('button', 'Continue'), undefined);
  page.get('button', 'Try Again').click();
  assert.deepEqual(page.wishes.at(-1), { type: 'retry' });
  page.close();
});

test('An interrupted answer is gone on with or given anew, and one without words only given anew', () => {
  const names = (page: Page): string[] =>
    page.all('.end button').map((button) => button.textContent?.trim() ?? '');
  const page = pageWith({ state: 'interrupted' });
  assert.deepEqual(names(page), ['Continue', 'Regenerate']);
  assert.equal(page.all('button[aria-label="Regenerate"]').length, 0);
  page.get('button', 'Continue').click();
  page.get('button', 'Regenerate').click();
  assert.deepEqual(page.wishes.slice(-2), [{ type: 'continueAnswer' }, { type: 'retry' }]);
  page.close();
  const thought = block({ type: 'thinking', thinking: 'Hm.', signature: '' });
  const wordless = pageWith({ state: 'interrupted', blocks: [thought] });
  assert.deepEqual(names(wordless), ['Regenerate']);
  wordless.close();
  const older = pageWith({ state: 'interrupted' });
  const turn = asked('q2', 'a', 'Next');
  older.tell({ type: 'events', conversation: 'c1', events: [{ type: 'turnAdded', turn }] });
  assert.deepEqual(names(older), []);
  older.close();
});

test('A full context window is met with a summary, or with a new conversation where there is none', () => {
  const page = pageWith({ stopReason: 'model_context_window_exceeded' });
  page.get('button', 'Compact Conversation').click();
  assert.deepEqual(page.wishes.at(-1), { type: 'compact', instructions: '' });
  const compaction = { ...STATUS.compaction, possible: false };
  page.tell({ type: 'statusChanged', status: { ...STATUS, compaction } });
  page.get('button', 'New Conversation').click();
  assert.deepEqual(page.wishes.at(-1), { type: 'run', command: 'parley.newConversation' });
  page.close();
});

test('A question that only asks to go on is no more than a line, and is not edited', () => {
  const turn = { ...asked('q2', 'a', 'Please continue from: ...'), continues: 'a' };
  const page = openPage({ turns: [asked('q', null, 'Why?'), answered('a', 'q', 'Because'), turn] });
  assert.equal(textIn(page, '[data-turn="q2"]'), 'Asked to continue');
  assert.equal(page.all('[data-turn="q2"] button').length, 0);
  page.close();
});

test('The newest answer can be regenerated; a conversation can be forked from any', () => {
  const turns = [
    asked('q', null, 'One'),
    answered('a', 'q', 'First'),
    asked('q2', 'a', 'Two'),
    answered('a2', 'q2', 'Second'),
  ];
  const page = openPage({ turns });
  const regenerate = page.all('button[aria-label="Regenerate"]');
  assert.deepEqual(
    regenerate.map((button) => button.closest<HTMLElement>('[data-turn]')?.dataset.turn),
    ['a2'],
  );
  regenerate[0]?.click();
  page.get('button', 'Fork from Here').click();
  assert.deepEqual(page.wishes.slice(-2), [{ type: 'retry' }, { type: 'fork', turn: 'a' }]);
  assert.equal(page.all('button[aria-label="Fork from Here"]').length, 2);
  page.close();
});

test('"Copy as Markdown" copies what Claude wrote', () => {
  const page = pageWith({}, '**Because** of `x`.');
  page.get('button', 'Copy as Markdown').click();
  assert.deepEqual(page.wishes.at(-1), { type: 'copy', text: '**Because** of `x`.' });
  page.close();
  const streaming = pageWith({ state: 'streaming' });
  assert.equal(streaming.find('button', 'Copy as Markdown'), undefined);
  streaming.close();
});
