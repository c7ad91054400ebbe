import type { Translate } from '../core/failure.ts';
import { isStreaming, type PageState } from './state.ts';

/** What the reader does to the page itself. Every function is pure. */

/** The text box has changed by the user's hand. */
export function write(state: PageState, text: string, caret: number): PageState {
  return { ...state, draft: { text, caret }, hint: '', refusal: '' };
}

/** The question that is to be sent, or undefined together with a line that says why not. */
export function submit(state: PageState, t: Translate): { state: PageState; text?: string } {
  if (!state.chat) return { state };
  const { text } = state.draft;
  if (isStreaming(state)) {
    return { state: { ...state, hint: t('Stop the answer first, or wait until it has ended.') } };
  }
  if (text.trim() === '') return { state: { ...state, hint: t('Write a question first.') } };
  const draft = { text: '', caret: 0 };
  const draftRevision = state.draftRevision + 1;
  return { state: { ...state, draft, draftRevision, hint: '', refusal: '', following: true }, text };
}

export function dismissNotice(state: PageState, id: string): PageState {
  return { ...state, notices: state.notices.filter((notice) => notice.id !== id) };
}

export function dismissRefusal(state: PageState): PageState {
  return { ...state, refusal: '' };
}

/** Something that can be opened was opened or closed. */
export function setOpen(state: PageState, key: string, open: boolean): PageState {
  if (state.open.has(key) === open) return state;
  const keys = new Set(state.open);
  if (open) keys.add(key);
  else keys.delete(key);
  return { ...state, open: keys };
}

export function follow(state: PageState, following: boolean): PageState {
  return state.following === following ? state : { ...state, following };
}

/** Has a screen reader say a sentence, also when it is the same as the last one. */
export function say(state: PageState, sentence: string): PageState {
  return { ...state, said: state.said === sentence ? `${sentence}\u00a0` : sentence };
}
