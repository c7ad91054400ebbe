import type { Conversation } from '../../core/conversation/model.ts';
import { type Part, storedIn } from '../../core/conversation/parts.ts';
import { sentParts } from '../../core/conversation/sentParts.ts';
import { pagesOf } from '../../core/request/sentParts.ts';

/** What would be sent besides an attachment, as far as limits ask for it. */
export interface Load {
  readonly images: number;
  readonly pages: number;
  /** Of all files, as they lie in the attachment store. */
  readonly bytes: number;
  /** Of the largest image, in px; 0 when there is none. */
  readonly longestSide: number;
}

export const NO_LOAD: Load = { images: 0, pages: 0, bytes: 0, longestSide: 0 };

/** What the questions carry that are still sent: not those a summary stands for, nor what the API refused. */
export function loadOf(conversation: Conversation): Load {
  const sent = sentParts(conversation, false);
  return withParts(
    NO_LOAD,
    sent.map(({ part }) => part),
  );
}

/** A load and these parts on top. */
export function withParts(load: Load, parts: readonly Part[]): Load {
  return parts.reduce(
    ({ images, pages, bytes, longestSide }, part) => ({
      images: images + (part.kind === 'image' ? 1 : 0),
      pages: pages + (part.kind === 'document' ? pagesOf(part) : 0),
      bytes: bytes + (storedIn(part)?.bytes ?? 0),
      longestSide: Math.max(longestSide, sideOf(part)),
    }),
    load,
  );
}

function sideOf(part: Part): number {
  const stored = part.kind === 'image' ? part.source : undefined;
  return stored?.type === 'stored' ? Math.max(stored.width, stored.height) : 0;
}
