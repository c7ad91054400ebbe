import type { Conversation } from '../conversation/model.ts';
import type { Prices, SpentUsage } from '../money/money.ts';
import { type Bill, billOf, costOf, priceOf, turnBill } from '../money/prices.ts';

/** What requests to one model were billed for together: those with prompts of a similar length, as that decides the price of some. */
export interface BilledTokens {
  readonly model: string;
  readonly usage: SpentUsage;
  /** The longest prompt among them, in tokens. */
  readonly prompt: number;
}

/** Prompts are told apart at these lengths, in tokens: where models begin to cost more (see `builtInPrices.ts`). */
const LENGTHS = [100_000, 200_000];

/** All that a conversation was billed for, few entries however long it is. */
export function billedTokens({ turns, aside, compactions }: Conversation): readonly BilledTokens[] {
  const answers = [...turns, ...aside].flatMap((turn) => (turn.role === 'assistant' ? turnBill(turn) : []));
  const summaries = compactions.flatMap(({ usage, model }) => (usage ? billOf(usage, model.id) : []));
  const sums = new Map<string, BilledTokens>();
  for (const bill of [...answers, ...summaries]) {
    const prompt = promptOf(bill);
    const name = `${LENGTHS.filter((length) => prompt > length).length} ${bill.model}`;
    sums.set(name, withBill(sums.get(name), bill, prompt));
  }
  return [...sums.values()];
}

/** USD at these prices; undefined when the price of any of the models is unknown. */
export function costOfBilled(billed: readonly BilledTokens[], prices: Prices): number | undefined {
  let total = 0;
  for (const { model, usage, prompt } of billed) {
    const price = priceOf(prices, model);
    if (!price) return undefined;
    const { long, ...short } = price;
    // A sum of short prompts is long and yet costs what each of them does.
    total += costOf(usage, long && prompt > long.above ? long : short);
  }
  return total;
}

function promptOf({ usage: { fresh, read, write5m, write1h } }: Bill): number {
  return fresh + read + write5m + write1h;
}

function withBill(before: BilledTokens | undefined, { model, usage }: Bill, prompt: number): BilledTokens {
  const { fresh, read, write5m, write1h, output } = before?.usage ?? NOTHING;
  return {
    model,
    prompt: Math.max(before?.prompt ?? 0, prompt),
    usage: {
      fresh: fresh + usage.fresh,
      read: read + usage.read,
      write5m: write5m + usage.write5m,
      write1h: write1h + usage.write1h,
      output: output + usage.output,
    },
  };
}

const NOTHING: SpentUsage = { fresh: 0, read: 0, write5m: 0, write1h: 0, output: 0 };
