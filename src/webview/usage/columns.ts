import type { CostByKind } from '../../core/money/prices.ts';
import type { UsageRow } from '../../core/money/report.ts';
import type { UsageFacts } from '../../core/usageProtocol.ts';
import { daysBefore, monthsBefore } from './dates.ts';

/** The time that the picture shows. */
export type Period = '30days' | '90days' | 'months';

export const PERIODS: readonly Period[] = ['30days', '90days', 'months'];

/** One column of the picture: the cost of a day or a month in USD. */
export interface Column {
  /** `2026-11-22` or `2026-11`. */
  readonly key: string;
  readonly usd: CostByKind;
}

/** The order in which kinds are stacked, from the bottom. */
export const KINDS = ['fresh', 'write', 'read', 'output'] as const satisfies readonly (keyof CostByKind)[];
export type Kind = (typeof KINDS)[number];

/** A column for every day or month of the period, the newest last, those without any cost included. */
export function columnsOf({ today, days, months }: UsageFacts, period: Period): readonly Column[] {
  if (period === 'months') return monthColumns(today.slice(0, 7), months);
  const count = period === '30days' ? 30 : 90;
  return fill(days, count, (back) => daysBefore(today, back));
}

/** All kinds together. */
export function sumOf(value: CostByKind): number {
  return KINDS.reduce((sum, kind) => sum + value[kind], 0);
}

const FEWEST_MONTHS = 6;
const MOST_MONTHS = 24;

function monthColumns(thisMonth: string, months: readonly UsageRow[]): readonly Column[] {
  const first = months.reduce((least, { key }) => (key < least ? key : least), thisMonth);
  const span = monthNumber(thisMonth) - monthNumber(first) + 1;
  const count = Math.min(Math.max(span, FEWEST_MONTHS), MOST_MONTHS);
  return fill(months, count, (back) => monthsBefore(thisMonth, back));
}

function monthNumber(month: string): number {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return year * 12 + number;
}

function fill(rows: readonly UsageRow[], count: number, keyAt: (back: number) => string): readonly Column[] {
  const known = new Map(rows.map((row) => [row.key, row.usdByKind]));
  return Array.from({ length: count }, (_, index) => {
    const key = keyAt(count - 1 - index);
    return { key, usd: known.get(key) ?? NOTHING };
  });
}

const NOTHING: CostByKind = { fresh: 0, write: 0, read: 0, output: 0 };
