import { drawn } from './drawing.ts';
import { withSide } from './encoding.ts';
import { decodeOpened, openPicture } from './opening.ts';
import { isBomb } from './planning.ts';

/** The picture within a square of 64 px, upright; never larger than it is. Undefined when it cannot be read. */
export async function thumbnail(
  window: Window & typeof globalThis,
  picture: Blob,
): Promise<Blob | undefined> {
  const outlook = await openPicture(window, picture);
  if ('obstacle' in outlook) return undefined;
  const size = outlook.kind === 'svg' && outlook.size ? withSide(outlook.size, SIDE) : undefined;
  const decoded = await decodeOpened(window, outlook, picture, size);
  if (!decoded) return undefined;
  try {
    return isBomb(decoded.image) ? undefined : await thumbnailOf(window, decoded.image);
  } finally {
    decoded.image.close();
  }
}

/** The same of a picture that is decoded already and stays the caller's. */
export async function thumbnailOf(
  window: Window & typeof globalThis,
  image: ImageBitmap,
): Promise<Blob | undefined> {
  try {
    const rough = await roughly(window, image, SIDE * ROUGHLY);
    try {
      const longest = Math.max(rough.width, rough.height);
      const canvas = await drawn(window, { image: rough }, withSide(rough, Math.min(SIDE, longest)));
      return await canvas.convertToBlob({ type: 'image/png' });
    } finally {
      rough.close();
    }
  } catch {
    return undefined;
  }
}

/** Px of the longer side. */
const SIDE = 64;
/** Px left for each of a thumbnail: enough to look good, and a large picture costs no more than a small one. */
const ROUGHLY = 8;

async function roughly(
  window: Window & typeof globalThis,
  image: ImageBitmap,
  side: number,
): Promise<ImageBitmap> {
  const { width, height } = withSide(image, Math.min(side, Math.max(image.width, image.height)));
  return window.createImageBitmap(image, { resizeWidth: width, resizeHeight: height, resizeQuality: 'low' });
}
