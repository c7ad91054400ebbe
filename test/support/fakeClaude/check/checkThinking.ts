import { invalid } from '../errors.ts';
import { isWire, textOf, type Wire, wireOf } from '../wire.ts';
import { BINDING_BETA, requireBeta } from './betas.ts';
import { onlyFields } from './checkFields.ts';
import type { CheckContext } from './checkRequest.ts';

/** The `thinking` field: a type that the model has, its budget, how it is shown, what happens to misplaced blocks. */
export function checkThinking(request: Wire, { model, betas }: CheckContext): void {
  if (request.thinking === undefined) return;
  const thinking = wireOf(request.thinking);
  const type = textOf(thinking.type);
  const fields = THINKING_FIELDS.get(type);
  if (!fields) throw invalid('thinking.type', `Input tag '${type}' does not match any of the expected tags`);
  onlyFields(thinking, 'thinking', fields);
  const types = wireOf(model.info.capabilities?.thinking.types);
  if (model.info.capabilities && wireOf(types[type]).supported !== true) {
    throw invalid('thinking.type', `'${type}' is not supported on ${model.info.id}`);
  }
  const budget = thinking.budget_tokens;
  if (type === 'enabled') {
    if (typeof budget !== 'number' || budget < 1024) {
      throw invalid('thinking.enabled.budget_tokens', 'Input should be greater than or equal to 1024');
    }
    if (typeof request.max_tokens === 'number' && budget >= request.max_tokens) {
      throw invalid('', '`max_tokens` must be greater than `thinking.budget_tokens`.');
    }
  }
  const display = thinking.display ?? 'summarized';
  if (!['summarized', 'omitted', 'updates'].includes(textOf(display))) {
    throw invalid('thinking.display', "Input should be 'summarized' or 'omitted'");
  }
  if (display === 'updates') requireBeta(betas, 'thinking.display', 'thinking-display-updates-2026-08-18');
  if (isWire(thinking.block_binding)) checkBinding(thinking.block_binding, betas);
}

function checkBinding(binding: Wire, betas: ReadonlySet<string>): void {
  const path = 'thinking.block_binding';
  requireBeta(betas, path, BINDING_BETA);
  onlyFields(binding, path, ['prefix_mismatch_behavior']);
  const behaviour = binding.prefix_mismatch_behavior ?? 'error';
  if (behaviour !== 'error' && behaviour !== 'drop_block') {
    throw invalid(`${path}.prefix_mismatch_behavior`, "Input should be 'error' or 'drop_block'");
  }
}

const THINKING_FIELDS = new Map([
  ['adaptive', ['type', 'display', 'block_binding']],
  ['enabled', ['type', 'budget_tokens', 'display', 'block_binding']],
  ['disabled', ['type']],
  ['between_tools', ['type']],
]);
