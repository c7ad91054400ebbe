import type { PageState } from '../state.ts';
import { textBoxIn } from './textBox.ts';

/**
 * Brings the focus into a question that is to be changed, and back to where it came from; to be called after
 * each render. What was open already when the page was loaded does not take the focus.
 */
export function createFocusEditing(root: HTMLElement): (state: PageState) => void {
  let shown = false;
  let before: string | undefined;
  return ({ editing, chat }) => {
    if (!chat) return;
    const now = editing?.turn;
    if (shown && now !== before) {
      const button = [...root.querySelectorAll<HTMLElement>('[data-edits]')].find(
        (element) => element.dataset.edits === before,
      );
      const target =
        now === undefined ? (button ?? textBoxIn(root)) : root.querySelector<HTMLElement>('.edit-box');
      target?.focus();
    }
    before = now;
    shown = true;
  };
}
