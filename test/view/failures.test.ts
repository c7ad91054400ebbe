import './dom.ts';

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { AssistantTurn, FailureKind } from '../../src/core/conversation/model.ts';
import { adviseOn } from '../../src/core/failure.ts';
import type { ToHost } from '../../src/core/protocol.ts';
import { answered, asked, openPage, type Page, snapshot, textIn } from './support.ts';

function pageWith(more: Partial<AssistantTurn>, text = 'Because.'): Page {
  return openPage({ turns: [asked('q', null, 'Why?'), answered('a', 'q', text, more)] });
}

const KINDS: Readonly<Record<FailureKind, string>> = {
  noKey: 'run parley.setApiKey',
  badKey: 'run parley.setApiKey',
  forbidden: 'run parley.setApiKey',
  billing: 'openLink https://platform.claude.com/settings/billing',
  spendLimit: 'openLink https://platform.claude.com/settings/limits',
  rateLimit: 'retry',
  overloaded: 'retry',
  server: 'retry',
  invalidRequest: 'retry',
  unknownModel: 'run parley.selectModel',
  noEndpoint: 'openSettings parley.baseUrl',
  tooLarge: 'run parley.newConversation',
  tooLong: 'compact ',
  badAddress: 'openSettings parley.baseUrl',
  network: 'retry',
  proxy: 'openSettings @id:http.*',
  certificate: 'openSettings @id:http.*',
  timeout: 'retry',
  stalled: 'retry',
  cutOff: 'retry',
  malformed: 'retry',
  captivePortal: 'retry',
  refusal: '',
  empty: 'retry',
  onHold: 'openLink https://platform.claude.com/',
  compaction: 'retry',
  storage: 'retry',
  unexpected: 'run parley.showLog',
};

function wordsOf(wish: ToHost | undefined): string {
  const { type = '', ...fields } = wish ?? {};
  return [type, ...Object.values(fields)].join(' ');
}

test('Every failure is an alert with a sentence and one primary button that does what it says', () => {
  for (const [kind, wish] of Object.entries(KINDS) as [FailureKind, string][]) {
    const failure = { kind, requestId: 'req_1' };
    const page = pageWith({ state: 'failed', failure }, '');
    const card = page.all('[role="alert"]')[0];
    assert.equal(card?.dataset.failure, kind);
    const { sentence, action } = adviseOn(failure, (message, ...args) =>
      message.replace(/\{(\d)\}/g, (_, at) => String(args[Number(at)])),
    );
    assert.ok(card?.textContent?.includes(sentence), `${sentence} in ${card?.textContent}`);
    assert.equal(card?.querySelectorAll('.button').length, 1);
    page.get('button', action).click();
    page.draw();
    if (wish === '') assert.ok(page.find('textbox', 'Edit your question'));
    else assert.equal(wordsOf(page.wishes.at(-1)), wish);
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
  assert.match(textIn(page, '[data-turn="a"] [data-part="end"]'), /overloaded/);
  page.close();
});

test('A failure in the middle of an answer offers the rest of it', () => {
  const page = pageWith({ state: 'failed', failure: { kind: 'cutOff' } }, 'So far');
  page.get('button', 'Continue').click();
  assert.deepEqual(page.wishes.at(-1), { type: 'continueAnswer' });
  page.close();
});

test('A conversation that is too long for a model without summaries goes on in a new one', () => {
  const failed = answered('a', 'q', '', { state: 'failed', failure: { kind: 'tooLong' } });
  const page = openPage({
    turns: [asked('q', null, 'Why?'), failed],
    status: { compaction: { mode: 'ask', threshold: 0.8, possible: false } },
  });
  page.get('button', 'New Conversation').click();
  assert.deepEqual(page.wishes.at(-1), { type: 'run', command: 'parley.newConversation' });
  page.close();
});

const WAITING = {
  until: 1_007_000,
  attempt: 2,
  attempts: 5,
  failure: { kind: 'overloaded' },
} as const;

function waitingPage(): Page {
  mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
  const { endedAt: _, ...open } = answered('a', 'q', '', { state: 'streaming', waiting: WAITING });
  return openPage({ turns: [asked('q', null, 'Why?'), open] });
}

test('The wait for the next attempt is counted down without being announced, and can be ended', () => {
  const page = waitingPage();
  const card = page.all('[data-part="retry"]')[0];
  assert.match(textIn(page, '[data-part="retry"]'), /overloaded.* Attempt 2 of 5 in 7 s/);
  const timer = card?.querySelector('[role="status"] [role="timer"]');
  const before = card?.querySelector('.button');
  mock.timers.setTime(1_004_500);
  page.tick();
  assert.equal(timer?.textContent, '3 s');
  assert.equal(card?.querySelector('.button'), before);
  page.get('button', 'Retry Now').click();
  page.get('button', 'Cancel').click();
  assert.deepEqual(page.wishes.slice(-2), [{ type: 'retryNow' }, { type: 'stop' }]);
  assert.equal(card?.closest('[role="alert"]'), null);
  page.close();
  mock.timers.reset();
});

test('The card of the wait goes when the next request leaves', () => {
  const page = waitingPage();
  page.tell({
    type: 'events',
    conversation: 'c1',
    events: [{ type: 'requestSent', turn: 'a', sent: { at: 1, points: [] } }],
  });
  assert.deepEqual(page.all('[data-part="retry"]'), []);
  assert.match(textIn(page, '[data-turn="a"]'), /Waiting for the answer/);
  page.close();
  mock.timers.reset();
});

function budgetPage(ofDraft: boolean): Page {
  const page = openPage();
  page.type('Hello');
  page.tell({ type: 'budgetReached', sentence: 'Today costs more than $5.', ofDraft });
  return page;
}

test('A budget stops a question with an alert that can send it once, as it stands now', () => {
  const page = budgetPage(true);
  assert.match(textIn(page, '[role="alert"][data-failure="budget"]'), /^Today costs more than \$5\./);
  page.get('button', 'Open Settings').click();
  assert.deepEqual(page.wishes.at(-1), { type: 'openSettings', query: 'parley.budget' });
  page.type('Hello again');
  page.get('button', 'Send Once Anyway').click();
  page.draw();
  assert.deepEqual(page.wishes.slice(-2), [
    { type: 'changeDraft', conversation: 'c1', text: 'Hello again', caret: 11, revision: 2 },
    { type: 'allowOnce' },
  ]);
  assert.deepEqual(page.all('[data-failure="budget"]'), []);
  assert.equal((page.get('textbox', 'Message Claude') as HTMLTextAreaElement).value, '');
  page.close();
});

test('A question that a budget has stopped is forgotten when its text is deleted', () => {
  for (const ofDraft of [true, false]) {
    const page = budgetPage(ofDraft);
    page.type(' ');
    assert.equal(page.all('[data-failure="budget"]').length, ofDraft ? 0 : 1);
    page.close();
  }
});

test('What else a budget has stopped is sent without the draft', () => {
  const page = budgetPage(false);
  page.get('button', 'Send Once Anyway').click();
  page.draw();
  assert.deepEqual(page.wishes.slice(1), [{ type: 'allowOnce' }]);
  assert.equal((page.get('textbox', 'Message Claude') as HTMLTextAreaElement).value, 'Hello');
  page.close();
});

test('The alert of a budget goes by hand, with the next question, and with another conversation', () => {
  const dismissed = budgetPage(true);
  dismissed.get('button', 'Dismiss').click();
  dismissed.draw();
  assert.deepEqual(dismissed.all('[data-failure="budget"]'), []);
  dismissed.close();
  const asking = budgetPage(true);
  const turn = asked('q', null, 'Next');
  asking.tell({ type: 'events', conversation: 'c1', events: [{ type: 'turnAdded', turn }] });
  assert.deepEqual(asking.all('[data-failure="budget"]'), []);
  asking.close();
  const moved = budgetPage(true);
  moved.tell(snapshot({ id: 'c2' }));
  assert.deepEqual(moved.all('[data-failure="budget"]'), []);
  moved.close();
});
