import type { ShownAttachment } from '../core/attaching.ts';
import { type ChatEvent, emptyConversation, reduceAll } from '../core/conversation/events.ts';
import { type Conversation, findTurn } from '../core/conversation/model.ts';
import { type ChatStatus, PROTOCOL_VERSION, type ToView, type Unfinished } from '../core/protocol.ts';
import { settleArriving, stopWaiting } from './attaching/arriving.ts';
import { collectingHere, endCollecting } from './attaching/collecting.ts';
import { addNotice } from './changes.ts';
import { withFetched } from './fetching.ts';
import { hostQuote } from './quoting.ts';
import { seek } from './seeking.ts';
import {
  type DraftText,
  keepDraft,
  nextDraft,
  type OpenChat,
  type PageState,
  textOfQuestion,
} from './state.ts';

/** What a message makes of the state. Pure; messages that do not fit lead to asking for a snapshot. */
export function apply(state: PageState, message: ToView): PageState {
  if (message.type === 'snapshot') return takeSnapshot(state, message);
  if (state.phase !== 'live' || !state.chat) return state;
  if (message.seq !== state.seq + 1) return askAnew(state);
  return applyNext({ ...state, seq: message.seq }, state.chat, message);
}

type Message<T extends ToView['type']> = Extract<ToView, { type: T }>;

function askAnew(state: PageState): PageState {
  return { ...state, phase: 'waiting', asks: state.asks + 1 };
}

function takeSnapshot(state: PageState, message: Message<'snapshot'>): PageState {
  if (message.version !== PROTOCOL_VERSION) return outOfDate(state);
  const { older, readOnly, ...told } = message.conversation;
  const conversation = { ...emptyConversation(told.id, told.createdAt), ...told };
  const { text, caret, revision = 0, attachments, unfinished } = message.draft;
  const hostDraft = { text, caret, revision };
  const moved = changeDraftOwner(state, conversation, hostDraft, unfinished);
  const quote = state.chat?.conversation.id === told.id ? state.chat.quote : undefined;
  const chat = {
    conversation,
    readOnly,
    older,
    status: message.status,
    attachments,
    offer: message.offer,
    hostDraft,
  };
  const before = state.chat?.conversation.id === told.id ? state.chat.conversation : undefined;
  const next: PageState = {
    ...moved,
    phase: 'live',
    seq: message.seq,
    chat: quote ? outdated({ ...chat, quote }) : chat,
  };
  return settleEditing(settleArriving(endAllCollecting(next), attachments), before);
}

/** The host gives a page of another version a new document; asked twice it would never end. */
function outOfDate(state: PageState): PageState {
  return state.phase === 'outdated' ? state : { ...state, phase: 'outdated', asks: state.asks + 1 };
}

/**
 * The same conversation keeps what stands in the text box; another one brings its own text. What the page kept counts
 * where it is newer than what the host has: the host may have been gone while somebody wrote.
 */
function changeDraftOwner(
  state: PageState,
  conversation: Conversation,
  hostDraft: DraftText,
  unfinished: Unfinished | undefined,
): PageState {
  const { id } = conversation;
  const before = state.chat?.conversation.id;
  if (before === id) return state;
  const drafts = keepDraft(state);
  const own = drafts.get(id);
  const isNewer = own && own.revision > hostDraft.revision && own.text !== newestQuestion(conversation);
  const kept = before === undefined ? editingOf(state, id) : undefined;
  return {
    ...state,
    drafts,
    draft: isNewer ? own : hostDraft,
    draftRevision: state.draftRevision + 1,
    following: before !== undefined || state.place?.conversation !== id,
    refusal: '',
    budget: undefined,
    editing: kept ?? (unfinished?.editing ? { conversation: id, ...unfinished.editing } : undefined),
    instructions: conversation.system ? undefined : (unfinished?.instructions ?? undefined),
    hint: '',
    waiting: false,
    mentioning: undefined,
    viewing: undefined,
    ended: undefined,
  };
}

/** Without a conversation it was kept by an older page, and belongs to whichever has the turn. */
function editingOf({ editing }: PageState, id: string): PageState['editing'] {
  return editing?.conversation === id || editing?.conversation === ''
    ? { ...editing, conversation: id }
    : undefined;
}

/** What was sent may be what the page kept last: it must not come back. */
function newestQuestion({ turns }: Conversation): string | undefined {
  const question = turns.findLast(({ role }) => role === 'user');
  return question?.role === 'user' ? textOfQuestion(question) : undefined;
}

function applyNext(
  state: PageState,
  chat: OpenChat,
  message: Exclude<ToView, { type: 'snapshot' }>,
): PageState {
  switch (message.type) {
    case 'events':
      return applyEvents(state, chat, message);
    case 'olderTurns':
      return { ...state, chat: addFetched(chat, message) };
    case 'turnAsked':
      return seek({ ...state, chat: addFetched(chat, message) }, message);
    case 'statusChanged':
      return { ...state, chat: changeStatus(chat, message.status) };
    case 'attachmentsChanged':
      return settleArriving(
        { ...state, chat: changeAttachments(chat, message.attachments) },
        message.attachments,
      );
    case 'wishSettled':
      return settleWish(state, message);
    case 'askRefused':
      return putBack(state, message);
    case 'noticeShown':
      return addNotice(state, message.sentence);
    case 'quoteChanged':
      if (message.conversation !== chat.conversation.id) return state;
      return { ...state, chat: { ...chat, quote: hostQuote(message) } };
    case 'budgetReached':
      return { ...state, budget: { sentence: message.sentence, ofDraft: message.ofDraft } };
    case 'selectionOffered':
      return { ...state, chat: { ...chat, offer: message.offer } };
    case 'imageShrinkAsked':
    case 'imageOffered':
    case 'imageTaken':
    case 'imageRefused':
    case 'imageRead':
    case 'mentionsFound':
    case 'pasteAsked':
      return state;
    case 'textSuggested':
      return suggest(state, message.text);
    case 'draftAsked':
      return { ...state, draftAsks: state.draftAsks + 1 };
    case 'focusAsked':
      return { ...state, focusRequests: state.focusRequests + 1 };
    default:
      return unchanged(state, message);
  }
}

function applyEvents(state: PageState, chat: OpenChat, message: Message<'events'>): PageState {
  if (message.conversation !== chat.conversation.id) return askAnew(state);
  const { events } = message;
  const conversation = reduceAll(chat.conversation, events);
  if (missesTurn(conversation, message)) return askAnew(state);
  const first = conversation.turns[0];
  const older = first && first.parent === null ? 0 : chat.older;
  const next = { ...chat, conversation, older };
  const told: PageState = {
    ...state,
    ended: endedIn(events) ?? state.ended,
    budget: events.some(({ type }) => type === 'turnAdded') ? undefined : state.budget,
    instructions: state.instructions === conversation.instructions ? undefined : state.instructions,
    chat: events.some(({ type }) => CHANGES_PROMPT.has(type)) ? outdated(next) : next,
  };
  return settleEditing(told, chat.conversation);
}

/** What makes the next request another one than the host has counted. */
const CHANGES_PROMPT: ReadonlySet<ChatEvent['type']> = new Set([
  'turnAdded',
  'turnEnded',
  'requestRepaired',
  'compactionDecided',
  'instructionsChanged',
]);

/** The quote stays on the page as an estimate until the host has counted anew. */
function outdated(chat: OpenChat): OpenChat {
  return chat.quote?.current ? { ...chat, quote: { ...chat.quote, current: false } } : chat;
}

/** What is only said of attachments changes nothing in the request. */
function changeAttachments(chat: OpenChat, attachments: OpenChat['attachments']): OpenChat {
  const isSame =
    attachments.length === chat.attachments.length &&
    attachments.every((attachment, at) => isSent(attachment, chat.attachments[at]));
  return isSame ? { ...chat, attachments } : outdated({ ...chat, attachments });
}

function isSent(one: ShownAttachment, other: ShownAttachment | undefined): boolean {
  if (one.id !== other?.id || one.tokens !== other.tokens) return false;
  return JSON.stringify(one.part) === JSON.stringify(other.part);
}

/** A wish of which nothing came holds back the question that waited for it: it was not meant to go without. */
function settleWish(state: PageState, { id, taken }: Message<'wishSettled'>): PageState {
  const isHere = collectingHere(state).some((wish) => wish.id === id);
  const next = endCollecting(state, id);
  return taken === 0 && isHere ? stopWaiting(next) : next;
}

/** Nobody knows what became of wishes that were under way: the host may be another one. */
function endAllCollecting(state: PageState): PageState {
  if (state.collecting.length === 0) return state;
  const next = { ...state, collecting: [] };
  return collectingHere(state).length === 0 ? next : stopWaiting(next);
}

function changeStatus(chat: OpenChat, status: ChatStatus): OpenChat {
  const { modelId, effort, thinking } = chat.status;
  const same = status.modelId === modelId && status.effort === effort && status.thinking === thinking;
  return same ? { ...chat, status } : outdated({ ...chat, status });
}

function endedIn(events: readonly ChatEvent[]): string | undefined {
  const last = events.findLast(({ type }) => type === 'turnEnded' || type === 'compactionEnded');
  if (last?.type === 'turnEnded') return last.turn;
  return last?.type === 'compactionEnded' ? last.compaction : undefined;
}

/**
 * A question that is no longer there, because another took its place, is no longer being changed. One that may stand among
 * the turns that are not on the page still is.
 */
function settleEditing(state: PageState, before?: Conversation): PageState {
  const { editing, chat } = state;
  if (!editing || !chat || findTurn(chat.conversation, editing.turn)) return state;
  const wasHere = before !== undefined && findTurn(before, editing.turn) !== undefined;
  return wasHere || (chat.older === 0 && !chat.gap) ? { ...state, editing: undefined } : state;
}

/** A branch that starts before the turns shown here cannot be followed with what the page has. */
function missesTurn({ turns }: Conversation, { events }: Message<'events'>): boolean {
  return events.some((event) => {
    if (event.type !== 'turnAdded') return false;
    const at = turns.findLastIndex((turn) => turn.id === event.turn.id);
    return at >= 0 && (turns[at - 1]?.id ?? null) !== event.turn.parent;
  });
}

function addFetched(chat: OpenChat, message: Message<'olderTurns' | 'turnAsked'>): OpenChat {
  if (message.conversation !== chat.conversation.id) return chat;
  return withFetched(chat, message.turns, message.older);
}

/** What was typed since then stays below the text that comes back. */
function putBack(state: PageState, message: Message<'askRefused'>): PageState {
  const since = state.draft.text;
  const text = since.trim() === '' ? message.text : `${message.text}\n\n${since}`;
  return {
    ...state,
    draft: nextDraft(state, text, text.length),
    draftRevision: state.draftRevision + 1,
    mentioning: undefined,
    refusal: message.sentence,
  };
}

/** Words of a command never touch what the reader has written. */
function suggest(state: PageState, text: string): PageState {
  if (state.draft.text.trim() !== '') return state;
  return { ...state, draft: nextDraft(state, text, text.length), draftRevision: state.draftRevision + 1 };
}

function unchanged(state: PageState, _message: never): PageState {
  return state;
}
