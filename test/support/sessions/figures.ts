import type { Usage } from '../../../src/core/conversation/model.ts';
import { billOf, costOfBills, pricesWith, turnBill } from '../../../src/core/money/prices.ts';
import type { SentTurn } from './parley.ts';

/** What Parley's requests were billed for, in USD at the built-in prices. */
export function billedUsd(sent: readonly SentTurn[]): number {
  return sum(sent.map(({ answer }) => known(costOfBills(turnBill(answer), pricesWith({}).prices))));
}

/** The same of bills that came otherwise; the models are those of Parley's requests. */
export function usdOf(usages: readonly Usage[], sent: readonly SentTurn[]): number {
  return sum(
    usages.map((usage, at) =>
      known(costOfBills(billOf(usage, sent[at]?.answer.model.id ?? ''), pricesWith({}).prices)),
    ),
  );
}

/** Shares, 0.01 = 1 %. */
export interface ErrorOf {
  readonly mean: number;
  readonly largest: number;
}

/** How far the exact quotes were from the billed prompts. */
export function quoteError(sent: readonly SentTurn[]): ErrorOf {
  return errorOf(sent, ({ quote }) => quote.input);
}

/** The same of the estimates before them. */
export function estimateError(sent: readonly SentTurn[]): ErrorOf {
  return errorOf(sent, ({ estimate }) => estimate);
}

/** The share of requests of which the cache read as much as had been predicted, within 1 % of the prompt. */
export function rightPredictions(sent: readonly SentTurn[]): number {
  const right = sent.filter((turn) => {
    const { read } = turn.quote;
    return Math.abs(read - (turn.answer.usage?.cacheRead ?? 0)) <= promptTokens(turn) * 0.01;
  });
  return right.length / sent.length;
}

/** The whole prompt as billed, in tokens. */
export function promptTokens({ answer: { usage } }: SentTurn): number {
  return usage ? usage.input + usage.cacheRead + usage.cacheWrite : 0;
}

function errorOf(sent: readonly SentTurn[], quoted: (turn: SentTurn) => number): ErrorOf {
  const errors = sent.map((turn) => Math.abs(quoted(turn) - promptTokens(turn)) / promptTokens(turn));
  return { mean: sum(errors) / errors.length, largest: Math.max(...errors) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function known(usd: number | undefined): number {
  if (usd === undefined) throw new Error('A price is unknown');
  return usd;
}
