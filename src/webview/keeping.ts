import type { ToHost } from '../core/protocol.ts';
import { moveCaret } from './changes.ts';
import type { Reading } from './input/reading.ts';
import { createPace, createRest } from './input/rest.ts';
import { createSendDraft } from './input/sendDraft.ts';
import { textBoxIn } from './input/textBox.ts';
import { remember } from './memory.ts';
import { type PageState, unfinishedIn } from './state.ts';
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
 * Keeps what is being written with the host, and the draft and the reading place with the page itself, within a moment and
 * also while somebody writes without a pause. A view that is hidden or moved ends without a word, so nothing may wait for
 * its end.
 */
export function startKeeping({ root, api, window, store, reading, signal, send }: KeepingGround): void {
  const { document } = window;
  const sendDraft = createSendDraft(send);
  const save = createPace(window, () => {
    const state = store.now();
    api.setState(remember(state, reading.place(state)));
  });
  const tellDraft = ({ chat, draft }: PageState): void => {
    if (chat) sendDraft(chat.conversation.id, draft);
  };
  const tellUnfinished = (state: PageState): void => {
    const conversation = state.chat?.conversation.id;
    if (conversation !== undefined) send({ type: 'changeUnfinished', conversation, ...unfinishedIn(state) });
  };
  const keepDraft = createPace(window, () => {
    tellDraft(store.now());
    save.start(isLong(store.now()) ? LONG_SAVE : 0);
  });
  const keepUnfinished = createPace(window, () => tellUnfinished(store.now()));
  const keepInstructions = createRest(window, () => {
    const { chat, instructions } = store.now();
    if (!chat || instructions === undefined) return;
    send({ type: 'changeInstructions', conversation: chat.conversation.id, text: instructions });
  });
  const move = (): void => {
    const box = textBoxIn(root);
    const { draft } = store.now();
    // The text box may still have to take over the text of another conversation.
    if (!box || box.selectionStart === draft.caret || box.value !== draft.text) return;
    store.change((now) => moveCaret(now, box.selectionStart));
  };
  const leave = (): void => {
    move();
    keepDraft.flush();
    keepUnfinished.flush();
    keepInstructions.flush();
    save.start(0);
    save.flush();
  };
  store.watch((now, before) => {
    const isOther = now.chat?.conversation.id !== before.chat?.conversation.id;
    if (isOther) {
      // What waits goes to the conversation that it belongs to.
      if (keepDraft.drop()) tellDraft(before);
      if (keepUnfinished.drop()) tellUnfinished(before);
      keepInstructions.drop();
    }
    if (now.chat && now.chat.hostDraft !== before.chat?.hostDraft) {
      sendDraft.knows(now.chat.conversation.id, now.chat.hostDraft);
      if (now.draft.revision > now.chat.hostDraft.revision) keepDraft.start(SOON);
    }
    if (now.chat && now.draftAsks !== before.draftAsks) {
      sendDraft.knows(now.chat.conversation.id);
      keepDraft.start(0);
    }
    if (now.instructions !== undefined && (isOther || now.instructions !== before.instructions))
      keepInstructions.start(INSTRUCTIONS_REST);
    if (now.draft !== before.draft && now.draft !== now.chat?.hostDraft)
      keepDraft.start(now.draft.text === '' ? 0 : SOON);
    const isWritten = now.editing !== before.editing || now.instructions !== before.instructions;
    if (isWritten && (!isOther || now.editing)) keepUnfinished.start(SOON);
    if (KEPT.some((key) => now[key] !== before[key])) save.start(SAVE);
  });
  root.addEventListener('scroll', () => save.start(SAVE), { capture: true, passive: true, signal });
  root.addEventListener('focusout', leave, { signal });
  document.addEventListener(
    'selectionchange',
    () => {
      if (document.activeElement === textBoxIn(root)) move();
    },
    { signal },
  );
  window.addEventListener('pagehide', leave, { signal });
}

const KEPT = ['open', 'following', 'putOff', 'editing'] as const;

/**
 * Milliseconds after the first change that is not kept; the host takes another moment to write it. An empty text is kept
 * at once: what was sent must not come back after a reload.
 */
const SOON = 80;
/** Milliseconds until the page keeps something for itself, which with a long text costs more. */
const SAVE = 150;
const LONG_SAVE = 1000;
const LONG_TEXT = 100_000;
/** Milliseconds of quiet; instructions are a fact on disk each time they are taken. */
const INSTRUCTIONS_REST = 800;

function isLong({ draft }: PageState): boolean {
  return draft.text.length > LONG_TEXT;
}
