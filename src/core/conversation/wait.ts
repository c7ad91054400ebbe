import type { Clock } from '../ports.ts';

/** A wait that can be cut short. */
export interface Wait {
  /** Resolves after `ms`, or as soon as `end` is called. */
  start(ms: number): Promise<void>;
  end(): void;
}

export function createWait(clock: Clock): Wait {
  let finish: (() => void) | undefined;
  return {
    start: (ms) =>
      new Promise((resolve) => {
        const cancel = clock.after(ms, () => finish?.());
        finish = () => {
          finish = undefined;
          cancel();
          resolve();
        };
      }),
    end: () => finish?.(),
  };
}
