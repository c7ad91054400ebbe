import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AssistantTurn } from '../../src/core/conversation/model.ts';
import { answered, asked, block, openPage, type Page, STATUS, textIn } from './support.ts';

function pageWith(more: Partial<AssistantTurn>, text = 'Because.'): Page {
  return openPage({ turns: [asked('q', null, 'Why?'), answered('a', 'q', text, more)] });
}

test('Turns are articles named "You" and "Claude" with id and state, in a log named "Conversation"', () => {
  const page = pageWith({});
  const log = page.get('log', 'Conversation');
  const [you, claude] = [page.get('article', 'You'), page.get('article', 'Claude')];
  assert.ok(log.contains(you) && log.contains(claude));
  assert.deepEqual([you.dataset.turn, claude.dataset.turn, claude.dataset.state], ['q', 'a', 'done']);
  assert.equal(textIn(page, '.answer-header'), 'Claude · Sonnet 5.5');
  page.close();
});

test('A question is shown as it was typed, not as Markdown or HTML', () => {
  const page = openPage({ turns: [asked('q', null, '<b>a</b> **b**\n  c')] });
  assert.equal(page.all('.question-text')[0]?.textContent, '<b>a</b> **b**\n  c');
  page.close();
});

test('A long question is cut until the reader wants it whole', () => {
  const text = Array.from({ length: 500 }, (_, line) => `line ${line}`).join('\n');
  const page = openPage({ turns: [asked('q', null, text)] });
  assert.ok((page.all('.question-text')[0]?.textContent ?? '').length < 1000);
  page.get('button', 'Show more').click();
  page.draw();
  assert.equal(page.all('.question-text')[0]?.textContent, text);
  page.get('button', 'Show less').click();
  page.draw();
  assert.ok(page.find('button', 'Show more'));
  page.close();
});

test('Code in a question is a chip that opens its place', () => {
  const part = {
    kind: 'code',
    path: 'lib/a.ts',
    uri: 'file:///a',
    languageId: 'typescript',
    startLine: 3,
    endLine: 9,
    unsaved: true,
    text: '',
  } as const;
  const question = asked('q', null, 'Why?');
  const page = openPage({ turns: [{ ...question, parts: [part, ...question.parts] }] });
  const chip = page.get('button', 'a.ts:3-9');
  assert.match(chip.title, /^lib\/a\.ts:3-9 .*not saved/);
  chip.click();
  assert.deepEqual(page.wishes.at(-1), { type: 'openPart', turn: 'q', part: 0 });
  page.close();
});

test('Thinking opens, is named by its time, and is hidden when the setting says so', () => {
  const blocks = [
    block({ type: 'thinking', thinking: 'Hm.' }, 0, 8400),
    block({ type: 'text', text: 'Yes.' }),
  ];
  const page = pageWith({ blocks });
  assert.equal(page.all('details > summary')[0]?.textContent?.trim(), 'Thought for 8 s');
  assert.equal(page.all('.thinking-text')[0]?.textContent, 'Hm.');
  page.tell({ type: 'statusChanged', status: { ...STATUS, showThinking: false } });
  assert.deepEqual(page.all('details'), []);
  page.close();
});

test('Growing thinking says "Thinking…"; thinking without text is a plain line', () => {
  const growing = { content: { type: 'thinking', thinking: 'Hm' }, startedAt: 0 };
  const page = pageWith({ state: 'streaming', blocks: [growing] });
  assert.match(textIn(page, 'details > summary'), /^Thinking/);
  page.close();
  const omitted = pageWith({
    blocks: [block({ type: 'thinking', thinking: '', signature: 's' }, 0, 61_000)],
  });
  assert.deepEqual(omitted.all('details'), []);
  assert.equal(textIn(omitted, '.thinking-line'), 'Thought for 1 min 1 s');
  omitted.close();
});

test('What the reader has opened is open again after a reload', () => {
  const blocks = [block({ type: 'thinking', thinking: 'Hm.' }), block({ type: 'text', text: 'Yes.' })];
  const turns = [asked('q', null, 'Why?'), answered('a', 'q', '', { blocks })];
  const page = openPage({ turns });
  const details = page.all('details')[0] as HTMLDetailsElement;
  details.open = true;
  details.dispatchEvent(new window.Event('toggle'));
  page.rest();
  page.close();
  const again = openPage({ turns, kept: page.kept() });
  assert.equal((again.all('details')[0] as HTMLDetailsElement).open, true);
  again.close();
});

test('Blocks that Parley does not know are named, not hidden', () => {
  const blocks = [
    block({ type: 'server_tool_use', id: 'x' }),
    block({ type: 'redacted_thinking', data: 'x' }),
  ];
  const page = pageWith({ blocks });
  const notes = page.all('[data-part="block-note"]').map((note) => note.textContent);
  assert.equal(notes[0], 'Parley cannot show a block of type server_tool_use; it is kept and sent back.');
  assert.match(notes[1] ?? '', /encrypted/);
  page.close();
});

test('Neighboring text blocks are one text', () => {
  const page = pageWith({
    blocks: [block({ type: 'text', text: 'One **sen' }), block({ type: 'text', text: 'tence**.' })],
  });
  assert.equal(page.all('.markdown p')[0]?.innerHTML, 'One <strong>sentence</strong>.');
  page.close();
});

test('The live turn is busy, and its end is announced once', () => {
  const { endedAt: _, ...open } = answered('a', 'q', 'Done.', { state: 'streaming' });
  const page = openPage({ turns: [asked('q', null, 'Why?'), open] });
  assert.equal(page.get('article', 'Claude').getAttribute('aria-busy'), 'true');
  assert.equal(textIn(page, '[data-part="announcement"]'), '');
  page.tell({
    type: 'events',
    conversation: 'c1',
    events: [{ type: 'turnEnded', turn: 'a', state: 'done', at: 2, stopReason: 'end_turn' }],
  });
  assert.equal(page.get('article', 'Claude').getAttribute('aria-busy'), 'false');
  assert.equal(textIn(page, '[data-part="announcement"]'), 'Claude answered: Done.');
  page.close();
});

test('A snapshot announces nothing', () => {
  const page = pageWith({});
  assert.equal(textIn(page, '[data-part="announcement"]'), '');
  page.close();
});
