import { Directive, type DirectiveResult, directive } from 'lit-html/directive.js';
import type { ImageHeard, ImageName, StoredImages } from './storedImages.ts';

/** Small pictures on chips, made when they come into view and drawn without rendering anything else. */
export interface Thumbnails {
  /** A template value: a box of fixed size with the picture of that name, as soon as it is there. */
  of(image: ImageName): DirectiveResult;
  /** The same for a picture that has no name yet; `key` is its own for as long as the page lives. */
  ofBlob(key: string, picture: Blob | undefined): DirectiveResult;
}

export interface ThumbnailsGround {
  readonly window: Window & typeof globalThis;
  readonly stored: StoredImages;
  /** Makes a picture small; undefined when it cannot be read. */
  shrink(picture: Blob): Promise<Blob | undefined>;
  readonly signal: AbortSignal;
}

/** Small pictures that are kept. One that is shown stays when it is dropped here. */
const MOST_KEPT = 200;

export function createThumbnails(ground: ThumbnailsGround): Thumbnails {
  const { window, stored, signal } = ground;
  const kept = createAddresses(window);
  const boxes = new WeakMap<Element, Box>();
  const keys = new WeakMap<Element, string>();
  const observer = createObserver(window, (element, isInView) => {
    const box = boxes.get(element);
    if (isInView) box?.come();
    else box?.go();
  });
  signal.addEventListener('abort', () => {
    observer?.disconnect();
    kept.clear();
  });

  const show = (element: HTMLElement, url: string): void => {
    observer?.unobserve(element);
    const image = window.document.createElement('img');
    image.alt = '';
    image.src = url;
    image.onerror = () => image.remove();
    element.replaceChildren(image);
  };
  const make = async (element: HTMLElement, key: string, picture: Blob | undefined): Promise<void> => {
    const small = picture && (await ground.shrink(picture));
    if (signal.aborted || keys.get(element) !== key) return;
    if (!small) return observer?.unobserve(element);
    show(element, kept.get(key) ?? kept.add(key, small));
  };
  const start = (element: HTMLElement, box: Box): void => {
    boxes.set(element, box);
    if (observer) observer.observe(element);
    else box.come();
  };
  const fill: Fill = (element, { image, key, picture }) => {
    keys.set(element, key);
    boxes.delete(element);
    const url = kept.get(key);
    if (url !== undefined) return show(element, url);
    if (!image)
      return (
        picture &&
        start(
          element,
          onceSeen(() => void make(element, key, picture)),
        )
      );
    const heard: ImageHeard = (read) => void make(element, key, read);
    start(element, {
      come: () => {
        const known = kept.get(key);
        if (known === undefined) stored.read(image, heard);
        else show(element, known);
      },
      go: () => stored.leave(image, heard),
    });
  };
  const { document } = window;
  return {
    of: (image) => thumbnailBox(document, fill, { key: image.sha256, image }),
    ofBlob: (key, picture) => thumbnailBox(document, fill, { key, ...(picture ? { picture } : {}) }),
  };
}

interface Box {
  come(): void;
  go(): void;
}

/** What is begun is not ended: the work goes on also when the box is scrolled away. */
function onceSeen(work: () => void): Box {
  let seen = false;
  const come = (): void => {
    if (!seen) work();
    seen = true;
  };
  return { come, go: () => undefined };
}

interface Wanted {
  readonly key: string;
  readonly image?: ImageName;
  readonly picture?: Blob;
}

type Fill = (element: HTMLElement, wanted: Wanted) => void;

/** Addresses of pictures within the page, the one used last at the end. */
function createAddresses(window: Window & typeof globalThis) {
  const urls = new Map<string, string>();
  const drop = (key: string): void => {
    window.URL.revokeObjectURL(urls.get(key) ?? '');
    urls.delete(key);
  };
  return {
    get: (key: string): string | undefined => {
      const url = urls.get(key);
      if (url === undefined) return undefined;
      urls.delete(key);
      urls.set(key, url);
      return url;
    },
    add: (key: string, picture: Blob): string => {
      const url = window.URL.createObjectURL(picture);
      urls.set(key, url);
      for (const oldest of urls.keys()) {
        if (urls.size <= MOST_KEPT) break;
        drop(oldest);
      }
      return url;
    },
    clear: () => {
      for (const key of [...urls.keys()]) drop(key);
    },
  };
}

/** Undefined where nothing can be observed: then everything counts as seen. */
function createObserver(
  window: Window & typeof globalThis,
  changed: (element: Element, isInView: boolean) => void,
): IntersectionObserver | undefined {
  if (!window.IntersectionObserver) return undefined;
  return new window.IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) changed(target, isIntersecting);
  });
}

class ThumbnailBox extends Directive {
  #element: HTMLElement | undefined;
  #key = '';

  override render(document: Document, fill: Fill, wanted: Wanted): HTMLElement {
    if (!this.#element) {
      this.#element = document.createElement('span');
      this.#element.className = 'thumbnail codicon codicon-file-media';
      this.#element.setAttribute('aria-hidden', 'true');
    }
    if (this.#key !== wanted.key) {
      this.#key = wanted.key;
      fill(this.#element, wanted);
    }
    return this.#element;
  }
}

const thumbnailBox = directive(ThumbnailBox);
