import type { UsageRow } from '../../src/core/money/report.ts';
import type { UsageSum } from '../../src/core/money/usageSum.ts';
import type { UsageFacts } from '../../src/core/usageProtocol.ts';

/** A sum; `scale` makes the same larger or smaller. */
export function sum(scale = 1): UsageSum & { readonly usd: number; readonly savedUsd: number } {
  return {
    tokens: {
      fresh: 2_000 * scale,
      write5m: 8_000 * scale,
      write1h: 2_000 * scale,
      read: 88_000 * scale,
      output: 5_000 * scale,
      thinking: 1_000 * scale,
    },
    bills: Math.ceil(10 * scale),
    usd: 0.088 * scale,
    usdByKind: { fresh: 0.004 * scale, write: 0.025 * scale, read: 0.009 * scale, output: 0.05 * scale },
    unpriced: 0,
    savedUsd: 0.16 * scale,
    partial: false,
  };
}

/** Of tokens that nobody knows the price of. */
export function unpriced(scale = 1): UsageSum {
  const { usd: _usd, savedUsd: _saved, ...known } = sum(scale);
  const usdByKind = { fresh: 0, write: 0, read: 0, output: 0 };
  return { ...known, usdByKind, partial: true, unpriced: 105_000 * scale };
}

export function row(key: string, scale = 1, more: Partial<UsageRow> = {}): UsageRow {
  return {
    ...sum(scale),
    key,
    at: Date.UTC(2026, 10, 22, 15, 4),
    conversation: key,
    modelName: 'Claude Sonnet 5.5',
    what: 'answer',
    ...more,
  };
}

const RATES = { input: 2, output: 10, cacheRead: 0.1, cacheWrite5m: 2.5, cacheWrite1h: 4 };

/** What the page is told when a little has been spent. */
export function someFacts(more: Partial<UsageFacts> = {}): UsageFacts {
  return {
    today: '2026-11-22',
    totals: { today: sum(1), month: sum(12), all: sum(40) },
    models: [row('claude-opus-5-5', 30, { modelName: 'Claude Opus 5.5' }), row('claude-sonnet-5-5', 10)],
    days: [row('2026-11-22', 1), row('2026-11-20', 11), row('2026-09-03', 28)],
    months: [row('2026-11', 12), row('2026-09', 28)],
    conversations: [row('c1', 30), row('c2', 8), row('gone', 2)],
    answers: [
      row('a2', 0.1, { conversation: 'c1', quotedUsd: 0.0084, deviation: 0.0476 }),
      row('a1', 0.2, { conversation: 'gone', what: 'compaction' }),
    ],
    titles: { c1: 'Refactor the parser', c2: '' },
    prices: {
      asOf: '2026-11-22',
      models: [
        { model: 'claude-sonnet-5-5', source: 'builtIn', price: RATES },
        {
          model: 'claude-haiku-5-5',
          source: 'own',
          price: { ...RATES, input: 0.125, long: { ...RATES, above: 100_000 } },
        },
        { model: 'local-model', source: 'unknown' },
      ],
    },
    ...more,
  };
}
