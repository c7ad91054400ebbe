import type { PageState } from './state.ts';

/** Hears of every change, in order. */
export type Watcher = (now: PageState, before: PageState) => void;

/** The one place that holds the page's state. */
export interface Store {
  now(): PageState;
  /** A step that gives back what it got changes nothing, and nobody hears of it. */
  change(step: (now: PageState) => PageState): void;
  watch(watcher: Watcher): void;
}

export function createStore(initial: PageState): Store {
  const watchers: Watcher[] = [];
  let state = initial;
  return {
    now: () => state,
    watch: (watcher) => {
      watchers.push(watcher);
    },
    change: (step) => {
      const before = state;
      state = step(before);
      if (state === before) return;
      const now = state;
      for (const watcher of watchers) watcher(now, before);
    },
  };
}
