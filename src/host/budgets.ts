import type { AskContext } from '../core/conversation/askContext.ts';
import type { Quoted } from '../core/conversation/model.ts';
import { quoteRequest } from '../core/conversation/quoting.ts';
import { checkBudgets, spentOf } from '../core/money/budget.ts';
import { outlineOf } from '../core/money/ledger.ts';
import {
  type BudgetCaps,
  type BudgetVerdict,
  NOTHING_SPENT,
  type Quote,
  type SpendingEntry,
  type Spent,
} from '../core/money/money.ts';
import { costOf, priceOf } from '../core/money/prices.ts';
import { quotedOf, worstCase } from '../core/money/quote.ts';
import type { Clock, SpendingLog } from '../core/ports.ts';
import type { ComposedRequest } from '../core/request/messageRequest.ts';
import type { Asking } from './asking.ts';
import { currentSettings } from './settings.ts';

/** Whether a request may leave, and what was quoted for it. */
export interface Clearance {
  readonly verdict: BudgetVerdict;
  readonly quoted: Quoted;
  /** Gives back what was reserved; to be called once the request has left, or is not going to. */
  readonly release: () => Promise<void>;
}

/**
 * Checks a request against the caps over all windows. Where a cap is set, its prompt is counted first, and its worst case
 * is reserved before the log is read: of two windows that ask at once at least one sees the other.
 */
export interface Budgets {
  clear(conversation: string, composed: ComposedRequest, context: AskContext): Promise<Clearance>;
}

export function createBudgets(asking: Asking, spending: SpendingLog, clock: Clock): Budgets {
  async function quote(composed: ComposedRequest, context: AskContext, isCapped: boolean): Promise<Quote> {
    const known = asking.counter.known(composed);
    const exact = known ?? (isCapped ? await context.count(composed) : undefined);
    const tokens = exact ?? Math.ceil(asking.counter.estimate(composed) * (isCapped ? MARGIN : 1));
    const price = priceOf(asking.prices(), composed.request.model);
    return quoteRequest(composed, tokens, exact !== undefined, context, price, clock.now());
  }

  /** Puts an entry into the log before anything is read from it; the returned function takes its weight off again. */
  async function reserve(entry: SpendingEntry): Promise<() => Promise<void>> {
    await spending.append(entry);
    return async () => {
      await spending.append({ ...entry, at: clock.now(), kind: 'billed', usage: NOTHING_SPENT });
    };
  }

  /** What all others have spent and reserved. */
  async function spentByOthers(own: SpendingEntry, caps: BudgetCaps): Promise<Spent> {
    const { dayStart, monthStart } = localStarts(own.at);
    const entries = await spending.since(caps.perConversation > 0 ? 0 : monthStart);
    const others = entries.filter((entry) => entry.turn !== own.turn);
    const { conversation, at: now } = own;
    return spentOf(others, asking.prices(), { conversation, now, dayStart, monthStart });
  }

  return {
    async clear(conversation, composed, context) {
      const caps = currentCaps();
      const isCapped = Object.values(caps).some((cap) => cap > 0);
      const price = priceOf(asking.prices(), composed.request.model);
      const quoted = await quote(composed, context, isCapped);
      if (!isCapped) {
        return { verdict: { allowed: true }, quoted: quotedOf(quoted), release: async () => undefined };
      }
      const usage = worstCase(quoted, outlineOf(composed.request));
      const own: SpendingEntry = {
        at: clock.now(),
        conversation,
        turn: clock.newId(),
        model: context.model.id,
        modelName: context.model.name,
        kind: 'reserved',
        what: 'answer',
        usage,
      };
      const release = await reserve(own);
      const verdict = checkBudgets(caps, await spentByOthers(own, caps), price && costOf(usage, price));
      return { verdict, quoted: quotedOf(quoted), release };
    },
  };
}

/** Where the API could not count in time a cap must hold all the same, so the estimate is taken higher than it is. */
const MARGIN = 1.3;

/** The caps of the settings, in USD. */
export function currentCaps(): BudgetCaps {
  const settings = currentSettings();
  return {
    perMessage: settings['budget.perMessage'],
    perConversation: settings['budget.perConversation'],
    perDay: settings['budget.perDay'],
    perMonth: settings['budget.perMonth'],
  };
}

/** When the day and the month began here, ms since the epoch. */
export function localStarts(now: number): { readonly dayStart: number; readonly monthStart: number } {
  const date = new Date(now);
  return {
    dayStart: new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime(),
    monthStart: new Date(date.getFullYear(), date.getMonth(), 1).getTime(),
  };
}
