import type { ImageType } from '../../core/conversation/parts.ts';
import type { ImageSize } from '../../core/ports.ts';
import { apiImageType, type FileKind, pictureFacts, recognize } from '../../core/request/attachments.ts';

/** What can be told of a picture before it is decoded. */
export interface Outlook {
  readonly kind: FileKind;
  /** Px, upright; absent where the header does not tell. */
  readonly size?: ImageSize;
  readonly isAnimated: boolean;
  /** False when the file is cut off. */
  readonly isComplete: boolean;
  /** EXIF's orientation is 1. */
  readonly isUpright: boolean;
  /** As what it is written when it cannot stay as it is. */
  readonly mediaType: ImageType;
}

/** Looks at the header of a file. */
export function outlookOf(bytes: Uint8Array): Outlook {
  const kind = recognize(bytes);
  const facts = pictureFacts(bytes);
  const size = facts ? upright(facts, facts.orientation) : declaredSize(kind, bytes);
  return {
    kind,
    ...(size ? { size } : {}),
    isAnimated: facts?.animated ?? false,
    isComplete: facts?.complete ?? apiImageType(kind) === undefined,
    isUpright: (facts?.orientation ?? 1) === 1,
    mediaType: writtenAs(kind, bytes),
  };
}

/** Whether a file of no known kind begins as a text in UTF-8. */
export function isText(bytes: Uint8Array): boolean {
  const start = bytes.subarray(0, TEXT_START);
  if (start.includes(0)) return false;
  try {
    // With `stream` a letter may be cut in two.
    new TextDecoder('utf-8', { fatal: true }).decode(start, { stream: bytes.length > TEXT_START });
    return true;
  } catch {
    return false;
  }
}

/** Whether decoding it would take more memory than a picture is worth: about 1 GB. */
export function isBomb({ width, height }: ImageSize): boolean {
  return width * height > MOST_PIXELS;
}

/** Whether a file of this kind can be sent without being written anew. */
export function canStay({ kind, isAnimated, isComplete, isUpright }: Outlook): boolean {
  return apiImageType(kind) !== undefined && !isAnimated && isComplete && isUpright;
}

/** Bytes that are looked at. */
const TEXT_START = 65_536;

/** Four bytes each. */
const MOST_PIXELS = 8_000 * 8_000 * 4;

/** Orientations from 5 on lie on their side (Exif 2.32, 4.6.4). */
function upright({ width, height }: ImageSize, orientation: number): ImageSize {
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}

/** Lossless stays lossless, so that text stays sharp. */
function writtenAs(kind: FileKind, bytes: Uint8Array): ImageType {
  if (kind === 'jpeg' || kind === 'heic') return 'image/jpeg';
  if (kind === 'avif' || (kind === 'webp' && !isLosslessWebp(bytes))) return 'image/webp';
  return 'image/png';
}

function isLosslessWebp(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(12, 16)) === 'VP8L';
}

/** The size in the headers of files that are converted: a huge one is not even decoded. */
function declaredSize(kind: FileKind, bytes: Uint8Array): ImageSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (kind === 'bmp' && bytes.length >= 26 && view.getUint32(14, true) >= 40)
    return sizeOrNone(view.getInt32(18, true), Math.abs(view.getInt32(22, true)));
  return kind === 'avif' ? avifSize(view) : undefined;
}

/** The largest of the boxes `ispe` (ISO/IEC 23008-12, 6.5.3): the others are of tiles and thumbnails. */
function avifSize(view: DataView): ImageSize | undefined {
  let found: ImageSize | undefined;
  for (let at = 0; at + 16 <= Math.min(view.byteLength, AVIF_HEADER); at++) {
    if (view.getUint32(at) !== ISPE) continue;
    const size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
    if (size.width * size.height > (found ? found.width * found.height : 0)) found = size;
  }
  return found;
}

function sizeOrNone(width: number, height: number): ImageSize | undefined {
  return width > 0 && height > 0 ? { width, height } : undefined;
}

/** Bytes that are searched. */
const AVIF_HEADER = 4096;
/** The letters of its type. */
const ISPE = 0x69737065;
