/**
 * What requests depend on and the models endpoint does not tell (API docs, prompt caching, vision and thinking,
 * as of November 2026). Models that are not listed are taken for current ones.
 */

/** The family id of a model: without the date that a fixed version carries (`-20251001`, `@20251001`). */
export function familyOf(modelId: string): string {
  return modelId.replace(/[-@]\d{8}$/, '');
}

/** The shortest prompt that the API caches, in tokens; shorter ones are silently not cached. 1024 when unknown. */
export function cacheMinimum(modelId: string): number {
  return factsOf(modelId).cacheMinimum;
}

/** How large an image stays: `high` 2576 px and 4784 tokens, `standard` 1568 px and 1568 tokens. */
export function imageTier(modelId: string): ImageTier {
  return factsOf(modelId).imageTier;
}

/** Tokens of this model per token of the current tokenizer: older models count about 30 % fewer for the same text. */
export function tokenFactor(modelId: string): number {
  return factsOf(modelId).imageTier === 'high' ? 1 : 1 / 1.3;
}

/** The effort that counts as sent when none is; undefined when unknown. */
export function defaultEffort(modelId: string): string | undefined {
  return factsOf(modelId).effort;
}

/** The thinking type that counts as sent when none is; undefined when unknown. */
export function defaultThinking(modelId: string): 'adaptive' | 'disabled' | undefined {
  return factsOf(modelId).thinking;
}

export type ImageTier = 'high' | 'standard';

interface ModelFacts {
  readonly cacheMinimum: number;
  readonly imageTier: ImageTier;
  readonly effort?: string;
  readonly thinking?: 'adaptive' | 'disabled';
}

const UNKNOWN: ModelFacts = { cacheMinimum: 1024, imageTier: 'high' };

const MODERN = { imageTier: 'high', effort: 'high', thinking: 'adaptive' } as const;
const SELDOM_THINKING = { imageTier: 'high', effort: 'high', thinking: 'disabled' } as const;
const OLD = { imageTier: 'standard', thinking: 'disabled' } as const;

/** The minimum of models newer than the docs is that of their generation. */
const FACTS: ReadonlyMap<string, ModelFacts> = new Map<string, ModelFacts>([
  ['claude-fable-5-2', { ...MODERN, cacheMinimum: 512 }],
  ['claude-mythos-5-2', { ...MODERN, cacheMinimum: 512 }],
  ['claude-haiku-5-5', { ...MODERN, cacheMinimum: 512, effort: 'medium' }],
  ['claude-sonnet-5-5', { ...MODERN, cacheMinimum: 512 }],
  ['claude-opus-5-5', { ...MODERN, cacheMinimum: 512, effort: 'medium' }],
  ['claude-fable-5-1', { ...MODERN, cacheMinimum: 512 }],
  ['claude-mythos-5-1', { ...MODERN, cacheMinimum: 512 }],
  ['claude-fable-5', { ...MODERN, cacheMinimum: 512 }],
  ['claude-mythos-5', { ...MODERN, cacheMinimum: 512 }],
  ['claude-opus-5', { ...MODERN, cacheMinimum: 512 }],
  ['claude-sonnet-5', { ...MODERN, cacheMinimum: 1024 }],
  ['claude-opus-4-8', { ...SELDOM_THINKING, cacheMinimum: 1024 }],
  ['claude-opus-4-7', { ...SELDOM_THINKING, cacheMinimum: 2048 }],
  ['claude-opus-4-6', { ...OLD, effort: 'high', cacheMinimum: 4096 }],
  ['claude-sonnet-4-6', { ...OLD, effort: 'high', cacheMinimum: 1024 }],
  ['claude-opus-4-5', { ...OLD, cacheMinimum: 4096 }],
  ['claude-sonnet-4-5', { ...OLD, cacheMinimum: 1024 }],
  ['claude-haiku-4-5', { ...OLD, cacheMinimum: 4096 }],
]);

function factsOf(modelId: string): ModelFacts {
  return FACTS.get(modelId) ?? FACTS.get(familyOf(modelId)) ?? UNKNOWN;
}
