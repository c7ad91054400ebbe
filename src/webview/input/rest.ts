/** Work that is done once things have been quiet for a moment. */
export interface Rest {
  /** Starts the quiet time anew, in ms. */
  start(ms: number): void;
  /** Does at once what is waiting. */
  flush(): void;
  /** Forgets what is waiting. */
  drop(): void;
}

export function createRest(window: Window, work: () => void): Rest {
  let timer: number | undefined;
  const drop = (): void => {
    window.clearTimeout(timer);
    timer = undefined;
  };
  const flush = (): void => {
    if (timer === undefined) return;
    drop();
    work();
  };
  const start = (ms: number): void => {
    drop();
    timer = window.setTimeout(flush, ms);
  };
  return { start, flush, drop };
}
