import type { Highlight } from '../highlight/highlight.ts';

/** Colors code once highlight.js is there, which has a bundle of its own so that the page does not wait for it. */
export interface Highlighter {
  /** As `Highlight`; undefined for everything until the bundle is loaded. */
  readonly highlight: Highlight;
  /** Loads the bundle when the page next rests. To be called once. */
  load(end: LoadEnd): void;
}

/** How loading can end: one of the two is called, once, or none when the page ends before. */
export interface LoadEnd {
  loaded(): void;
  failed(): void;
}

/** `address` is where the bundle lies; without one nothing is ever loaded. What is under way ends with `signal`. */
export function createHighlighter(
  window: Window,
  address: string | undefined,
  signal: AbortSignal,
): Highlighter {
  let engine: Highlight | undefined;
  return {
    highlight: (code, language) => engine?.(code, language),
    load: ({ loaded, failed }) => {
      if (!address) return;
      whenIdle(window, () => {
        if (signal.aborted) return;
        inject(window.document, address, signal, (handedOver) => {
          engine = handedOver;
          if (engine) loaded();
          else failed();
        });
      });
    },
  };
}

/** Longest wait for a page that never rests, in ms. */
const LONGEST_WAIT = 1000;

/** Not every browser can tell when a page rests; after a timer the frame has been painted at least. */
function whenIdle(window: Window, work: () => void): void {
  if (typeof window.requestIdleCallback === 'function')
    window.requestIdleCallback(work, { timeout: LONGEST_WAIT });
  else window.setTimeout(work, 0);
}

/**
 * Runs the bundle in a script element with the nonce of the page's own script. It hands its `Highlight` over in an event
 * on that element before `load`; `done` gets undefined when it does not.
 */
function inject(
  document: Document,
  address: string,
  signal: AbortSignal,
  done: (highlight: Highlight | undefined) => void,
): void {
  const script = document.createElement('script');
  let given: Highlight | undefined;
  const take = (event: Event): void => {
    if ('detail' in event && typeof event.detail === 'function') given = event.detail as Highlight;
  };
  const end = (): void => {
    script.remove();
    done(given);
  };
  script.addEventListener('highlight', take, { signal });
  script.addEventListener('load', end, { signal });
  script.addEventListener('error', end, { signal });
  signal.addEventListener('abort', () => script.remove());
  script.nonce = document.querySelector<HTMLElement>('script[nonce]')?.nonce ?? '';
  script.src = address;
  document.head.append(script);
}
