import type { ImageSize } from '../ports.ts';
import { big, ends, orientationIn, says } from './byteReading.ts';
import type { ByteFile, PictureDetails, PictureFormat } from './pictureFormat.ts';

/** JPEG (ITU T.81, annex B): segments up to the picture itself, one of which holds the size. */
export const JPEG: PictureFormat = {
  mediaType: 'image/jpeg',
  isMine: (file) => file.at(0) === 0xff && file.at(1) === 0xd8,
  size,
  details,
};

interface Segment {
  readonly marker: number;
  /** Where it begins, with its marker, and where what it holds begins and ends. */
  readonly start: number;
  readonly data: number;
  readonly end: number;
}

/** The segments in front of the picture data, that of the first scan included. */
function* segments(file: ByteFile): Generator<Segment> {
  let at = 2;
  while (file.at(at) === 0xff) {
    const marker = file.at(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = big(file, at + 2, 2);
    if (ends(file, at + 4) || length < 2) return;
    const end = at + 2 + length;
    yield { marker, start: at, data: at + 4, end };
    if (marker === SCAN) return;
    at = end;
  }
}

function size(file: ByteFile): ImageSize | undefined {
  for (const { marker, data } of segments(file)) {
    if (!isFrame(marker)) continue;
    if (ends(file, data + 5)) return undefined;
    return { width: big(file, data + 3, 2), height: big(file, data + 1, 2) };
  }
  return undefined;
}

function details(file: ByteFile, bytes: Uint8Array): PictureDetails {
  let orientation: number | undefined;
  let scan = file.length;
  for (const { marker, data, end } of segments(file)) {
    if (marker === APP + 1 && says(file, data, 'Exif\0')) orientation ??= orientationIn(file, data + 6, end);
    if (marker === SCAN) scan = end;
  }
  return { orientation: orientation ?? 1, animated: false, complete: hasEnd(bytes, scan) };
}

/** Sought from the end: cameras put other things behind it, and within the picture data no byte looks like it. */
function hasEnd(bytes: Uint8Array, from: number): boolean {
  for (let at = bytes.lastIndexOf(0xd9); at > from; at = bytes.lastIndexOf(0xd9, at - 1)) {
    if (bytes[at - 1] === 0xff) return true;
  }
  return false;
}

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

const SCAN = 0xda;
const APP = 0xe0;
