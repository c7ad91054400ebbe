import type { BetaModelInfo } from '@anthropic-ai/sdk/resources/beta/models';
import { type CapabilityShape, capabilities } from './capabilities.ts';

/** A model of the simulated API. */
export interface FakeModel {
  /** What the models endpoint says of it. */
  readonly info: BetaModelInfo;
  readonly aliases?: readonly string[];
  readonly rules: ModelRules;
}

/** What the API knows of a model and does not publish. */
export interface ModelRules {
  /** Shortest prefix that is cached, in tokens. */
  readonly minCacheTokens: number;
  /** The effort used when none is sent; null for a model without effort. */
  readonly defaultEffort: string | null;
  readonly thinksByDefault: boolean;
  /** Whether thinking can be off only up to effort `high`. */
  readonly offUpToHigh: boolean;
  readonly defaultDisplay: 'summarized' | 'omitted';
  /** Whether a thinking block is refused when anything before it has changed. */
  readonly prefixCheck: boolean;
  /** Other models whose thinking it can read. */
  readonly reads: readonly string[];
  readonly prefill: boolean;
  readonly forcedToolChoice: boolean;
  /** Whether messages with role `system` are taken. */
  readonly systemMessages: boolean;
  readonly fastMode: 'no' | 'beta' | 'yes';
  /** `high` keeps 2576 px and 4784 tokens of an image, `standard` 1568 px and 1568 tokens. */
  readonly imageTier: 'high' | 'standard';
  /** Tokens per token of the current tokenizer; older models count fewer for the same text. */
  readonly tokenFactor: number;
}

/** The rules of a current model; a catalogue entry names what differs. */
export const MODERN_RULES: ModelRules = {
  minCacheTokens: 512,
  defaultEffort: 'high',
  thinksByDefault: true,
  offUpToHigh: true,
  defaultDisplay: 'omitted',
  prefixCheck: true,
  reads: [],
  prefill: false,
  forcedToolChoice: false,
  systemMessages: true,
  fastMode: 'no',
  imageTier: 'high',
  tokenFactor: 1,
};

/** Builds a model; `released` and the other dates are ISO 8601 days, limits are tokens. */
export function fakeModel(entry: {
  readonly id: string;
  readonly name: string;
  readonly line?: BetaModelInfo['line'];
  readonly released: string;
  readonly window?: number | null;
  readonly maxTokens?: number | null;
  /** Absent: a current model; null: the endpoint says nothing of its capabilities. */
  readonly shape?: CapabilityShape | null;
  readonly deprecated?: string;
  readonly retires?: string;
  readonly retired?: boolean;
  readonly aliases?: readonly string[];
  readonly rules?: Partial<ModelRules>;
}): FakeModel {
  const { window = 1_000_000, maxTokens = 128_000, shape = {} } = entry;
  const day = (date: string | undefined) => (date ? `${date}T00:00:00Z` : null);
  return {
    info: {
      type: 'model',
      id: entry.id,
      display_name: entry.name,
      created_at: `${entry.released}T00:00:00Z`,
      line: entry.line ?? null,
      lifecycle: entry.retired ? 'retired' : entry.deprecated ? 'deprecated' : 'active',
      deprecated_at: day(entry.deprecated),
      retires_at: day(entry.retires),
      max_input_tokens: window,
      max_tokens: maxTokens,
      capabilities: shape && capabilities(shape),
      allowed_fallback_models: [],
    },
    aliases: entry.aliases ?? [],
    rules: { ...MODERN_RULES, ...entry.rules },
  };
}

/** The model with this id or alias; retired models no longer answer and are not found. */
export function findModel(models: readonly FakeModel[], id: string): FakeModel | undefined {
  return models.find((model) => model.info.id === id || model.aliases?.includes(id));
}
