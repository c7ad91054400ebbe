import type { ImageSize } from '../ports.ts';
import { GIF } from './gifFile.ts';
import { JPEG } from './jpegFile.ts';
import type { ByteFile, PictureFormat } from './pictureFormat.ts';
import { PNG } from './pngFile.ts';
import { WEBP } from './webpFile.ts';

/** The format of a file, by its content; undefined when it is none that the API takes. */
export function formatOf(file: ByteFile): PictureFormat | undefined {
  return FORMATS.find((format) => format.isMine(file));
}

/** The pixel size of an image file, as stored; undefined when it cannot be read. */
export function sizeIn(file: ByteFile): ImageSize | undefined {
  const size = formatOf(file)?.size(file);
  return size && size.width > 0 && size.height > 0 ? size : undefined;
}

export function fileOf(bytes: Uint8Array): ByteFile {
  return { length: bytes.length, at: (position) => bytes[position] ?? -1 };
}

const FORMATS: readonly PictureFormat[] = [PNG, JPEG, GIF, WEBP];
