import type { CacheTtl } from '../conversation/model.ts';
import { type Hash, nameOf } from './promptHash.ts';

/** A prompt as the cache sees it: a row of positions, one for each block, system before messages. */
export interface PromptOutline {
  readonly model: string;
  /** Hash of what the message part depends on besides the messages: thinking, effort, presence of images. */
  readonly settings: string;
  /** How many positions are system. */
  readonly systemLength: number;
  /** One hash for each position, over everything before it in its own part (system or messages). */
  readonly hashes: readonly Hash[];
  /** Estimated tokens up to and including each position. */
  readonly tokens: readonly number[];
  readonly points: readonly OutlinePoint[];
  /** Stands for the whole prompt with its model and settings. */
  readonly key: string;
}

/** A position that carries a cache marker. */
export interface OutlinePoint {
  readonly position: number;
  readonly ttl: CacheTtl;
}

/** How many positions the API tries from each cache point backwards, itself included (API docs, prompt caching). */
const LOOK_BACK = 20;

/** The positions at which this prompt can hit the cache, first to last. */
export function reachOf({ points }: PromptOutline): readonly number[] {
  const reached = new Set<number>();
  for (const { position } of points) {
    for (let at = Math.max(0, position - LOOK_BACK + 1); at <= position; at++) reached.add(at);
  }
  return [...reached].sort((one, other) => one - other);
}

/**
 * What makes one place of one prompt. Two requests share a cache entry when all of these are equal; where only some
 * are, the others are the reason why not. Parts of the system depend on no settings and no messages.
 */
export interface Place {
  readonly part: 'system' | 'messages';
  readonly model: string;
  readonly settings: string;
  readonly system: string;
  /** The first block of the messages: those of one conversation have it in common. */
  readonly root: string;
  readonly content: string;
}

/** The place at a position that exists. */
export function placeAt(outline: PromptOutline, position: number): Place {
  const { model, settings, systemLength } = outline;
  const content = hashAt(outline, position);
  if (position < systemLength) {
    return { part: 'system', model, settings: '', system: '', root: '', content };
  }
  const system = systemLength === 0 ? '' : hashAt(outline, systemLength - 1);
  return { part: 'messages', model, settings, system, root: hashAt(outline, systemLength), content };
}

/** A place as one text, the `CachePoint.key` on disk. */
export function keyOf({ part, model, settings, system, root, content }: Place): string {
  return part === 'system'
    ? ['s', model, content].join('|')
    : ['m', model, settings, system, root, content].join('|');
}

/** The other way round; undefined for a key of another form. */
export function placeOf(key: string): Place | undefined {
  const [part, model = '', ...rest] = key.split('|');
  const [first = '', second = '', third = '', fourth = ''] = rest;
  if (part === 's' && rest.length === 1) {
    return { part: 'system', model, settings: '', system: '', root: '', content: first };
  }
  if (part !== 'm' || rest.length !== 4) return undefined;
  return { part: 'messages', model, settings: first, system: second, root: third, content: fourth };
}

/** Estimated tokens of the whole prompt. */
export function estimatedTotal({ tokens }: PromptOutline): number {
  return tokens.at(-1) ?? 0;
}

function hashAt({ hashes }: PromptOutline, position: number): string {
  const hash = hashes[position];
  return hash ? nameOf(hash) : '';
}
