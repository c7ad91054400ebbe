import type { WishName } from '../../core/protocol.ts';
import type { PageState } from '../state.ts';
import type { Store } from '../store.ts';

/** A wish to attach something that the host has not granted yet. */
export interface Collecting extends WishName {
  readonly label: string;
  /** Id of the attachment that is taken anew; absent for something new. */
  readonly attachment?: string;
}

/** Begins a wish of the conversation shown: its chip is there with the next frame. Undefined when none is shown. */
export type Collect = (label: string, attachment?: string) => WishName | undefined;

export function createCollect(window: Window & typeof globalThis, store: Store): Collect {
  return (label, attachment) => {
    const conversation = store.now().chat?.conversation.id;
    if (conversation === undefined) return undefined;
    const name: WishName = { id: window.crypto.randomUUID(), conversation };
    const wish = { ...name, label, ...(attachment === undefined ? {} : { attachment }) };
    store.change((now) => ({ ...now, collecting: [...now.collecting, wish] }));
    return name;
  };
}

/** Wishes of the conversation shown that are under way. */
export function collectingHere({ collecting, chat }: PageState): readonly Collecting[] {
  return collecting.filter(({ conversation }) => conversation === chat?.conversation.id);
}

/** A wish is done with, or not wanted any more. */
export function endCollecting(state: PageState, id: string): PageState {
  const collecting = state.collecting.filter((wish) => wish.id !== id);
  return collecting.length === state.collecting.length ? state : { ...state, collecting };
}
