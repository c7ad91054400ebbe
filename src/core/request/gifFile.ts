import { ends, little, says } from './byteReading.ts';
import type { ByteFile, PictureDetails, PictureFormat } from './pictureFormat.ts';

/** GIF (89a specification): a header with the size, then blocks up to a trailer. */
export const GIF: PictureFormat = {
  mediaType: 'image/gif',
  isMine: (file) => says(file, 0, 'GIF8'),
  size: (file) => (ends(file, 10) ? undefined : { width: little(file, 6, 2), height: little(file, 8, 2) }),
  details,
};

/** A block: a frame, an extension, or the trailer, which is the last one. */
export interface GifBlock {
  readonly kind: 'extension' | 'image' | 'trailer';
  readonly from: number;
  /** The position behind it; behind the end of the file when that is cut off. */
  readonly to: number;
}

/** Where the blocks begin: behind the header and its table of colors. */
export function blocksStart(file: ByteFile): number {
  return 13 + colors(file.at(10));
}

/** The blocks up to the trailer, or to what is none. */
export function* gifBlocks(file: ByteFile): Generator<GifBlock> {
  for (let from = blocksStart(file); ; ) {
    const kind = KINDS.get(file.at(from));
    if (kind === undefined) return;
    const to =
      kind === 'trailer'
        ? from + 1
        : behindBlocks(file, kind === 'image' ? from + 11 + colors(file.at(from + 9)) : from + 2);
    yield { kind, from, to };
    if (kind === 'trailer') return;
    from = to;
  }
}

const KINDS: ReadonlyMap<number, GifBlock['kind']> = new Map([
  [0x21, 'extension'],
  [0x2c, 'image'],
  [0x3b, 'trailer'],
]);

function details(file: ByteFile): PictureDetails {
  const kinds = [...gifBlocks(file)].map(({ kind }) => kind);
  const animated = kinds.filter((kind) => kind === 'image').length > 1;
  return { orientation: 1, animated, complete: kinds.at(-1) === 'trailer' };
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
