import type { Frame } from 'playwright-core';

/** What the page is to show: an element, and a text in it. An empty text is in every element. */
export interface Sight {
  readonly selector: string;
  readonly text: string;
}

/** How a page came to show something. Times are milliseconds since the epoch, with fractions. */
export interface Sighting {
  /** When the browser took the key press. */
  readonly pressedAt: number;
  /** When the frame with it had been handed over for display. */
  readonly paintedAt: number;
  /** Messages of the host until then, and their size as JSON in bytes. */
  readonly messages: number;
  readonly bytes: number;
  /** The page's tasks of more than 50 ms until then: their number, the longest and their sum in ms. */
  readonly longTasks: number;
  readonly longestTask: number;
  readonly longTaskTime: number;
}

/** Presses Enter in a text box with this text and waits until the page shows something. */
export async function pressAndSee(frame: Frame, name: string, text: string, sight: Sight): Promise<Sighting> {
  const box = frame.getByRole('textbox', { name });
  await box.fill(text);
  const sighting = await frame.evaluateHandle(watch, sight);
  await box.press('Enter');
  return sighting.evaluate(({ seen }) => seen);
}

/** Runs in the page. The promise is wrapped: what a page returns bare is awaited. */
function watch({ selector, text }: Sight): { readonly seen: Promise<Sighting> } {
  const before = Date.now();
  let tick = before;
  while (tick === before) tick = Date.now();
  const offset = tick - performance.now();
  const messages: unknown[] = [];
  const long: number[] = [];
  const ended = new AbortController();
  const { signal } = ended;
  let pressedAt = 0;
  const pressed = ({ key, timeStamp }: KeyboardEvent): void => {
    if (key === 'Enter') pressedAt ||= offset + timeStamp;
  };
  window.addEventListener('keydown', pressed, { capture: true, signal });
  window.addEventListener('message', ({ data }) => messages.push(data), { signal });
  const tasks = new PerformanceObserver((list) =>
    long.push(...list.getEntries().map((entry) => entry.duration)),
  );
  tasks.observe({ type: 'longtask' });
  const isShown = (): boolean => {
    const found = document.querySelector(selector);
    return found !== null && (text === '' || (found.textContent ?? '').includes(text));
  };
  const seen = new Promise<Sighting>((resolve) => {
    const observer = new MutationObserver(() => {
      if (pressedAt === 0 || !isShown()) return;
      observer.disconnect();
      const channel = new MessageChannel();
      // Both pages draw in an animation frame: the next task comes when that frame has been laid out and painted.
      channel.port1.onmessage = () => {
        const paintedAt = offset + performance.now();
        const bytes = messages.reduce<number>((sum, data) => sum + new Blob([JSON.stringify(data)]).size, 0);
        ended.abort();
        // Long tasks are reported a little later.
        setTimeout(() => {
          tasks.disconnect();
          const longTaskTime = long.reduce((sum, duration) => sum + duration, 0);
          resolve({
            pressedAt,
            paintedAt,
            messages: messages.length,
            bytes,
            longTasks: long.length,
            longestTask: Math.max(0, ...long),
            longTaskTime,
          });
        }, 100);
      };
      channel.port2.postMessage(null);
    });
    observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  });
  return { seen };
}
