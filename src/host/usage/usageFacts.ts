import type { Price, Prices, SpendingEntry } from '../../core/money/money.ts';
import { PRICES_AS_OF, priceOf, pricesWith } from '../../core/money/prices.ts';
import { type UsageRow, usageReport } from '../../core/money/report.ts';
import { sumOf } from '../../core/money/usageSum.ts';
import type { PriceRow, UsageFacts } from '../../core/usageProtocol.ts';
import { rateLimitRows } from './rateLimits.ts';

/** What the page is told about besides the spending itself. */
export interface UsageSurroundings {
  readonly prices: Prices;
  /** Titles of the conversations that can be opened, by id. */
  readonly titles: ReadonlyMap<string, string>;
  readonly rateLimits: { readonly at: number; readonly limits: Readonly<Record<string, string>> } | undefined;
  /** ms since the epoch. */
  readonly now: number;
}

/** Everything that the page shows, of the entries of the spending log. */
export function usageFacts(entries: readonly SpendingEntry[], around: UsageSurroundings): UsageFacts {
  const { prices, titles, rateLimits, now } = around;
  const { total, ...report } = usageReport(entries, prices, { dayOf });
  const today = dayOf(now);
  const nothing = sumOf([], prices);
  const limits = rateLimits && rateLimitRows(rateLimits.limits);
  const newest = [...report.answers].sort((one, other) => other.at - one.at).slice(0, NEWEST);
  const shown = new Set([...newest, ...report.conversations].map(({ conversation }) => conversation));
  return {
    today,
    totals: {
      today: report.days.find(({ key }) => key === today) ?? nothing,
      month: report.months.find(({ key }) => key === today.slice(0, 7)) ?? nothing,
      all: total,
    },
    models: dearestFirst(report.models),
    conversations: dearestFirst(report.conversations),
    days: newestFirst(report.days),
    months: newestFirst(report.months),
    answers: newest,
    titles: Object.fromEntries([...titles].filter(([id]) => shown.has(id))),
    ...(rateLimits && limits && limits.length > 0 ? { rateLimits: { at: rateLimits.at, limits } } : {}),
    prices: { asOf: PRICES_AS_OF, models: priceRows(report.models, prices) },
  };
}

/** The day of a moment where this process runs, `2026-11-22`; budgets go by the same days. */
export function dayOf(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** How many answers the page lists. */
const NEWEST = 200;

function newestFirst(rows: readonly UsageRow[]): readonly UsageRow[] {
  return [...rows].sort((one, other) => (one.key < other.key ? 1 : -1));
}

/** What has no price comes last. */
function dearestFirst(rows: readonly UsageRow[]): readonly UsageRow[] {
  return [...rows].sort((one, other) => (other.usd ?? -1) - (one.usd ?? -1));
}

/** The prices of what was used, those nobody knows first, then all others. */
function priceRows(used: readonly UsageRow[], prices: Prices): readonly PriceRow[] {
  const builtIn = pricesWith({}).prices;
  const unknown = used.map(({ key }) => key).filter((model) => !priceOf(prices, model));
  const known = Object.entries(prices).map(([model, price]): PriceRow => {
    const usual = Object.hasOwn(builtIn, model) ? builtIn[model] : undefined;
    return { model, price, source: usual && isSame(usual, price) ? 'builtIn' : 'own' };
  });
  return [
    ...unknown.sort().map((model): PriceRow => ({ model, source: 'unknown' })),
    ...known.filter(({ source }) => source === 'own'),
    ...known.filter(({ source }) => source === 'builtIn'),
  ];
}

function isSame(one: Price, other: Price): boolean {
  const { long: oneLong, ...oneRates } = one;
  const { long: otherLong, ...otherRates } = other;
  return figuresOf(oneRates) === figuresOf(otherRates) && figuresOf(oneLong) === figuresOf(otherLong);
}

function figuresOf(rates: Readonly<Record<string, number>> | undefined): string {
  return JSON.stringify(Object.entries(rates ?? {}).sort());
}
