import type { InputSplit } from '../conversation/model.ts';
import type { Prices, SpendingEntry } from './money.ts';
import { costOf, priceOf } from './prices.ts';
import { billedOf, quotedUsdOf, sumOf, type UsageSum } from './usageSum.ts';

/** Sums of the bills that have something in common. */
export interface UsageRow extends UsageSum {
  /** The turn, conversation, day (`YYYY-MM-DD`), month (`YYYY-MM`) or model id. */
  readonly key: string;
  /** The first of the bills, ms since the epoch. */
  readonly at: number;
  readonly conversation: string;
  readonly modelName: string;
  readonly what: SpendingEntry['what'];
}

export interface UsageReport {
  /** One row for each answer and each compaction. */
  readonly answers: readonly UsageRow[];
  readonly conversations: readonly UsageRow[];
  readonly days: readonly UsageRow[];
  readonly months: readonly UsageRow[];
  readonly models: readonly UsageRow[];
  readonly total: UsageSum;
}

/**
 * The bills of the spending log, summed up in every way; rows are in the order of their first bill. `dayOf` gives the
 * local day of a time as `YYYY-MM-DD`. Reservations and bills of nothing are left out.
 */
export function usageReport(
  entries: readonly SpendingEntry[],
  prices: Prices,
  { dayOf }: { readonly dayOf: (at: number) => string },
): UsageReport {
  const bills = billedOf(entries);
  const rows = (keyOf: (entry: SpendingEntry) => string): readonly UsageRow[] =>
    groupsOf(bills, keyOf).map(([key, group, first]) => ({
      key,
      at: first.at,
      conversation: first.conversation,
      modelName: first.modelName,
      what: first.what,
      ...sumOf(group, prices),
    }));
  return {
    answers: rows(({ turn }) => turn),
    conversations: rows(({ conversation }) => conversation),
    days: rows(({ at }) => dayOf(at)),
    months: rows(({ at }) => dayOf(at).slice(0, 7)),
    models: rows(({ model }) => model),
    total: sumOf(bills, prices),
  };
}

/**
 * The bills of the spending log as CSV (RFC 4180): a header, one line for each bill, times in ISO 8601 (UTC), tokens, and
 * USD where prices are known. A text that a spreadsheet would take for a formula is led in by an apostrophe.
 */
export function csvOf(entries: readonly SpendingEntry[], prices: Prices): string {
  const lines = [HEADER, ...billedOf(entries).map((entry) => lineOf(entry, prices))];
  return lines.map((fields) => `${fields.map(fieldOf).join(',')}\r\n`).join('');
}

function groupsOf(
  entries: readonly SpendingEntry[],
  keyOf: (entry: SpendingEntry) => string,
): readonly (readonly [string, readonly SpendingEntry[], SpendingEntry])[] {
  const groups = new Map<string, [SpendingEntry, ...SpendingEntry[]]>();
  for (const entry of entries) {
    const group = groups.get(keyOf(entry));
    if (group) group.push(entry);
    else groups.set(keyOf(entry), [entry]);
  }
  return [...groups].map(([key, group]) => [key, group, group[0]]);
}

type Field = string | number | undefined;

const HEADER: readonly Field[] = [
  'time',
  'conversation',
  'turn',
  'what',
  'model',
  'modelName',
  'freshTokens',
  'cacheReadTokens',
  'cacheWrite5mTokens',
  'cacheWrite1hTokens',
  'outputTokens',
  'thinkingTokens',
  'usd',
  'quotedFreshTokens',
  'quotedCacheReadTokens',
  'quotedCacheWrite5mTokens',
  'quotedCacheWrite1hTokens',
  'quotedUsd',
];

function lineOf(entry: SpendingEntry, prices: Prices): readonly Field[] {
  const { at, conversation, turn, what, model, modelName, usage, quoted } = entry;
  const price = priceOf(prices, model);
  return [
    new Date(at).toISOString(),
    conversation,
    turn,
    what,
    model,
    modelName,
    ...splitFields(usage),
    usage.output,
    usage.thinking,
    price && usdField(costOf(usage, price)),
    ...splitFields(quoted),
    usdField(quotedUsdOf(entry, prices)),
  ];
}

function splitFields(split: InputSplit | undefined): readonly Field[] {
  return [split?.fresh, split?.read, split?.write5m, split?.write1h];
}

/** Plain digits: an exponent would be read as text by some. */
function usdField(usd: number | undefined): Field {
  return usd === undefined ? undefined : usd.toFixed(9).replace(/0+$/, '').replace(/\.$/, '');
}

function fieldOf(field: Field): string {
  if (field === undefined) return '';
  if (typeof field === 'number') return String(field);
  const text = /^[=+\-@\t\r\n]/.test(field) ? `'${field}` : field;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
