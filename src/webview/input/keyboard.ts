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

/** The key code of a key that an input method has taken; Safari sends it after composing has ended. */
const INPUT_METHOD = 229;
