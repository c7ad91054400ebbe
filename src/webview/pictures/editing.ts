import type { ImageSize } from '../../core/ports.ts';
import type { FileKind } from '../../core/request/attachments.ts';
import type { Rect } from '../attaching/viewing.ts';
import { loaded } from './decoding.ts';
import type { Source } from './drawing.ts';

/** What is to be done to a picture, in px of it as an image element shows it. */
export interface Edit {
  /** Nothing but this is kept; all of it when absent. */
  readonly crop?: Rect;
  /** Painted opaque black. */
  readonly blackOut: readonly Rect[];
}

/**
 * Marks what is to be seen of a decoded picture. The marks were set on what an image element shows, which has another
 * size for drawings of lines and icons; they grow to whole px, so that nothing peeks out. Rejects when nobody can tell
 * where they belong.
 */
export async function edited(
  window: Window & typeof globalThis,
  image: ImageBitmap,
  picture: Blob,
  kind: FileKind,
  { crop, blackOut }: Edit,
): Promise<Source> {
  const shown = await shownSize(window, picture, kind);
  const across = image.width / shown.width;
  const down = image.height / shown.height;
  const marked = (rect: Rect): Rect =>
    outward(
      {
        x: rect.x * across,
        y: rect.y * down,
        width: rect.width * across,
        height: rect.height * down,
      },
      image,
    );
  return { image, blackOut: blackOut.map(marked), ...(crop ? { crop: marked(crop) } : {}) };
}

async function shownSize(
  window: Window & typeof globalThis,
  picture: Blob,
  kind: FileKind,
): Promise<ImageSize> {
  // Drawings of lines are recognized by their type only.
  const typed = kind === 'svg' ? picture.slice(0, picture.size, 'image/svg+xml') : picture;
  const url = window.URL.createObjectURL(typed);
  try {
    const { naturalWidth: width, naturalHeight: height } = await loaded(window, url);
    if (width === 0 || height === 0) throw new Error('The picture has no size.');
    return { width, height };
  } finally {
    window.URL.revokeObjectURL(url);
  }
}

/** Whole px within the picture, at least one. */
function outward({ x, y, width, height }: Rect, within: ImageSize): Rect {
  const left = clamp(Math.floor(x + SLACK), 0, within.width - 1);
  const top = clamp(Math.floor(y + SLACK), 0, within.height - 1);
  const right = clamp(Math.ceil(x + width - SLACK), left + 1, within.width);
  const bottom = clamp(Math.ceil(y + height - SLACK), top + 1, within.height);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** Px; what fractions lose in reckoning is no part of a px. */
const SLACK = 1e-6;

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
