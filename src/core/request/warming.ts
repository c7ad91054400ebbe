import { type Conversation, compactionInForce } from '../conversation/model.ts';
import type { MessageRequest } from './messageRequest.ts';
import { composeRequest, type RequestOptions } from './request.ts';

/**
 * A request that only writes the cache, or begins its lifetime anew: no answer comes (`max_tokens: 0`; API docs, prompt
 * caching). Of a conversation with an answered question it is the request for that answer again, so that the next question reads all of
 * it; before the first answer, and where a budget of thinking forbids an answer of no length, it is the system prompt alone.
 * Undefined where nothing would be cached.
 */
export function composeWarming(
  conversation: Conversation,
  options: RequestOptions,
): MessageRequest | undefined {
  const answered = upToAnswered(conversation);
  const { request } = composeRequest(answered ?? conversation, options);
  const { diagnostics: _, ...whole } = request;
  const isBudgeted = whole.thinking !== undefined && 'budget_tokens' in whole.thinking;
  if (answered && !isBudgeted) return { ...whole, max_tokens: 0 };
  const { model, system } = whole;
  if (!system?.some(({ cache_control }) => cache_control)) return undefined;
  return {
    model,
    max_tokens: 0,
    system,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
  };
}

/** The conversation up to the newest question that an answer began to; undefined before the first. */
function upToAnswered(conversation: Conversation): Conversation | undefined {
  const { turns } = conversation;
  // What a summary stands for is not sent any more.
  const through = compactionInForce(conversation)?.through;
  const start = turns.findIndex(({ id }) => id === through) + 1;
  const at = turns.findLastIndex((turn) => turn.role === 'assistant' && turn.messageId !== undefined);
  const question = turns.slice(0, Math.max(0, at)).findLastIndex((turn) => turn.role === 'user');
  if (at < 0 || question < start) return undefined;
  return { ...conversation, turns: turns.slice(0, question + 1) };
}
