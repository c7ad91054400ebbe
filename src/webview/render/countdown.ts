import { Directive, type DirectiveResult, directive } from 'lit-html/directive.js';

/** A time that runs down on the page. */
export interface Countdown {
  /** Ms since the epoch. */
  readonly until: number;
  /** Writes what is left, in ms. */
  readonly show: (left: number) => string;
  /** Called once when nothing is left. */
  readonly due?: () => void;
}

/** Shows countdowns and lets them run once a second, without rendering anything else. */
export interface Countdowns {
  /** A template value: an element with role `timer`, which screen readers do not announce by themselves. */
  left(countdown: Countdown): DirectiveResult;
}

/** They stop when `signal` is aborted. */
export function createCountdowns(window: Window, signal: AbortSignal): Countdowns {
  const running = new Map<HTMLElement, Countdown>();
  let timer: number | undefined;
  const stop = (): void => {
    window.clearInterval(timer);
    timer = undefined;
  };
  const tick = (): void => {
    for (const [element, countdown] of running) {
      if (!element.isConnected) running.delete(element);
      else if (write(element, countdown) <= 0) {
        running.delete(element);
        countdown.due?.();
      }
    }
    if (running.size === 0) stop();
  };
  signal.addEventListener('abort', stop);
  const start: Start = (element, countdown) => {
    write(element, countdown);
    running.set(element, countdown);
    timer ??= window.setInterval(tick, 1000);
  };
  return { left: (countdown) => timerElement(window.document, start, countdown) };
}

type Start = (element: HTMLElement, countdown: Countdown) => void;

function write(element: HTMLElement, { until, show }: Countdown): number {
  const left = Math.max(0, until - Date.now());
  const words = show(left);
  if (element.textContent !== words) element.textContent = words;
  return left;
}

class TimerElement extends Directive {
  #element: HTMLElement | undefined;

  override render(document: Document, start: Start, countdown: Countdown): HTMLElement {
    if (!this.#element) {
      this.#element = document.createElement('span');
      this.#element.setAttribute('role', 'timer');
    }
    start(this.#element, countdown);
    return this.#element;
  }
}

const timerElement = directive(TimerElement);
