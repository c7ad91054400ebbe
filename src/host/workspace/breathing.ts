/** A function that lets the event loop turn when it has been held for long. */
export function createBreather(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < STRETCH) return;
    await new Promise((resolve) => setImmediate(resolve));
    since = performance.now();
  };
}

/** Work goes on for this long, in ms, before others get their turn. */
const STRETCH = 8;
