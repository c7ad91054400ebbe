import { contextTokens } from '../core/conversation/model.ts';
import type { OpenChat } from './state.ts';

/** How many tokens the next request has: as quoted, or else what the newest answer has left. Undefined when unknown. */
export function nextTokens({ conversation, quote }: OpenChat): number | undefined {
  return quote?.quote ? Math.round(quote.quote.input) : contextTokens(conversation);
}

/** The share of the context window that is used, 0 to 1 and beyond; undefined when either figure is unknown. */
export function contextShare(chat: OpenChat): number | undefined {
  const tokens = nextTokens(chat);
  const size = chat.status.contextWindow;
  return tokens === undefined || !size ? undefined : tokens / size;
}
