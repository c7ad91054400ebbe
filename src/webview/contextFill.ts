import type { AssistantTurn } from '../core/conversation/model.ts';
import type { OpenChat } from './state.ts';

/**
 * How many tokens the next request has: as quoted, or else what the newest answer that was counted has left.
 * Undefined when nothing has been counted.
 */
export function contextTokens({ conversation, quote }: OpenChat): number | undefined {
  if (quote?.quote) return Math.round(quote.quote.input);
  const usage = conversation.turns.findLast(
    (turn): turn is AssistantTurn => turn.role === 'assistant' && turn.usage !== undefined,
  )?.usage;
  return usage && usage.input + usage.cacheRead + usage.cacheWrite + usage.output;
}

/** The share of the context window that is used, 0 to 1 and beyond; undefined when either figure is unknown. */
export function contextShare(chat: OpenChat): number | undefined {
  const tokens = contextTokens(chat);
  const size = chat.status.contextWindow;
  return tokens === undefined || !size ? undefined : tokens / size;
}
