import type { Translate } from '../../core/failure.ts';
import type { ToHost } from '../../core/protocol.ts';

/** Copies a text and shows on the button, for a moment, that it has been done. */
export type Copy = (text: string, button: EventTarget | null) => void;

/** The host copies: a page may not always reach the clipboard. */
export function createCopy(
  window: Window,
  t: Translate,
  send: (wish: ToHost) => void,
  announce: (sentence: string) => void,
): Copy {
  return (text, button) => {
    send({ type: 'copy', text });
    announce(t('Copied'));
    const glyph = button && 'querySelector' in button ? (button as Element).querySelector('.codicon') : null;
    if (!glyph?.classList.replace('codicon-copy', 'codicon-check')) return;
    window.setTimeout(() => glyph.classList.replace('codicon-check', 'codicon-copy'), SHOWN_FOR);
  };
}

/** Milliseconds. */
const SHOWN_FOR = 1200;
