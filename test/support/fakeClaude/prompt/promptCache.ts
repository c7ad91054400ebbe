import type { FakeModel } from '../catalogue.ts';
import { textOf, type Wire, wireOf } from '../wire.ts';
import { chain, hash, type PromptBlock, type Ttl, ttlOf } from './render.ts';

/** How the tokens of one prompt divide. */
export interface CacheUse {
  /** Tokens after the last breakpoint. */
  readonly input: number;
  readonly read: number;
  readonly write5m: number;
  readonly write1h: number;
  /** Makes readable what this request writes; to be called when its response begins. */
  commit(): void;
}

/** The prompt cache of the account. All times are milliseconds. */
export interface PromptCache {
  /** Looks a prompt up at the start of its request, and keeps alive what it reads. */
  use(request: Wire, model: FakeModel, blocks: readonly PromptBlock[], startedAt: number): CacheUse;
  clear(): void;
}

/** How many positions are tried from each breakpoint backwards, itself included. */
const LOOK_BACK = 20;
const TTL_MS: Record<Ttl, number> = { '5m': 300_000, '1h': 3_600_000 };

export function createPromptCache(): PromptCache {
  const entries = new Map<string, Entry>();
  const alive = (key: string | undefined, at: number) => {
    const entry = key === undefined ? undefined : entries.get(key);
    return entry && entry.expiresAt > at ? entry : undefined;
  };
  return {
    use: (request, model, blocks, startedAt) => {
      const keys = keysOf(request, model, blocks);
      const tokens = running(blocks);
      const tokensAt = (index: number) => (index < 0 ? 0 : (tokens[index] ?? 0));
      const points = breakpoints(request, blocks);
      const hit = longestHit(points, (index) => alive(keys[index], startedAt) !== undefined);
      for (const index of [hit, ...points.map((point) => point.index)]) {
        const entry = alive(keys[index], startedAt);
        if (entry) entry.expiresAt = startedAt + entry.ttlMs;
      }
      const written = points.filter(
        (point) => point.index > hit && tokensAt(point.index) >= model.rules.minCacheTokens,
      );
      const lastHour = written.findLast((point) => point.ttl === '1h')?.index ?? hit;
      const last = written.at(-1)?.index ?? hit;
      return {
        input: tokensAt(blocks.length - 1) - tokensAt(last),
        read: tokensAt(hit),
        write1h: tokensAt(lastHour) - tokensAt(hit),
        write5m: tokensAt(last) - tokensAt(lastHour),
        commit: () => {
          for (const { index, ttl } of written) {
            const ttlMs = TTL_MS[ttl];
            entries.set(keys[index] ?? '', { ttlMs, expiresAt: startedAt + ttlMs });
          }
        },
      };
    },
    clear: () => entries.clear(),
  };
}

/**
 * The settings that the message part of the cache depends on, besides the messages. A setting that equals the model's
 * default is the same as none.
 */
export function messageSettings(request: Wire, model: FakeModel, blocks: readonly PromptBlock[]): string {
  const { type, budget_tokens } = wireOf(request.thinking);
  const usual = model.rules.thinksByDefault ? 'adaptive' : 'disabled';
  const thinking = [type ?? usual, budget_tokens];
  const effort = textOf(wireOf(request.output_config).effort) || model.rules.defaultEffort;
  const choice = wireOf(request.tool_choice);
  const toolChoice = choice.type === undefined || choice.type === 'auto' ? 'auto' : choice;
  const hasImages = blocks.some(({ block }) => block.type === 'image');
  return JSON.stringify({ thinking, effort, toolChoice, hasImages });
}

interface Entry {
  readonly ttlMs: number;
  expiresAt: number;
}

interface Breakpoint {
  readonly index: number;
  readonly ttl: Ttl;
}

function keysOf(request: Wire, model: FakeModel, blocks: readonly PromptBlock[]): readonly string[] {
  const format = JSON.stringify(wireOf(request.output_config).format ?? null);
  const settings = messageSettings(request, model, blocks);
  let part: PromptBlock['part'] | undefined;
  let key = hash(model.info.id, textOf(request.speed) || 'standard');
  return blocks.map((entry) => {
    if (entry.part === 'system' && part !== 'system') key = hash(key, format);
    if (entry.part === 'messages' && part !== 'messages') key = hash(key, format, settings);
    part = entry.part;
    key = chain(key, `${entry.part} ${entry.role}`, entry.block);
    return key;
  });
}

function breakpoints(request: Wire, blocks: readonly PromptBlock[]): readonly Breakpoint[] {
  const points = blocks.flatMap(({ ttl }, index) => (ttl ? [{ index, ttl }] : []));
  const automatic = ttlOf(request.cache_control);
  const last = blocks.findLastIndex(isCacheable);
  if (!automatic || last < 0 || points.some((point) => point.index === last)) return points;
  return [...points, { index: last, ttl: automatic }].sort((a, b) => a.index - b.index);
}

/** Whether a block can carry a breakpoint. */
export function isCacheable({ block }: Pick<PromptBlock, 'block'>): boolean {
  if (block.type === 'thinking' || block.type === 'redacted_thinking') return false;
  return block.type !== 'text' || textOf(block.text) !== '';
}

function longestHit(points: readonly Breakpoint[], isAlive: (index: number) => boolean): number {
  let longest = -1;
  for (const { index } of points) {
    for (let at = index; at > longest && at > index - LOOK_BACK; at -= 1) {
      if (isAlive(at)) longest = at;
    }
  }
  return longest;
}

function running(blocks: readonly PromptBlock[]): readonly number[] {
  let total = 0;
  return blocks.map((block) => {
    total += block.tokens;
    return total;
  });
}
