import type { ToHost, ToView } from '../../core/protocol.ts';
import { encoded, withSide } from './encoding.ts';

/**
 * Makes a stored image smaller: at most `maxSide` px a side and `maxBytes` bytes, as good as that allows. A PNG stays
 * one while it fits, because text in screenshots stays sharp; else the quality falls, and after it the size.
 * Never rejects: `data` is empty when the image cannot be read or not be made to fit.
 */
export async function shrinkImage(
  window: Window & typeof globalThis,
  asked: Extract<ToView, { type: 'imageShrinkAsked' }>,
): Promise<Extract<ToHost, { type: 'imageShrunk' }>> {
  const { id, mediaType, maxSide, maxBytes } = asked;
  try {
    const picture = new window.Blob([bytesOf(window, asked.data)], { type: mediaType });
    const image = await window.createImageBitmap(picture);
    try {
      const size = withSide(image, Math.min(maxSide, Math.max(image.width, image.height)));
      const made = await encoded(window, { image }, size, mediaType, maxBytes);
      if (made) {
        const { file, ...rest } = made;
        return { type: 'imageShrunk', id, data: await base64Of(window, file), ...rest };
      }
    } finally {
      image.close();
    }
  } catch {
    // What cannot be decoded or drawn is answered like what does not fit.
  }
  return { type: 'imageShrunk', id, data: '', mediaType, width: 0, height: 0 };
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
