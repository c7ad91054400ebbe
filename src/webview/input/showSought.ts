import type { Translate } from '../../core/failure.ts';
import type { PageState, Sought } from '../state.ts';
import type { Reading } from './reading.ts';

/** What showing a turn needs of the page. */
export interface SoughtGround {
  readonly root: HTMLElement;
  readonly window: Window;
  readonly reading: Pick<Reading, 'goTo'>;
  readonly t: Translate;
  /** Has a screen reader say a sentence. */
  say(sentence: string): void;
}

/**
 * Brings a turn that was sought to the top of the view, with the focus in it and lit up for a moment; to be called after each
 * render. Each search is answered once, so that the reader is free to leave.
 */
export function createShowSought({
  root,
  window,
  reading,
  t,
  say,
}: SoughtGround): (state: PageState) => void {
  let shown: Sought | undefined;
  let lit: HTMLElement | undefined;
  let timer: ReturnType<Window['setTimeout']> | undefined;

  function light(turn: HTMLElement): void {
    dim();
    lit = turn;
    turn.dataset.found = '';
    timer = window.setTimeout(dim, LIT_FOR);
  }

  function dim(): void {
    window.clearTimeout(timer);
    if (lit) delete lit.dataset.found;
    lit = undefined;
  }

  return ({ sought, chat }) => {
    if (sought === shown || !chat) return;
    shown = sought;
    const turn = sought && turnIn(root, sought.turn);
    if (!turn) return dim();
    turn.tabIndex = -1;
    turn.focus({ preventScroll: true });
    reading.goTo(turn);
    light(turn);
    say(turn.classList.contains('question') ? t('Found in your question') : t("Found in Claude's answer"));
  };
}

/** In ms. */
const LIT_FOR = 4_000;

function turnIn(root: HTMLElement, id: string): HTMLElement | undefined {
  return [...root.querySelectorAll<HTMLElement>('[data-turn]')].find(({ dataset }) => dataset.turn === id);
}
