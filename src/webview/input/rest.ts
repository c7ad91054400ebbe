/** Work that is put off for a while. */
export interface Rest {
  /** To be done in so many ms. */
  start(ms: number): void;
  /** Does at once what is waiting. */
  flush(): void;
  /** Forgets what is waiting; true when something was. */
  drop(): boolean;
}

/** Work that is done once things have been quiet for a moment: starting it again puts it off. */
export function createRest(window: Window, work: () => void): Rest {
  return createDelay(window, work, () => true);
}

/** Work that is done in time however often it is started meanwhile: what was promised earlier holds. */
export function createPace(window: Window, work: () => void): Rest {
  return createDelay(window, work, (ms, waiting) => ms < waiting);
}

function createDelay(
  window: Window,
  work: () => void,
  isAnew: (ms: number, waiting: number) => boolean,
): Rest {
  let timer: number | undefined;
  let waiting = 0;
  const drop = (): boolean => {
    const was = timer !== undefined;
    window.clearTimeout(timer);
    timer = undefined;
    return was;
  };
  const flush = (): void => {
    if (drop()) work();
  };
  const start = (ms: number): void => {
    if (timer !== undefined && !isAnew(ms, waiting)) return;
    drop();
    waiting = ms;
    timer = window.setTimeout(flush, ms);
  };
  return { start, flush, drop };
}
