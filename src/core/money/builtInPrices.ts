import type { Price, Prices } from './money.ts';

/**
 * USD per million tokens as of `PRICES_AS_OF` (API docs, pricing). Made when it is asked for, so that a bundle
 * which is told its prices does not carry the table.
 */
export function builtInPrices(): Prices {
  return {
    'claude-fable-5-2': rates(8, 40, 0.2),
    'claude-mythos-5-2': rates(8, 40, 0.2),
    'claude-fable-5-1': rates(10, 50, 0.25),
    'claude-mythos-5-1': rates(10, 50, 0.25),
    'claude-opus-5-5': rates(4, 20, 0.2),
    'claude-opus-5': rates(5, 25, 0.5),
    'claude-sonnet-5-5': rates(2, 10, 0.1),
    'claude-sonnet-5': rates(2, 10, 0.2),
    'claude-haiku-5-5': { ...rates(0.1, 0.5, 0.01), long: { ...rates(0.5, 2.5, 0.05), above: 100_000 } },
    'claude-opus-4-8': rates(5, 25, 0.5),
    'claude-opus-4-7': rates(5, 25, 0.5),
    'claude-opus-4-6': rates(5, 25, 0.5),
    'claude-sonnet-4-6': rates(3, 15, 0.3),
    'claude-opus-4-5': rates(5, 25, 0.5),
    'claude-haiku-4-5': rates(1, 5, 0.1),
  };
}

/** The price of a model whose cache prices are the usual multiples of its input price, unless `cacheRead` is given. */
export function rates(input: number, output: number, cacheRead = input * READ): Omit<Price, 'long'> {
  return { input, output, cacheRead, cacheWrite5m: input * WRITE_5M, cacheWrite1h: input * WRITE_1H };
}

/** Cache prices as multiples of the input price (API docs, prompt caching); newer models read for less. */
const WRITE_5M = 1.25;
const WRITE_1H = 2;
const READ = 0.1;
