import type { OptionalField, ThinkingMode } from '../conversation/model.ts';
import type { ModelInfo } from '../modelInfo.ts';

/** The `thinking` field of a request. */
export type Thinking =
  | ({ readonly type: 'adaptive' } & ThinkingDetails)
  | ({ readonly type: 'enabled'; readonly budget_tokens: number } & ThinkingDetails)
  | { readonly type: 'disabled' }
  | { readonly type: 'between_tools' };

/** What only thinking that is on can carry. */
export interface ThinkingDetails {
  readonly display?: 'summarized' | 'omitted';
  /** What the API does with earlier thinking that no longer fits; its own default is to refuse the request. */
  readonly block_binding?: { readonly prefix_mismatch_behavior: 'drop_block' };
}

/** What the user wants of an answer, whatever the model. */
export interface Wishes {
  readonly effort: string;
  readonly thinking: ThinkingMode;
  readonly showThinking: boolean;
  /** Tokens. */
  readonly maxOutputTokens: number;
  /** Fields that the endpoint has refused. */
  readonly without: ReadonlySet<OptionalField>;
}

/** The same in fields of a request; absent ones are not sent. */
export interface RequestSettings {
  readonly thinking?: Thinking;
  readonly effort?: string;
  /** Tokens. */
  readonly maxTokens: number;
}

/**
 * The settings that this model accepts and that come closest to what is wanted. Of a model without a description
 * nothing is known, so it gets neither thinking nor effort: a wrong guess is a 400.
 */
export function settingsFor(model: ModelInfo | undefined, wishes: Wishes): RequestSettings {
  const maxTokens = maxTokensFor(model, wishes.maxOutputTokens);
  const thinking = thinkingFor(model, wishes, maxTokens);
  const wished = isOff(thinking) ? upToHigh(wishes.effort) : wishes.effort;
  const effort = wishes.without.has('effort') ? undefined : effortFor(model, wished);
  return {
    ...(thinking ? { thinking } : {}),
    ...(effort === undefined ? {} : { effort }),
    maxTokens,
  };
}

/** Whether this model leaves the user a choice between thinking and not thinking. */
export function thinkingChoice(model: ModelInfo | undefined): boolean {
  const types = model?.thinking ?? [];
  return ON.some((type) => types.includes(type)) && OFF.some((type) => types.includes(type));
}

/** The effort to send: the wished one where the model has it, else the highest it has below it, else none. */
export function effortFor(model: ModelInfo | undefined, wished: string): string | undefined {
  const levels = model?.efforts ?? [];
  if (levels.includes(wished)) return wished;
  const lower = LEVELS.slice(0, Math.max(0, LEVELS.indexOf(wished))).reverse();
  return lower.find((level) => levels.includes(level)) ?? levels[0];
}

/** The wished answer length in tokens, never above what the model can write. */
export function maxTokensFor(model: ModelInfo | undefined, wished: number): number {
  return Math.max(1, Math.min(wished, model?.maxOutput ?? wished));
}

const ON = ['adaptive', 'enabled'] as const;
const OFF = ['disabled', 'between_tools'] as const;
const LEVELS = ['low', 'medium', 'high', 'xhigh', 'max'];

/** Tokens. The lower bound is the API's, the upper one is what an answer to a person needs at most. */
const SMALLEST_BUDGET = 1_024;
const LARGEST_BUDGET = 16_000;

function thinkingFor(model: ModelInfo | undefined, wishes: Wishes, maxTokens: number): Thinking | undefined {
  if (wishes.without.has('thinking')) return undefined;
  const types = model?.thinking ?? [];
  const off = wishes.thinking === 'off' ? OFF.find((type) => types.includes(type)) : undefined;
  if (off) return { type: off };
  if (types.includes('adaptive')) return { type: 'adaptive', ...detailsFor(wishes) };
  if (!types.includes('enabled') || maxTokens <= SMALLEST_BUDGET) return undefined;
  const half = Math.floor(maxTokens / 2);
  const budget = Math.min(LARGEST_BUDGET, Math.max(SMALLEST_BUDGET, half));
  return { type: 'enabled', budget_tokens: budget, ...detailsFor(wishes) };
}

/** Always explicit: the defaults differ from model to model (API docs, extended thinking). */
function detailsFor({ showThinking, without }: Wishes): ThinkingDetails {
  return {
    ...(without.has('thinking.display') ? {} : { display: showThinking ? 'summarized' : 'omitted' }),
    ...(without.has('block_binding') ? {} : { block_binding: { prefix_mismatch_behavior: 'drop_block' } }),
  };
}

function isOff(thinking: Thinking | undefined): boolean {
  return OFF.some((type) => type === thinking?.type);
}

/** Without thinking some models refuse the efforts above `high` (API docs, effort). */
function upToHigh(effort: string): string {
  return LEVELS.indexOf(effort) > LEVELS.indexOf('high') ? 'high' : effort;
}
