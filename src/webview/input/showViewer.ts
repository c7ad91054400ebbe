import type { PageState } from '../state.ts';
import { textBoxIn } from './textBox.ts';

/**
 * Opens the viewer as a modal dialog once it is drawn, and in the end brings the focus back to where it came from.
 * To be called around each render.
 */
export function createShowViewer(root: HTMLElement): {
  before(state: PageState): void;
  after(state: PageState): void;
} {
  let from: Element | null = null;
  let isShown = false;
  return {
    before: ({ viewing }) => {
      if (viewing && !isShown) from = root.ownerDocument.activeElement;
      // A dialog that is taken away while it is open leaves the page inert for a moment.
      if (!viewing && isShown) root.querySelector<HTMLDialogElement>('dialog.viewer')?.close();
    },
    after: ({ viewing }) => {
      if (!viewing && !isShown) return;
      const dialog = root.querySelector<HTMLDialogElement>('dialog.viewer');
      if (dialog && !dialog.open) dialog.showModal();
      if (!dialog && isShown) focusOn(from?.isConnected ? from : textBoxIn(root));
      isShown = dialog !== null;
    },
  };
}

function focusOn(element: Element | undefined): void {
  (element as HTMLElement | undefined)?.focus?.();
}
