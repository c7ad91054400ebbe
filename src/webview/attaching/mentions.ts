import type { ToHost, ToView } from '../../core/protocol.ts';
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
  /** Finds that are still wanted. */
  take(message: Extract<ToView, { type: 'mentionsFound' }>): void;
  close(): void;
}

export interface MentionsGround {
  readonly root: HTMLElement;
  readonly window: Window;
  readonly store: Store;
  readonly collect: Collect;
  send(wish: ToHost): void;
}

/** Ms of quiet before the host is asked. */
const REST = 60;

export function createMentions({ root, window, store, collect, send }: MentionsGround): Mentions {
  const find = createRest(window, () => {
    const { mentioning } = store.now();
    if (mentioning && !mentioning.closed) send({ type: 'findMentions', query: mentioning.query });
  });
  const choose = (at: number): void => {
    const { mentioning } = store.now();
    const mention = offered(store.now())?.[at];
    const box = textBoxIn(root);
    // An older list has names that the host may have given to other things since.
    if (!mentioning || !mention || !box || !isCurrent(store.now())) return;
    store.change(closeFully);
    const wish = collect(mention.label);
    if (wish) send({ type: 'attachMention', ...wish, mention: mention.id });
    const space = /^\s/.test(box.value.slice(mentioning.end, mentioning.end + 1)) ? '' : ' ';
    typeInto(box, mentioning.start, mentioning.end, `@${mention.label}${space}`);
    store.change(closeFully);
  };
  /** Before the finds are there the key only waits for them: it must not send half a name, nor choose unseen. */
  const confirm = (): boolean => {
    const state = store.now();
    const isEmpty = (offered(state)?.length ?? 0) === 0;
    if (isCurrent(state) && isEmpty) return false;
    choose(state.mentioning?.chosen ?? 0);
    return true;
  };
  const press = (event: KeyboardEvent): boolean => {
    const state = store.now();
    if (!isFollowed(state) || isComposing(event) || event.shiftKey || event.altKey) return false;
    const move = MOVES[event.key];
    const isShown = (offered(state)?.length ?? 0) > 0;
    if (event.key === 'Escape') store.change(closeMention);
    else if ((event.ctrlKey || event.metaKey) && !(event.key === 'Enter' && isShown)) return false;
    else if (event.key === 'Enter' || event.key === 'Tab') return confirm();
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
    take: ({ query, mentions }) => store.change((now) => takeMentions(now, query, mentions)),
    close: () => {
      find.drop();
      store.change(closeFully);
    },
  };
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
