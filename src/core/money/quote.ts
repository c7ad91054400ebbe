import type { AssistantTurn, CacheTtl, InputSplit, Quoted } from '../conversation/model.ts';
import type { Price, Prices, Quote, SpentUsage } from './money.ts';
import type { PromptOutline } from './outline.ts';
import type { Prediction } from './predicting.ts';
import { costOf, priceOf } from './prices.ts';

/** What a quote is made of. Tokens throughout. */
export interface QuoteFacts {
  readonly outline: PromptOutline;
  /** The whole prompt. */
  readonly input: number;
  /** Whether the API has counted it. */
  readonly exact: boolean;
  readonly maxOutput: number;
  /** Absent when unknown; then there are no dollars in the quote. */
  readonly price?: Price | undefined;
  readonly prediction: Prediction;
  readonly guessedImages: number;
}

/**
 * A request before it is sent. `usdLow` is the input as predicted and the shortest answer there is; `usdHigh` is what
 * `worstCase` costs.
 */
export function quoteOf(facts: QuoteFacts): Quote {
  const { outline, input, exact, maxOutput, price, prediction, guessedImages } = facts;
  const quote: Quote = {
    ...prediction.split,
    state: exact ? 'exact' : 'estimate',
    input,
    maxOutput,
    guessedImages,
    ...(prediction.lost ? { lost: prediction.lost } : {}),
  };
  if (!price) return quote;
  const shortest = { ...prediction.split, output: Math.min(1, maxOutput) };
  return { ...quote, usdLow: costOf(shortest, price), usdHigh: costOf(worstCase(quote, outline), price) };
}

/** What of a quote is kept with the answer. */
export function quotedOf(quote: Quote): Quoted {
  return { ...splitOf(quote), exact: quote.state === 'exact', maxOutput: quote.maxOutput };
}

/**
 * The most that a request can be billed for: nothing is read, the whole prompt is written at the dearest price its
 * cache points ask for (or paid in full without any), and the answer is the longest. Without the outline the points
 * are inferred from the quote, to the dearer side.
 */
export function worstCase(quote: Quote, outline?: PromptOutline): SpentUsage {
  const ttl = outline ? dearestTtl(outline.points) : inferredTtl(quote);
  const { input, maxOutput } = quote;
  const nothing = { fresh: 0, read: 0, write5m: 0, write1h: 0, output: maxOutput };
  if (ttl === '1h') return { ...nothing, write1h: input };
  return ttl === '5m' ? { ...nothing, write5m: input } : { ...nothing, fresh: input };
}

/**
 * What an answer would have cost as quoted, in USD: the input as predicted and the output that came, so that it can be
 * held against the bill. Undefined without a quote, a bill or a price.
 */
export function quotedUsd({ sent, usage, model }: AssistantTurn, prices: Prices): number | undefined {
  const price = priceOf(prices, model.id);
  if (!sent?.quoted || !usage || !price) return undefined;
  return costOf({ ...splitOf(sent.quoted), output: usage.output }, price);
}

/** What tokens cost more, in USD, because they are written to the cache again in place of being read from it. */
export function lostUsd(lost: { readonly tokens: number }, price: Price, ttl: CacheTtl = '5m'): number {
  const write = ttl === '1h' ? price.cacheWrite1h : price.cacheWrite5m;
  return (lost.tokens * Math.max(0, write - price.cacheRead)) / 1_000_000;
}

function splitOf({ fresh, read, write5m, write1h }: InputSplit): InputSplit {
  return { fresh, read, write5m, write1h };
}

function dearestTtl(points: PromptOutline['points']): CacheTtl | undefined {
  if (points.some(({ ttl }) => ttl === '1h')) return '1h';
  return points.length > 0 ? '5m' : undefined;
}

/** A prompt that is read to its end does not tell for how long it would be written. */
function inferredTtl({ read, write5m, write1h }: InputSplit): CacheTtl | undefined {
  if (write1h > 0) return '1h';
  if (write5m > 0) return '5m';
  return read > 0 ? '1h' : undefined;
}
