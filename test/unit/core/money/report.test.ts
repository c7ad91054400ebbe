import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SpendingEntry } from '../../../../src/core/money/money.ts';
import { pricesWith } from '../../../../src/core/money/prices.ts';
import { csvOf, usageReport } from '../../../../src/core/money/report.ts';
import { createRandom } from '../../../support/random.ts';

/** Per million: 10 fresh, 1 read, 12.5 and 20 written, 100 output. */
const { prices } = pricesWith({ m: { input: 10, output: 100 } });
const DAY = 86_400_000;
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);
const START = Date.UTC(2026, 9, 31, 12);

function bill(over: Partial<SpendingEntry> = {}): SpendingEntry {
  return {
    at: START,
    conversation: 'c1',
    turn: 't1',
    model: 'm',
    modelName: 'Model M',
    kind: 'billed',
    what: 'answer',
    usage: { fresh: 1000, read: 0, write5m: 0, write1h: 0, output: 10, thinking: 4 },
    ...over,
  };
}

const close = (actual: number | undefined, expected: number) =>
  assert.ok(actual !== undefined && Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);

test('bills are summed up by answer, conversation, day, month and model', () => {
  const entries = [
    bill(),
    bill({ at: START + 1, what: 'compaction' }),
    bill({ at: START + DAY, turn: 't2' }),
    bill({ at: START + DAY, turn: 't3', conversation: 'c2', model: 'x', modelName: 'X' }),
  ];
  const report = usageReport(entries, prices, { dayOf });
  const shape = (rows: typeof report.days) => rows.map(({ key, bills }) => [key, bills]);
  assert.deepEqual(shape(report.answers), [
    ['t1', 2],
    ['t2', 1],
    ['t3', 1],
  ]);
  assert.deepEqual(shape(report.conversations), [
    ['c1', 3],
    ['c2', 1],
  ]);
  assert.deepEqual(shape(report.days), [
    ['2026-10-31', 2],
    ['2026-11-01', 2],
  ]);
  assert.deepEqual(shape(report.months), [
    ['2026-10', 2],
    ['2026-11', 2],
  ]);
  assert.deepEqual(shape(report.models), [
    ['m', 3],
    ['x', 1],
  ]);
  assert.equal(report.models[0]?.modelName, 'Model M');
  assert.equal(report.total.tokens.fresh, 4000);
  assert.equal(report.total.tokens.thinking, 16);
});

test('unknown prices are flagged and never counted as nothing', () => {
  const report = usageReport([bill(), bill({ turn: 't2', model: 'x' })], prices, { dayOf });
  close(report.total.usd, 0.011);
  assert.equal(report.total.partial, true);
  assert.equal(report.total.unpriced, 1010);
  const [known, unknown] = report.answers;
  assert.equal(known?.partial, false);
  assert.equal(unknown?.usd, undefined);
  assert.equal(unknown?.partial, true);
  assert.equal('savedUsd' in (unknown ?? {}), false);
});

test('a bill is held against its quote with the output that came', () => {
  const quoted = { fresh: 0, read: 1000, write5m: 0, write1h: 0 };
  const report = usageReport([bill({ quoted }), bill({ turn: 't2' })], prices, { dayOf });
  close(report.total.quotedUsd, 0.002);
  close(report.total.deviation, 0.011 / 0.002 - 1);
  assert.equal(report.answers[1]?.quotedUsd, undefined);
  assert.equal(report.answers[1]?.deviation, undefined);
});

test('the cache saves what its reads spare and its writes cost', () => {
  const saved = (usage: Partial<SpendingEntry['usage']>) =>
    usageReport(
      [bill({ usage: { fresh: 0, read: 0, write5m: 0, write1h: 0, output: 1, ...usage } })],
      prices,
      {
        dayOf,
      },
    ).total.savedUsd;
  close(saved({ read: 1000 }), 0.009);
  close(saved({ write5m: 1000 }), -0.0025);
  close(saved({ write1h: 1000 }), -0.01);
  close(saved({ fresh: 1000 }), 0);
});

test('the kinds of cost add up to the whole', () => {
  const usage = { fresh: 11, read: 222, write5m: 33, write1h: 44, output: 55 };
  const { total } = usageReport([bill({ usage })], prices, { dayOf });
  const { fresh, write, read, output } = total.usdByKind;
  close(total.usd, fresh + write + read + output);
});

test('reservations and bills of nothing are no bills', () => {
  const nothing = { fresh: 0, read: 0, write5m: 0, write1h: 0, output: 0 };
  const entries = [bill({ kind: 'reserved' }), bill({ usage: nothing })];
  const report = usageReport(entries, prices, { dayOf });
  assert.deepEqual(report.answers, []);
  assert.equal(report.total.usd, undefined);
  assert.equal(report.total.partial, false);
  assert.equal(csvOf(entries, prices).split('\r\n').length, 2);
});

/** Reads CSV by the letter of RFC 4180. */
function parseCsv(csv: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const match of csv.matchAll(/("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/g)) {
    const [, field = '', end] = match;
    row.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (end !== '\r\n') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

test('the CSV has a header, a line for each bill, and plain figures', () => {
  const quoted = { fresh: 1, read: 2, write5m: 3, write1h: 4 };
  const csv = csvOf([bill({ quoted }), bill({ model: 'x' })], prices);
  const [header = [], first = [], second = [], ...rest] = parseCsv(csv);
  assert.deepEqual(rest, []);
  const field = (row: readonly string[], name: string) => row[header.indexOf(name)];
  assert.ok([header, first, second].every((row) => row.length === 18));
  assert.equal(field(first, 'time'), '2026-10-31T12:00:00.000Z');
  assert.equal(field(first, 'freshTokens'), '1000');
  assert.equal(field(first, 'thinkingTokens'), '4');
  assert.equal(field(first, 'usd'), '0.011');
  assert.equal(field(first, 'quotedCacheWrite1hTokens'), '4');
  assert.equal(field(second, 'usd'), '');
  assert.equal(field(second, 'quotedUsd'), '');
  const tiny = csvOf([bill({ usage: { fresh: 1, read: 0, write5m: 0, write1h: 0, output: 0 } })], prices);
  assert.ok(tiny.includes(',0.00001,'), tiny);
});

test('whatever a name holds, it stays one field and no spreadsheet takes it for a formula', () => {
  const random = createRandom(17);
  const nasty = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '"', 'a,b', 'a"b', 'a\r\nb', '=","'];
  const names = [...nasty, ...Array.from({ length: 200 }, () => random.text(12))];
  const rows = parseCsv(
    csvOf(
      names.map((modelName) => bill({ modelName })),
      prices,
    ),
  );
  assert.equal(rows.length, names.length + 1);
  for (const [index, name] of names.entries()) {
    const field = rows[index + 1]?.[5] ?? '';
    assert.doesNotMatch(field, /^[=+\-@\t\r\n]/);
    assert.equal(field.replace(/^'(?=[=+\-@\t\r\n])/, ''), name);
  }
});
