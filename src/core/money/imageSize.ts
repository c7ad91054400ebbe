import type { ImageSize } from '../ports.ts';
import { sizeIn } from '../request/pictureFile.ts';
import type { ByteFile } from '../request/pictureFormat.ts';

/**
 * The pixel size of an image file, read from its own header: PNG, JPEG, GIF or WebP, in base64.
 * Undefined when it is none of these, or is cut off before the size. Decodes only the bytes that it needs.
 */
export function imageSizeOf(base64: string): ImageSize | undefined {
  return sizeIn(base64File(base64));
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES: ReadonlyMap<string, number> = new Map(Array.from(ALPHABET, (letter, value) => [letter, value]));

/** Four characters hold three bytes. */
function base64File(base64: string): ByteFile {
  const sextet = (at: number): number => VALUES.get(base64.charAt(at)) ?? -1;
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return {
    length: Math.floor(((base64.length - padding) * 3) / 4),
    at(position) {
      const bit = position * 8;
      const first = Math.floor(bit / 6);
      const high = sextet(first);
      const low = sextet(first + 1);
      if (high < 0 || low < 0) return -1;
      return (((high << 6) | low) >> (4 - (bit % 6))) & 0xff;
    },
  };
}
