/** A decoded picture; `close` it. */
export interface Decoded {
  readonly image: ImageBitmap;
  /** True when the file is damaged or cut short: what could not be read is transparent. */
  readonly isPartial: boolean;
}

/**
 * Decodes a picture beside the page's thread, upright, of an animation the first frame. Undefined when the browser
 * cannot read anything of it.
 */
export async function decoded(
  window: Window & typeof globalThis,
  picture: Blob,
): Promise<Decoded | undefined> {
  try {
    return { image: await window.createImageBitmap(picture), isPartial: false };
  } catch {
    // Refused are damaged files, too, of which an image element shows what there is.
  }
  const image = await readableOf(window, picture).catch(() => undefined);
  return image && { image, isPartial: true };
}

/** Draws an address within the page: `blob:` or `data:`. Rejects when it is no picture. */
export async function loaded(window: Window & typeof globalThis, url: string): Promise<HTMLImageElement> {
  const element = new window.Image();
  element.src = url;
  await element.decode();
  return element;
}

async function readableOf(
  window: Window & typeof globalThis,
  picture: Blob,
): Promise<ImageBitmap | undefined> {
  const url = window.URL.createObjectURL(picture);
  try {
    const element = await loaded(window, url);
    const { naturalWidth: width, naturalHeight: height } = element;
    const canvas = new window.OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    context?.drawImage(element, 0, 0);
    const top = context?.getImageData(0, 0, width, Math.min(height, FIRST_ROWS));
    const isEmpty = !top?.data.some((value) => value > 0);
    return isEmpty ? undefined : canvas.transferToImageBitmap();
  } finally {
    window.URL.revokeObjectURL(url);
  }
}

/** Where nothing is in these rows, nothing was read at all. */
const FIRST_ROWS = 8;
