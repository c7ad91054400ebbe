import type { Mention } from '../../core/attaching.ts';
import type { Translate } from '../../core/failure.ts';
import type { ToHost, ToView } from '../../core/protocol.ts';
import { hint } from '../changes.ts';
import { createRest } from '../input/rest.ts';
import { textBoxIn } from '../input/textBox.ts';
import { typeInto } from '../input/typing.ts';
import type { Store } from '../store.ts';
import type { Collect } from './collecting.ts';
import {
  closeFully,
  closeMention,
  followMention,
  isCurrent,
  isFollowed,
  type Mentioning,
  moveChoice,
  offered,
  takeMentions,
} from './mentioning.ts';

/** What is offered behind an `@` in the text box, and what becomes of it. */
export interface Mentions {
  /** The text or the caret has moved; `opening` when a letter was typed. */
  follow(box: HTMLTextAreaElement, opening: boolean): void;
  /** True when the key was meant for the list, and is done with. */
  press(event: KeyboardEvent): boolean;
  /** Chooses an entry of the list by its place. */
  choose(at: number): void;
  /** Pins the file or folder at a place of the list to the context; the `@` and its query leave the text. */
  pin(at: number): void;
  /** Finds that are still wanted. */
  take(message: Extract<ToView, { type: 'mentionsFound' }>): void;
  close(): void;
}

export interface MentionsGround {
  readonly root: HTMLElement;
  readonly window: Window;
  readonly store: Store;
  readonly collect: Collect;
  readonly t: Translate;
  send(wish: ToHost): void;
}

/** Ms of quiet before the host is asked. */
const REST = 60;

export function createMentions({ root, window, store, collect, t, send }: MentionsGround): Mentions {
  const find = createRest(window, () => {
    const { mentioning } = store.now();
    if (mentioning && !mentioning.closed) send({ type: 'findMentions', query: mentioning.query });
  });
  const entryAt = (at: number): Entry | undefined => {
    const { mentioning } = store.now();
    const mention = offered(store.now())?.[at];
    const box = textBoxIn(root);
    // An older list has names that the host may have given to other things since.
    return mentioning && mention && box && isCurrent(store.now()) ? { mentioning, mention, box } : undefined;
  };
  const choose = (at: number): void => {
    const entry = entryAt(at);
    if (!entry) return;
    const { mention, mentioning, box } = entry;
    store.change(closeFully);
    const wish = collect(mention.label);
    if (wish) send({ type: 'attachMention', ...wish, mention: mention.id });
    const space = /^\s/.test(box.value.slice(mentioning.end, mentioning.end + 1)) ? '' : ' ';
    typeInto(box, mentioning.start, mentioning.end, `@${mention.label}${space}`);
    store.change(closeFully);
  };
  const pin = (at: number): void => {
    const entry = entryAt(at);
    if (!entry) return;
    if (!isPinnable(entry.mention)) {
      store.change((now) => hint(now, t('Only files and folders can be pinned.')));
      return;
    }
    const { mention, mentioning, box } = entry;
    store.change(closeFully);
    send({ type: 'pinMention', mention: mention.id });
    typeInto(box, mentioning.start, endWithSpace(box.value, mentioning), '');
    store.change(closeFully);
  };
  /** Before the finds are there the key only waits for them: it must not send half a name, nor choose unseen. */
  const confirm = (act: (at: number) => void): boolean => {
    const state = store.now();
    const isEmpty = (offered(state)?.length ?? 0) === 0;
    if (isCurrent(state) && isEmpty) return false;
    act(state.mentioning?.chosen ?? 0);
    return true;
  };
  const press = (event: KeyboardEvent): boolean => {
    const state = store.now();
    if (!isFollowed(state) || isComposing(event) || event.shiftKey) return false;
    if (event.altKey) return event.key === 'Enter' && !event.ctrlKey && !event.metaKey && confirm(pin);
    const move = MOVES[event.key];
    const isShown = (offered(state)?.length ?? 0) > 0;
    if (event.key === 'Escape') store.change(closeMention);
    else if ((event.ctrlKey || event.metaKey) && !(event.key === 'Enter' && isShown)) return false;
    else if (event.key === 'Enter' || event.key === 'Tab') return confirm(choose);
    else if (move && isShown) store.change((now) => moveChoice(now, move));
    else return false;
    return true;
  };
  return {
    follow: (box, opening) => {
      const before = store.now().mentioning;
      const caret = box.selectionStart === box.selectionEnd ? box.selectionStart : -1;
      store.change((now) => (caret < 0 ? closeFully(now) : followMention(now, box.value, caret, opening)));
      const after = store.now().mentioning;
      if (!after || after.closed) find.drop();
      else if (after.query !== before?.query || after.start !== before.start) find.start(REST);
    },
    press,
    choose,
    pin,
    take: ({ query, mentions }) => store.change((now) => takeMentions(now, query, mentions)),
    close: () => {
      find.drop();
      store.change(closeFully);
    },
  };
}

/** The context is made of files; nothing else that `@` offers can be followed as it changes. */
export function isPinnable({ kind }: Mention): boolean {
  return kind === 'file' || kind === 'folder';
}

interface Entry {
  readonly mentioning: Mentioning;
  readonly mention: Mention;
  readonly box: HTMLTextAreaElement;
}

/** Where the `@` and its query end, with the space behind them where another stands in front. */
function endWithSpace(text: string, { start, end }: Mentioning): number {
  return text[end] === ' ' && /^\s?$/.test(text.slice(0, start).slice(-1)) ? end + 1 : end;
}

const MOVES: Readonly<Record<string, 'next' | 'previous' | 'first' | 'last'>> = {
  ArrowDown: 'next',
  ArrowUp: 'previous',
  Home: 'first',
  End: 'last',
};

/** Keys of an input method belong to it alone; 229 is what Safari calls them. */
function isComposing({ isComposing: composing, keyCode }: KeyboardEvent): boolean {
  return composing || keyCode === 229;
}
