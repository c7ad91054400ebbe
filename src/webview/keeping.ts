import type { ToHost } from '../core/protocol.ts';
import type { Reading } from './input/reading.ts';
import { createRest } from './input/rest.ts';
import { textBoxIn } from './input/textBox.ts';
import { remember } from './memory.ts';
import type { PageState } from './state.ts';
import type { Store } from './store.ts';
import type { PageApi } from './vscodeApi.ts';

/** What keeping needs of the page. */
export interface KeepingGround {
  readonly root: HTMLElement;
  readonly api: PageApi;
  readonly window: Window;
  readonly store: Store;
  readonly reading: Reading;
  readonly signal: AbortSignal;
  send(wish: ToHost): void;
}

/**
 * Keeps the draft and the instructions with the host, and the draft and the reading place with the page itself, as soon as the
 * reader rests. A view that is hidden or moved ends without a word, so nothing may wait for its end.
 */
export function startKeeping({ root, api, window, store, reading, signal, send }: KeepingGround): void {
  const save = createRest(window, () => {
    const state = store.now();
    api.setState(remember(state, reading.place(state)));
  });
  const keepDraft = createRest(window, () => {
    send({ type: 'changeDraft', ...store.now().draft });
    save.start(0);
  });
  const keepInstructions = createRest(window, () => {
    const { instructions } = store.now();
    if (instructions !== undefined) send({ type: 'changeInstructions', text: instructions });
  });
  const leave = (): void => {
    store.change((now) => withCaret(now, textBoxIn(root)?.selectionStart));
    keepDraft.flush();
    keepInstructions.flush();
    save.start(0);
    save.flush();
  };
  store.watch((now, before) => {
    // Another conversation's text must not be taken for this one's.
    if (now.chat?.conversation.id !== before.chat?.conversation.id) keepDraft.drop();
    if (now.instructions !== undefined && now.instructions !== before.instructions)
      keepInstructions.start(INSTRUCTIONS_REST);
    if (now.draft !== before.draft && now.draft !== now.chat?.hostDraft)
      keepDraft.start(restFor(now.draft.text));
    if (KEPT.some((key) => now[key] !== before[key])) save.start(REST);
  });
  root.addEventListener('scroll', () => save.start(REST), { capture: true, passive: true, signal });
  root.addEventListener('focusout', leave, { signal });
  window.addEventListener('pagehide', leave, { signal });
}

const KEPT = ['open', 'following', 'putOff', 'editing'] as const;

/** Milliseconds of quiet before something is kept; a long text costs more to keep. */
const REST = 150;
const LONG_REST = 1000;
/** Instructions are a fact on disk each time they are kept. */
const INSTRUCTIONS_REST = 800;
const LONG_TEXT = 100_000;

/** An empty text is kept at once: what was sent must not come back after a reload. */
function restFor(text: string): number {
  if (text === '') return 0;
  return text.length > LONG_TEXT ? LONG_REST : REST;
}

function withCaret(state: PageState, caret: number | undefined): PageState {
  if (!state.chat || caret === undefined || caret === state.draft.caret) return state;
  return { ...state, draft: { ...state.draft, caret } };
}
