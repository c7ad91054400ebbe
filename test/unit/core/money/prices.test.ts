import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AssistantTurn, Usage } from '../../../../src/core/conversation/model.ts';
import { cacheMinimum, imageTier } from '../../../../src/core/money/modelFacts.ts';
import type { SpentUsage } from '../../../../src/core/money/money.ts';
import {
  billOf,
  costByKind,
  costOf,
  costOfBills,
  PRICES_AS_OF,
  priceOf,
  pricesWith,
  turnBill,
} from '../../../../src/core/money/prices.ts';

const { prices } = pricesWith({});
const NOTHING: SpentUsage = { fresh: 0, read: 0, write5m: 0, write1h: 0, output: 0 };
const USAGE: Usage = {
  input: 10,
  cacheRead: 200,
  cacheWrite: 300,
  cacheWrite1h: 100,
  output: 40,
  thinking: 15,
};
const close = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);

function priceFor(id: string) {
  const price = priceOf(prices, id);
  assert.ok(price, id);
  return price;
}

test('the table says how old it is', () => {
  assert.match(PRICES_AS_OF, /^\d{4}-\d{2}-\d{2}$/);
});

test('each kind of token has its price', () => {
  const million = 1_000_000;
  const price = priceFor('claude-sonnet-5-5');
  const figures = { fresh: 2, read: 0.1, write5m: 2.5, write1h: 4, output: 10 } as const;
  for (const [kind, usd] of Object.entries(figures)) {
    close(costOf({ ...NOTHING, [kind]: million }, price), usd);
  }
  close(
    costOf({ fresh: 1, read: 2, write5m: 3, write1h: 4, output: 5 }, price),
    (2 + 0.2 + 7.5 + 16 + 50) / million,
  );
});

test('thinking is part of the output and is not billed twice', () => {
  const price = priceFor('claude-opus-5-5');
  assert.equal(
    costOf({ ...NOTHING, output: 100, thinking: 90 }, price),
    costOf({ ...NOTHING, output: 100 }, price),
  );
});

test('a model with a dearer tier costs that for the whole request once its prompt is above it', () => {
  const price = priceFor('claude-haiku-5-5');
  close(costOf({ ...NOTHING, fresh: 100_000, output: 1000 }, price), (100_000 * 0.1 + 1000 * 0.5) / 1e6);
  close(
    costOf({ ...NOTHING, fresh: 1, read: 100_000, output: 1000 }, price),
    (0.5 + 100_000 * 0.05 + 2500) / 1e6,
  );
  close(costOf({ ...NOTHING, write5m: 60_000, write1h: 60_000 }, price), (60_000 * 0.625 + 60_000) / 1e6);
});

test('the kinds add up to the whole', () => {
  const price = priceFor('claude-haiku-5-5');
  const usage = { fresh: 90_000, read: 20_000, write5m: 300, write1h: 40, output: 500 };
  const { fresh, write, read, output } = costByKind(usage, price);
  assert.equal(fresh + write + read + output, costOf(usage, price));
  close(write, (300 * 0.625 + 40) / 1e6);
});

test('a version with a date has the price of its family, an unknown model has none', () => {
  assert.deepEqual(priceOf(prices, 'claude-haiku-4-5-20251001'), priceFor('claude-haiku-4-5'));
  assert.deepEqual(priceOf(prices, 'claude-opus-4-5@20251101'), priceFor('claude-opus-4-5'));
  for (const id of [
    'claude-quill-1',
    'claude-sonnet-5-5-mini',
    'claude-3-7-sonnet-20250219',
    'toString',
    '__proto__',
  ]) {
    assert.equal(priceOf(prices, id), undefined, id);
  }
});

test('the own prices go before the built-in ones, and what they leave out follows from the input', () => {
  const { prices: own, problems } = pricesWith({
    'claude-sonnet-5-5': { input: 1, output: 2, cacheRead: 0 },
    'local-model': { input: 10, output: 20 },
    'claude-haiku-5-5': { input: 3, output: 4, cacheWrite5m: 5, cacheWrite1h: 6 },
  });
  assert.deepEqual(problems, []);
  assert.deepEqual(own['claude-sonnet-5-5'], {
    input: 1,
    output: 2,
    cacheRead: 0,
    cacheWrite5m: 1.25,
    cacheWrite1h: 2,
  });
  assert.deepEqual(own['local-model'], {
    input: 10,
    output: 20,
    cacheRead: 1,
    cacheWrite5m: 12.5,
    cacheWrite1h: 20,
  });
  assert.equal(own['claude-haiku-5-5']?.long, undefined);
  assert.deepEqual(own['claude-opus-5'], prices['claude-opus-5']);
});

test('malformed prices are named and passed over, and never throw', () => {
  const malformed: Record<string, unknown> = {
    'claude-opus-5': null,
    a: 'cheap',
    b: { input: 1 },
    c: { input: -1, output: 1 },
    d: { input: Number.NaN, output: 1 },
    e: { input: '1', output: 1 },
    f: { input: 1, output: 1, cacheRaed: 1 },
    g: [],
    h: { input: Number.POSITIVE_INFINITY, output: 1 },
  };
  const { prices: own, problems } = pricesWith(malformed);
  assert.equal(problems.length, Object.keys(malformed).length);
  for (const id of Object.keys(malformed))
    assert.ok(
      problems.some((problem) => problem.includes(`"${id}"`)),
      id,
    );
  assert.deepEqual(own, prices);
  const { prices: odd } = pricesWith(JSON.parse('{"__proto__": {"input": 1, "output": 1}}'));
  assert.equal(priceOf(odd, 'input'), undefined);
});

test('without iterations the totals are the bill', () => {
  const usage = { fresh: 10, read: 200, write5m: 200, write1h: 100, output: 40, thinking: 15 };
  assert.deepEqual(billOf(USAGE, 'm'), [{ model: 'm', what: 'answer', usage }]);
});

test('with iterations their sum is the bill, by model and kind of work', () => {
  const iterations = [
    { type: 'compaction', input_tokens: 1000, output_tokens: 50, cache_read_input_tokens: 7 },
    {
      type: 'message',
      model: 'm',
      input_tokens: 10,
      output_tokens: 20,
      cache_read_input_tokens: 5,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
    },
    { type: 'message', input_tokens: 1, output_tokens: 2, cache_creation_input_tokens: null },
    { type: 'fallback_message', model: 'other', input_tokens: 3, output_tokens: 4 },
    { type: 'advisor_message', model: 'wise', input_tokens: 5, output_tokens: 6 },
    { type: 'something_new', model: 'wise', input_tokens: 1, output_tokens: 1 },
  ];
  assert.deepEqual(billOf({ ...USAGE, iterations }, 'm'), [
    { model: 'm', what: 'compaction', usage: { ...NOTHING, fresh: 1000, read: 7, output: 50 } },
    {
      model: 'm',
      what: 'answer',
      usage: { fresh: 11, read: 5, write5m: 10, write1h: 20, output: 22, thinking: 15 },
    },
    { model: 'other', what: 'answer', usage: { ...NOTHING, fresh: 3, output: 4 } },
    { model: 'wise', what: 'answer', usage: { ...NOTHING, fresh: 6, output: 7 } },
  ]);
});

test('a list of iterations that is not usable is passed over for the totals', () => {
  const totals = billOf(USAGE, 'm');
  const good = { type: 'message', input_tokens: 1, output_tokens: 1 };
  for (const iterations of [
    null,
    [],
    'none',
    {},
    [null],
    [good, { ...good, input_tokens: -1 }],
    [good, { ...good, output_tokens: '3' }],
    [{ input_tokens: 1, output_tokens: 1 }],
    [{ type: 'message', input_tokens: 1 }],
    [{ ...good, cache_creation: { ephemeral_1h_input_tokens: 'x' } }],
  ]) {
    assert.deepEqual(billOf({ ...USAGE, iterations }, 'm'), totals, JSON.stringify(iterations));
  }
});

test('an answer is billed with all its attempts', () => {
  const turn: AssistantTurn = {
    role: 'assistant',
    id: 'a',
    parent: null,
    at: 1,
    model: { id: 'claude-sonnet-5-5', name: '' },
    state: 'done',
    blocks: [],
    usage: USAGE,
    attempts: [{ at: 1 }, { at: 2, usage: { ...USAGE, output: 1, thinking: 0 } }],
  };
  const bills = turnBill(turn);
  assert.deepEqual(
    bills.map(({ usage }) => usage.output),
    [1, 40],
  );
  const price = priceFor('claude-sonnet-5-5');
  close(
    costOfBills(bills, prices) ?? Number.NaN,
    bills.reduce((sum, { usage }) => sum + costOf(usage, price), 0),
  );
  assert.deepEqual(
    turnBill({ ...turn, usage: undefined, attempts: undefined } as unknown as AssistantTurn),
    [],
  );
});

test('bills whose price is unknown have no cost, not a cost of nothing', () => {
  const bill = { model: 'claude-sonnet-5-5', usage: { ...NOTHING, fresh: 1 } };
  assert.equal(costOfBills([bill, { ...bill, model: 'unheard-of' }], prices), undefined);
  assert.equal(costOfBills([], prices), 0);
});

test('facts of models are found by family, and unknown ones are taken for current', () => {
  assert.equal(cacheMinimum('claude-haiku-4-5-20251001'), 4096);
  assert.equal(cacheMinimum('claude-opus-5-5'), 512);
  assert.equal(cacheMinimum('claude-opus-4-7'), 2048);
  assert.equal(cacheMinimum('unheard-of'), 1024);
  assert.equal(imageTier('claude-sonnet-4-6'), 'standard');
  assert.equal(imageTier('claude-opus-4-7'), 'high');
  assert.equal(imageTier('unheard-of'), 'high');
});
