import { cacheMinimum } from './modelFacts.ts';
import type { Place } from './outline.ts';

/** What the API is believed to have cached up to one place of a prompt. Times in ms. */
export interface CacheEntry {
  readonly place: Place;
  readonly lifetime: number;
  /** When the request that wrote it started. */
  readonly writtenAt: number;
  readonly expires: number;
  /** Tokens up to here; exact when `slack` is 0, else that far from a place that is known. */
  readonly tokens: number;
  readonly slack: number;
}

/** What is remembered of the cache, by key. Bounded. */
export interface CacheEntries {
  /** Also when it has expired: its tokens are still what they were. */
  get(key: string): CacheEntry | undefined;
  alive(key: string, now: number): CacheEntry | undefined;
  put(key: string, entry: CacheEntry): void;
  drop(key: string): void;
  all(): Iterable<CacheEntry>;
  /** Forgets what expired more than an hour before `now`, and the oldest of too many. */
  prune(now: number): void;
  /** The shortest prompt that this model caches, in tokens: as documented until its bills say otherwise. */
  minimumOf(model: string): number;
  learnMinimum(model: string, tokens: number): void;
}

/** Lifetimes in ms (API docs, prompt caching); they start with the request. */
export const LIFETIMES = { '5m': 300_000, '1h': 3_600_000 } as const;

export function createCacheEntries(): CacheEntries {
  const entries = new Map<string, CacheEntry>();
  const minimums = new Map<string, number>();
  return {
    get: (key) => entries.get(key),
    alive(key, now) {
      const entry = entries.get(key);
      return entry && entry.expires > now ? entry : undefined;
    },
    put(key, entry) {
      // The newest stand last, so that the oldest can go first.
      entries.delete(key);
      entries.set(key, entry);
    },
    drop: (key) => void entries.delete(key),
    all: () => entries.values(),
    prune(now) {
      for (const [key, entry] of entries) if (entry.expires < now - KEPT_AFTER) entries.delete(key);
      for (const key of entries.keys()) {
        if (entries.size <= MOST) break;
        entries.delete(key);
      }
    },
    minimumOf: (model) => minimums.get(model) ?? cacheMinimum(model),
    learnMinimum: (model, tokens) => void minimums.set(model, tokens),
  };
}

const KEPT_AFTER = 3_600_000;
const MOST = 4000;
