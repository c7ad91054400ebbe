import type { Place } from '../memory.ts';
import type { OpenChat, PageState } from '../state.ts';

/** Keeps what the reader looks at in its place. Scrolling belongs to the reader. */
export interface Reading {
  /** To be called before a render; gives what is to be called after it. */
  hold(next: PageState): () => void;
  /** Where the reader is, or undefined when nothing is shown. */
  place(state: PageState): Place | undefined;
  /** Brings the reader back to where `place` said. */
  restore(place: Place): void;
  /** Brings a turn to the top of the view, and keeps it there while what is around it is laid out. */
  goTo(turn: HTMLElement): void;
  /** Goes to the newest line when the view follows it. */
  pin(following: boolean): void;
}

/** `onFollow` hears when the reader leaves the newest line, or comes back to it. */
export function createReading(
  root: HTMLElement,
  window: Window & typeof globalThis,
  onFollow: (following: boolean) => void,
  signal: AbortSignal,
): Reading {
  const scroller = (): HTMLElement | null => root.querySelector<HTMLElement>('.transcript');
  let top = 0;
  let settling: AbortController | undefined;
  const scrolled = (event: Event): void => {
    const view = scroller();
    if (!view || event.target !== view) return;
    const before = top;
    top = view.scrollTop;
    if (atEnd(view)) onFollow(true);
    else if (top < before - 1) onFollow(false);
  };
  // What the reader opens must not slide away under the next line of an answer.
  const opening = (event: Event): void => {
    if (event.target instanceof window.Element && event.target.closest('summary')) onFollow(false);
  };
  const toggled = (): void => {
    const view = scroller();
    if (view) onFollow(atEnd(view));
  };
  root.addEventListener('scroll', scrolled, { capture: true, passive: true, signal });
  root.addEventListener('click', opening, { signal });
  root.addEventListener('toggle', toggled, { capture: true, signal });
  const pin = (following: boolean): void => {
    const view = scroller();
    if (!view || !following) return;
    settling?.abort();
    view.scrollTop = view.scrollHeight;
  };
  return {
    pin,
    hold: (next) => {
      const view = scroller();
      const release = view ? holdFirst(view, next) : undefined;
      return () => (release ? release() : pin(next.following));
    },
    place: (state) => placeIn(scroller(), state),
    restore: (place) => goTo(scroller(), place),
    goTo: (turn) => {
      settling?.abort();
      const stop = new window.AbortController();
      settling = stop;
      const moved = (): void => stop.abort();
      for (const type of ['wheel', 'pointerdown', 'keydown'])
        root.addEventListener(type, moved, { passive: true, signal: stop.signal });
      let frames = FRAMES;
      const settle = (): void => {
        const view = scroller();
        if (!view || stop.signal.aborted) return;
        bringToTop(view, turn);
        if (atEnd(view)) onFollow(true);
        frames -= 1;
        if (frames > 0) window.requestAnimationFrame(settle);
        else moved();
      };
      settle();
    },
  };
}

/** Pixels from the end that still count as the end. */
const NEAR = 24;

function atEnd(view: HTMLElement): boolean {
  return view.scrollHeight - view.scrollTop - view.clientHeight <= NEAR;
}

/** What comes into view is laid out then, and may push away what was brought there. */
const FRAMES = 5;

/** In px. */
const ROOM_ABOVE = 12;

function bringToTop(view: HTMLElement, turn: HTMLElement): void {
  view.scrollTop += turn.getBoundingClientRect().top - view.getBoundingClientRect().top - ROOM_ABOVE;
}

/** When older turns come in above a turn, it stays where it is. */
function holdFirst(view: HTMLElement, next: PageState): (() => void) | undefined {
  const held = next.chat && !next.following ? pushedTurn(view, next.chat) : undefined;
  if (!held) return undefined;
  const before = held.getBoundingClientRect().top;
  return () => {
    view.scrollTop += held.getBoundingClientRect().top - before;
  };
}

/** The first turn, or the one below a gap, where others are to stand above it that do not yet. */
function pushedTurn(view: HTMLElement, { conversation: { turns }, gap }: OpenChat): HTMLElement | undefined {
  const isPushed = (turn: HTMLElement, at: number): boolean =>
    turns[at]?.id !== turn.dataset.turn && turns.some(({ id }) => id === turn.dataset.turn);
  const first = view.querySelector<HTMLElement>('[data-turn]');
  if (!first || isPushed(first, 0)) return first ?? undefined;
  const missing = gap && view.querySelector('.gap');
  const above = missing?.previousElementSibling?.querySelector<HTMLElement>('[data-turn]:last-of-type');
  const below = missing?.nextElementSibling?.querySelector<HTMLElement>('[data-turn]');
  if (!gap || !below || turns[gap.at - 1]?.id !== above?.dataset.turn) return undefined;
  return isPushed(below, gap.at) ? below : undefined;
}

function placeIn(view: HTMLElement | null, { chat }: PageState): Place | undefined {
  if (!view || !chat) return undefined;
  const { left, top } = view.getBoundingClientRect();
  const hit = view.ownerDocument.elementFromPoint?.(left + 16, top + 4)?.closest<HTMLElement>('[data-turn]');
  const turn = hit ?? view.querySelector<HTMLElement>('[data-turn]');
  if (!turn?.dataset.turn) return undefined;
  const above = top - turn.getBoundingClientRect().top;
  return { conversation: chat.conversation.id, turn: turn.dataset.turn, above };
}

function goTo(view: HTMLElement | null, place: Place): void {
  const turns = view?.querySelectorAll<HTMLElement>('[data-turn]') ?? [];
  const turn = [...turns].find((element) => element.dataset.turn === place.turn);
  if (!view || !turn) return;
  view.scrollTop += turn.getBoundingClientRect().top - view.getBoundingClientRect().top + place.above;
}
