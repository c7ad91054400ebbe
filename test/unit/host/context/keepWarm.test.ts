import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyConversation } from '../../../../src/core/conversation/events.ts';
import type { Conversation } from '../../../../src/core/conversation/model.ts';
import type { Session } from '../../../../src/core/conversation/session.ts';
import { NOTHING_SPENT, type SpendingEntry } from '../../../../src/core/money/money.ts';
import { priceOf, pricesWith } from '../../../../src/core/money/prices.ts';
import { createKeepWarm } from '../../../../src/host/context/packing/keepWarm.ts';
import { NO_USAGE, question } from '../../../support/conversations.ts';
import { createTestClock } from '../../../support/memoryPorts.ts';

const MODEL = { id: 'claude-sonnet-5-5', name: 'Claude Sonnet 5.5' };
const MINUTE = 60_000;
/** What a refresh costs, in USD. */
const REFRESH = 0.01;
/** Refreshes that cost as much as writing anew. */
const ANEW = 12.5;

/** A panel whose conversation is warm for five minutes after each refresh. */
function openPanel(usdADay = 1) {
  const clock = createTestClock();
  let conversation: Conversation = emptyConversation('c1', 1);
  let expires: number | undefined = clock.now() + 5 * MINUTE;
  const state = {
    usdADay,
    isShown: true,
    usedAt: clock.now(),
    isBusy: false,
    refreshes: 0,
    fails: false,
    isRefresh: true,
    billedAs: new Set<SpendingEntry['what']>(),
  };
  const spent: SpendingEntry[] = [];
  const session = () => ({ conversation, busy: state.isBusy }) as Session;
  const { prices } = pricesWith({});
  const keepWarm = createKeepWarm({
    asking: { prices: () => prices },
    warming: {
      async warm(_session, what) {
        if (state.fails) return { ok: false, sentence: 'No.' };
        state.refreshes++;
        state.billedAs.add(what);
        expires = clock.now() + 5 * MINUTE;
        return { ok: true, usage: NO_USAGE, usd: REFRESH, expires };
      },
      priceOf: async () => ({ usd: REFRESH, anewUsd: REFRESH * ANEW, isRefresh: state.isRefresh }),
    },
    spending: { since: async () => spent },
    clock,
    shown: () => (state.isShown ? { session: session(), usedAt: state.usedAt } : undefined),
    expiryOf: async () => expires,
    usdADay: () => state.usdADay,
    dayStart: () => 0,
    onWarmed: () => undefined,
  });
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    state,
    clock,
    keepWarm,
    spend(usd: number, what: SpendingEntry['what'] = 'keepingWarm') {
      const tokens = (usd * 1_000_000) / (priceOf(prices, MODEL.id)?.input ?? 1);
      const usage = { ...NOTHING_SPENT, fresh: tokens };
      const { id: model, name: modelName } = MODEL;
      const entry = { at: 1, conversation: 'c', turn: 't', model, modelName, usage } as const;
      spent.push({ ...entry, kind: 'billed', what });
    },
    ask() {
      conversation = { ...conversation, turns: [...conversation.turns, question('q', null, 'Hi')] };
      state.usedAt = clock.now();
      expires = clock.now() + 5 * MINUTE;
    },
    async pass(minutes: number) {
      await settle();
      clock.pass(minutes * MINUTE);
      await settle();
    },
  };
}

test('just before the cache expires it is refreshed, and then again', async () => {
  const { state, keepWarm, pass } = openPanel();
  keepWarm.reschedule();
  await pass(4);
  assert.equal(state.refreshes, 0, 'too early');
  await pass(0.9);
  assert.equal(state.refreshes, 1);
  await pass(4.9);
  assert.equal(state.refreshes, 2);
});

test('the setting is off at first, and off means that nothing is sent', async () => {
  const { state, keepWarm, pass } = openPanel(0);
  keepWarm.reschedule();
  await pass(5);
  assert.equal(state.refreshes, 0);
});

test('a hidden panel and one that nobody has used for half an hour are let go cold', async () => {
  const hidden = openPanel();
  hidden.keepWarm.reschedule();
  hidden.state.isShown = false;
  await hidden.pass(4.9);
  assert.equal(hidden.state.refreshes, 0);
  const unused = openPanel();
  unused.keepWarm.reschedule();
  for (let round = 0; round < 10; round++) await unused.pass(4.9);
  assert.ok(unused.state.refreshes >= 5 && unused.state.refreshes <= 7, `${unused.state.refreshes}`);
});

test('it stops once the refreshes since the last question have cost what writing anew would, and goes on after the next', async () => {
  const { state, keepWarm, pass, ask, clock } = openPanel(100);
  keepWarm.reschedule();
  for (let round = 0; round < 60; round++) {
    state.usedAt = clock.now();
    await pass(4.9);
  }
  const refreshes = state.refreshes;
  assert.equal(refreshes, Math.floor(ANEW));
  ask();
  keepWarm.reschedule();
  await pass(4.9);
  assert.equal(state.refreshes, refreshes + 1);
});

test('the budget of the day holds, also for what other windows have spent of it', async () => {
  const { state, keepWarm, pass, spend } = openPanel(0.05);
  spend(0.045);
  keepWarm.reschedule();
  await pass(4.9);
  assert.equal(state.refreshes, 0);
});

test('the budget is that of refreshes: what the user has warmed, asked and compacted is none of it', async () => {
  const { state, keepWarm, pass, spend } = openPanel(0.05);
  for (const what of ['warming', 'answer', 'compaction'] as const) spend(1, what);
  keepWarm.reschedule();
  await pass(4.9);
  assert.equal(state.refreshes, 1);
  assert.deepEqual([...state.billedAs], ['keepingWarm']);
});

test('what is not in the cache is never written unasked', async () => {
  const { state, keepWarm, pass } = openPanel();
  state.isRefresh = false;
  keepWarm.reschedule();
  await pass(4.9);
  assert.equal(state.refreshes, 0);
});

test('while an answer is on its way, and after a refresh that failed, nothing is sent', async () => {
  const busy = openPanel();
  busy.state.isBusy = true;
  busy.keepWarm.reschedule();
  await busy.pass(4.9);
  assert.equal(busy.state.refreshes, 0);
  const failing = openPanel();
  failing.state.fails = true;
  failing.keepWarm.reschedule();
  await failing.pass(4.9);
  assert.equal(failing.clock.waiting, 0);
});

test('what is thrown away sends nothing any more', async () => {
  const { state, keepWarm, pass } = openPanel();
  keepWarm.reschedule();
  await pass(1);
  keepWarm.dispose();
  await pass(4);
  assert.equal(state.refreshes, 0);
});
