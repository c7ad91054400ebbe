import type { ImageWishes } from '../../core/attaching.ts';
import type { ImageType } from '../../core/conversation/parts.ts';
import type { PictureFacts } from './arriving.ts';
import type { Rect } from './viewing.ts';

/** What a picture is prepared for. */
export interface Purpose extends Pick<ImageWishes, 'tier' | 'detail'> {
  /** Images in the request that it goes with, itself included: many have to be smaller. */
  readonly images: number;
  /** What sentences call it. */
  readonly label?: string;
}

/** A picture as the API takes it. */
export interface Prepared extends PictureFacts {
  readonly mediaType: ImageType;
  readonly bytes: Uint8Array;
}

/** Why a picture cannot be attached, as a sentence. */
export interface Unusable {
  readonly problem: string;
  /** True for a document or a text, which can be attached as what it is. */
  readonly isOther?: boolean;
}

/** What the page needs done to pictures. Nothing here rejects. */
export interface Pictures {
  /** Calls `learned` as soon as the header was read, before the work on the picture itself. */
  prepare(
    picture: Blob,
    purpose: Purpose,
    learned: (facts: PictureFacts) => void,
  ): Promise<Prepared | Unusable>;
  /** Crops, paints black what is never to be seen, and prepares what is left. Px of the given picture. */
  edit(
    picture: Blob,
    edit: { readonly crop?: Rect; readonly blackOut: readonly Rect[] },
    purpose: Purpose,
  ): Promise<Prepared | Unusable>;
  /** The picture within a square of 64 px: sharp at twice the size of a chip's box. Undefined when it cannot be read. */
  thumbnail(picture: Blob): Promise<Blob | undefined>;
}
