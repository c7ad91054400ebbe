import { emptyConversation, reduceAll } from '../core/conversation/events.ts';
import { type Conversation, streamingTurn } from '../core/conversation/model.ts';
import { type ChatStatus, type DraftAttachment, PROTOCOL_VERSION, type ToView } from '../core/protocol.ts';
import type { Place } from './memory.ts';

/** The text that is being written. `caret` counts UTF-16 units. */
export interface DraftText {
  readonly text: string;
  readonly caret: number;
}

/** A sentence of the host that stays until it is dismissed. */
export interface Notice {
  readonly id: string;
  readonly sentence: string;
}

/** What the host has told: a projection of the truth, never more. */
export interface OpenChat {
  readonly conversation: Conversation;
  /** How many turns lie before the first one here. */
  readonly older: number;
  readonly status: ChatStatus;
  readonly attachments: readonly DraftAttachment[];
  /** The draft as the snapshot brought it; it need not go back. */
  readonly hostDraft: DraftText;
}

/** Everything the page shows is a function of this. */
export interface PageState {
  /** `waiting` for a snapshot, `live`, or `outdated`: the host speaks another version. */
  readonly phase: 'waiting' | 'live' | 'outdated';
  /** How often a snapshot had to be asked for; `ready` goes up whenever this grows. */
  readonly asks: number;
  readonly seq: number;
  readonly chat: OpenChat | undefined;
  readonly draft: DraftText;
  /** Grows when the text box must take over `draft` instead of giving it. */
  readonly draftRevision: number;
  /** Unsent texts by conversation, the most recent last. */
  readonly drafts: ReadonlyMap<string, DraftText>;
  /** Keys of what the reader has opened. */
  readonly open: ReadonlySet<string>;
  /** True while the view sticks to the newest line. */
  readonly following: boolean;
  readonly notices: readonly Notice[];
  /** Why the last question was not taken by the host; empty when it was. */
  readonly refusal: string;
  /** One quiet line about the composer; empty when there is nothing to say. */
  readonly hint: string;
  readonly focusRequests: number;
  /** Id of the answer that ended last while the page watched. */
  readonly ended: string | undefined;
  /** What a screen reader is to say next about something the reader did. */
  readonly said: string;
  /** Where the reader was when the page was last shown. */
  readonly place: Place | undefined;
}

/** The state of a page that has just been loaded, with what it kept from before. */
export function initialState(kept: Pick<PageState, 'drafts' | 'open' | 'place'>): PageState {
  return {
    phase: 'waiting',
    asks: 1,
    seq: 0,
    chat: undefined,
    draft: NO_DRAFT,
    draftRevision: 0,
    notices: [],
    refusal: '',
    hint: '',
    focusRequests: 0,
    ended: undefined,
    said: '',
    following: true,
    ...kept,
  };
}

/** What a message makes of the state. Pure; messages that do not fit lead to asking for a snapshot. */
export function apply(state: PageState, message: ToView): PageState {
  if (message.type === 'snapshot') return takeSnapshot(state, message);
  if (state.phase !== 'live' || !state.chat) return state;
  if (message.seq !== state.seq + 1) return askAnew(state);
  return applyNext({ ...state, seq: message.seq }, state.chat, message);
}

/** True while an answer is arriving. */
export function isStreaming(state: PageState): boolean {
  return state.chat !== undefined && streamingTurn(state.chat.conversation) !== undefined;
}

type Message<T extends ToView['type']> = Extract<ToView, { type: T }>;

const NO_DRAFT: DraftText = { text: '', caret: 0 };

function askAnew(state: PageState): PageState {
  return { ...state, phase: 'waiting', asks: state.asks + 1 };
}

function takeSnapshot(state: PageState, message: Message<'snapshot'>): PageState {
  if (message.version !== PROTOCOL_VERSION) return outdated(state);
  const { older, ...told } = message.conversation;
  const conversation = { ...emptyConversation(told.id, told.createdAt), ...told };
  const { attachments, ...hostDraft } = message.draft;
  const moved = changeDraftOwner(state, told.id, hostDraft);
  return {
    ...moved,
    phase: 'live',
    seq: message.seq,
    chat: { conversation, older, status: message.status, attachments, hostDraft },
  };
}

/** The host gives a page of another version a new document; asked twice it would never end. */
function outdated(state: PageState): PageState {
  return state.phase === 'outdated' ? state : { ...state, phase: 'outdated', asks: state.asks + 1 };
}

/** The same conversation keeps what stands in the text box; another one brings its own text. */
function changeDraftOwner(state: PageState, id: string, hostDraft: DraftText): PageState {
  const before = state.chat?.conversation.id;
  if (before === id) return state;
  const drafts = keepDraft(state);
  const own = drafts.get(id);
  return {
    ...state,
    drafts,
    draft: own && own.text !== '' ? own : hostDraft,
    draftRevision: state.draftRevision + 1,
    following: before !== undefined || state.place?.conversation !== id,
    refusal: '',
    hint: '',
    ended: undefined,
  };
}

/** The unsent texts including the one in the text box. */
export function keepDraft(state: PageState): ReadonlyMap<string, DraftText> {
  if (!state.chat) return state.drafts;
  const drafts = new Map(state.drafts);
  drafts.delete(state.chat.conversation.id);
  if (state.draft.text !== '') drafts.set(state.chat.conversation.id, state.draft);
  return drafts;
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
      return { ...state, chat: addOlder(chat, message) };
    case 'statusChanged':
      return { ...state, chat: { ...chat, status: message.status } };
    case 'attachmentsChanged':
      return { ...state, chat: { ...chat, attachments: message.attachments } };
    case 'askRefused':
      return putBack(state, message);
    case 'noticeShown':
      return addNotice(state, message.sentence);
    case 'focusAsked':
      return { ...state, focusRequests: state.focusRequests + 1 };
    default:
      return unchanged(state, message);
  }
}

function applyEvents(state: PageState, chat: OpenChat, message: Message<'events'>): PageState {
  if (message.conversation !== chat.conversation.id) return askAnew(state);
  const conversation = reduceAll(chat.conversation, message.events);
  if (missesTurn(conversation, message)) return askAnew(state);
  const ended = message.events.findLast((event) => event.type === 'turnEnded')?.turn ?? state.ended;
  const first = conversation.turns[0];
  const older = first && first.parent === null ? 0 : chat.older;
  return { ...state, ended, chat: { ...chat, conversation, older } };
}

/** A branch that starts before the turns shown here cannot be followed with what the page has. */
function missesTurn({ turns }: Conversation, { events }: Message<'events'>): boolean {
  return events.some((event) => {
    if (event.type !== 'turnAdded') return false;
    const at = turns.findLastIndex((turn) => turn.id === event.turn.id);
    return at >= 0 && (turns[at - 1]?.id ?? null) !== event.turn.parent;
  });
}

function addOlder(chat: OpenChat, message: Message<'olderTurns'>): OpenChat {
  if (message.conversation !== chat.conversation.id) return chat;
  const known = new Set(chat.conversation.turns.map((turn) => turn.id));
  const turns = [...message.turns.filter((turn) => !known.has(turn.id)), ...chat.conversation.turns];
  return { ...chat, conversation: { ...chat.conversation, turns }, older: message.older };
}

/** What was typed since then stays below the text that comes back. */
function putBack(state: PageState, message: Message<'askRefused'>): PageState {
  const since = state.draft.text;
  const text = since.trim() === '' ? message.text : `${message.text}\n\n${since}`;
  return {
    ...state,
    draft: { text, caret: text.length },
    draftRevision: state.draftRevision + 1,
    refusal: message.sentence,
  };
}

function addNotice(state: PageState, sentence: string): PageState {
  const others = state.notices.filter((notice) => notice.sentence !== sentence);
  return { ...state, notices: [...others, { id: `${state.asks}.${state.seq}`, sentence }] };
}

function unchanged(state: PageState, _message: never): PageState {
  return state;
}
