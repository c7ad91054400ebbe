import type { ModelInfo } from '../modelInfo.ts';

/** What is asked of the model when its capabilities are unknown: the modern way, which all current models take. */
const LARGEST_BUDGET = 16_000;
const SMALLEST_BUDGET = 1_024;

export type Thinking =
  | { readonly type: 'adaptive'; readonly display: 'summarized' }
  | { readonly type: 'enabled'; readonly budget_tokens: number; readonly display: 'summarized' };

/**
 * The thinking field for this model, or undefined when it takes none.
 * Adaptive where the model offers it; older models get a budget below `maxTokens`; a model without a
 * description gets nothing, because a wrong guess is a 400.
 */
export function thinkingFor(model: ModelInfo | undefined, maxTokens: number): Thinking | undefined {
  const types = model?.thinking ?? [];
  if (types.includes('adaptive')) return { type: 'adaptive', display: 'summarized' };
  if (!types.includes('enabled') || maxTokens <= SMALLEST_BUDGET) return undefined;
  const half = Math.floor(maxTokens / 2);
  const budget = Math.min(LARGEST_BUDGET, Math.max(SMALLEST_BUDGET, half));
  return { type: 'enabled', budget_tokens: budget, display: 'summarized' };
}

/** The effort to send: the wished one where the model has it, else the highest it has below it, else none. */
export function effortFor(model: ModelInfo | undefined, wished: string): string | undefined {
  const levels = model?.efforts ?? [];
  if (levels.includes(wished)) return wished;
  const order = ['low', 'medium', 'high', 'xhigh', 'max'];
  const lower = order.slice(0, Math.max(0, order.indexOf(wished))).reverse();
  return lower.find((level) => levels.includes(level)) ?? levels[0];
}

/** The wished answer length in tokens, never above what the model can write. */
export function maxTokensFor(model: ModelInfo | undefined, wished: number): number {
  return Math.max(1, Math.min(wished, model?.maxOutput ?? wished));
}
