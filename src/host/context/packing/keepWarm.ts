import type { Session } from '../../../core/conversation/session.ts';
import { costOf, priceOf } from '../../../core/money/prices.ts';
import type { Clock, SpendingLog } from '../../../core/ports.ts';
import type { Asking } from '../../asking.ts';
import type { CacheWarming } from './cacheWarming.ts';

/**
 * Refreshes the cache of the conversation that is shown just before it expires, as far as the setting `cache.keepWarm`
 * (USD a day) goes. It stops by itself: when the panel is hidden, when nobody has used it for half an hour, and when the
 * refreshes since the last question have cost what writing the cache anew would.
 */
export interface KeepWarm {
  /** An answer has ended, the cache was warmed, a setting was changed, another conversation is shown. */
  reschedule(): void;
  dispose(): void;
}

export interface KeepWarmParts {
  readonly asking: Pick<Asking, 'prices'>;
  readonly warming: CacheWarming;
  readonly spending: Pick<SpendingLog, 'since'>;
  /** The setting: USD a day, 0 for never. */
  readonly usdADay: () => number;
  /** When the day began here, ms since the epoch. */
  readonly dayStart: () => number;
  readonly clock: Clock;
  /** The conversation that is shown in a visible panel, and when it was used last (ms since the epoch). */
  readonly shown: () => { readonly session: Session; readonly usedAt: number } | undefined;
  /** When the prefix of this conversation expires, ms since the epoch; undefined when it is not warm. */
  readonly expiryOf: (session: Session) => Promise<number | undefined>;
  readonly onWarmed: () => void;
}

export function createKeepWarm(parts: KeepWarmParts): KeepWarm {
  const { asking, warming, spending, clock } = parts;
  let cancel: () => void = () => undefined;
  let round = 0;
  /** Spent on refreshes since the last question of the conversation, in USD. */
  let course = { conversation: '', questions: -1, usd: 0 };

  async function plan(mine: number): Promise<void> {
    const shown = parts.shown();
    if (parts.usdADay() <= 0 || !shown) return;
    const expires = await parts.expiryOf(shown.session);
    if (mine !== round || expires === undefined) return;
    const left = expires - AHEAD - clock.now();
    if (left >= 0) cancel = clock.after(left, () => void refresh(mine));
  }

  async function refresh(mine: number): Promise<void> {
    const shown = parts.shown();
    if (!shown || shown.session.busy || clock.now() - shown.usedAt > UNUSED) return;
    if (!(await isWorthIt(shown.session)) || mine !== round) return;
    const warmed = await warming.warm(shown.session, 'keepingWarm');
    if (!warmed.ok || mine !== round) return;
    course = { ...course, usd: course.usd + (warmed.usd ?? 0) };
    parts.onWarmed();
    reschedule();
  }

  async function isWorthIt(session: Session): Promise<boolean> {
    const { id, turns } = session.conversation;
    const questions = turns.filter(({ role }) => role === 'user').length;
    if (course.conversation !== id || course.questions !== questions) {
      course = { conversation: id, questions, usd: 0 };
    }
    const price = await warming.priceOf(session);
    // What has gone cold, or was never there, is written when it is asked for and not before.
    if (!price?.isRefresh) return false;
    const spent = await spentToday();
    return course.usd + price.usd <= price.anewUsd && spent + price.usd <= parts.usdADay();
  }

  /** Without what the user has wanted written. */
  async function spentToday(): Promise<number> {
    const entries = await spending.since(parts.dayStart());
    return entries.reduce((sum, { what, kind, model, usage }) => {
      const price = what === 'keepingWarm' && kind === 'billed' ? priceOf(asking.prices(), model) : undefined;
      return sum + (price ? costOf(usage, price) : 0);
    }, 0);
  }

  function reschedule(): void {
    cancel();
    cancel = () => undefined;
    void plan(++round);
  }

  return {
    reschedule,
    dispose() {
      round++;
      cancel();
    },
  };
}

/** So long before it expires, in ms: a request takes its time. */
const AHEAD = 20_000;

/** A panel that was not used for so long, in ms, is not in use. */
const UNUSED = 30 * 60_000;
