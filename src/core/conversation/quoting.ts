import { outlineOf } from '../money/ledger.ts';
import { imageTier } from '../money/modelFacts.ts';
import type { CacheState, Price, Quote } from '../money/money.ts';
import { quoteOf } from '../money/quote.ts';
import type { Clock } from '../ports.ts';
import { countable } from '../request/counting.ts';
import type { ComposedRequest } from '../request/messageRequest.ts';
import { composeRequest } from '../request/request.ts';
import type { AskContext } from './askContext.ts';
import { requestOptions } from './composing.ts';
import { reduceAll } from './events.ts';
import type { Conversation } from './model.ts';
import type { Part } from './parts.ts';
import { newQuestion, questionEvents, withUpdates } from './session.ts';

/** The request that asking these parts would send, down to the byte. */
export async function draftRequest(
  conversation: Conversation,
  parts: readonly Part[],
  context: AskContext,
  clock: Pick<Clock, 'newId' | 'now'>,
): Promise<ComposedRequest> {
  return nextRequest(withQuestion(conversation, parts, context, clock), context);
}

/** The conversation as it would be with these parts asked. */
export function withQuestion(
  conversation: Conversation,
  parts: readonly Part[],
  context: Pick<AskContext, 'systemTexts' | 'workspace'>,
  clock: Pick<Clock, 'newId' | 'now'>,
): Conversation {
  const parent = conversation.turns.at(-1)?.id ?? null;
  const question = newQuestion(clock, parent, withUpdates(conversation, parts, context));
  return reduceAll(conversation, questionEvents(conversation, question, context));
}

/** The request for the next answer to the newest question; a file that cannot be read just now is missing in it. */
export async function nextRequest(conversation: Conversation, context: AskContext): Promise<ComposedRequest> {
  const { options } = await requestOptions(conversation, context, context.endpoint);
  return composeRequest(conversation, options);
}

/** What a request costs when its prompt has `tokens`; `exact` tells whether the API has counted them. */
export function quoteRequest(
  composed: ComposedRequest,
  tokens: number,
  exact: boolean,
  context: Pick<AskContext, 'ledger'>,
  price: Price | undefined,
  now: number,
): Quote {
  const outline = outlineOf(composed.request);
  const { guessed } = countable(composed.request, imageTier(composed.request.model));
  return quoteOf({
    outline,
    input: tokens,
    exact: exact && guessed === 0,
    maxOutput: composed.request.max_tokens,
    price,
    prediction: context.ledger.predict(outline, tokens, now),
    guessedImages: guessed,
  });
}

/** How warm the cache is for a request. */
export function cacheStateOf(
  composed: ComposedRequest,
  { ledger }: Pick<AskContext, 'ledger'>,
  now: number,
): CacheState {
  return ledger.stateOf(outlineOf(composed.request), now);
}
