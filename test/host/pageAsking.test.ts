import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Session } from '../../src/core/conversation/session.ts';
import type { Wish } from '../../src/core/conversation/wishes.ts';
import type { Unnumbered } from '../../src/host/chat/outbox.ts';
import { createPageAsking, type PageAsking } from '../../src/host/chat/pageAsking.ts';
import type { Chats, Hindrance } from '../../src/host/chats.ts';
import type { DraftStore } from '../../src/host/storage/draftStore.ts';
import { code } from '../support/conversations.ts';
import { until } from './folder.ts';
import { createMemoryDrafts } from './memoryDrafts.ts';

/** A page that asks, and chats that wait for the test. */
interface Bench {
  readonly asking: PageAsking;
  readonly drafts: DraftStore;
  readonly posted: Unnumbered[];
  readonly told: string[];
  readonly submitted: Wish[];
  show(conversation: string): void;
  /** The page's document is gone. */
  sleep(): void;
  /** Answers the question that was submitted last. */
  answer(hindrance?: Hindrance): void;
  /** Breaks down over the question that was submitted last. */
  fail(error: Error): void;
  /** Journals are not written until what it gives is called. */
  holdWriting(): () => void;
}

function openBench(): Bench {
  const drafts = createMemoryDrafts();
  const posted: Unnumbered[] = [];
  const told: string[] = [];
  const submitted: Wish[] = [];
  let shown = 'c1';
  let isAwake = true;
  let answer: (hindrance?: Hindrance) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  let writing = Promise.resolve();
  const submit: Chats['submit'] = (_, wish) => {
    submitted.push(wish);
    return new Promise((resolve, reject) => {
      answer = resolve;
      fail = reject;
    });
  };
  const asking = createPageAsking({
    chats: { submit } as Chats,
    drafts,
    id: () => shown,
    draft: () => drafts.get(shown),
    onDraft: () => undefined,
    ours: async () => ({ flush: () => writing }) as Session,
    post: (message) => isAwake && posted.push(message) > 0,
    tell: (sentence) => void told.push(sentence),
    onAsked: () => undefined,
    refreshQuote: () => undefined,
  });
  const show = (conversation: string): void => {
    shown = conversation;
  };
  const holdWriting = (): (() => void) => {
    let written = (): void => undefined;
    writing = new Promise((resolve) => (written = resolve));
    return () => written();
  };
  const sleep = (): void => {
    isAwake = false;
  };
  const given = { asking, drafts, posted, told, submitted, show, sleep, holdWriting };
  return { ...given, answer: (hindrance) => answer(hindrance), fail: (error) => fail(error) };
}

const ENTRY = { id: 'x', part: code('let a') };
const LATE = { id: 'y', part: code('let b') };

test('what is attached and written while a question leaves stays; what has left goes', async () => {
  const { asking, drafts, submitted, answer } = openBench();
  drafts.set('c1', { text: '', caret: 0, attachments: [ENTRY] });
  const asked = asking.ask('Why?', 'c1');
  await until(() => submitted.length === 1);
  await drafts.change('c1', (now) => ({
    text: 'And then',
    caret: 8,
    attachments: [...now.attachments, LATE],
  }));
  answer();
  await asked;
  assert.deepEqual(await drafts.get('c1'), { text: 'And then', caret: 8, attachments: [LATE] });
});

test('what was sent from a page that still showed another conversation is asked in that one', async () => {
  const { asking, drafts, submitted, posted, show, answer } = openBench();
  drafts.set('c1', { text: 'Why', caret: 3, attachments: [ENTRY] });
  drafts.set('c2', { text: 'Something else', caret: 0, attachments: [] });
  show('c2');
  const asked = asking.ask('Why?', 'c1');
  await until(() => submitted.length === 1);
  assert.deepEqual(submitted[0], { type: 'ask', parts: [ENTRY.part, { kind: 'text', text: 'Why?' }] });
  answer({ type: 'refused', refusal: 'busy' });
  await asked;
  assert.equal((await drafts.get('c1')).text, 'Why?', 'and returns to it when it is refused');
  assert.equal((await drafts.get('c2')).text, 'Something else');
  assert.deepEqual(posted, []);
});

test('a question that has left leaves an empty draft', async () => {
  const { asking, drafts, submitted, answer } = openBench();
  drafts.set('c1', { text: '', caret: 0, attachments: [ENTRY] });
  const asked = asking.ask('Why?', 'c1');
  await until(() => submitted.length === 1);
  assert.equal(asking.isAsking('c1'), true);
  answer();
  await asked;
  assert.equal(asking.isAsking('c1'), false);
  assert.deepEqual(await drafts.get('c1'), { text: '', caret: 0, attachments: [] });
});

test('the draft of a question stays until the journal has the question, which a crash could lose else', async () => {
  const { asking, drafts, submitted, answer, holdWriting } = openBench();
  const written = holdWriting();
  let isThrough = false;
  const asked = asking.ask('Why?', 'c1').then(() => (isThrough = true));
  await until(() => submitted.length === 1);
  answer();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal((await drafts.get('c1')).text, 'Why?');
  assert.equal(isThrough, false);
  written();
  await asked;
  assert.equal((await drafts.get('c1')).text, '');
});

test('another conversation that is shown meanwhile keeps its draft, and its page gets no words of the first', async () => {
  const { asking, drafts, posted, told, submitted, show, answer } = openBench();
  drafts.set('c2', { text: 'mine', caret: 4, attachments: [LATE] });
  const asked = asking.ask('Why?', 'c1');
  await until(() => submitted.length === 1);
  show('c2');
  answer();
  await asked;
  assert.deepEqual(await drafts.get('c2'), { text: 'mine', caret: 4, attachments: [LATE] });
  show('c1');
  const again = asking.ask('Why not?', 'c1');
  await until(() => submitted.length === 2);
  show('c2');
  answer({ type: 'refused', refusal: 'busy' });
  await again;
  assert.deepEqual(posted, []);
  assert.match(told[0] ?? '', /answer is still arriving/);
  assert.equal((await drafts.get('c1')).text, 'Why not?');
});

test('a question that is refused goes back to its page with all that belongs to it', async () => {
  const { asking, drafts, posted, submitted, answer } = openBench();
  drafts.set('c1', { text: '', caret: 0, attachments: [ENTRY] });
  const asked = asking.ask('Why?', 'c1');
  await until(() => submitted.length === 1);
  answer({ type: 'refused', refusal: 'busy' });
  await asked;
  assert.deepEqual(
    posted.map(({ type }) => type),
    ['askRefused'],
  );
  assert.deepEqual(await drafts.get('c1'), { text: 'Why?', caret: 4, attachments: [ENTRY] });
});

test('a question that is refused when its page is gone stands above what was written since', async () => {
  for (const isLeft of [true, false]) {
    const { asking, drafts, posted, submitted, show, sleep, answer } = openBench();
    const asked = asking.ask('Why?', 'c1');
    await until(() => submitted.length === 1);
    await drafts.change('c1', (now) => ({ ...now, text: 'And then?', caret: 9 }));
    if (isLeft) show('c2');
    else sleep();
    answer({ type: 'refused', refusal: 'busy' });
    await asked;
    assert.deepEqual(posted, []);
    assert.equal((await drafts.get('c1')).text, 'Why?\n\nAnd then?');
  }
});

test('a question over which something breaks goes back to its page, too', async () => {
  const { asking, drafts, posted, submitted, fail } = openBench();
  const asked = asking.ask('Why?', 'c1');
  await until(() => submitted.length === 1);
  fail(new Error('broken'));
  await assert.rejects(asked, /broken/);
  assert.deepEqual(posted, [{ type: 'askRefused', text: 'Why?', sentence: '' }]);
  assert.equal((await drafts.get('c1')).text, 'Why?');
  assert.equal(asking.isAsking('c1'), false);
});
