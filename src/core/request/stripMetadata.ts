import { big, ends, little, says } from './byteReading.ts';
import { type ByteFile, fileOf, formatOf } from './pictureFile.ts';

/**
 * The same picture, px for px, without what else is in its file: where and with what it was taken, texts, previews, whatever
 * lies behind its end. What its colors need stays. The same bytes object when there is nothing of that, undefined when the
 * file is not understood to its end. EXIF's orientation goes, too: only for pictures that are upright.
 */
export function stripMetadata(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  const file = fileOf(bytes);
  const type = formatOf(file)?.mediaType;
  const kept = type && KEPT[type](file, bytes);
  if (!kept) return undefined;
  const length = kept.reduce((total, { from, to }) => total + to - from, 0);
  if (length === bytes.length) return bytes;
  const bare = joined(bytes, kept, length);
  return type === 'image/webp' ? patchedWebp(bare) : bare;
}

/** A piece of a file that stays. */
interface Piece {
  readonly from: number;
  /** Behind its last byte. */
  readonly to: number;
}

/** Undefined when the end of the picture was not found where it must be. */
type Keep = (file: ByteFile, bytes: Uint8Array) => readonly Piece[] | undefined;

const KEPT: Readonly<Record<'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp', Keep>> = {
  'image/png': keptOfPng,
  'image/jpeg': keptOfJpeg,
  'image/gif': keptOfGif,
  'image/webp': keptOfWebp,
};

/** Chunks that have a part in how a PNG looks (W3C, third edition, 11). */
const PNG_CHUNKS = new Set([
  ...['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'cHRM', 'gAMA', 'iCCP', 'sBIT', 'sRGB', 'cICP', 'mDCV', 'cLLI'],
  ...['bKGD', 'pHYs', 'acTL', 'fcTL', 'fdAT'],
]);

function keptOfPng(file: ByteFile): readonly Piece[] | undefined {
  const kept: Piece[] = [{ from: 0, to: 8 }];
  for (let at = 8; !ends(file, at + 12); ) {
    const type = letters(file, at + 4);
    const to = at + 12 + big(file, at, 4);
    if (ends(file, to)) return undefined;
    if (PNG_CHUNKS.has(type)) kept.push({ from: at, to });
    if (type === 'IEND') return kept;
    at = to;
  }
  return undefined;
}

/** Walks the segments and scans (ITU T.81, annex B). */
function keptOfJpeg(file: ByteFile, bytes: Uint8Array): readonly Piece[] | undefined {
  const kept: Piece[] = [{ from: 0, to: 2 }];
  for (let at = 2; file.at(at) === 0xff; ) {
    const marker = file.at(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === 0xd9) {
      kept.push({ from: at, to: at + 2 });
      return kept;
    }
    const to = at + 2 + big(file, at + 2, 2);
    if (ends(file, at + 4) || ends(file, to) || to < at + 4) return undefined;
    const end = marker === 0xda ? scanEnd(bytes, to) : to;
    if (!isJpegMetadata(file, marker, at + 4)) kept.push({ from: at, to: end });
    at = end;
  }
  return undefined;
}

/** Where the data of a scan ends: before a marker that is neither a stuffed byte nor a restart. */
function scanEnd(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return bytes.length;
}

/** Of what applications put in, JFIF's header, color profiles and Adobe's color transform have a part in the picture. */
function isJpegMetadata(file: ByteFile, marker: number, data: number): boolean {
  if (marker === 0xfe) return true;
  if (marker < 0xe0 || marker > 0xef) return false;
  if (marker === 0xe0) return !says(file, data, 'JFIF\0');
  if (marker === 0xe2) return !says(file, data, 'ICC_PROFILE\0');
  return marker !== 0xee || !says(file, data, 'Adobe');
}

/** Walks the blocks (GIF89a, 23 to 27). Of applications' blocks those that loop and color stay. */
function keptOfGif(file: ByteFile): readonly Piece[] | undefined {
  const start = 13 + tableLength(file.at(10));
  const kept: Piece[] = [{ from: 0, to: start }];
  for (let at = start; !ends(file, at + 1); ) {
    const kind = file.at(at);
    if (kind === 0x3b) {
      kept.push({ from: at, to: at + 1 });
      return kept;
    }
    if (kind !== 0x21 && kind !== 0x2c) return undefined;
    const to = subBlocksEnd(file, kind === 0x21 ? at + 2 : at + 11 + tableLength(file.at(at + 9)));
    if (to === undefined) return undefined;
    if (kind === 0x2c || isGifPicture(file, at)) kept.push({ from: at, to });
    at = to;
  }
  return undefined;
}

function isGifPicture(file: ByteFile, at: number): boolean {
  const label = file.at(at + 1);
  if (label !== 0xff) return label === 0xf9 || label === 0x01;
  return ['NETSCAPE2.0', 'ANIMEXTS1.0', 'ICCRGBG1012'].some((name) => says(file, at + 3, name));
}

/** Bytes of the color table that such flags announce. */
function tableLength(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

function subBlocksEnd(file: ByteFile, from: number): number | undefined {
  let at = from;
  while (file.at(at) > 0) at += 1 + file.at(at);
  return file.at(at) === 0 ? at + 1 : undefined;
}

/** Chunks that have a part in how a WebP looks (RFC 9649, 2.7). */
const WEBP_CHUNKS = new Set(['VP8X', 'ICCP', 'ANIM', 'ANMF', 'ALPH', 'VP8 ', 'VP8L']);

function keptOfWebp(file: ByteFile): readonly Piece[] | undefined {
  const end = 8 + little(file, 4, 4);
  if (ends(file, end)) return undefined;
  const kept: Piece[] = [{ from: 0, to: 12 }];
  for (let at = 12; at + 8 <= end; ) {
    const length = little(file, at + 4, 4);
    const to = at + 8 + length + (length % 2);
    if (ends(file, to)) return undefined;
    if (WEBP_CHUNKS.has(letters(file, at))) kept.push({ from: at, to });
    at = to;
  }
  return kept.length > 1 ? kept : undefined;
}

/** The header tells the length of all chunks, the first chunk which of them there are. */
function patchedWebp(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  new DataView(bytes.buffer).setUint32(4, bytes.length - 8, true);
  if (letters(fileOf(bytes), 12) === 'VP8X') bytes[20] = (bytes[20] ?? 0) & ~WEBP_METADATA;
  return bytes;
}

/** The flags of EXIF and XMP. */
const WEBP_METADATA = 0x08 | 0x04;

function joined(bytes: Uint8Array, pieces: readonly Piece[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const { from, to } of pieces) {
    whole.set(bytes.subarray(from, to), at);
    at += to - from;
  }
  return whole;
}

function letters(file: ByteFile, at: number): string {
  return String.fromCharCode(file.at(at), file.at(at + 1), file.at(at + 2), file.at(at + 3));
}
