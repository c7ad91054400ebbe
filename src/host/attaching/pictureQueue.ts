import type { PictureOrigin } from '../../core/attaching.ts';
import type { Unnumbered } from '../chat/outbox.ts';

/** A picture that waits to be prepared. */
export interface QueuedPicture {
  readonly conversation: string;
  readonly label: string;
  readonly bytes: Uint8Array;
  /** True when it is to take the place of the attachment with its id. */
  readonly replaces: boolean;
  readonly origin?: PictureOrigin;
}

/**
 * Pictures of drafts that a page has to prepare: those the host has found, and those that were given to a page itself. A
 * page that is loaded anew, or shows their conversation again, gets them until each has come back, prepared or given up.
 */
export interface PictureQueue {
  /** Takes pictures under their ids without offering them. */
  keep(pictures: ReadonlyMap<string, QueuedPicture>): void;
  get(id: string): QueuedPicture | undefined;
  /** It has come back, or is not wanted. */
  done(id: string): void;
  /** Offers these ids, or all of a conversation, that wait; at once, so that a page knows how many they are. */
  offer(conversation: string, ids?: readonly string[]): void;
}

/** `post` gives a message to the page, or drops it while there is none. */
export function createPictureQueue(post: (message: Unnumbered) => boolean): PictureQueue {
  const waiting = new Map<string, QueuedPicture>();
  return {
    keep(pictures) {
      for (const [id, picture] of pictures) waiting.set(id, picture);
    },
    get: (id) => waiting.get(id),
    done: (id) => void waiting.delete(id),
    offer(conversation, ids) {
      const due = [...waiting].filter(
        ([id, picture]) => picture.conversation === conversation && (ids?.includes(id) ?? true),
      );
      for (const [at, [id, { label, bytes, replaces }]] of due.entries()) {
        const following = due.length - at - 1;
        // Node's own kind of byte array does not survive the way to a page.
        post({ type: 'imageOffered', id, label, bytes: new Uint8Array(bytes), replaces, following });
      }
    },
  };
}
