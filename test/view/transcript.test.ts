import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AssistantTurn, FailureKind, Usage } from '../../src/core/conversation/model.ts';
import { adviseOn } from '../../src/core/failure.ts';
import { answered, asked, block, openPage, type Page, STATUS } from './support.ts';

const USAGE: Usage = { input: 200, cacheRead: 12_000, cacheWrite: 231, cacheWrite1h: 0, output: 512 };

function pageWith(more: Partial<AssistantTurn>, text = 'Because.'): Page {
  return openPage({ turns: [asked('q', null, 'Why?'), answered('a', 'q', text, more)] });
}

function textOf(page: Page, selector: string): string {
  return (page.all(selector)[0]?.textContent ?? '').replace(/\s+/g, ' ').trim();
}

test('Turns are articles named "You" and "Claude" with id and state, in a log named "Conversation"', () => {
  const page = pageWith({});
  const log = page.get('log', 'Conversation');
  const [you, claude] = [page.get('article', 'You'), page.get('article', 'Claude')];
  assert.ok(log.contains(you) && log.contains(claude));
  assert.deepEqual([you.dataset.turn, claude.dataset.turn, claude.dataset.state], ['q', 'a', 'done']);
  assert.equal(textOf(page, '.answer-header'), 'Claude · Sonnet 5.5');
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

test('The usage line carries the whole prompt and its cached share', () => {
  const page = pageWith({ usage: USAGE });
  const line = page.all('[data-part="usage"]')[0];
  assert.deepEqual(
    { ...line?.dataset },
    { part: 'usage', input: '12431', cacheRead: '12000', cacheWrite: '231', output: '512' },
  );
  assert.equal(line?.textContent, '12,431 in (97% cached) · 512 out · 3.2 s');
  page.close();
});

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
  assert.match(textOf(page, 'details > summary'), /^Thinking/);
  page.close();
  const omitted = pageWith({
    blocks: [block({ type: 'thinking', thinking: '', signature: 's' }, 0, 61_000)],
  });
  assert.deepEqual(omitted.all('details'), []);
  assert.equal(textOf(omitted, '.thinking-line'), 'Thought for 1 min 1 s');
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

test('How an answer ended is said where the reader must know', () => {
  const cases: [Partial<AssistantTurn>, string][] = [
    [{ stopReason: 'end_turn' }, ''],
    [{ stopReason: 'max_tokens' }, 'The answer reached the length limit.'],
    [{ stopReason: 'model_context_window_exceeded' }, 'The answer reached the end of the context window.'],
    [{ stopReason: 'refusal' }, 'Claude declined to answer this.'],
    [{ stopReason: 'brand_new' }, 'The answer ended with "brand_new".'],
    [{ state: 'stopped' }, 'Stopped'],
    [{ state: 'interrupted' }, 'Interrupted'],
  ];
  for (const [more, sentence] of cases) {
    const page = pageWith(more);
    assert.equal(textOf(page, '[data-part="end"]'), sentence);
    page.close();
  }
});

test('A stopped or interrupted answer can be asked for again, but only the newest one', () => {
  for (const state of ['stopped', 'interrupted'] as const) {
    const page = pageWith({ state });
    page.get('button', 'Try Again').click();
    assert.deepEqual(page.wishes.at(-1), { type: 'retry' });
    const turn = asked('q2', 'a', 'Next');
    page.tell({ type: 'events', conversation: 'c1', events: [{ type: 'turnAdded', turn }] });
    assert.equal(page.find('button', 'Try Again'), undefined);
    page.close();
  }
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

test('The live turn is busy, and its end is announced once', () => {
  const { endedAt: _, ...open } = answered('a', 'q', 'Done.', { state: 'streaming' });
  const page = openPage({ turns: [asked('q', null, 'Why?'), open] });
  assert.equal(page.get('article', 'Claude').getAttribute('aria-busy'), 'true');
  assert.equal(textOf(page, '[data-part="announcement"]'), '');
  page.tell({
    type: 'events',
    conversation: 'c1',
    events: [{ type: 'turnEnded', turn: 'a', state: 'done', at: 2, stopReason: 'end_turn' }],
  });
  assert.equal(page.get('article', 'Claude').getAttribute('aria-busy'), 'false');
  assert.equal(textOf(page, '[data-part="announcement"]'), 'Claude answered: Done.');
  page.close();
});

test('A snapshot announces nothing', () => {
  const page = pageWith({});
  assert.equal(textOf(page, '[data-part="announcement"]'), '');
  page.close();
});

test('Code can be copied, inserted, opened and, if it is for a shell, run', () => {
  const page = pageWith({}, '```ts\nlet a = "<b>";\n```\n\n```bash\nls -l\n```');
  const [ts, sh] = page.all('.code-block');
  const names = (frame: HTMLElement | undefined): string[] =>
    [...(frame?.querySelectorAll('button') ?? [])].map((button) => button.getAttribute('aria-label') ?? '');
  assert.deepEqual(names(ts), ['Copy', 'Insert at Cursor', 'New File']);
  assert.deepEqual(names(sh), ['Copy', 'Insert at Cursor', 'New File', 'Run in Terminal']);
  for (const button of [...(ts?.querySelectorAll('button') ?? []), ...(sh?.querySelectorAll('button') ?? [])])
    button.click();
  const text = 'let a = "<b>";';
  assert.deepEqual(page.wishes.slice(1), [
    { type: 'copy', text },
    { type: 'insertAtCursor', text },
    { type: 'openNewFile', text, language: 'typescript' },
    { type: 'copy', text: 'ls -l' },
    { type: 'insertAtCursor', text: 'ls -l' },
    { type: 'openNewFile', text: 'ls -l', language: 'shellscript' },
    { type: 'runInTerminal', text: 'ls -l' },
  ]);
  page.close();
});

test('A link goes up to the host by click and by key, and VS Code does not see the click', () => {
  const page = pageWith({}, '[a](https://a.example)');
  const link = page.get('link', 'a');
  let seen = 0;
  const look = (): void => {
    seen += 1;
  };
  window.document.addEventListener('click', look);
  link.click();
  link.dispatchEvent(new window.KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  window.document.removeEventListener('click', look);
  const wish = { type: 'openLink', href: 'https://a.example' };
  assert.deepEqual(page.wishes.slice(1), [wish, wish]);
  assert.equal(seen, 0);
  page.close();
});

const KINDS: Readonly<Record<FailureKind, string>> = {
  noKey: 'run parley.setApiKey',
  badKey: 'run parley.setApiKey',
  forbidden: 'run parley.selectModel',
  billing: 'retry',
  spendLimit: 'retry',
  rateLimit: 'retry',
  overloaded: 'retry',
  server: 'retry',
  invalidRequest: 'retry',
  unknownModel: 'run parley.selectModel',
  noEndpoint: 'openSettings parley.baseUrl',
  tooLarge: 'run parley.newConversation',
  tooLong: 'run parley.newConversation',
  badAddress: 'openSettings parley.baseUrl',
  network: 'retry',
  proxy: 'openSettings parley.baseUrl',
  certificate: 'openSettings parley.baseUrl',
  timeout: 'retry',
  stalled: 'retry',
  cutOff: 'retry',
  malformed: 'retry',
  captivePortal: 'retry',
  refusal: 'retry',
  empty: 'retry',
  storage: 'retry',
  unexpected: 'run parley.showLog',
};

test('Every failure is an alert with a sentence and one primary button that does what it says', () => {
  for (const [kind, wish] of Object.entries(KINDS) as [FailureKind, string][]) {
    const failure = { kind, requestId: 'req_1' };
    const page = pageWith({ state: 'failed', failure });
    const card = page.all('[role="alert"]')[0];
    assert.equal(card?.dataset.failure, kind);
    const { sentence, action } = adviseOn(failure, (message, ...args) =>
      message.replace(/\{(\d)\}/g, (_, at) => String(args[Number(at)])),
    );
    assert.ok(card?.textContent?.includes(sentence), `${sentence} in ${card?.textContent}`);
    assert.equal(card?.querySelectorAll('.button').length, 1);
    page.get('button', action).click();
    const said = page.wishes.at(-1);
    assert.equal(
      said?.type === 'run'
        ? `run ${said.command}`
        : said?.type === 'openSettings'
          ? `${said.type} ${said.query}`
          : said?.type,
      wish,
    );
    page.get('button', 'Copy Request ID').click();
    assert.deepEqual(page.wishes.at(-1), { type: 'copy', text: 'req_1' });
    page.close();
  }
});

test('The failure of an older answer is quiet text', () => {
  const turns = [
    asked('q', null, 'Why?'),
    answered('a', 'q', '', { state: 'failed', failure: { kind: 'overloaded' } }),
    asked('q2', 'a', 'Again'),
  ];
  const page = openPage({ turns });
  assert.deepEqual(page.all('[role="alert"]'), []);
  assert.match(textOf(page, '[data-turn="a"] [data-part="end"]'), /overloaded/);
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
  assert.equal(present.all('.welcome li').length, 3);
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
