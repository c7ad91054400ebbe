import type { ImageType } from '../conversation/parts.ts';
import type { ImageSize } from '../ports.ts';

/**
 * Bytes of a file, by position. Readers of headers ask for those that they need only, so that a file in base64 has not
 * to be decoded, and never fail: what is not there is -1.
 */
export interface ByteFile {
  /** Bytes. */
  readonly length: number;
  /** The byte at a position; -1 behind the end. */
  readonly at: (position: number) => number;
}

/** What is known of a picture besides its size. */
export interface PictureDetails {
  /** EXIF's, 1 to 8; 1 is upright. */
  readonly orientation: number;
  /** Whether it has more than one frame. */
  readonly animated: boolean;
  /** False when the file is cut off. */
  readonly complete: boolean;
}

/** How one kind of picture is read. All of it takes time in proportion to the file at most. */
export interface PictureFormat {
  readonly mediaType: ImageType;
  readonly isMine: (file: ByteFile) => boolean;
  /** In px, as stored; undefined when the file is cut off before it or it makes no sense. */
  readonly size: (file: ByteFile) => ImageSize | undefined;
  /** `bytes` are those of `file`, for what has to be sought. */
  readonly details: (file: ByteFile, bytes: Uint8Array) => PictureDetails;
}
