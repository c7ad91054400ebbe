import type { SelectionOffer, ShownAttachment } from '../core/attaching.ts';
import { type Conversation, findTurn, streamingTurn, type UserTurn } from '../core/conversation/model.ts';
import type { ChatStatus, Unfinished } from '../core/protocol.ts';
import type { Arriving } from './attaching/arriving.ts';
import type { Collecting } from './attaching/collecting.ts';
import type { Mentioning } from './attaching/mentioning.ts';
import type { Viewing } from './attaching/viewing.ts';
import type { Memory, Place } from './memory.ts';
import type { HostQuote } from './quoting.ts';

/** The text that is being written. `caret` counts UTF-16 units; `revision` grows with every change. */
export interface DraftText {
  readonly text: string;
  readonly caret: number;
  readonly revision: number;
}

/** A question that is being changed where it stands. */
export interface Editing {
  readonly conversation: string;
  readonly turn: string;
  readonly text: string;
}

/** A request that a budget has stopped, and whether it was that of the draft. */
export interface BudgetStop {
  readonly sentence: string;
  readonly ofDraft: boolean;
}

/** A sentence of the host that stays until it is dismissed. */
export interface Notice {
  readonly id: string;
  readonly sentence: string;
}

/** What the host has told: a projection of the truth, never more. */
export interface OpenChat {
  readonly conversation: Conversation;
  /** Another window writes the conversation. */
  readonly readOnly: boolean;
  /** How many turns lie before the first one here. */
  readonly older: number;
  /** Where turns are missing between those that are here. */
  readonly gap?: Gap;
  readonly status: ChatStatus;
  readonly attachments: readonly ShownAttachment[];
  /** The selection of the active editor, while it is offered. */
  readonly offer: SelectionOffer | null;
  /** The draft as the snapshot brought it; it need not go back. */
  readonly hostDraft: DraftText;
  /** Absent until the host has said what the draft costs. */
  readonly quote?: HostQuote;
}

/** Turns that have not been fetched. */
export interface Gap {
  /** The index, among the turns here, of the one that follows them. */
  readonly at: number;
  readonly count: number;
}

/** A turn that is to be brought before the reader's eyes. Asked for again, it is another object. */
export interface Sought {
  readonly turn: string;
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
  /** Grows when the host misses the whole text of the draft. */
  readonly draftAsks: number;
  /** Unsent texts by conversation, the most recent last. */
  readonly drafts: ReadonlyMap<string, DraftText>;
  /** Keys of what the reader has opened. */
  readonly open: ReadonlySet<string>;
  /** True while the view sticks to the newest line. */
  readonly following: boolean;
  readonly notices: readonly Notice[];
  /** Why the last question was not taken by the host; empty when it was. */
  readonly refusal: string;
  readonly budget: BudgetStop | undefined;
  /** Pictures on their way to the host, of any conversation; the oldest first. */
  readonly arriving: readonly Arriving[];
  /** What the host is collecting to attach, for any conversation; the oldest first. */
  readonly collecting: readonly Collecting[];
  /** True while the question waits for these and goes when they are attached. */
  readonly waiting: boolean;
  /** The `@` at the caret, while there is one. */
  readonly mentioning: Mentioning | undefined;
  /** The picture that is looked at. */
  readonly viewing: Viewing | undefined;
  /** True while something that can be attached is dragged over the page. */
  readonly dragging: boolean;
  readonly editing: Editing | undefined;
  /** Instructions of the conversation that the host has not taken yet. */
  readonly instructions: string | undefined;
  /** How full the context window was (0 to 1) when the offer to summarize was put off, by conversation. */
  readonly putOff: ReadonlyMap<string, number>;
  /** One quiet line about the composer; empty when there is nothing to say. */
  readonly hint: string;
  readonly focusRequests: number;
  /** Id of the answer or summary that ended last while the page watched. */
  readonly ended: string | undefined;
  /** What a screen reader is to say next about something the reader did. */
  readonly said: string;
  /** Where the reader was when the page was last shown. */
  readonly place: Place | undefined;
  readonly sought: Sought | undefined;
}

/** The state of a page that has just been loaded, with what it kept from before. */
export function initialState(kept: Memory): PageState {
  return {
    phase: 'waiting',
    asks: 1,
    seq: 0,
    chat: undefined,
    draft: NO_DRAFT,
    draftRevision: 0,
    draftAsks: 0,
    notices: [],
    refusal: '',
    budget: undefined,
    arriving: [],
    collecting: [],
    waiting: false,
    mentioning: undefined,
    viewing: undefined,
    dragging: false,
    instructions: undefined,
    hint: '',
    focusRequests: 0,
    ended: undefined,
    said: '',
    following: true,
    editing: undefined,
    place: undefined,
    sought: undefined,
    ...kept,
  };
}

/** True while an answer is arriving. */
export function isStreaming(state: PageState): boolean {
  return state.chat !== undefined && streamingTurn(state.chat.conversation) !== undefined;
}

/** The text of a question as it was typed; undefined when the question is not here. */
export function questionText({ chat }: PageState, id: string): string | undefined {
  const turn = chat && findTurn(chat.conversation, id);
  if (turn?.role !== 'user') return undefined;
  return textOfQuestion(turn);
}

export function textOfQuestion({ parts }: UserTurn): string {
  return parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
}

/** The unsent texts including the one in the text box. */
export function keepDraft(state: PageState): ReadonlyMap<string, DraftText> {
  if (!state.chat) return state.drafts;
  const drafts = new Map(state.drafts);
  drafts.delete(state.chat.conversation.id);
  if (state.draft.text !== '') drafts.set(state.chat.conversation.id, state.draft);
  return drafts;
}

/** The draft with another text or caret, as a newer one. */
export function nextDraft({ draft }: PageState, text: string, caret: number): DraftText {
  return { text, caret, revision: draft.revision + 1 };
}

/** What is being written beside the question and has not been taken yet. */
export function unfinishedIn({ editing, instructions }: PageState): Unfinished {
  const edited = editing && { turn: editing.turn, text: editing.text };
  return { editing: edited ?? null, instructions: instructions ?? null };
}

const NO_DRAFT: DraftText = { text: '', caret: 0, revision: 0 };
