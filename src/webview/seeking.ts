import { findTurn } from '../core/conversation/model.ts';
import { follow } from './changes.ts';
import type { PageState } from './state.ts';
import { foldKey, foldOf } from './view/compaction.ts';
import { wholeKey } from './view/question.ts';

/**
 * A turn that was found somewhere else is to be shown: what hides it is opened, and the view no longer follows the newest line.
 * Without the turn the view goes to the end.
 */
export function seek(
  state: PageState,
  { conversation, turn }: { readonly conversation: string; readonly turn: string },
): PageState {
  const { chat } = state;
  if (chat?.conversation.id !== conversation) return state;
  if (!findTurn(chat.conversation, turn)) return { ...follow(state, true), sought: undefined };
  const fold = foldOf(chat);
  const isFolded = fold && chat.conversation.turns.findIndex(({ id }) => id === turn) < fold.end;
  const opened = isFolded ? [wholeKey(turn), foldKey(fold)] : [wholeKey(turn)];
  return { ...state, following: false, open: new Set([...state.open, ...opened]), sought: { turn } };
}
