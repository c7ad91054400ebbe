import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Price, SpendingEntry } from '../../../src/core/money/money.ts';
import { pricesWith } from '../../../src/core/money/prices.ts';
import { dayOf, type UsageSurroundings, usageFacts } from '../../../src/host/usage/usageFacts.ts';
import { decodeToUsagePage } from '../../../src/webview/usage/decode.ts';

const NOON = new Date(2026, 10, 22, 12).getTime();
const DAY = 24 * 60 * 60 * 1000;
const own: Price = { input: 1, output: 5, cacheRead: 0.1, cacheWrite5m: 1.25, cacheWrite1h: 2 };

function entry(turn: string, more: Partial<SpendingEntry> = {}): SpendingEntry {
  return {
    at: NOON,
    conversation: 'c1',
    turn,
    model: 'claude-sonnet-5-5',
    modelName: 'Claude Sonnet 5.5',
    kind: 'billed',
    what: 'answer',
    usage: { fresh: 1000, read: 0, write5m: 0, write1h: 0, output: 100 },
    ...more,
  };
}

function surroundings(more: Partial<UsageSurroundings> = {}): UsageSurroundings {
  return { prices: pricesWith({}).prices, titles: new Map(), rateLimits: undefined, now: NOON, ...more };
}

test('days are those of the place where this runs', () => {
  assert.equal(dayOf(new Date(2026, 0, 2, 0, 0, 0).getTime()), '2026-01-02');
  assert.equal(dayOf(new Date(2026, 11, 31, 23, 59, 59, 999).getTime()), '2026-12-31');
});

test('totals are those of today, of this month and of all time', () => {
  const entries = [entry('old', { at: NOON - 60 * DAY }), entry('earlier', { at: NOON - DAY }), entry('now')];
  const { totals, today } = usageFacts(entries, surroundings());
  assert.equal(today, '2026-11-22');
  assert.deepEqual([totals.today.bills, totals.month.bills, totals.all.bills], [1, 2, 3]);
  const later = usageFacts(entries, surroundings({ now: NOON + 40 * DAY })).totals;
  assert.deepEqual([later.today.bills, later.month.bills, later.all.bills], [0, 0, 3]);
});

test('the newest come first, the dearest model first, and what has no price last', () => {
  const entries = [
    entry('a', { at: NOON - 40 * DAY, model: 'local-model', conversation: 'cheap' }),
    entry('b', { at: NOON - DAY }),
    entry('c', { model: 'claude-opus-5-5', conversation: 'dear' }),
  ];
  const facts = usageFacts(entries, surroundings());
  const keys = (rows: readonly { readonly key: string }[]): readonly string[] => rows.map(({ key }) => key);
  assert.deepEqual(keys(facts.answers), ['c', 'b', 'a']);
  assert.deepEqual(keys(facts.models), ['claude-opus-5-5', 'claude-sonnet-5-5', 'local-model']);
  assert.deepEqual(keys(facts.conversations), ['dear', 'c1', 'cheap']);
  assert.deepEqual(keys(facts.days), ['2026-11-22', '2026-11-21', '2026-10-13']);
  assert.deepEqual(keys(facts.months), ['2026-11', '2026-10']);
});

test('only the newest 200 answers are listed, and no title that nobody sees', () => {
  const entries = Array.from({ length: 250 }, (_, n) => entry(`a${n}`, { at: NOON - n * 1000 }));
  const titles = new Map([
    ['c1', 'One'],
    ['c2', 'Two'],
  ]);
  const facts = usageFacts(entries, surroundings({ titles }));
  assert.equal(facts.answers.length, 200);
  assert.equal(facts.answers.at(-1)?.key, 'a199');
  assert.deepEqual(facts.titles, { c1: 'One' });
});

test('prices tell whose they are: unknown ones that were used first, then the user’s own', () => {
  const { prices } = pricesWith({
    'my-model': own,
    'claude-opus-5': { input: 5, output: 25, cacheRead: 0.5 },
    'claude-sonnet-5': { input: 3, output: 10 },
  });
  const { models } = usageFacts(
    [entry('a', { model: 'local-model' }), entry('b')],
    surroundings({ prices }),
  ).prices;
  assert.deepEqual(
    models.slice(0, 3).map(({ model, source }) => [model, source]),
    [
      ['local-model', 'unknown'],
      ['claude-sonnet-5', 'own'],
      ['my-model', 'own'],
    ],
  );
  assert.ok(models.slice(3).every(({ source }) => source === 'builtIn'));
  assert.ok(models.some(({ model, source }) => model === 'claude-opus-5' && source === 'builtIn'));
});

test('a dated version of a model has the price of its family', () => {
  const { prices } = usageFacts([entry('a', { model: 'claude-haiku-4-5-20251001' })], surroundings());
  assert.ok(prices.models.every(({ source }) => source === 'builtIn'));
});

test('rate limits are there as soon as the API has told one', () => {
  const told = (limits: Readonly<Record<string, string>>) =>
    usageFacts([], surroundings({ rateLimits: { at: 5, limits } })).rateLimits;
  assert.deepEqual(told({ 'requests-limit': '50' }), { at: 5, limits: [{ name: 'requests', limit: 50 }] });
  assert.equal(told({ 'retry-after': '3' }), undefined);
  assert.equal(usageFacts([], surroundings()).rateLimits, undefined);
});

test('the page understands whatever the host tells it', () => {
  const quoted = { fresh: 1000, read: 0, write5m: 10, write1h: 0 };
  const entries = [
    entry('a', { quoted }),
    entry('b', { model: 'local-model' }),
    entry('c', { kind: 'reserved' }),
    entry('d', { what: 'compaction', at: 0 }),
  ];
  const around = surroundings({
    rateLimits: { at: NOON, limits: { 'tokens-reset': '2026-11-22T12:00:00Z' } },
  });
  for (const given of [entries, []]) {
    const message = { type: 'usageChanged', version: 1, facts: usageFacts(given, around) };
    assert.ok(decodeToUsagePage(JSON.parse(JSON.stringify(message))));
  }
});
