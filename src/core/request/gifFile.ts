import { ends, little, says } from './byteReading.ts';
import type { ByteFile, PictureDetails, PictureFormat } from './pictureFile.ts';

/** GIF (89a specification): a header with the size, then blocks up to a trailer. */
export const GIF: PictureFormat = {
  mediaType: 'image/gif',
  isMine: (file) => says(file, 0, 'GIF8'),
  size: (file) => (ends(file, 10) ? undefined : { width: little(file, 6, 2), height: little(file, 8, 2) }),
  details,
};

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;

function details(file: ByteFile): PictureDetails {
  let frames = 0;
  let at = 13 + colors(file.at(10));
  for (;;) {
    const kind = file.at(at);
    if (kind === EXTENSION) {
      at = behindBlocks(file, at + 2);
    } else if (kind === IMAGE) {
      frames += 1;
      at = behindBlocks(file, at + 11 + colors(file.at(at + 9)));
    } else {
      return { orientation: 1, animated: frames > 1, complete: kind === TRAILER };
    }
  }
}

/** Bytes of the color table that this byte of flags announces. */
function colors(flags: number): number {
  return flags >= 0 && (flags & 0x80) !== 0 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

/** The position behind a row of sub-blocks, which ends with an empty one or with the file. */
function behindBlocks(file: ByteFile, start: number): number {
  let at = start;
  while (file.at(at) > 0) at += 1 + file.at(at);
  return at + 1;
}
