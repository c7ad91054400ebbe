import type { ImageType } from '../../core/conversation/parts.ts';
import type { ToHost, ToView } from '../../core/protocol.ts';

/** Names a picture in the attachment store. */
export interface ImageName {
  readonly sha256: string;
  readonly mediaType: ImageType;
}

/** Hears the bytes of a picture; undefined when they are gone. */
export type ImageHeard = (picture: Blob | undefined) => void;

/** Pictures that the host keeps, read one after the other however many are wanted. */
export interface StoredImages {
  /** Asks for a picture; `heard` is called once. Asked for twice at a time it is read once. */
  read(image: ImageName, heard: ImageHeard): void;
  /** Whoever waits for this picture with `heard` does not want it any more; it is not asked for if it was not yet. */
  leave(image: ImageName, heard: ImageHeard): void;
  take(message: Extract<ToView, { type: 'imageRead' }>): void;
  /** The host may have forgotten what it was asked for. */
  askAnew(): void;
}

/** So many pictures are on their way at a time: one is read while the next is asked for. */
const MOST_ASKED = 4;
/** Ms after which a picture that was asked for no longer holds up the others. */
const PATIENCE = 5000;

export function createStoredImages(
  window: Window & typeof globalThis,
  send: (wish: ToHost) => void,
): StoredImages {
  const waiting = new Map<string, Waiting>();
  const underway = new Map<string, number>();

  const ask = (): void => {
    for (const [sha256, entry] of waiting) {
      if (underway.size >= MOST_ASKED) return;
      if (entry.asked) continue;
      entry.asked = true;
      underway.set(
        sha256,
        window.setTimeout(() => goOn(sha256), PATIENCE),
      );
      send({ type: 'readImage', sha256, mediaType: entry.image.mediaType });
    }
  };
  const goOn = (sha256: string): void => {
    window.clearTimeout(underway.get(sha256));
    underway.delete(sha256);
    ask();
  };
  return {
    read: (image, heard) => {
      const entry = waiting.get(image.sha256) ?? { image, heard: new Set(), asked: false };
      entry.heard.add(heard);
      waiting.set(image.sha256, entry);
      ask();
    },
    leave: ({ sha256 }, heard) => {
      const entry = waiting.get(sha256);
      entry?.heard.delete(heard);
      if (entry?.heard.size === 0 && !entry.asked) waiting.delete(sha256);
    },
    take: ({ sha256, mediaType, bytes }) => {
      const entry = waiting.get(sha256);
      waiting.delete(sha256);
      const picture =
        bytes.length > 0 ? new window.Blob([new Uint8Array(bytes)], { type: mediaType }) : undefined;
      for (const heard of entry?.heard ?? []) heard(picture);
      goOn(sha256);
    },
    askAnew: () => {
      for (const [sha256, entry] of waiting) {
        entry.asked = false;
        window.clearTimeout(underway.get(sha256));
      }
      underway.clear();
      ask();
    },
  };
}

interface Waiting {
  readonly image: ImageName;
  readonly heard: Set<ImageHeard>;
  asked: boolean;
}
