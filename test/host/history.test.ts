import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as vscode from 'vscode';
import type { Conversation } from '../../src/core/conversation/model.ts';
import type { Session } from '../../src/core/conversation/session.ts';
import type { BudgetVerdict, SpendingEntry } from '../../src/core/money/money.ts';
import { pricesWith } from '../../src/core/money/prices.ts';
import { createTokenCounter } from '../../src/core/money/tokenCounter.ts';
import { type AnswerPiece, type ConversationSummary, succeed } from '../../src/core/ports.ts';
import { type ConversationList, createConversationList } from '../../src/host/history/conversationList.ts';
import {
  type ListTools,
  labelOf,
  rowsByDay,
  rowsByText,
  rowsByTitle,
} from '../../src/host/history/listItems.ts';
import { createTextSearch } from '../../src/host/history/textSearch.ts';
import { createTitling, type Titling } from '../../src/host/history/titling.ts';
import type { SearchHow } from '../../src/host/storage/conversationSearch.ts';
import type { FoundText } from '../../src/host/storage/searchIndex.ts';
import { conversationOf, NO_USAGE } from '../support/conversations.ts';
import { askContext, createScriptedClaude, createTestClock } from '../support/memoryPorts.ts';

const NOW = new Date(2026, 5, 15, 12).getTime();
const HOUR = 3_600_000;
const MODEL = { id: 'claude-sonnet-5-5', name: 'Claude Sonnet 5.5' };

function summary(id: string, more: Partial<ConversationSummary> = {}): ConversationSummary {
  return { id, title: id, createdAt: 0, updatedAt: NOW, turns: 2, pinned: false, billed: [], ...more };
}

const tools: ListTools = {
  current: 'shown',
  now: NOW,
  prices: pricesWith({}).prices,
  buttonsOf: ({ pinned }) => [{ iconPath: new vscode.ThemeIcon(pinned ? 'pinned' : 'pin') }],
};

const isHeading = ({ kind }: vscode.QuickPickItem): boolean => kind === vscode.QuickPickItemKind.Separator;

test('pinned conversations stand first, the others day by day', () => {
  const rows = rowsByDay(
    [
      summary('new'),
      summary('kept', { pinned: true, updatedAt: NOW - 2 * HOUR }),
      summary('late', { updatedAt: NOW - 13 * HOUR }),
      summary('old', { updatedAt: NOW - 60 * HOUR }),
    ],
    tools,
  );
  assert.deepEqual(
    rows.map((row) => (isHeading(row) ? `[${row.label}]` : row.label)),
    ['[Pinned]', 'kept', '[Today]', 'new', '[Yesterday]', 'late', '[Jun 13, 2026]', 'old'],
  );
});

test('a row says which is open, the model, the cost at the prices of today, and when', () => {
  const usage = { fresh: 1_000_000, read: 0, write5m: 0, write1h: 0, output: 0 };
  const billed = [{ model: 'mine', usage, prompt: 1_000 }];
  const described = (more: Partial<ConversationSummary>, id = 'c'): string =>
    rowsByDay([summary(id, { model: MODEL, ...more })], {
      ...tools,
      prices: pricesWith({ mine: { input: 3, output: 15 } }).prices,
    }).at(-1)?.description ?? '';
  assert.match(described({ billed }), /^Sonnet 5\.5 · \$3\.00 · \d/);
  assert.match(described({ billed }, 'shown'), /^open now · Sonnet 5\.5 · \$3\.00/);
  assert.match(
    described({ billed: [{ ...billed[0], model: 'unknown', usage, prompt: 1 }] }),
    /^Sonnet 5\.5 · \d/,
  );
  assert.match(described({}), /^Sonnet 5\.5 · \d/);
});

test('a conversation without a title and one of a newer version are called so; the latter can only be opened', () => {
  assert.equal(labelOf(summary('c', { title: '' })), 'Untitled');
  const newer = summary('c', { title: '', newerVersion: 9 });
  assert.equal(labelOf(newer), 'Written by a newer version of Parley');
  assert.deepEqual(rowsByDay([newer], tools).at(-1)?.buttons, []);
});

test('titles are found by all words in any order, without case and accents', () => {
  const all = [summary('1', { title: 'The Café Parser' }), summary('2', { title: 'Parser' })];
  const found = (query: string): readonly string[] =>
    rowsByTitle(all, query, 10, tools).map(({ label }) => label);
  assert.deepEqual(found('parser cafe'), ['The Café Parser']);
  assert.deepEqual(found('pars'), ['The Café Parser', 'Parser']);
  assert.deepEqual(found('zebra'), []);
  assert.equal(rowsByTitle(all, 'parser', 1, tools).length, 1);
});

test('what is found in a text stands below its title, marked where VS Code would not mark it', () => {
  const known = new Map([['c', summary('c')]]);
  const found: FoundText = {
    conversation: 'c',
    turn: 't',
    line: 'The slow parser',
    marks: [
      [4, 8],
      [9, 15],
    ],
  };
  const detail = (query: string): string | undefined =>
    rowsByText([found], known, query, tools).at(-1)?.detail;
  assert.equal(detail('slow parser'), 'The slow parser');
  assert.equal(detail('parser slow'), 'The «slow» «parser»');
  assert.deepEqual(rowsByText([{ ...found, conversation: 'gone' }], known, 'slow', tools), []);
});

interface ShownList {
  readonly list: ConversationList;
  readonly closed: Promise<void>;
  readonly done: string[];
  /** Gives the rows that are waited for. */
  readonly fill: (summaries: readonly ConversationSummary[]) => void;
  readonly isCancelled: () => boolean;
}

/** A list that is open before anything to list has been read. */
function shownList(): ShownList {
  const done: string[] = [];
  let fill: ShownList['fill'] = () => undefined;
  let isCancelled = (): boolean => false;
  const act =
    (what: string) =>
    async ({ id }: ConversationSummary): Promise<void> =>
      void done.push(`${what} ${id}`);
  const list = createConversationList({
    list: (cancelled = isCancelled) => {
      isCancelled = cancelled;
      return new Promise((resolve) => {
        fill = resolve;
      });
    },
    drafts: async (begun) => {
      await begun;
      return [];
    },
    texts: { find: async () => [] },
    prices: () => tools.prices,
    workspace: undefined,
    state: { get: <T>(_: string, unset?: T) => unset as T, update: async () => undefined },
    current: () => 'b',
    actions: {
      open: async (id) => void done.push(`open ${id}`),
      rename: act('rename'),
      pin: act('pin'),
      remove: act('remove'),
      restore: async () => undefined,
    },
  });
  const closed = list.show();
  return { list, closed, done, fill: (rows) => fill(rows), isCancelled: () => isCancelled() };
}

async function closeList({ closed }: ShownList): Promise<void> {
  let isOver = false;
  void closed.then(() => {
    isOver = true;
  });
  await until(() => {
    if (!isOver) void vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    return isOver;
  });
}

test('the list is there before its rows are, and the cursor is at the conversation in the panel when they come', async () => {
  const shown = shownList();
  assert.equal(shown.list.act('pin'), true);
  assert.deepEqual(shown.done, []);
  shown.fill([summary('a'), summary('b'), summary('c')]);
  await until(() => shown.list.act('pin') && shown.done.length > 0);
  assert.equal(shown.done[0], 'pin b');
  await closeList(shown);
  assert.equal(shown.list.act('pin'), false);
});

test('a list that is left before its rows are there ends the reading, and what comes late is shown nowhere', async () => {
  const shown = shownList();
  assert.equal(shown.isCancelled(), false);
  await closeList(shown);
  assert.equal(shown.isCancelled(), true);
  shown.fill([summary('a')]);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(shown.list.act('pin'), false);
  assert.deepEqual(shown.done, []);
});

test('of what is typed only the last is searched for in texts, and what was found before is no answer to it', async () => {
  const asked: string[] = [];
  const answers: ((found: readonly FoundText[] | undefined) => void)[] = [];
  let changes = 0;
  const search = createTextSearch(
    {
      find: (query) => {
        asked.push(query);
        return new Promise((resolve) => answers.push(resolve));
      },
    },
    () => changes++,
  );
  const found: FoundText = { conversation: 'c', turn: 't', line: 'parser', marks: [] };
  for (const query of ['p', 'pa', 'par']) search.start(query, undefined);
  assert.match(search.hint('par') ?? '', /Searching/);
  await until(() => asked.length > 0);
  assert.deepEqual(asked, ['par']);
  answers[0]?.([found]);
  await until(() => changes > 0);
  assert.deepEqual(search.found('par'), [found]);
  assert.deepEqual(search.found('pars'), []);
  search.start('pars', undefined);
  await until(() => asked.length > 1);
  answers[1]?.(undefined);
  await until(() => !search.isBusy);
  assert.match(search.hint('pars') ?? '', /cannot be searched/);
  search.stop();
});

test('what is found while others are still being read is shown at once, below how far that is', async () => {
  let changes = 0;
  let how: SearchHow | undefined;
  const search = createTextSearch(
    {
      find: (_, given) => {
        how = given;
        return new Promise(() => undefined);
      },
    },
    () => changes++,
  );
  search.start('parser', undefined);
  await until(() => how !== undefined);
  const found: FoundText = { conversation: 'c', turn: 't', line: 'parser', marks: [] };
  how?.onProgress(10, 100);
  how?.onFound?.([found]);
  assert.deepEqual(search.found('parser'), [found]);
  assert.match(search.hint('parser') ?? '', /10 %/);
  assert.equal(search.isBusy, true);
  search.start('parsers', undefined);
  how?.onFound?.([found]);
  assert.deepEqual(search.found('parsers'), []);
  search.stop();
});

async function until(holds: () => boolean): Promise<void> {
  for (let looks = 0; !holds(); looks++) {
    assert.ok(looks < 2_000, 'waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

interface Stage {
  readonly titling: Titling;
  readonly entries: SpendingEntry[];
  readonly session: Session;
}

function titlingThat(pieces: readonly AnswerPiece[], verdict: BudgetVerdict = { allowed: true }): Stage {
  const entries: SpendingEntry[] = [];
  const conversation: Conversation = conversationOf('Why is it slow?');
  const claude = {
    ...createScriptedClaude(),
    start: () => ({
      pieces: (async function* () {
        yield* pieces;
      })(),
      stop: () => undefined,
    }),
  };
  const quoted = { fresh: 0, read: 0, write5m: 0, write1h: 0, exact: true, maxOutput: 0 };
  const titling = createTitling({
    asking: {
      contextNow: async () => askContext(claude),
      prices: () => pricesWith({}).prices,
      counter: createTokenCounter(),
    },
    catalogue: {
      models: [{ id: 'claude-haiku-5-5', name: 'Claude Haiku 5.5' }],
      ready: async () => undefined,
    },
    budgets: { clear: async () => ({ verdict, quoted, release: async () => undefined }) },
    spending: {
      async append(entry) {
        entries.push(entry);
        return succeed(undefined);
      },
      since: async () => [],
    },
    clock: createTestClock(),
    onSpent: () => undefined,
  });
  return { titling, entries, session: { conversation, busy: false } as Session };
}

const USAGE = { ...NO_USAGE, input: 300, output: 6 };

async function suggested({ titling, session }: Stage) {
  const offered = await titling.offer(session);
  assert.ok(offered);
  return titling.suggest(session, offered);
}

test('a suggested title is billed as such', async () => {
  const stage = titlingThat([
    { type: 'started', messageId: 'm', usage: USAGE },
    { type: 'blockStarted', index: 0, block: { type: 'text', text: '' } },
    { type: 'delta', index: 0, delta: { type: 'text_delta', text: 'Slow ' } },
    { type: 'delta', index: 0, delta: { type: 'text_delta', text: 'parser.' } },
    { type: 'end', outcome: 'done', stopReason: 'end_turn', usage: USAGE },
  ]);
  assert.deepEqual(await suggested(stage), { ok: true, title: 'Slow parser' });
  assert.deepEqual(
    stage.entries.map(({ what, kind, model, conversation, usage }) => [
      what,
      kind,
      model,
      conversation,
      usage.fresh,
    ]),
    [['title', 'billed', 'claude-haiku-5-5', 'c1', 300]],
  );
});

test('a request for a title that fails says a sentence, and one that no budget allows does not leave', async () => {
  const failing = titlingThat([{ type: 'end', outcome: 'failed', failure: { kind: 'overloaded' } }]);
  const failed = await suggested(failing);
  assert.ok(!failed.ok && failed.sentence.length > 10);
  const blocked = titlingThat([], { allowed: false, cap: 'perDay', limit: 1, spent: 1, worst: 0.1 });
  const held = await suggested(blocked);
  assert.ok(!held.ok && /budget/.test(held.sentence));
  assert.deepEqual(blocked.entries, []);
});
