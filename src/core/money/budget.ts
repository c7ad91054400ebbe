import type { BudgetCaps, BudgetVerdict, Prices, SpendingEntry, Spent } from './money.ts';
import { costOf, priceOf } from './prices.ts';

/**
 * Whether a request may leave. `worst` is what it costs at most in USD; undefined when its price is unknown, and then it
 * may leave only where no cap is set. Names the first cap that it would pass.
 */
export function checkBudgets(caps: BudgetCaps, spent: Spent, worst: number | undefined): BudgetVerdict {
  for (const [cap, before] of spentUnder(spent)) {
    const limit = caps[cap];
    if (limit <= 0) continue;
    if (worst === undefined) return { allowed: false, cap, limit, spent: before };
    if (before + worst > limit + ROUNDING) return { allowed: false, cap, limit, spent: before, worst };
  }
  return { allowed: true };
}

/** What `spentOf` counts for. Times in ms since the epoch; day and month begin where the user is. */
export interface SpendingScope {
  readonly conversation: string;
  readonly now: number;
  readonly dayStart: number;
  readonly monthStart: number;
}

/**
 * What was spent, in USD, by the log of all windows. A reservation counts at its worst case until a bill for the same
 * turn comes, or for half an hour: then whoever made it is gone. Bills whose price is unknown count nothing, because
 * nobody can say what they cost.
 */
export function spentOf(entries: readonly SpendingEntry[], prices: Prices, scope: SpendingScope): Spent {
  const spent = { conversation: 0, day: 0, month: 0 };
  for (const entry of countedAt(entries, scope.now)) {
    const price = priceOf(prices, entry.model);
    const usd = price ? costOf(entry.usage, price) : 0;
    if (entry.conversation === scope.conversation) spent.conversation += usd;
    if (entry.at >= scope.dayStart) spent.day += usd;
    if (entry.at >= scope.monthStart) spent.month += usd;
  }
  return spent;
}

/** USD: sums of fractions are never quite exact. */
const ROUNDING = 1e-9;

const RESERVED_FOR = 30 * 60_000;

function spentUnder(spent: Spent): readonly (readonly [keyof BudgetCaps, number])[] {
  return [
    ['perMessage', 0],
    ['perConversation', spent.conversation],
    ['perDay', spent.day],
    ['perMonth', spent.month],
  ];
}

/** All bills, and of each turn the newest reservation that still stands: a repeated request reserves anew. */
function countedAt(entries: readonly SpendingEntry[], now: number): readonly SpendingEntry[] {
  const open = new Map<string, SpendingEntry>();
  const billed: SpendingEntry[] = [];
  for (const entry of entries) {
    const turn = `${entry.conversation} ${entry.turn}`;
    if (entry.kind === 'reserved') {
      open.set(turn, entry);
    } else {
      open.delete(turn);
      billed.push(entry);
    }
  }
  const standing = [...open.values()].filter(({ at }) => now - at < RESERVED_FOR);
  return [...billed, ...standing];
}
