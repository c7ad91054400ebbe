import type { Clock } from '../core/ports.ts';

/** What the API said last about its limits. */
export interface RateLimits {
  take(limits: Readonly<Record<string, string>>): void;
  /** Header values by name without `anthropic-ratelimit-`; undefined before the first response. */
  last(): { readonly at: number; readonly limits: Readonly<Record<string, string>> } | undefined;
}

export function createRateLimits(clock: Pick<Clock, 'now'>): RateLimits {
  let told: ReturnType<RateLimits['last']>;
  return {
    take(limits) {
      if (Object.keys(limits).length > 0) told = { at: clock.now(), limits };
    },
    last: () => told,
  };
}
