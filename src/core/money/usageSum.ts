import { NOTHING_SPENT, type Prices, type SpendingEntry, type SpentUsage } from './money.ts';
import { type CostByKind, costByKind, costOf, priceOf } from './prices.ts';

/** Sums of bills. Tokens, and USD where prices are known. */
export interface UsageSum {
  /** How many bills there are. */
  readonly bills: number;
  readonly tokens: Required<SpentUsage>;
  /** What the bills with a known price cost; undefined when none has one. */
  readonly usd?: number;
  /** The same by kind; all 0 when no price is known. */
  readonly usdByKind: CostByKind;
  /** True when some of the bills have no known price, so that `usd` is not all. */
  readonly partial: boolean;
  /** Tokens of those bills. */
  readonly unpriced: number;
  /** What had been quoted, with the output that came, and the share by which the same bills were above it. */
  readonly quotedUsd?: number;
  readonly deviation?: number;
  /** What caching saved against the same tokens without it; negative where it cost more than it brought. */
  readonly savedUsd?: number;
}

/** Sums any bills up. */
export function sumOf(entries: readonly SpendingEntry[], prices: Prices): UsageSum {
  let tokens = NO_TOKENS;
  let usdByKind: CostByKind = { fresh: 0, write: 0, read: 0, output: 0 };
  const usd = { billed: 0, saved: 0, quoted: 0, ofQuoted: 0 };
  const count = { priced: 0, quoted: 0, unpriced: 0 };
  for (const entry of entries) {
    tokens = added(tokens, entry.usage);
    const price = priceOf(prices, entry.model);
    if (!price) {
      count.unpriced += inputOf(entry.usage) + entry.usage.output;
      continue;
    }
    const cost = costOf(entry.usage, price);
    count.priced++;
    usdByKind = addedByKind(usdByKind, costByKind(entry.usage, price));
    usd.billed += cost;
    usd.saved += costOf(uncached(entry.usage), price) - cost;
    const quoted = quotedUsdOf(entry, prices);
    if (quoted === undefined) continue;
    count.quoted++;
    usd.quoted += quoted;
    usd.ofQuoted += cost;
  }
  return {
    bills: entries.length,
    tokens,
    usdByKind,
    partial: count.priced < entries.length,
    unpriced: count.unpriced,
    ...(count.priced > 0 ? { usd: usd.billed, savedUsd: usd.saved } : {}),
    ...(count.quoted > 0 ? { quotedUsd: usd.quoted } : {}),
    ...(usd.quoted > 0 ? { deviation: usd.ofQuoted / usd.quoted - 1 } : {}),
  };
}

/** The bills of a log: no reservations, nothing that was billed for nothing. */
export function billedOf(entries: readonly SpendingEntry[]): readonly SpendingEntry[] {
  return entries.filter(({ kind, usage }) => kind === 'billed' && inputOf(usage) + usage.output > 0);
}

/** What a bill had been quoted at, with the output that came, in USD; undefined without a quote or a price. */
export function quotedUsdOf({ quoted, usage, model }: SpendingEntry, prices: Prices): number | undefined {
  const price = priceOf(prices, model);
  return quoted && price ? costOf({ ...quoted, output: usage.output }, price) : undefined;
}

const NO_TOKENS: Required<SpentUsage> = { ...NOTHING_SPENT, thinking: 0 };

function added(sum: Required<SpentUsage>, more: SpentUsage): Required<SpentUsage> {
  return {
    fresh: sum.fresh + more.fresh,
    read: sum.read + more.read,
    write5m: sum.write5m + more.write5m,
    write1h: sum.write1h + more.write1h,
    output: sum.output + more.output,
    thinking: sum.thinking + (more.thinking ?? 0),
  };
}

function uncached(usage: SpentUsage): SpentUsage {
  return { fresh: inputOf(usage), read: 0, write5m: 0, write1h: 0, output: usage.output };
}

function inputOf({ fresh, read, write5m, write1h }: SpentUsage): number {
  return fresh + read + write5m + write1h;
}

function addedByKind(sum: CostByKind, more: CostByKind): CostByKind {
  return {
    fresh: sum.fresh + more.fresh,
    write: sum.write + more.write,
    read: sum.read + more.read,
    output: sum.output + more.output,
  };
}
