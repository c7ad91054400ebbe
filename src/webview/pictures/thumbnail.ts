import { drawn } from './drawing.ts';
import { withSide } from './encoding.ts';
import { decodeOpened, openPicture } from './opening.ts';
import { isBomb } from './planning.ts';

/** The picture within a square of so many px, upright; never larger than it is. Undefined when it cannot be read. */
export async function thumbnail(
  window: Window & typeof globalThis,
  picture: Blob,
  side: number,
): Promise<Blob | undefined> {
  const opened = await openPicture(window, picture);
  if ('obstacle' in opened) return undefined;
  const size = opened.svg && withSide(opened.svg.size, side);
  const decoded = await decodeOpened(window, opened, picture, size);
  if (!decoded) return undefined;
  const { image } = decoded;
  try {
    if (isBomb(image)) return undefined;
    const rough = await roughly(window, image, side * ROUGHLY);
    try {
      const longest = Math.max(rough.width, rough.height);
      const canvas = await drawn(window, { image: rough }, withSide(rough, Math.min(side, longest)));
      return await canvas.convertToBlob({ type: 'image/png' });
    } finally {
      rough.close();
    }
  } catch {
    return undefined;
  } finally {
    image.close();
  }
}

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
