import { big, type Chunk, ends, letters, orientationIn, says } from './byteReading.ts';
import type { ByteFile, PictureDetails, PictureFormat } from './pictureFormat.ts';

/** PNG (W3C, third edition): a signature and chunks, the first of which holds the size. */
export const PNG: PictureFormat = {
  mediaType: 'image/png',
  isMine: (file) => says(file, 0, '\x89PNG'),
  size: (file) => (ends(file, 24) ? undefined : { width: big(file, 16, 4), height: big(file, 20, 4) }),
  details,
};

/** The chunks behind the signature. */
export function* pngChunks(file: ByteFile): Generator<Chunk> {
  for (let from = 8; !ends(file, from + 12); ) {
    const length = big(file, from, 4);
    const to = from + 12 + length;
    yield { type: letters(file, from + 4), from, data: from + 8, length, to };
    from = to;
  }
}

function details(file: ByteFile): PictureDetails {
  let orientation = 1;
  let animated = false;
  for (const { type, data, length } of pngChunks(file)) {
    if (type === 'IEND') return { orientation, animated, complete: true };
    if (type === 'eXIf') orientation = orientationIn(file, data, data + length);
    if (type === 'acTL') animated = big(file, data, 4) > 1;
  }
  return { orientation, animated, complete: false };
}
