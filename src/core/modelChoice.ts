import type { ModelChoice } from './conversation/model.ts';
import type { ModelInfo } from './modelInfo.ts';

/** Used when neither the user nor the endpoint names a model; any key may be expected to have it. */
const LAST_RESORT: ModelChoice = { id: 'claude-sonnet-5-5', name: 'Claude Sonnet 5.5' };

/**
 * The model for a new conversation: the setting, else the one chosen last, else the newest model of the
 * middle line, else the endpoint's first. A model the endpoint does not list is still taken at its word.
 */
export function defaultModel(
  models: readonly ModelInfo[],
  wished: string,
  last: ModelChoice | undefined,
): ModelChoice {
  if (wished !== '') return choiceOf(models, wished);
  const stillThere = last && (models.length === 0 || models.some((model) => model.id === last.id));
  if (last && stillThere) return last;
  const usable = models.filter((model) => model.lifecycle === undefined || model.lifecycle === 'active');
  const first = usable.find((model) => model.line === 'sonnet') ?? usable[0] ?? models[0];
  return first ? { id: first.id, name: first.name } : LAST_RESORT;
}

/** A model id with the name the endpoint gives it, or the id itself where it has none. */
export function choiceOf(models: readonly ModelInfo[], id: string): ModelChoice {
  return { id, name: findModel(models, id)?.name ?? id };
}

/** The endpoint's model of this id; an id without its date (`claude-haiku-4-5`) stands for the newest one with it. */
export function findModel(models: readonly ModelInfo[], id: string): ModelInfo | undefined {
  const dated = (model: ModelInfo): boolean =>
    model.id.startsWith(`${id}-`) && /^\d{8}$/.test(model.id.slice(id.length + 1));
  return models.find((model) => model.id === id) ?? models.find(dated);
}

/** One line under a model in the picker: what it can hold and write, and whether it is on its way out. */
export function describeModel(model: ModelInfo): string {
  const limits = [
    model.maxInput === undefined ? undefined : `${tokens(model.maxInput)} context`,
    model.maxOutput === undefined ? undefined : `${tokens(model.maxOutput)} answer`,
  ];
  const leaving = model.lifecycle === undefined || model.lifecycle === 'active' ? undefined : model.lifecycle;
  const until = model.retiresAt === undefined ? undefined : `until ${model.retiresAt.slice(0, 10)}`;
  return [model.id, ...limits, leaving, until].filter((entry) => entry !== undefined).join(' · ');
}

function tokens(count: number): string {
  return count >= 1_000_000 ? `${Math.round(count / 100_000) / 10}M` : `${Math.round(count / 1000)}k`;
}
