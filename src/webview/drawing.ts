import { render } from 'lit-html';
import type { ToHost } from '../core/protocol.ts';
import { say } from './changes.ts';
import { createKeepChipFocus } from './input/chipFocus.ts';
import { createFocusEditing } from './input/editBox.ts';
import type { Reading } from './input/reading.ts';
import { createShowSought } from './input/showSought.ts';
import { createShowViewer } from './input/showViewer.ts';
import { createFillTextBox } from './input/textBox.ts';
import type { PageState } from './state.ts';
import type { Store } from './store.ts';
import { chatView } from './view/chat.ts';
import type { Tools } from './view/tools.ts';

/** What drawing needs of the page. */
export interface DrawingGround {
  readonly root: HTMLElement;
  readonly window: Window;
  readonly store: Store;
  readonly reading: Reading;
  readonly tools: Tools;
  send(wish: ToHost): void;
  /** Called once, when a conversation has been drawn for the first time. */
  drawn(): void;
}

/** Shows every change of the state, once a frame however many there were. */
export function startDrawing({ root, window, store, reading, tools, send, drawn }: DrawingGround): void {
  const fillTextBox = createFillTextBox(root);
  const focusEditing = createFocusEditing(root);
  const showViewer = createShowViewer(root);
  const keepChipFocus = createKeepChipFocus(root);
  const showMention = createShowMention(root);
  const showSought = createShowSought({
    root,
    window,
    reading,
    t: tools.t,
    say: (sentence) => store.change((now) => say(now, sentence)),
  });
  const showNewChip = createShowNewChip(root);
  let waiting = false;
  let shownBefore = false;
  const draw = (): void => {
    waiting = false;
    const state = store.now();
    const settle = reading.hold(state);
    showViewer.before(state);
    keepChipFocus.before();
    try {
      render(chatView(state, tools), root);
    } catch (error) {
      send({ type: 'report', message: `The page could not be drawn: ${String(error)}` });
    }
    showViewer.after(state);
    showMention(state);
    showNewChip(state);
    keepChipFocus.after(state);
    fillTextBox(state);
    focusEditing(state);
    if (!shownBefore && state.chat && state.place && !state.following) reading.restore(state.place);
    else settle();
    showSought(state);
    if (shownBefore || !state.chat) return;
    shownBefore = true;
    drawn();
  };
  store.watch(() => {
    if (waiting) return;
    waiting = true;
    window.requestAnimationFrame(draw);
  });
}

/** Keeps the chosen entry of a long list in sight. */
function createShowMention(root: HTMLElement): (state: PageState) => void {
  let shown: PageState['mentioning'];
  return ({ mentioning }) => {
    if (mentioning === shown) return;
    shown = mentioning;
    root.querySelector('.mention[aria-selected="true"]')?.scrollIntoView?.({ block: 'nearest' });
  };
}

/** Brings what was attached last into sight, where the chips are too many to be shown at once. */
function createShowNewChip(root: HTMLElement): (state: PageState) => void {
  let before = 0;
  return ({ arriving, chat }) => {
    const count = arriving.length + (chat?.attachments.length ?? 0);
    if (count > before)
      root.querySelector('.draft-chips > ul > li:last-child')?.scrollIntoView?.({ block: 'nearest' });
    before = count;
  };
}
