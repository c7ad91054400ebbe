import type { ImageType } from '../../core/conversation/parts.ts';
import type { Translate } from '../../core/failure.ts';
import type { ImageSize } from '../../core/ports.ts';
import { MAX_FILE } from '../../core/protocol.ts';
import { apiImageType, type FileKind } from '../../core/request/attachments.ts';

/** Why a picture cannot be attached. */
export type Obstacle = 'empty' | 'tooLarge' | 'tooManyPixels' | 'cutShort' | 'unreadable' | 'tooHeavy';

/** One sentence that names the file, says what is wrong and what to do. */
export function problemOf(t: Translate, obstacle: Obstacle, name: string, kind: FileKind): string {
  switch (obstacle) {
    case 'empty':
      return t('{0} is empty.', name);
    case 'tooLarge':
      return t('{0} has more than {1} MB. Make it smaller and attach that.', name, MAX_FILE / 1024 ** 2);
    case 'tooManyPixels':
      return t('{0} has too many pixels to work with. Crop it and attach that.', name);
    case 'cutShort':
      return t('{0} is cut short and nothing of it can be read. Get the file anew and attach that.', name);
    case 'tooHeavy':
      return t('{0} cannot be made small enough. Crop it and attach that.', name);
    case 'unreadable':
      return apiImageType(kind) === undefined && kind !== 'unknown'
        ? unreadable(t, name, kind)
        : t('{0} cannot be read as a picture. Save it as PNG and attach that.', name);
  }
}

/** Whole sentences: "a" and "an" do not translate. */
function unreadable(t: Translate, name: string, kind: FileKind): string {
  const letters = kind.toUpperCase();
  return kind === 'svg' || kind === 'avif' || kind === 'ico'
    ? t('{0} is an {1} file, which cannot be read here. Save it as PNG and attach that.', name, letters)
    : t('{0} is a {1} file, which cannot be read here. Save it as PNG and attach that.', name, letters);
}

/** What was done to a picture. */
export interface Changes {
  readonly kind: FileKind;
  /** Px, upright; `from` is that of the original. */
  readonly from: ImageSize;
  readonly to: ImageSize;
  readonly isAnimated: boolean;
  readonly isPartial: boolean;
  readonly isCropped?: boolean;
  readonly isBlackedOut?: boolean;
  /** Set when the type is another one for the sake of bytes. */
  readonly lighterAs?: ImageType;
}

/** Sentences in one line; empty when nothing was done that one would notice. */
export function noteOf(t: Translate, changes: Changes): string {
  const { kind, from, to, lighterAs } = changes;
  const isSmaller = from.width !== to.width || from.height !== to.height;
  const notes = [
    apiImageType(kind) === undefined ? t('Converted from {0}', nameOf(t, kind)) : '',
    changes.isCropped ? t('Cropped') : '',
    changes.isBlackedOut ? t('Partly blacked out') : '',
    isSmaller
      ? t('Made smaller: {0} × {1} to {2} × {3} px', from.width, from.height, to.width, to.height)
      : '',
    lighterAs ? t('Kept as {0}, otherwise it would be too large', TYPES[lighterAs]) : '',
    changes.isAnimated ? t('Only its first frame is sent') : '',
    changes.isPartial ? t('The file is cut short; what could be read is attached') : '',
  ];
  return notes.filter((note) => note !== '').join('. ');
}

function nameOf(t: Translate, kind: FileKind): string {
  return kind === 'unknown' ? t('another format') : kind.toUpperCase();
}

const TYPES: Readonly<Record<ImageType, string>> = {
  'image/png': 'PNG',
  'image/jpeg': 'JPEG',
  'image/gif': 'GIF',
  'image/webp': 'WebP',
};
