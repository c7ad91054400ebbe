import type { ImageType } from '../../core/conversation/model.ts';
import type { ToHost, ToView } from '../../core/protocol.ts';

/**
 * Makes an image smaller: at most `maxSide` px a side and `maxBytes` bytes, as good as that allows. A PNG stays
 * one while it fits, because text in screenshots stays sharp; else the quality falls, and after it the size.
 * Never rejects: `data` is empty when the image cannot be read or not be made to fit.
 */
export async function shrinkImage(
  window: Window & typeof globalThis,
  asked: Extract<ToView, { type: 'imageShrinkAsked' }>,
): Promise<Extract<ToHost, { type: 'imageShrunk' }>> {
  const { id, mediaType } = asked;
  try {
    const image = await window.createImageBitmap(
      new window.Blob([bytesOf(window, asked.data)], { type: mediaType }),
    );
    try {
      const made = await fitted(window, image, asked);
      if (made) return { type: 'imageShrunk', id, ...made };
    } finally {
      image.close();
    }
  } catch {
    // What cannot be decoded or drawn is answered like what does not fit.
  }
  return { type: 'imageShrunk', id, data: '', mediaType, width: 0, height: 0 };
}

interface Made {
  readonly data: string;
  readonly mediaType: ImageType;
  readonly width: number;
  readonly height: number;
}

const QUALITIES = [0.92, 0.85, 0.75, 0.6];
/** Below this many px nothing in a picture can be read. */
const SMALLEST_SIDE = 64;

async function fitted(
  window: Window & typeof globalThis,
  image: ImageBitmap,
  { mediaType, maxSide, maxBytes }: { mediaType: ImageType; maxSide: number; maxBytes: number },
): Promise<Made | undefined> {
  const longest = Math.max(image.width, image.height);
  for (
    let side = Math.min(longest, maxSide);
    side >= Math.min(longest, SMALLEST_SIDE);
    side = Math.floor(side * 0.75)
  ) {
    const width = Math.max(1, Math.round((image.width * side) / longest));
    const height = Math.max(1, Math.round((image.height * side) / longest));
    const encode = painted(window, image, width, height);
    for (const [type, quality] of ways(mediaType)) {
      const blob = await encode(type, quality);
      // A browser that cannot write a format writes a PNG instead.
      if (blob?.type !== type || blob.size > maxBytes) continue;
      return { data: await base64Of(window, blob), mediaType: type, width, height };
    }
  }
  return undefined;
}

/** WebP keeps what is transparent, but not every browser writes it; JPEG stays JPEG. */
function ways(mediaType: ImageType): (readonly [ImageType, number?])[] {
  const falling = (type: ImageType) => QUALITIES.map((quality) => [type, quality] as const);
  if (mediaType === 'image/jpeg') return falling(mediaType);
  const lossy = [...falling('image/webp'), ...falling('image/jpeg')];
  return mediaType === 'image/webp' ? lossy : [['image/png'], ...lossy];
}

type Encode = (type: ImageType, quality: number | undefined) => Promise<Blob | null>;

function painted(
  window: Window & typeof globalThis,
  image: ImageBitmap,
  width: number,
  height: number,
): Encode {
  if (window.OffscreenCanvas) {
    const canvas = new window.OffscreenCanvas(width, height);
    paint(canvas.getContext('2d'), image, width, height);
    return (type, quality) => canvas.convertToBlob({ type, ...(quality === undefined ? {} : { quality }) });
  }
  const canvas = window.document.createElement('canvas');
  Object.assign(canvas, { width, height });
  paint(canvas.getContext('2d'), image, width, height);
  return (type, quality) => new Promise((resolve) => canvas.toBlob(resolve, type, quality));
}

function paint(
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D | null,
  image: ImageBitmap,
  width: number,
  height: number,
): void {
  if (!context) throw new Error('There is nothing to draw on.');
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, width, height);
}

function bytesOf(window: Window, base64: string): Uint8Array<ArrayBuffer> {
  const binary = window.atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

function base64Of(window: Window & typeof globalThis, blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new window.FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
