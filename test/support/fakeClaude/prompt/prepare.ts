import type { Account } from '../answer/account.ts';
import { type FakeModel, findModel } from '../catalogue.ts';
import { checkBetas } from '../check/betas.ts';
import { checkRequest } from '../check/checkRequest.ts';
import { ApiError, invalid } from '../errors.ts';
import { isWire, type Wire } from '../wire.ts';
import { checkCompactionBlocks, checkSummarizable, hiddenBySummary } from './compaction.ts';
import { applyEdits } from './contextEdits.ts';
import { readThinking } from './history.ts';
import { type PromptBlock, renderPrompt, totalTokens } from './render.ts';

/** A request that was found good, and the prompt it comes to. */
export interface Prepared {
  readonly model: FakeModel;
  readonly blocks: readonly PromptBlock[];
  /** Tokens of the prompt. */
  readonly tokens: number;
  /** Tokens before context edits. */
  readonly originalTokens: number;
  readonly appliedEdits: readonly Wire[];
  readonly transformations: readonly Wire[] | undefined;
}

/** Checks a request in every respect and renders its prompt; throws what the API would answer. */
export function prepare(
  account: Account,
  request: Wire,
  betas: ReadonlySet<string>,
  endpoint: 'messages' | 'count_tokens',
): Prepared {
  checkBetas(betas);
  if (typeof request.model !== 'string') throw invalid('model', 'Field required');
  const model = findModel(account.models, request.model);
  if (!model || model.info.lifecycle === 'retired') {
    throw new ApiError(404, 'not_found_error', `model: ${request.model}`);
  }
  const { issuedTypes } = account;
  const isUnfinished = (content: unknown) => account.unfinished.has(JSON.stringify(content));
  if (isWire(request.compaction) && endpoint === 'messages') checkSummarizable(request);
  checkRequest(request, { model, betas, endpoint, issuedTypes, isUnfinished });
  checkCompactionBlocks(request, betas);
  const { dropped, transformations } = readThinking(request, model, betas);
  const hidden = new Map([...dropped, ...hiddenBySummary(request)].map((path) => [path, null] as const));
  const edited = applyEdits(request, model, hidden);
  const blocks = renderPrompt(request, model, edited.changes);
  const tokens = totalTokens(blocks);
  const most = model.info.max_input_tokens ?? Number.POSITIVE_INFINITY;
  if (tokens > most && endpoint === 'messages') {
    throw invalid('', `prompt is too long: ${tokens} tokens > ${most} maximum`);
  }
  return {
    model,
    blocks,
    tokens,
    originalTokens: edited.applied.length > 0 ? totalTokens(renderPrompt(request, model, hidden)) : tokens,
    appliedEdits: edited.applied,
    transformations,
  };
}
