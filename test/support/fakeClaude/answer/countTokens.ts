import { prepare } from '../prompt/prepare.ts';
import type { Wire } from '../wire.ts';
import type { Account } from './account.ts';

/** Answers `POST /v1/messages/count_tokens` with the same counter that `usage` is made with. */
export function answerCountTokens(account: Account, request: Wire, betas: ReadonlySet<string>): Wire {
  const { tokens, originalTokens } = prepare(account, request, betas, 'count_tokens');
  const context = request.context_management ? { original_input_tokens: originalTokens } : null;
  return { input_tokens: tokens, context_management: context };
}
