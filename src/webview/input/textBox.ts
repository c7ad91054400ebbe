import type { PageState } from '../state.ts';

/** Brings text and focus into the text box when the state asks for it; to be called after each render. */
export type FillTextBox = (state: PageState) => void;

export function createFillTextBox(root: HTMLElement): FillTextBox {
  let revision = 0;
  let focusRequests = 0;
  return (state) => {
    if (state.draftRevision === revision && state.focusRequests === focusRequests) return;
    const box = textBoxIn(root);
    if (!box) return;
    if (state.draftRevision !== revision) {
      revision = state.draftRevision;
      fill(box, state);
    }
    if (state.focusRequests !== focusRequests) {
      focusRequests = state.focusRequests;
      box.focus();
    }
  };
}

/** Looked for only when needed: it stands behind all turns. */
export function textBoxIn(root: HTMLElement): HTMLTextAreaElement | undefined {
  return root.querySelector<HTMLTextAreaElement>('textarea.text-box') ?? undefined;
}

function fill(box: HTMLTextAreaElement, { draft }: PageState): void {
  if (box.value !== draft.text) box.value = draft.text;
  const caret = Math.min(draft.caret, draft.text.length);
  box.setSelectionRange(caret, caret);
}
