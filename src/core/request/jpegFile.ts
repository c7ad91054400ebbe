import type { ImageSize } from '../ports.ts';
import { big, ends, orientationIn, says } from './byteReading.ts';
import type { ByteFile, PictureDetails, PictureFormat } from './pictureFile.ts';

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

function details(file: ByteFile): PictureDetails {
  let orientation: number | undefined;
  let hasMetadata = false;
  let scan = file.length;
  for (const { marker, data, end } of segments(file)) {
    hasMetadata ||= isMetadata(file, marker, data);
    if (marker === APP + 1 && says(file, data, 'Exif\0')) orientation ??= orientationIn(file, data + 6, end);
    if (marker === SCAN) scan = end;
  }
  return { orientation: orientation ?? 1, animated: false, hasMetadata, complete: hasEnd(file, scan) };
}

/** Everything that applications put in, but for what the colors need: JFIF, color profiles, Adobe's transform. */
function isMetadata(file: ByteFile, marker: number, data: number): boolean {
  if (marker === COMMENT) return true;
  if (marker < APP || marker > APP + 15 || marker === APP || marker === APP + 14) return false;
  return !(marker === APP + 2 && says(file, data, 'ICC_PROFILE\0'));
}

/** Sought from the end: cameras put other things behind it, and within the picture data no byte looks like it. */
function hasEnd(file: ByteFile, from: number): boolean {
  for (let at = file.length - 2; at >= from; at--) {
    if (file.at(at) === 0xff && file.at(at + 1) === 0xd9) return true;
  }
  return false;
}

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

const SCAN = 0xda;
const COMMENT = 0xfe;
const APP = 0xe0;
