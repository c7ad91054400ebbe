import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkBudgets, spentOf } from '../../../../src/core/money/budget.ts';
import type { BudgetCaps, SpendingEntry } from '../../../../src/core/money/money.ts';
import { pricesWith } from '../../../../src/core/money/prices.ts';

const NO_CAPS: BudgetCaps = { perMessage: 0, perConversation: 0, perDay: 0, perMonth: 0 };
const NOTHING = { conversation: 0, day: 0, month: 0 };
/** One dollar for a million fresh tokens. */
const { prices } = pricesWith({ m: { input: 1, output: 1 } });
const HOUR = 3_600_000;
const NOW = 1000 * HOUR;

function entry(usd: number, over: Partial<SpendingEntry> = {}): SpendingEntry {
  const usage = { fresh: usd * 1_000_000, read: 0, write5m: 0, write1h: 0, output: 0 };
  return {
    at: NOW - 60_000,
    conversation: 'c',
    turn: 't',
    model: 'm',
    modelName: 'M',
    kind: 'billed',
    what: 'answer',
    usage,
    ...over,
  };
}

const spent = (...entries: readonly SpendingEntry[]) =>
  spentOf(entries, prices, {
    conversation: 'c',
    now: NOW,
    dayStart: NOW - 10 * HOUR,
    monthStart: NOW - 200 * HOUR,
  });

test('without caps everything may leave, whatever it costs', () => {
  assert.deepEqual(checkBudgets(NO_CAPS, { conversation: 1e6, day: 1e6, month: 1e6 }, undefined), {
    allowed: true,
  });
});

test('each cap stops what would pass it and lets through what reaches it', () => {
  const before = { perMessage: 0, perConversation: 2, perDay: 3, perMonth: 4 };
  const spent = { conversation: 2, day: 3, month: 4 };
  for (const cap of ['perMessage', 'perConversation', 'perDay', 'perMonth'] as const) {
    const caps = { ...NO_CAPS, [cap]: 5 };
    const room = 5 - before[cap];
    assert.deepEqual(checkBudgets(caps, spent, room), { allowed: true }, cap);
    const verdict = { allowed: false, cap, limit: 5, spent: before[cap], worst: room + 0.01 };
    assert.deepEqual(checkBudgets(caps, spent, room + 0.01), verdict);
  }
});

test('sums that are off by their last digit are not held against anybody', () => {
  const caps = { ...NO_CAPS, perDay: 0.3 };
  assert.deepEqual(checkBudgets(caps, { ...NOTHING, day: 0.1 }, 0.2), { allowed: true });
});

test('an unknown price may not leave under any cap, and no cost is invented', () => {
  const caps = { ...NO_CAPS, perDay: 100 };
  assert.deepEqual(checkBudgets(caps, NOTHING, undefined), {
    allowed: false,
    cap: 'perDay',
    limit: 100,
    spent: 0,
  });
});

test('bills count for their conversation, day and month', () => {
  const entries = [
    entry(1),
    entry(2, { conversation: 'other' }),
    entry(4, { at: NOW - 11 * HOUR }),
    entry(8, { at: NOW - 201 * HOUR }),
    entry(16, { model: 'unheard-of' }),
  ];
  assert.deepEqual(spent(...entries), { conversation: 13, day: 3, month: 7 });
  assert.deepEqual(spent(entry(1, { at: NOW - 10 * HOUR })), { conversation: 1, day: 1, month: 1 });
});

test('a reservation counts until its bill comes', () => {
  const reserved = entry(5, { kind: 'reserved' });
  assert.equal(spent(reserved).day, 5);
  assert.equal(spent(reserved, entry(1)).day, 1);
  assert.equal(spent(reserved, entry(1, { turn: 'another' })).day, 6);
  assert.equal(spent(reserved, entry(1, { conversation: 'other' })).day, 6);
  assert.equal(spent(entry(1), reserved).day, 6, 'an earlier bill is that of an earlier request');
});

test('a request that is repeated is reserved once', () => {
  const first = entry(5, { kind: 'reserved', at: NOW - 2000 });
  const second = entry(6, { kind: 'reserved', at: NOW - 1000 });
  assert.equal(spent(first, second).day, 6);
});

test('a reservation is given up after half an hour', () => {
  const reserved = (age: number) => spent(entry(5, { kind: 'reserved', at: NOW - age })).day;
  assert.equal(reserved(HOUR / 2 - 1), 5);
  assert.equal(reserved(HOUR / 2), 0);
});
