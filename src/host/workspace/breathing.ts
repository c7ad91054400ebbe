import type { Steps } from '../../core/steps.ts';

/** A function that lets the event loop turn when it has been held for long. */
export function createBreather(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < STRETCH) return;
    await new Promise((resolve) => setImmediate(resolve));
    since = performance.now();
  };
}

/** What the steps come to; others get their turn in between. */
export async function inTurns<T>(steps: Steps<T>, breathe: () => Promise<void>): Promise<T> {
  let step = steps.next();
  for (; !step.done; step = steps.next()) await breathe();
  return step.value;
}

/** Work goes on for this long, in ms, before others get their turn. */
const STRETCH = 8;
