import { big, ends, letters, little, says } from './byteReading.ts';
import { blocksStart, type GifBlock, gifBlocks } from './gifFile.ts';
import { fileOf, formatOf } from './pictureFile.ts';
import type { ByteFile } from './pictureFormat.ts';
import { pngChunks } from './pngFile.ts';
import { riffChunks } from './webpFile.ts';

/**
 * The same picture, px for px, without what else is in its file: where and with what it was taken, texts, previews, whatever
 * lies behind its end. What its colors need stays. The same bytes object when there is nothing of that, undefined when the
 * file is not understood to its end or holds more than it should in a place that stays. EXIF's orientation goes, too: only for pictures that are upright.
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

/** As many bytes as a chunk has. */
const ANY = Number.POSITIVE_INFINITY;

/** Chunks that have a part in how a PNG looks, and the most bytes that they hold (W3C, third edition, 11). */
const PNG_CHUNKS: Readonly<Record<string, number>> = {
  ...{ IHDR: 13, PLTE: 768, IDAT: ANY, IEND: 0, tRNS: 256, bKGD: 6, pHYs: 9, acTL: 8, fcTL: 26, fdAT: ANY },
  ...{ cHRM: 32, gAMA: 4, iCCP: ANY, sBIT: 4, sRGB: 1, cICP: 4, mDCV: 24, cLLI: 8 },
};

function keptOfPng(file: ByteFile): readonly Piece[] | undefined {
  const kept: Piece[] = [{ from: 0, to: 8 }];
  for (const { type, length, from, to } of pngChunks(file)) {
    const most = PNG_CHUNKS[type];
    if (ends(file, to) || length > (most ?? length)) return undefined;
    if (most !== undefined) kept.push({ from, to });
    if (type === 'IEND') return kept;
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
    const use = useOf(file, marker, { from: at + 4, to });
    if (use === 'unknown') return undefined;
    const end = marker === 0xda ? scanEnd(bytes, to) : to;
    if (use === 'picture') kept.push({ from: at, to: end });
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

/**
 * What a segment is for. Of what applications put in, JFIF's header, color profiles and Adobe's color transform have a part
 * in the picture, at the length that they have without a thumbnail or anything else behind them.
 */
function useOf(file: ByteFile, marker: number, { from, to }: Piece): 'picture' | 'metadata' | 'unknown' {
  if (marker === 0xfe) return 'metadata';
  if (marker < 0xe0 || marker > 0xef) return isPictureMarker(marker) ? 'picture' : 'unknown';
  if (marker === 0xe2) return says(file, from, 'ICC_PROFILE\0') ? 'picture' : 'metadata';
  const exact = marker === 0xe0 ? 14 : 12;
  const isHeader =
    marker === 0xe0 ? says(file, from, 'JFIF\0') : marker === 0xee && says(file, from, 'Adobe');
  if (!isHeader) return 'metadata';
  return to - from === exact ? 'picture' : 'unknown';
}

/** Frames, tables and scans; not what is reserved, stands alone, or belongs to extensions that no browser knows. */
function isPictureMarker(marker: number): boolean {
  return (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc8) || (marker >= 0xda && marker <= 0xdd);
}

/** Of the blocks (GIF89a, 23 to 27), frames and how they are shown stay, and of applications' those that loop and color. */
function keptOfGif(file: ByteFile): readonly Piece[] | undefined {
  const kept: Piece[] = [{ from: 0, to: blocksStart(file) }];
  for (const block of gifBlocks(file)) {
    if (ends(file, block.to)) return undefined;
    if (block.kind !== 'extension' || isGifPicture(file, block)) kept.push(block);
    if (block.kind === 'trailer') return kept;
  }
  return undefined;
}

function isGifPicture(file: ByteFile, { from, to }: GifBlock): boolean {
  const label = file.at(from + 1);
  const length = to - from;
  if (label === 0xf9) return length === CONTROL;
  if (label !== 0xff) return false;
  if (says(file, from + 3, 'ICCRGBG1012')) return true;
  return length <= LOOP && ['NETSCAPE2.0', 'ANIMEXTS1.0'].some((name) => says(file, from + 3, name));
}

/** Bytes of a block that says how a frame is shown, and of one that has both a count of loops and a size of buffers. */
const CONTROL = 8;
const LOOP = 25;

/** Chunks that have a part in how a WebP looks, and the most bytes that they hold (RFC 9649, 2.7). */
const WEBP_CHUNKS: Readonly<Record<string, number>> = {
  VP8X: 10,
  ICCP: ANY,
  ANIM: 6,
  ANMF: ANY,
  ALPH: ANY,
  'VP8 ': ANY,
  VP8L: ANY,
};
/** Chunks of a frame, and where they begin in its data. */
const FRAME_CHUNKS = new Set(['ALPH', 'VP8 ', 'VP8L']);
const FRAME_HEADER = 16;

function keptOfWebp(file: ByteFile): readonly Piece[] | undefined {
  const end = 8 + little(file, 4, 4);
  if (ends(file, end)) return undefined;
  const kept: Piece[] = [{ from: 0, to: 12 }];
  for (const { type, length, from, data, to } of riffChunks(file, 12, end)) {
    const most = WEBP_CHUNKS[type];
    if (ends(file, to) || length > (most ?? length)) return undefined;
    if (type === 'ANMF' && !isBareFrame(file, data, data + length)) return undefined;
    if (most !== undefined) kept.push({ from, to });
  }
  return kept.length > 1 ? kept : undefined;
}

/** Whether a frame holds its picture and nothing else. */
function isBareFrame(file: ByteFile, data: number, end: number): boolean {
  const chunks = [...riffChunks(file, data + FRAME_HEADER, end)];
  return (
    chunks.every(({ type, to }) => FRAME_CHUNKS.has(type) && to <= end) && (chunks.at(-1)?.to ?? 0) === end
  );
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
