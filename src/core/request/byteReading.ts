import type { ByteFile } from './pictureFormat.ts';

/** A chunk of a file: what it is called, where it begins, where its data do, and the position behind it all. */
export interface Chunk {
  readonly type: string;
  readonly from: number;
  readonly data: number;
  /** Bytes of data. */
  readonly length: number;
  /** Behind the end of the file when that is cut off. */
  readonly to: number;
}

/** Reading of whole values from a file. Those that reach behind its end are nonsense; ask `ends` first. */

/** Whether the file ends before this position. */
export function ends(file: ByteFile, position: number): boolean {
  return position > file.length;
}

/** Whether this text in Latin-1 stands at a position. */
export function says(file: ByteFile, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (file.at(at + index) !== text.charCodeAt(index)) return false;
  }
  return true;
}

/** The four letters that name a chunk. */
export function letters(file: ByteFile, at: number): string {
  return String.fromCharCode(file.at(at), file.at(at + 1), file.at(at + 2), file.at(at + 3));
}

/** A whole number of so many bytes, the highest first. */
export function big(file: ByteFile, at: number, length: number): number {
  let value = 0;
  for (let index = 0; index < length; index++) value = value * 256 + file.at(at + index);
  return value;
}

/** A whole number of so many bytes, the lowest first. */
export function little(file: ByteFile, at: number, length: number): number {
  let value = 0;
  for (let index = length - 1; index >= 0; index--) value = value * 256 + file.at(at + index);
  return value;
}

/**
 * The orientation in EXIF data that begin with their TIFF header at `start`: 1 to 8, and 1 where they do not tell
 * (Exif 2.32, 4.6.4; TIFF 6.0, section 2).
 */
export function orientationIn(file: ByteFile, start: number, end: number): number {
  const read = says(file, start, 'MM\0*') ? big : says(file, start, 'II*\0') ? little : undefined;
  if (!read) return 1;
  const directory = start + read(file, start + 4, 4);
  const entries = read(file, directory, 2);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + entry * 12;
    if (at + 12 > end || ends(file, at + 12)) return 1;
    if (read(file, at, 2) !== 0x0112) continue;
    const orientation = read(file, at + 8, 2);
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
  }
  return 1;
}
