import type { Clock } from '../ports.ts';
import type { ComposedRequest } from '../request/messageRequest.ts';
import { composeCompaction } from '../request/request.ts';
import type { AskContext } from './askContext.ts';
import { requestOptions } from './composing.ts';
import { answerText, type Conversation, findTurn } from './model.ts';
import type { Part } from './parts.ts';
import { draftRequest, nextRequest } from './quoting.ts';
import { continuation, type Refusal, type Session } from './session.ts';

/** What the user can want that costs money. */
export type Wish =
  | { readonly type: 'ask'; readonly parts: readonly Part[] }
  | { readonly type: 'retry' }
  | { readonly type: 'edit'; readonly turn: string; readonly parts: readonly Part[] }
  | { readonly type: 'continue' }
  | { readonly type: 'compact'; readonly instructions: string };

/** Grants a wish, or says why it cannot be. */
export function grant(session: Session, wish: Wish, context: AskContext): Refusal | undefined {
  switch (wish.type) {
    case 'ask':
      return session.ask(wish.parts, context);
    case 'retry':
      return session.retry(context);
    case 'edit':
      return session.edit(wish.turn, wish.parts, context);
    case 'continue':
      return session.continueAnswer(context);
    case 'compact':
      return session.compact(wish.instructions, context);
  }
}

/** The request that a wish would send; undefined when there is none to send. */
export async function requestOf(
  wish: Wish,
  conversation: Conversation,
  context: AskContext,
  clock: Pick<Clock, 'newId' | 'now'>,
): Promise<ComposedRequest | undefined> {
  switch (wish.type) {
    case 'ask':
      return draftRequest(conversation, wish.parts, context, clock);
    case 'retry':
      return nextRequest(upToNewestQuestion(conversation), context);
    case 'edit':
      return draftRequest(before(conversation, wish.turn), wish.parts, context, clock);
    case 'continue': {
      const cut = conversation.turns.at(-1);
      const said = cut?.role === 'assistant' ? answerText(cut) : '';
      if (said.trim() === '') return nextRequest(upToNewestQuestion(conversation), context);
      // It goes on with what was asked, so files that have changed since are no part of it.
      const workspace = { ...context.workspace, updatesFor: () => [] };
      const parts: readonly Part[] = [{ kind: 'text', text: continuation(said) }];
      return draftRequest(conversation, parts, { ...context, workspace }, clock);
    }
    case 'compact': {
      const { options } = await requestOptions(conversation, context, context.endpoint);
      return composeCompaction(conversation, options, { instructions: wish.instructions });
    }
  }
}

function upToNewestQuestion(conversation: Conversation): Conversation {
  const { turns } = conversation;
  const at = turns.findLastIndex((turn) => turn.role === 'user');
  return { ...conversation, turns: turns.slice(0, at + 1) };
}

function before(conversation: Conversation, turn: string): Conversation {
  const at = conversation.turns.findIndex((candidate) => candidate.id === turn);
  return findTurn(conversation, turn)
    ? { ...conversation, turns: conversation.turns.slice(0, at) }
    : conversation;
}
