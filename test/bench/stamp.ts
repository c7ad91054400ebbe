import { createGate, type Gate } from '../support/fakeClaude/gate.ts';

/** How long a model lets wait for its first word, in ms; short, but longer than what clients batch. */
const THINKING = 150;

/** A gate that opens by itself, as a model does that has begun to answer and then thinks; it notes when. */
export interface Stamp extends Gate {
  /** When the stream went on, in milliseconds by the given clock; NaN before. */
  readonly at: number;
}

export function createStamp(now: () => number): Stamp {
  const gate = createGate();
  let at = Number.NaN;
  const open = (): void => {
    at = now();
    gate.open();
  };
  return {
    get at() {
      return at;
    },
    reached: gate.reached,
    opened: gate.opened,
    open,
    arrive: () => {
      gate.arrive();
      setTimeout(open, THINKING);
    },
  };
}
