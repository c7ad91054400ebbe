import type { PageState } from '../state.ts';
import { textBoxIn } from './textBox.ts';

/**
 * Keeps the focus near when the button that had it goes away with its chip: on the chip that takes its place, else in
 * the text box. To be called around each render.
 */
export function createKeepChipFocus(root: HTMLElement): {
  before(): void;
  after(state: PageState): void;
} {
  const { ownerDocument: document } = root;
  let focused: Element | undefined;
  let place = 0;
  return {
    before: () => {
      const chip = document.activeElement?.closest('.composer .chip');
      focused = chip && root.contains(chip) ? (document.activeElement ?? undefined) : undefined;
      place = chip ? [...root.querySelectorAll('.draft-chips .chip')].indexOf(chip) : -1;
    },
    after: ({ viewing }) => {
      if (!focused || focused.isConnected || viewing) return;
      const chips = [...root.querySelectorAll<HTMLElement>('.draft-chips .chip')];
      // The offered selection stands in no list: after it comes the text box.
      const next = place < 0 ? undefined : (chips[place] ?? chips.at(-1));
      (next?.querySelector<HTMLElement>('[data-removes]') ?? textBoxIn(root))?.focus();
    },
  };
}
