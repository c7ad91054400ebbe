import type { ImageType } from '../../core/conversation/parts.ts';
import type { ImageSize } from '../../core/ports.ts';
import { drawn, type Source } from './drawing.ts';

/** A picture as a file. */
export interface Encoded extends ImageSize {
  readonly mediaType: ImageType;
  readonly file: Blob;
}

/**
 * Makes a file of at most `maxBytes` of a picture, as good as that allows: in the given size and the given type, then
 * with less quality, then smaller. Undefined when nothing that can be recognized fits. Rejects when it cannot be drawn.
 */
export async function encoded(
  window: Window & typeof globalThis,
  source: Source,
  size: ImageSize,
  mediaType: ImageType,
  maxBytes: number,
): Promise<Encoded | undefined> {
  const longest = Math.max(size.width, size.height);
  for (let side = longest; side >= Math.min(longest, SMALLEST_SIDE); side = Math.floor(side * 0.75)) {
    const made = withSide(size, side);
    const canvas = await drawn(window, source, made);
    for (const { type, quality } of ways(mediaType)) {
      const file = await canvas.convertToBlob({ type, ...(quality === undefined ? {} : { quality }) });
      // A browser that cannot write a format writes a PNG instead.
      if (file.type === type && file.size <= maxBytes) return { mediaType: type, file, ...made };
    }
  }
  return undefined;
}

/** The size of the same shape whose longer side has so many px. */
export function withSide({ width, height }: ImageSize, side: number): ImageSize {
  const longest = Math.max(width, height);
  return {
    width: Math.max(1, Math.round((width * side) / longest)),
    height: Math.max(1, Math.round((height * side) / longest)),
  };
}

const QUALITIES = [0.92, 0.85, 0.75, 0.6];
/** Below this many px nothing in a picture can be read. */
const SMALLEST_SIDE = 64;

interface Way {
  readonly type: ImageType;
  readonly quality?: number;
}

/** PNG keeps text sharp; WebP keeps what is transparent, but not every browser writes it; JPEG stays JPEG. */
function ways(mediaType: ImageType): readonly Way[] {
  const falling = (type: ImageType) => QUALITIES.map((quality): Way => ({ type, quality }));
  if (mediaType === 'image/jpeg') return falling(mediaType);
  const lossy = [...falling('image/webp'), ...falling('image/jpeg')];
  return mediaType === 'image/webp' ? lossy : [{ type: 'image/png' }, ...lossy];
}
