import type { InputSplit, MissCause } from '../conversation/model.ts';

/** What a model costs, in USD per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  /** What the whole request costs instead when its prompt has more than `above` tokens. */
  readonly long?: Omit<Price, 'long'> & { readonly above: number };
}

/** Prices by model id, as `pricesWith` makes them of the table and the user's setting. */
export type Prices = Readonly<Record<string, Price>>;

/** What a request is going to cost, before it is sent. */
export interface Quote extends InputSplit {
  /** `exact` when the API has counted the prompt, `estimate` when it was reckoned here. */
  readonly state: 'estimate' | 'exact';
  /** The whole prompt in tokens; the sum of the split. */
  readonly input: number;
  /** The largest answer in tokens. */
  readonly maxOutput: number;
  /** USD: the input as predicted, and the worst case (nothing read from the cache, the longest answer). */
  readonly usdLow?: number;
  readonly usdHigh?: number;
  /** Why tokens that an earlier request cached will not be read, and how many they are. */
  readonly lost?: { readonly cause: MissCause; readonly tokens: number };
  /** Images by address, whose tokens nobody can know before; counted at the largest an image can cost. */
  readonly guessedImages: number;
}

/** How warm the cache of a conversation is. */
export interface CacheState {
  readonly state: 'none' | 'warm' | 'cold';
  /** When the newest entry expires, ms since the epoch; only when warm. */
  readonly expires?: number;
  /** Tokens that the next request would read. */
  readonly tokens: number;
}

/** Caps in USD; 0 = none. */
export interface BudgetCaps {
  readonly perMessage: number;
  readonly perConversation: number;
  readonly perDay: number;
  readonly perMonth: number;
}

/** What was spent so far in USD, running requests included at their worst case. */
export interface Spent {
  readonly conversation: number;
  readonly day: number;
  readonly month: number;
}

/** Whether a request may leave. */
export type BudgetVerdict =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      readonly cap: keyof BudgetCaps;
      /** USD. */
      readonly limit: number;
      readonly spent: number;
      /** What the request costs at most; undefined when its price is unknown. */
      readonly worst?: number;
    };

/** One bill or reservation in the spending log. Money is never stored, tokens are. */
export interface SpendingEntry {
  readonly at: number;
  readonly conversation: string;
  /** The answer or compaction that it is for. */
  readonly turn: string;
  readonly model: string;
  readonly modelName: string;
  /** `reserved` stands for a request on its way at its worst case, until its `billed` comes. */
  readonly kind: 'reserved' | 'billed';
  /** `warming` wrote the cache ahead because the user wanted it, `keepingWarm` refreshed it unasked; `title` named a conversation. */
  readonly what: SpentOn;
  /** For `reserved`: fresh input and largest output. */
  readonly usage: SpentUsage;
  /** What had been quoted; absent for compactions and old entries. */
  readonly quoted?: InputSplit;
}

/** What money was spent on. */
export const SPENT_ON = ['answer', 'compaction', 'warming', 'keepingWarm', 'title'] as const;
export type SpentOn = (typeof SPENT_ON)[number];

/** Token figures of a bill; one entry per model and kind of work. */
export type SpentUsage = InputSplit & { readonly output: number; readonly thinking?: number };

/** The bill of nothing. */
export const NOTHING_SPENT: SpentUsage = { fresh: 0, read: 0, write5m: 0, write1h: 0, output: 0 };
