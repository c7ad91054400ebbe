import { invalid } from '../errors.ts';
import { isWire, textOf, type Wire, wireOf, wires } from '../wire.ts';
import { COMPACTION_BETA, requireBeta, THRESHOLD_COMPACTION_BETA } from './betas.ts';
import { onlyFields } from './checkFields.ts';
import type { CheckContext } from './checkRequest.ts';
import { checkThinking } from './checkThinking.ts';

/** Everything that is neither message nor tool: lengths, thinking, effort, speed, compaction. */
export function checkSettings(request: Wire, context: CheckContext): void {
  if (context.endpoint === 'messages') checkLength(request, context);
  checkThinking(request, context);
  checkEffort(request, context);
  checkSpeed(request, context);
  checkContextManagement(request, context);
  checkCompaction(request, context);
}

function checkLength(request: Wire, { model }: CheckContext): void {
  const limit = request.max_tokens;
  if (limit === undefined) throw invalid('max_tokens', 'Field required');
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 0) {
    throw invalid('max_tokens', 'Input should be an integer of at least 0');
  }
  const most = model.info.max_tokens ?? Number.POSITIVE_INFINITY;
  if (limit > most) {
    const what = `${limit} > ${most}, which is the maximum allowed number of output tokens`;
    throw invalid('max_tokens', `${what} for ${model.info.id}`);
  }
  const forced = ['any', 'tool'].includes(textOf(wireOf(request.tool_choice).type));
  if (limit === 0 && (request.stream === true || wireOf(request.output_config).format || forced)) {
    throw invalid(
      'max_tokens',
      '0 cannot be combined with stream, output_config.format or a forced tool_choice',
    );
  }
  const stops = request.stop_sequences;
  const isList = Array.isArray(stops) && stops.every((stop) => typeof stop === 'string');
  if (stops !== undefined && !isList) throw invalid('stop_sequences', 'Input should be a list of strings');
  if (isList && stops.some((stop) => String(stop).trim() === '')) {
    throw invalid('stop_sequences', 'each stop sequence must contain non-whitespace');
  }
  if (request.metadata !== undefined) onlyFields(request.metadata, 'metadata', ['user_id']);
  if (isWire(request.diagnostics)) onlyFields(request.diagnostics, 'diagnostics', ['previous_message_id']);
}

function checkEffort(request: Wire, { model, betas }: CheckContext): void {
  if (request.output_config === undefined) return;
  onlyFields(request.output_config, 'output_config', ['effort', 'format', 'task_budget']);
  const { effort, format, task_budget } = wireOf(request.output_config);
  if (task_budget) requireBeta(betas, 'output_config.task_budget', 'task-budgets-2026-03-13');
  const { capabilities } = model.info;
  if (format && capabilities?.structured_outputs.supported === false) {
    throw invalid('output_config.format', `structured outputs are not supported on ${model.info.id}`);
  }
  if (effort === undefined || effort === null) return;
  if (!EFFORTS.includes(textOf(effort))) {
    throw invalid(
      'output_config.effort',
      `Input should be ${EFFORTS.map((level) => `'${level}'`).join(', ')}`,
    );
  }
  if (capabilities && wireOf(wireOf(capabilities.effort)[textOf(effort)]).supported !== true) {
    throw invalid('output_config.effort', `'${effort}' is not supported on ${model.info.id}`);
  }
  const off = ['disabled', 'between_tools'].includes(textOf(wireOf(request.thinking).type));
  if (off && model.rules.offUpToHigh && (effort === 'xhigh' || effort === 'max')) {
    throw invalid('thinking', `thinking cannot be turned off at effort '${effort}' on ${model.info.id}`);
  }
}

const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'];

function checkSpeed(request: Wire, { model, betas }: CheckContext): void {
  const { speed } = request;
  if (speed === undefined || speed === null) return;
  if (speed !== 'standard' && speed !== 'fast')
    throw invalid('speed', "Input should be 'standard' or 'fast'");
  if (model.rules.fastMode === 'beta') requireBeta(betas, 'speed', 'fast-mode-2026-02-01');
  if (speed === 'fast' && model.rules.fastMode === 'no') {
    throw invalid('speed', `'fast' is not supported on ${model.info.id}`);
  }
}

function checkContextManagement(request: Wire, { model, betas }: CheckContext): void {
  if (!isWire(request.context_management)) return;
  onlyFields(request.context_management, 'context_management', ['edits']);
  const offered = wireOf(model.info.capabilities?.context_management);
  for (const [index, edit] of wires(request.context_management.edits).entries()) {
    const path = `context_management.edits.${index}`;
    const type = textOf(edit.type);
    const beta = type === 'compact_20260112' ? THRESHOLD_COMPACTION_BETA : 'context-management-2025-06-27';
    requireBeta(betas, path, beta);
    if (!EDIT_TYPES.includes(type)) {
      throw invalid(path, `Input tag '${type}' does not match any of the expected tags`);
    }
    if (model.info.capabilities && wireOf(offered[type]).supported !== true) {
      throw invalid(path, `'${type}' is not supported on ${model.info.id}`);
    }
    const trigger = wireOf(edit.trigger);
    if (type === 'compact_20260112' && typeof trigger.value === 'number' && trigger.value < 50_000) {
      throw invalid(`${path}.trigger.value`, 'Input should be greater than or equal to 50000');
    }
  }
}

const EDIT_TYPES = ['clear_tool_uses_20250919', 'clear_thinking_20251015', 'compact_20260112'];

function checkCompaction(request: Wire, { model, betas, endpoint }: CheckContext): void {
  if (!isWire(request.compaction) || endpoint === 'count_tokens') return;
  requireBeta(betas, 'compaction', COMPACTION_BETA);
  onlyFields(request.compaction, 'compaction', ['type', 'instructions']);
  if (request.compaction.type !== 'summarize')
    throw invalid('compaction.type', "Input should be 'summarize'");
  if (textOf(request.compaction.instructions).length > 16_384) {
    throw invalid('compaction.instructions', 'String should have at most 16384 characters');
  }
  if (model.info.capabilities?.compaction?.supported === false) {
    throw invalid('compaction', `compaction is not supported on ${model.info.id}`);
  }
  const config = wireOf(request.output_config);
  const conflicts: readonly (readonly [string, boolean])[] = [
    ['context_management', isWire(request.context_management)],
    ['stop_sequences', Array.isArray(request.stop_sequences) && request.stop_sequences.length > 0],
    ['output_config.format', isWire(config.format)],
    ['tool_choice', ['any', 'tool'].includes(textOf(wireOf(request.tool_choice).type))],
    ['output_config.task_budget.remaining', wireOf(config.task_budget).remaining !== undefined],
  ];
  const conflict = conflicts.find(([, present]) => present);
  if (conflict) throw invalid(conflict[0], 'cannot be combined with `compaction`');
}
