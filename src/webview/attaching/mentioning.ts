import type { Mention } from '../../core/attaching.ts';
import type { PageState } from '../state.ts';

/** The `@` before the caret, and what was found for the letters behind it. */
export interface Mentioning {
  /** Where the `@` stands and where its query ends, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly query: string;
  /** The newest finds; for an older query until the host has answered. Absent before the first. */
  readonly found?: { readonly query: string; readonly mentions: readonly Mention[] };
  readonly chosen: number;
  /** True when the reader has closed the list for this `@`. */
  readonly closed: boolean;
}

/** The longest query, in UTF-16 units. */
const LONGEST_QUERY = 100;

/**
 * The `@` whose query ends at the caret: at the start of a word, nothing but its query behind it. A quoted query
 * may have spaces.
 */
export function mentionAt(
  text: string,
  caret: number,
): Pick<Mentioning, 'start' | 'end' | 'query'> | undefined {
  const from = Math.max(0, caret - LONGEST_QUERY - 3);
  const match = /(?:^|[\s([{"'`])@("[^"\n@]*|[^\s"@]*)$/.exec(text.slice(from, caret));
  const word = match?.[1];
  if (word === undefined) return undefined;
  const start = caret - word.length - 1;
  const query = word.replace(/^"/, '');
  return query.length > LONGEST_QUERY ? undefined : { start, end: caret, query };
}

/** The text or the caret has moved. `opening` tells whether an `@` that was not followed yet is. */
export function followMention(state: PageState, text: string, caret: number, opening: boolean): PageState {
  const at = mentionAt(text, caret);
  const before = state.mentioning;
  if (!at || (!before && !opening)) return closeFully(state);
  if (before?.start === at.start) {
    if (before.query === at.query && before.end === at.end) return state;
    return { ...state, mentioning: { ...before, ...at } };
  }
  if (!opening) return closeFully(state);
  return { ...state, mentioning: { ...at, chosen: 0, closed: false } };
}

/** Takes finds; those for an older query come too late. */
export function takeMentions(state: PageState, query: string, mentions: readonly Mention[]): PageState {
  const { mentioning } = state;
  if (mentioning?.query !== query) return state;
  return { ...state, mentioning: { ...mentioning, found: { query, mentions }, chosen: 0 } };
}

/** What the list offers now, or undefined while it is not shown. */
export function offered({ mentioning }: PageState): readonly Mention[] | undefined {
  return mentioning && !mentioning.closed ? mentioning.found?.mentions : undefined;
}

/** True when the finds belong to what stands behind the `@` now. */
export function isCurrent({ mentioning }: PageState): boolean {
  return mentioning?.found !== undefined && mentioning.found.query === mentioning.query;
}

/** True while the `@` at the caret is followed, whether or not something was found. */
export function isFollowed({ mentioning }: PageState): boolean {
  return mentioning !== undefined && !mentioning.closed;
}

/** Goes up or down the list, around its ends. */
export function moveChoice(state: PageState, to: 'next' | 'previous' | 'first' | 'last'): PageState {
  const count = offered(state)?.length ?? 0;
  const { mentioning } = state;
  if (!mentioning || count === 0) return state;
  const { chosen } = mentioning;
  const places = {
    next: (chosen + 1) % count,
    previous: (chosen + count - 1) % count,
    first: 0,
    last: count - 1,
  };
  return { ...state, mentioning: { ...mentioning, chosen: places[to] } };
}

/** Closes the list; the same `@` does not open it again. */
export function closeMention(state: PageState): PageState {
  const { mentioning } = state;
  if (!mentioning || mentioning.closed) return state;
  return { ...state, mentioning: { ...mentioning, closed: true } };
}

/** There is no `@` at the caret any more. */
export function closeFully(state: PageState): PageState {
  return state.mentioning ? { ...state, mentioning: undefined } : state;
}
