import type { CacheTtl } from '../../../src/core/conversation/model.ts';
import { costOf, priceOf, pricesWith } from '../../../src/core/money/prices.ts';
import type { FakeModel } from '../fakeClaude/catalogue.ts';
import { prepare } from '../fakeClaude/prompt/prepare.ts';
import { messageSettings } from '../fakeClaude/prompt/promptCache.ts';
import { chain, hash, type PromptBlock } from '../fakeClaude/prompt/render.ts';
import type { Wire } from '../fakeClaude/wire.ts';
import type { SentTurn } from './parley.ts';
import { freshAccount } from './replay.ts';

/**
 * What the same requests would cost in USD if the API cached at the end of every block of every prompt by itself:
 * of each prompt the longest start that it has in common with any earlier one is read at the price of reading, as
 * far as it can still be alive, and all the rest is written, once and at the price of writing. A start is alive for
 * the lifetime after the latest request that began with it, written or read. The lifetime is five minutes for all
 * requests or one hour for all, whichever makes the session cheaper. What prompts have in common is judged as the API
 * does: never across models, and in the messages only under the same thinking, effort and presence of images. Its
 * shortest cached prompt, its four points and their look-back do not count; foreknowledge is not assumed, so
 * the last prompt of a session is written too.
 */
export function idealUsd(sent: readonly SentTurn[]): number {
  const prompts = sent.map(promptOf);
  return Math.min(usdWith('5m', sent, prompts), usdWith('1h', sent, prompts));
}

const LIFETIMES: Readonly<Record<CacheTtl, number>> = { '5m': 300_000, '1h': 3_600_000 };

/** The places of a prompt, from the shortest start to the whole. */
type Prompt = readonly { readonly key: string; readonly tokens: number }[];

function usdWith(ttl: CacheTtl, sent: readonly SentTurn[], prompts: readonly Prompt[]): number {
  const { prices } = pricesWith({});
  const touched = new Map<string, number>();
  let usd = 0;
  for (const [index, { at, answer }] of sent.entries()) {
    const prompt = prompts[index] ?? [];
    const price = priceOf(prices, answer.model.id);
    if (!price) throw new Error(`No price of ${answer.model.id}`);
    const isAlive = (key: string): boolean => (touched.get(key) ?? 0) + LIFETIMES[ttl] > at;
    const read = prompt.findLast(({ key }) => isAlive(key))?.tokens ?? 0;
    const written = (prompt.at(-1)?.tokens ?? 0) - read;
    const split = ttl === '1h' ? { write5m: 0, write1h: written } : { write5m: written, write1h: 0 };
    usd += costOf({ fresh: 0, read, ...split, output: answer.usage?.output ?? 0 }, price);
    for (const { key } of prompt) touched.set(key, at);
  }
  return usd;
}

function promptOf({ at, body, betas }: SentTurn): Prompt {
  const { model, blocks } = prepare(
    freshAccount(() => at),
    body,
    betas,
    'messages',
  );
  const keys = keysOf(body, model, blocks);
  let tokens = 0;
  return blocks.map((block, index) => {
    tokens += block.tokens;
    return { key: keys[index] ?? '', tokens };
  });
}

function keysOf(body: Wire, model: FakeModel, blocks: readonly PromptBlock[]): readonly string[] {
  let key = hash(model.info.id);
  let part: PromptBlock['part'] = 'system';
  return blocks.map((entry) => {
    if (entry.part === 'messages' && part !== 'messages')
      key = hash(key, messageSettings(body, model, blocks));
    part = entry.part;
    key = chain(key, `${entry.part} ${entry.role}`, entry.block);
    return key;
  });
}
