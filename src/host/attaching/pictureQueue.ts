import type { Unnumbered } from '../chat/outbox.ts';
import type { FoundPicture } from '../workspace/found.ts';

/**
 * Pictures that the host has found and a page has to prepare. A page that sleeps or is loaded anew gets them when it
 * wakes, until each has come back, prepared or given up.
 */
export interface PictureQueue {
  offer(picture: FoundPicture): void;
  /** The page has prepared this one, or does not want it. */
  done(id: string): void;
  /** The page has (re)started. */
  offerAll(): void;
  /** Another conversation is shown. */
  forget(): void;
}

/** `post` gives a message to the page, or drops it while there is none. */
export function createPictureQueue(
  post: (message: Unnumbered) => boolean,
  newId: () => string,
): PictureQueue {
  const waiting = new Map<string, FoundPicture>();
  // Node's own kind of byte array does not survive the way to a page.
  const send = (id: string, { label, bytes }: FoundPicture): boolean =>
    post({ type: 'imageOffered', id, label, bytes: new Uint8Array(bytes) });
  return {
    offer(picture) {
      const id = newId();
      waiting.set(id, picture);
      send(id, picture);
    },
    done: (id) => void waiting.delete(id),
    offerAll() {
      for (const [id, picture] of waiting) send(id, picture);
    },
    forget: () => waiting.clear(),
  };
}
