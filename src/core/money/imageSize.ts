import type { ImageSize } from '../ports.ts';

/**
 * The pixel size of an image file, read from its own header: PNG, JPEG, GIF or WebP, in base64.
 * Undefined when it is none of these, or is cut off before the size. Reads only the bytes that it needs.
 */
export function imageSizeOf(base64: string): ImageSize | undefined {
  const file = bytesOf(base64);
  const size = read(file);
  return size && size.width > 0 && size.height > 0 ? size : undefined;
}

/** The byte at a position; -1 behind the end. */
type Bytes = (at: number) => number;

function read(file: Bytes): ImageSize | undefined {
  if (starts(file, 0, '\x89PNG')) return size(big(file, 16, 4), big(file, 20, 4), file(23));
  if (starts(file, 0, 'GIF8')) return size(little(file, 6, 2), little(file, 8, 2), file(9));
  if (starts(file, 0, 'RIFF') && starts(file, 8, 'WEBP')) return readWebp(file);
  return big(file, 0, 2) === 0xffd8 ? readJpeg(file) : undefined;
}

/** The three forms of WebP keep their size in different places (RFC 9649). */
function readWebp(file: Bytes): ImageSize | undefined {
  if (starts(file, 12, 'VP8X')) return size(1 + little(file, 24, 3), 1 + little(file, 27, 3), file(29));
  if (starts(file, 12, 'VP8 '))
    return size(little(file, 26, 2) & 0x3fff, little(file, 28, 2) & 0x3fff, file(29));
  if (!starts(file, 12, 'VP8L')) return undefined;
  const bits = little(file, 21, 4);
  return size(1 + (bits & 0x3fff), 1 + ((bits >>> 14) & 0x3fff), file(24));
}

/** Walks the segments to the frame header, which alone holds the size (ITU T.81, B.2.2). */
function readJpeg(file: Bytes): ImageSize | undefined {
  let at = 2;
  while (file(at) === 0xff) {
    const marker = file(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return size(big(file, at + 7, 2), big(file, at + 5, 2), file(at + 8));
    const length = big(file, at + 2, 2);
    if (length < 2) return undefined;
    at += 2 + length;
  }
  return undefined;
}

function size(width: number, height: number, lastByte: number): ImageSize | undefined {
  return lastByte < 0 ? undefined : { width, height };
}

function starts(file: Bytes, at: number, text: string): boolean {
  return Array.from(text).every((letter, index) => file(at + index) === letter.charCodeAt(0));
}

function big(file: Bytes, at: number, length: number): number {
  let value = 0;
  for (let index = 0; index < length; index++) value = value * 256 + file(at + index);
  return value;
}

function little(file: Bytes, at: number, length: number): number {
  let value = 0;
  for (let index = length - 1; index >= 0; index--) value = value * 256 + file(at + index);
  return value;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES: ReadonlyMap<string, number> = new Map(Array.from(ALPHABET, (letter, value) => [letter, value]));

/** Four characters hold three bytes; only those in question are decoded. */
function bytesOf(base64: string): Bytes {
  const sextet = (at: number): number => VALUES.get(base64.charAt(at)) ?? -1;
  return (at) => {
    const bit = at * 8;
    const first = Math.floor(bit / 6);
    const high = sextet(first);
    const low = sextet(first + 1);
    if (high < 0 || low < 0) return -1;
    const shift = 4 - (bit % 6);
    return (((high << 6) | low) >> shift) & 0xff;
  };
}
