import { big, ends, orientationIn, says } from './byteReading.ts';
import type { ByteFile, PictureDetails, PictureFormat } from './pictureFile.ts';

/** PNG (W3C, third edition): a signature and chunks, the first of which holds the size. */
export const PNG: PictureFormat = {
  mediaType: 'image/png',
  isMine: (file) => says(file, 0, '\x89PNG'),
  size: (file) => (ends(file, 24) ? undefined : { width: big(file, 16, 4), height: big(file, 20, 4) }),
  details,
};

function details(file: ByteFile): PictureDetails {
  let orientation = 1;
  let animated = false;
  for (let at = 8; !ends(file, at + 12); ) {
    const length = big(file, at, 4);
    const data = at + 8;
    if (says(file, at + 4, 'IEND')) return { orientation, animated, complete: true };
    if (says(file, at + 4, 'eXIf')) orientation = orientationIn(file, data, data + length);
    if (says(file, at + 4, 'acTL')) animated = big(file, data, 4) > 1;
    at = data + length + 4;
  }
  return { orientation, animated, complete: false };
}
