import type { Settings } from '../../core/settings.ts';

/** What a key in the text box asks for. `ignore` swallows the key; undefined leaves it to the text box. */
export type KeyWish = 'send' | 'stop' | 'ignore' | undefined;

/** The part of a keyboard event that matters here. */
export type Key = Pick<
  KeyboardEvent,
  'key' | 'keyCode' | 'isComposing' | 'repeat' | 'shiftKey' | 'altKey' | 'ctrlKey' | 'metaKey'
>;

/** Keys of an input method belong to it alone, also Enter and Escape. */
export function wishOfKey(event: Key, sendKey: Settings['sendKey'], streaming: boolean): KeyWish {
  if (event.isComposing || event.keyCode === INPUT_METHOD) return undefined;
  if (event.key === 'Escape') return streaming ? 'stop' : undefined;
  if (event.key !== 'Enter' || event.shiftKey || event.altKey) return undefined;
  const withControl = event.ctrlKey || event.metaKey;
  if (sendKey === 'ctrlEnter' && !withControl) return undefined;
  return event.repeat ? 'ignore' : 'send';
}

/** Tab alone takes what is offered, but not from people whose screen reader moves by it. */
export function takesOffer(event: Key, { body }: Document): boolean {
  if (event.key !== 'Tab' || event.isComposing || event.keyCode === INPUT_METHOD || event.repeat)
    return false;
  if (event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return false;
  return !body.classList.contains('vscode-using-screen-reader');
}

/** The key code of a key that an input method has taken; Safari sends it after composing has ended. */
const INPUT_METHOD = 229;
