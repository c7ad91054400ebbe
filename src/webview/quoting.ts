import { estimateText } from '../core/money/estimateText.ts';
import type { CacheState, Price, Quote } from '../core/money/money.ts';
import { costOf, priceOf } from '../core/money/prices.ts';
import type { ChatStatus, ToView } from '../core/protocol.ts';

/** What the host last said about the cost of the question that is being written. */
export interface HostQuote {
  readonly quote: Quote | null;
  /** Tokens of the draft within the quote, and the length of that text in UTF-16 units. */
  readonly textTokens: number;
  readonly textLength: number;
  readonly cache: CacheState;
  /** False as soon as something other than the text has changed since. */
  readonly current: boolean;
}

export function hostQuote(message: Extract<ToView, { type: 'quoteChanged' }>): HostQuote {
  const { quote, textTokens, textLength, cache } = message;
  return { quote, textTokens, textLength, cache, current: true };
}

/**
 * The quote for a text as it stands now: the host's own, or an estimate that moves it by what was typed since.
 * Null when the host could say nothing.
 */
export function quoteNow(told: HostQuote, text: string, status: ChatStatus): Quote | null {
  const { quote, textTokens, textLength, current } = told;
  if (!quote) return null;
  if (text.length !== textLength) {
    return moved(quote, estimateText(text) - textTokens, priceOf(status.prices, status.modelId));
  }
  return current ? quote : { ...quote, state: 'estimate' };
}

/** The newest text stands behind everything cached: it is written to the cache, or paid in full without one. */
function moved(quote: Quote, tokens: number, price: Price | undefined): Quote {
  const place = quote.write1h > 0 ? 'write1h' : quote.write5m > 0 ? 'write5m' : 'fresh';
  const more = Math.max(-quote[place], tokens);
  const { usdLow, usdHigh, ...rest } = quote;
  const next: Quote = { ...rest, state: 'estimate', input: quote.input + more, [place]: quote[place] + more };
  if (!price || usdLow === undefined || usdHigh === undefined) return next;
  const usd = costOf({ ...next, output: 0 }, price) - costOf({ ...quote, output: 0 }, price);
  return { ...next, usdLow: Math.max(0, usdLow + usd), usdHigh: Math.max(0, usdHigh + usd) };
}
