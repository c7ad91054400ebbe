import type { AssistantTurn, Usage } from '../conversation/model.ts';
import { builtInPrices, rates } from './builtInPrices.ts';
import { iterationsOf } from './iterations.ts';
import { familyOf } from './modelFacts.ts';
import type { Price, Prices, SpentUsage } from './money.ts';

/** The day on which the built-in prices were read off (API docs, pricing). */
export const PRICES_AS_OF = '2026-11-22';

/**
 * The built-in prices with the user's own before them: `{"model-id": {input, output, cacheRead?, cacheWrite5m?,
 * cacheWrite1h?}}`, USD per million tokens. Cache figures that are missing follow from `input`. An entry that is not
 * usable is passed over and named in `problems`, a sentence each; never throws.
 */
export function pricesWith(setting: Readonly<Record<string, unknown>>): {
  readonly prices: Prices;
  readonly problems: readonly string[];
} {
  const prices = new Map(Object.entries(builtInPrices()));
  const problems: string[] = [];
  for (const [id, entry] of Object.entries(setting)) {
    const price = readPrice(entry);
    if (typeof price === 'string')
      problems.push(`The price of "${id}" in the settings is not used: ${price}`);
    else prices.set(id, price);
  }
  return { prices: Object.fromEntries(prices), problems };
}

/** The price of a model, by its id or that of its family; undefined when nobody knows it. */
export function priceOf(prices: Prices, modelId: string): Price | undefined {
  const known = [modelId, familyOf(modelId)].find((id) => Object.hasOwn(prices, id));
  return known === undefined ? undefined : prices[known];
}

/** What these tokens cost in USD. Some models cost more for the whole request once its prompt is long. */
export function costOf(usage: SpentUsage, price: Price): number {
  const { fresh, write, read, output } = costByKind(usage, price);
  return fresh + write + read + output;
}

/** The same by the kinds of tokens, in USD. */
export function costByKind(usage: SpentUsage, price: Price): CostByKind {
  const { fresh, read, write5m, write1h, output } = usage;
  const prompt = fresh + read + write5m + write1h;
  const rate = price.long && prompt > price.long.above ? price.long : price;
  return {
    fresh: (fresh * rate.input) / MILLION,
    write: (write5m * rate.cacheWrite5m + write1h * rate.cacheWrite1h) / MILLION,
    read: (read * rate.cacheRead) / MILLION,
    output: (output * rate.output) / MILLION,
  };
}

/** USD, or tokens, by what they were for. */
export interface CostByKind {
  readonly fresh: number;
  readonly write: number;
  readonly read: number;
  readonly output: number;
}

/** What was run for an answer, by one model and for one kind of work. */
export interface Bill {
  readonly model: string;
  readonly usage: SpentUsage;
  readonly what: SpentKind;
}

export type SpentKind = 'answer' | 'compaction';

/**
 * The bills of one request, one per model and kind of work. Where the API lists what it ran (`usage.iterations`), that
 * list is the bill, because its totals leave summaries out; without a usable list the totals are.
 */
export function billOf(usage: Usage, modelId: string): readonly Bill[] {
  const iterations = iterationsOf(usage.iterations);
  if (!iterations) return [{ model: modelId, usage: totalsOf(usage), what: 'answer' }];
  const bills = new Map<string, Bill>();
  for (const { type, model = modelId, spent } of iterations) {
    const what = type === 'compaction' ? 'compaction' : 'answer';
    const name = `${what} ${model}`;
    bills.set(name, { model, what, usage: sumOf(bills.get(name)?.usage, spent) });
  }
  return [...bills.values()].map((bill) => withThinking(bill, usage, modelId));
}

/** Everything that an answer was billed for, the attempts before its last request included. */
export function turnBill(turn: AssistantTurn): readonly Bill[] {
  const usages = [...(turn.attempts ?? []).map((attempt) => attempt.usage), turn.usage];
  return usages.flatMap((usage) => (usage ? billOf(usage, turn.model.id) : []));
}

/** USD; undefined when the price of any of the models is unknown. */
export function costOfBills(
  bills: readonly Pick<Bill, 'model' | 'usage'>[],
  prices: Prices,
): number | undefined {
  let total = 0;
  for (const { model, usage } of bills) {
    const price = priceOf(prices, model);
    if (!price) return undefined;
    total += costOf(usage, price);
  }
  return total;
}

const MILLION = 1_000_000;

const FIELDS = ['input', 'output', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h'] as const;

/** A price of the settings, or what is wrong with it. */
function readPrice(entry: unknown): Price | string {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return 'it is no object.';
  const given = new Map(Object.entries(entry));
  const unknown = [...given.keys()].find((name) => !FIELDS.some((field) => field === name));
  if (unknown !== undefined) return `"${unknown}" is no part of a price.`;
  const figures = new Map<string, number>();
  for (const [name, value] of given) {
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
      return `"${name}" is no number of at least 0.`;
    }
    figures.set(name, value);
  }
  const input = figures.get('input');
  const output = figures.get('output');
  if (input === undefined || output === undefined) return '"input" and "output" are both needed.';
  return { ...rates(input, output), ...Object.fromEntries(figures) };
}

function totalsOf({ input, cacheRead, cacheWrite, cacheWrite1h, output, thinking }: Usage): SpentUsage {
  const write1h = Math.min(cacheWrite, cacheWrite1h);
  return {
    fresh: input,
    read: cacheRead,
    write5m: cacheWrite - write1h,
    write1h,
    output,
    ...(thinking === undefined ? {} : { thinking }),
  };
}

function sumOf(before: SpentUsage | undefined, more: SpentUsage): SpentUsage {
  if (!before) return more;
  return {
    fresh: before.fresh + more.fresh,
    read: before.read + more.read,
    write5m: before.write5m + more.write5m,
    write1h: before.write1h + more.write1h,
    output: before.output + more.output,
  };
}

/** Only the totals tell how much was thinking; they are those of the model that was asked. */
function withThinking(bill: Bill, { thinking }: Usage, modelId: string): Bill {
  const isMain = bill.what === 'answer' && bill.model === modelId;
  if (!isMain || thinking === undefined || thinking > bill.usage.output) return bill;
  return { ...bill, usage: { ...bill.usage, thinking } };
}
