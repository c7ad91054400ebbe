import { type DraftText, type Editing, keepDraft, type PageState } from './state.ts';

/** Where the reader was: a turn and how far its top lay above the top of the view, in CSS pixels. */
export interface Place {
  readonly conversation: string;
  readonly turn: string;
  readonly above: number;
}

/** What the page keeps for itself while it is hidden or reloaded. */
export interface Memory {
  readonly drafts: ReadonlyMap<string, DraftText>;
  readonly open: ReadonlySet<string>;
  readonly putOff: ReadonlyMap<string, number>;
  readonly editing?: Editing;
  /** Absent when the view followed the newest line. */
  readonly place?: Place;
}

/** Reads what `remember` wrote. Whatever does not fit is left out. */
export function recall(saved: unknown): Memory {
  const { drafts, open, putOff, editing, place } = isRecord(saved) ? saved : {};
  return {
    putOff: new Map(Array.isArray(putOff) ? putOff.filter(isPutOffEntry) : []),
    ...(isEditing(editing) ? { editing: { conversation: '', ...editing } } : {}),
    drafts: new Map(Array.isArray(drafts) ? drafts.filter(isDraftEntry).map(withRevision) : []),
    open: new Set(Array.isArray(open) ? open.filter((key) => typeof key === 'string') : []),
    ...(isPlace(place) ? { place } : {}),
  };
}

/** A value that survives JSON; bounded, because it is written while the user types. */
export function remember(state: PageState, place: Place | undefined): unknown {
  return {
    drafts: [...keepDraft(state)].slice(-MOST_DRAFTS),
    open: [...state.open].slice(-MOST_OPEN),
    putOff: [...state.putOff].slice(-MOST_OPEN),
    ...(state.editing ? { editing: state.editing } : {}),
    ...(place && !state.following ? { place } : {}),
  };
}

const MOST_DRAFTS = 8;
const MOST_OPEN = 200;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** What an older page kept counts where the host has nothing. */
function withRevision([id, draft]: [string, KeptDraft]): [string, DraftText] {
  const { text, caret, revision } = draft;
  return [id, { text, caret, revision: typeof revision === 'number' ? revision : 1 }];
}

type KeptDraft = Omit<DraftText, 'revision'> & { readonly revision?: unknown };

function isDraftEntry(entry: unknown): entry is [string, KeptDraft] {
  if (!Array.isArray(entry)) return false;
  const [id, draft] = entry;
  return (
    typeof id === 'string' &&
    isRecord(draft) &&
    typeof draft.text === 'string' &&
    typeof draft.caret === 'number'
  );
}

function isPutOffEntry(entry: unknown): entry is [string, number] {
  return Array.isArray(entry) && typeof entry[0] === 'string' && typeof entry[1] === 'number';
}

/** An older page did not keep the conversation: it is the one that has the turn. */
function isEditing(value: unknown): value is Omit<Editing, 'conversation'> & Partial<Editing> {
  if (!isRecord(value) || !['string', 'undefined'].includes(typeof value.conversation)) return false;
  return typeof value.turn === 'string' && typeof value.text === 'string';
}

function isPlace(value: unknown): value is Place {
  return (
    isRecord(value) &&
    typeof value.conversation === 'string' &&
    typeof value.turn === 'string' &&
    typeof value.above === 'number'
  );
}
