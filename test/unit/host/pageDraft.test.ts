import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Unnumbered } from '../../../src/host/chat/outbox.ts';
import { createPageDraft, type PageDraft } from '../../../src/host/chat/pageDraft.ts';
import type { DraftStore } from '../../../src/host/storage/draftStore.ts';
import { createMemoryDrafts } from '../../host/memoryDrafts.ts';
import { code } from '../../support/conversations.ts';

interface Bench {
  readonly typing: PageDraft;
  readonly drafts: DraftStore;
  readonly posted: Unnumbered[];
  /** How often the quote was made anew. */
  quotes(): number;
}

function openBench(asking?: string): Bench {
  const drafts = createMemoryDrafts();
  const posted: Unnumbered[] = [];
  let quotes = 0;
  const typing = createPageDraft({
    drafts,
    isAsking: (conversation) => conversation === asking,
    post: (message) => void posted.push(message),
    refreshQuote: () => {
      quotes++;
    },
  });
  return { typing, drafts, posted, quotes: () => quotes };
}

const WHOLE = { type: 'changeDraft', conversation: 'c1', text: 'a thought', caret: 2, revision: 3 } as const;
const PATCH = {
  type: 'patchDraft',
  conversation: 'c1',
  of: 3,
  length: 9,
  start: 2,
  end: 2,
  text: 'half ',
  caret: 7,
  revision: 4,
} as const;

test('what is typed goes to the conversation it names and leaves what is attached and half edited alone', async () => {
  const { typing, drafts } = openBench();
  const attachments = [{ id: 'x', part: code('let a') }];
  drafts.set('c1', { text: '', caret: 0, attachments });
  const unfinished = { editing: { turn: 'q', text: 'Why not?' }, instructions: null };
  await typing.changeUnfinished('c1', unfinished);
  await typing.change(WHOLE);
  await typing.change({ ...WHOLE, conversation: 'c2', text: 'elsewhere' });
  const draft = { text: 'a thought', caret: 2, revision: 3, attachments };
  assert.deepEqual(await drafts.get('c1'), { ...draft, unfinished });
  assert.equal((await drafts.get('c2')).text, 'elsewhere');
  await typing.changeUnfinished('c1', { editing: null, instructions: null });
  assert.deepEqual(await drafts.get('c1'), draft);
  typing.dispose();
});

test('a change is made to the text that it belongs to; for any other the whole text is asked for', async () => {
  const { typing, drafts, posted } = openBench();
  await typing.change(WHOLE);
  for (const wrong of [{ of: 2 }, { length: 8 }, { start: 4, end: 3 }, { end: 10 }]) {
    await typing.change({ ...PATCH, ...wrong });
    assert.equal((await drafts.get('c1')).text, 'a thought', JSON.stringify(wrong));
  }
  assert.deepEqual(
    posted,
    Array.from({ length: 4 }, () => ({ type: 'draftAsked' })),
  );
  await typing.change(PATCH);
  const { text, caret, revision } = await drafts.get('c1');
  assert.deepEqual({ text, caret, revision }, { text: 'a half thought', caret: 7, revision: 4 });
  assert.equal(posted.length, 4);
  typing.dispose();
});

test('a text is quoted anew once it rests; a caret that moves costs nothing', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { typing, quotes } = openBench();
  await typing.change(WHOLE);
  context.mock.timers.tick(60);
  await typing.change({ ...WHOLE, text: 'a thought, typed on' });
  context.mock.timers.tick(60);
  assert.equal(quotes(), 0);
  await typing.change({ ...WHOLE, text: 'a thought, typed on', caret: 0 });
  context.mock.timers.tick(60);
  assert.equal(quotes(), 1);
  await typing.change({ ...WHOLE, text: 'a thought, typed on', caret: 5 });
  context.mock.timers.runAll();
  assert.equal(quotes(), 1);
});

test('while a question is on its way its text stays, though the page has cleared its own', async () => {
  const { typing, drafts } = openBench('c1');
  drafts.set('c1', { text: 'on its way', caret: 0, attachments: [] });
  await typing.change({ ...WHOLE, text: '' });
  assert.equal((await drafts.get('c1')).text, 'on its way');
  await typing.change(WHOLE);
  assert.equal((await drafts.get('c1')).text, 'a thought');
  typing.dispose();
});
