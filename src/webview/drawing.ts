import { render } from 'lit-html';
import type { ToHost } from '../core/protocol.ts';
import { createFocusEditing } from './input/editBox.ts';
import type { Reading } from './input/reading.ts';
import { createFillTextBox } from './input/textBox.ts';
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
  let waiting = false;
  let shownBefore = false;
  const draw = (): void => {
    waiting = false;
    const state = store.now();
    const settle = reading.hold(state);
    try {
      render(chatView(state, tools), root);
    } catch (error) {
      send({ type: 'report', message: `The page could not be drawn: ${String(error)}` });
    }
    fillTextBox(state);
    focusEditing(state);
    if (!shownBefore && state.chat && state.place && !state.following) reading.restore(state.place);
    else settle();
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
