import type { ImageSize } from '../ports.ts';
import { type Chunk, ends, letters, little, orientationIn, says } from './byteReading.ts';
import type { ByteFile, PictureDetails, PictureFormat } from './pictureFormat.ts';

/** WebP (RFC 9649): a RIFF file of chunks; its three forms keep the size in different places. */
export const WEBP: PictureFormat = {
  mediaType: 'image/webp',
  isMine: (file) => says(file, 0, 'RIFF') && says(file, 8, 'WEBP'),
  size,
  details,
};

function size(file: ByteFile): ImageSize | undefined {
  if (says(file, 12, 'VP8L')) {
    const bits = little(file, 21, 4);
    return ends(file, 25) ? undefined : { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
  }
  if (ends(file, 30)) return undefined;
  if (says(file, 12, 'VP8X')) return { width: 1 + little(file, 24, 3), height: 1 + little(file, 27, 3) };
  if (!says(file, 12, 'VP8 ')) return undefined;
  return { width: little(file, 26, 2) & 0x3fff, height: little(file, 28, 2) & 0x3fff };
}

/** The chunks between two positions; an odd one is followed by a byte that fills it up. */
export function* riffChunks(file: ByteFile, start: number, end: number): Generator<Chunk> {
  for (let from = start; from + 8 <= end; ) {
    const length = little(file, from + 4, 4);
    const to = from + 8 + length + (length % 2);
    yield { type: letters(file, from), from, data: from + 8, length, to };
    from = to;
  }
}

function details(file: ByteFile): PictureDetails {
  let orientation: number | undefined;
  let frames = 0;
  for (const { type, data, length } of riffChunks(file, 12, file.length)) {
    if (type === 'ANMF') frames += 1;
    if (type !== 'EXIF') continue;
    // Some writers put the marker of JPEG in front.
    const start = says(file, data, 'Exif\0') ? data + 6 : data;
    orientation ??= orientationIn(file, start, data + length);
  }
  const complete = !ends(file, 8 + little(file, 4, 4));
  return { orientation: orientation ?? 1, animated: frames > 1, complete };
}
