import { type AttachmentStore, fail, type ImageShrinker, type Result, succeed } from '../../core/ports.ts';
import type { ToHost } from '../../core/protocol.ts';
import type { Unnumbered } from './outbox.ts';

/** A page gets this long, in ms, to make an image smaller; a hidden one never answers. */
const WITHIN = 15_000;

/** Makes images smaller in a page, which has a decoder for them. */
export interface PageShrinker extends ImageShrinker {
  /** Takes what a page has made; anything that was not asked for is dropped. */
  take(made: Extract<ToHost, { type: 'imageShrunk' }>): void;
}

type Shrunk = Awaited<ReturnType<ImageShrinker['shrink']>>;

/** `post` gives the message to a page that is shown; it returns false when there is none. */
export function createPageShrinker(
  attachments: AttachmentStore,
  post: (message: Unnumbered) => boolean,
  newId: () => string,
): PageShrinker {
  const waiting = new Map<string, (made: Shrunk) => void>();

  function ask(message: Extract<Unnumbered, { type: 'imageShrinkAsked' }>): Promise<Shrunk> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => finish(NOT_MADE), WITHIN);
      function finish(made: Shrunk): void {
        clearTimeout(timer);
        waiting.delete(message.id);
        resolve(made);
      }
      waiting.set(message.id, finish);
      if (!post(message)) finish(NOT_MADE);
    });
  }

  return {
    async shrink(image, limits) {
      const data = await attachments.base64(image.sha256);
      if (!data.ok) return data;
      const { mediaType } = image;
      return ask({ type: 'imageShrinkAsked', id: newId(), data: data.value, mediaType, ...limits });
    },
    take({ id, data, mediaType, width, height }) {
      const isMade = data !== '' && width > 0 && height > 0;
      const made = { bytes: new Uint8Array(Buffer.from(data, 'base64')), mediaType, width, height };
      waiting.get(id)?.(isMade ? succeed(made) : NOT_MADE);
    },
  };
}

const NOT_MADE: Result<never> = fail({ kind: 'unexpected' });
