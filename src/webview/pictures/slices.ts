/** Work on the page's thread that lets it breathe. */
export interface Slices {
  /** Resolves at once while the slice lasts, else when the page has had its turn. To be called every few ms. */
  breathe(): Promise<void> | undefined;
}

/** Ms: half a frame, so that typing and scrolling go on beside the work. */
const SLICE = 8;

export function createSlices(window: Window & typeof globalThis): Slices {
  let start = window.performance.now();
  const rest = async (): Promise<void> => {
    await nextTurn(window);
    start = window.performance.now();
  };
  return { breathe: () => (window.performance.now() - start < SLICE ? undefined : rest()) };
}

/** Timers wait for 4 ms once they are nested; the scheduler does not. */
function nextTurn(window: Window & typeof globalThis): Promise<void> {
  const { scheduler } = window as { readonly scheduler?: { yield?(): Promise<void> } };
  return scheduler?.yield?.() ?? new Promise((resolve) => window.setTimeout(resolve));
}
