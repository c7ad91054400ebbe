import type { Translate } from '../core/failure.ts';
import type { CacheState } from '../core/money/money.ts';
import type { ToHost } from '../core/protocol.ts';
import { awaited, dropRefused, stopWaiting, waitForPictures } from './attaching/arriving.ts';
import { isStreaming, nextDraft, type PageState, questionText } from './state.ts';

/** What the reader does to the page itself. Every function is pure. */

/** The text box has changed by the user's hand. */
export function write(state: PageState, text: string, caret: number): PageState {
  // What a budget has stopped is not wanted any more once its text is gone.
  const budget = text.trim() === '' && state.budget?.ofDraft ? undefined : state.budget;
  // A question that waits for its pictures must not leave while it is still being written.
  return { ...state, draft: nextDraft(state, text, caret), hint: '', refusal: '', budget, waiting: false };
}

/** The caret has moved by the user's hand, and nothing else. */
export function moveCaret(state: PageState, caret: number): PageState {
  if (!state.chat || caret === state.draft.caret) return state;
  return { ...state, draft: nextDraft(state, state.draft.text, caret) };
}

/**
 * The question that is to be sent, or undefined together with a line that says why not. While pictures arrive it
 * waits for them.
 */
export function submit(state: PageState, t: Translate): { state: PageState; text?: string } {
  if (!state.chat) return { state };
  const { text } = state.draft;
  if (state.chat.readOnly) {
    return { state: { ...stopWaiting(state), hint: t('Continue this conversation here first.') } };
  }
  if (isStreaming(state)) {
    return { state: { ...stopWaiting(state), hint: stopFirst(t) } };
  }
  if (text.trim() === '') return { state: { ...stopWaiting(state), hint: t('Write a question first.') } };
  if (awaited(state) > 0) return { state: waitForPictures(state, t) };
  return { state: sent(state), text };
}

function sent(state: PageState): PageState {
  const draft = nextDraft(state, '', 0);
  const draftRevision = state.draftRevision + 1;
  const gone = { waiting: false, mentioning: undefined };
  return { ...dropRefused(state), ...gone, draft, draftRevision, hint: '', refusal: '', following: true };
}

/** One quiet line about the composer. */
export function hint(state: PageState, sentence: string): PageState {
  return { ...state, hint: sentence };
}

/** The selection is taken, or not wanted: its offer goes at once, so that nothing is done twice. */
export function endOffer(state: PageState): PageState {
  return state.chat?.offer ? { ...state, chat: { ...state.chat, offer: null } } : state;
}

export function setDragging(state: PageState, dragging: boolean): PageState {
  return state.dragging === dragging ? state : { ...state, dragging };
}

/** A sentence that stays until it is dismissed; said again it stands once. */
export function addNotice(state: PageState, sentence: string): PageState {
  const others = state.notices.filter((notice) => notice.sentence !== sentence);
  const number = Math.max(0, ...state.notices.map(({ id }) => Number(id))) + 1;
  return { ...state, notices: [...others, { id: String(number), sentence }] };
}

/** A question is to be changed where it stands. */
export function startEditing(state: PageState, turn: string): PageState {
  const text = questionText(state, turn);
  if (text === undefined || !state.chat) return state;
  return { ...state, editing: { conversation: state.chat.conversation.id, turn, text } };
}

export function changeEdited(state: PageState, text: string): PageState {
  return state.editing ? { ...state, editing: { ...state.editing, text } } : state;
}

export function stopEditing(state: PageState): PageState {
  return { ...state, editing: undefined, hint: '' };
}

/**
 * The changed question that is to be sent. It stays open until the host has put it in place of the old one,
 * so that a refusal loses nothing. `wish` is undefined together with a line that says why.
 */
export function saveEdited(state: PageState, t: Translate): { state: PageState; wish?: ToHost } {
  const { editing } = state;
  if (!editing) return { state };
  if (isStreaming(state)) return { state: { ...state, hint: stopFirst(t) } };
  if (editing.text.trim() === '') return { state: { ...state, hint: t('Write a question first.') } };
  const { turn, text } = editing;
  return { state: { ...state, hint: '', following: true }, wish: { type: 'edit', turn, text } };
}

/** The instructions of a conversation have changed by the user's hand. */
export function instruct(state: PageState, instructions: string): PageState {
  return { ...state, instructions };
}

/** The offer to summarize is put off until the conversation has grown. */
export function putOffCompaction(state: PageState, share: number): PageState {
  if (!state.chat) return state;
  return { ...state, putOff: new Map(state.putOff).set(state.chat.conversation.id, share) };
}

export function dismissBudget(state: PageState): PageState {
  return { ...state, budget: undefined };
}

/** What a budget has stopped is to be sent this once; the draft as it stands now, if that was it. */
export function allowOnce(state: PageState): { state: PageState; wishes: readonly ToHost[] } {
  if (!state.budget || !state.chat) return { state, wishes: [] };
  const allow: ToHost = { type: 'allowOnce' };
  if (!state.budget.ofDraft) return { state: dismissBudget(state), wishes: [allow] };
  const { conversation } = state.chat;
  const change: ToHost = { type: 'changeDraft', conversation: conversation.id, ...state.draft };
  return { state: dismissBudget(sent(state)), wishes: [change, allow] };
}

/** The cache that was warm until `expires` (ms since the epoch) has gone cold, and the quote is wrong with it. */
export function coolDown(state: PageState, expires: number): PageState {
  const quote = state.chat?.quote;
  if (!state.chat || quote?.cache.expires !== expires) return state;
  const cache: CacheState = { state: 'cold', tokens: quote.cache.tokens };
  return { ...state, chat: { ...state.chat, quote: { ...quote, cache, current: false } } };
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

function stopFirst(t: Translate): string {
  return t('Stop the answer first, or wait until it has ended.');
}
