import { dom } from './dom.ts';

/** What jsdom lacks of a browser, as far as attachments need it. */

export interface Brought {
  readonly files?: readonly File[];
  readonly data?: Readonly<Record<string, string>>;
}

/** A `paste`, or a drag event, with a data transfer of its own. Gives the event after it was dispatched. */
export function bring(target: EventTarget, type: string, { files = [], data = {} }: Brought): Event {
  const transfer = {
    files,
    types: [...Object.keys(data), ...(files.length > 0 ? ['Files'] : [])],
    getData: (format: string) => data[format] ?? '',
    dropEffect: 'none',
  };
  const event = new dom.Event(type, { bubbles: true, cancelable: true });
  Object.assign(event, type === 'paste' ? { clipboardData: transfer } : { dataTransfer: transfer });
  target.dispatchEvent(event);
  return event;
}

export function file(name: string, type: string, text = 'x'): File {
  return new dom.File([text], name, { type });
}

/** Addresses of blobs that are in use. */
export const addresses = new Set<string>();

let made = 0;
Object.assign(dom.URL, {
  createObjectURL: () => {
    made += 1;
    addresses.add(`blob:${made}`);
    return `blob:${made}`;
  },
  revokeObjectURL: (url: string) => void addresses.delete(url),
});

Object.assign(dom.HTMLDialogElement.prototype, {
  showModal(this: HTMLDialogElement) {
    if (this.open) throw new Error('It is open already.');
    this.open = true;
  },
  close(this: HTMLDialogElement) {
    if (!this.open) return;
    this.open = false;
    this.dispatchEvent(new dom.Event('close'));
  },
});

/** Gives the page an `IntersectionObserver` that sees only what the test shows it; to be ended. */
export function watchedView(): {
  show(element: Element): void;
  hide(element: Element): void;
  watched(): number;
  end(): void;
} {
  const seen = new Map<Element, (entries: { target: Element; isIntersecting: boolean }[]) => void>();
  class Observer {
    readonly #changed: (entries: { target: Element; isIntersecting: boolean }[]) => void;
    constructor(changed: (entries: { target: Element; isIntersecting: boolean }[]) => void) {
      this.#changed = changed;
    }
    observe(element: Element): void {
      seen.set(element, this.#changed);
    }
    unobserve(element: Element): void {
      seen.delete(element);
    }
    disconnect(): void {
      seen.clear();
    }
  }
  Object.assign(dom, { IntersectionObserver: Observer });
  const tell = (target: Element, isIntersecting: boolean): void =>
    seen.get(target)?.([{ target, isIntersecting }]);
  return {
    show: (element) => tell(element, true),
    hide: (element) => tell(element, false),
    watched: () => seen.size,
    end: () => Object.assign(dom, { IntersectionObserver: undefined }),
  };
}
