import type { Translate } from '../../core/failure.ts';
import type { ImageSize } from '../../core/ports.ts';
import { MAX_FILE } from '../../core/protocol.ts';
import type { Purpose, Unusable } from '../attaching/picturing.ts';
import { type Decoded, decoded } from './decoding.ts';
import { isBomb, isText, type Outlook, outlookOf } from './planning.ts';
import { type Obstacle, problemOf } from './sentences.ts';
import { svgOf } from './svg.ts';

/** Why a file is not attached as a picture, told by what is in it. */
export interface Refused {
  readonly obstacle: Obstacle;
  readonly kind: Outlook['kind'];
  /** True for a document or a text, whatever its name says. */
  readonly isOther?: boolean;
}

/**
 * Reads a file and looks at its header; why not, where that is enough to refuse it. Keeps none of its bytes. Never
 * rejects.
 */
export async function openPicture(
  window: Window & typeof globalThis,
  picture: Blob,
): Promise<Outlook | Refused> {
  if (picture.size > MAX_FILE) return { obstacle: 'tooLarge', kind: 'unknown' };
  const bytes = await bytesOf(picture);
  if (!bytes) return { obstacle: 'unreadable', kind: 'unknown' };
  const outlook = outlookOf(bytes);
  const { kind, size } = outlook;
  if (kind === 'empty') return { obstacle: 'empty', kind };
  if (kind === 'pdf' || (kind === 'unknown' && isText(bytes)))
    return { obstacle: 'unreadable', kind, isOther: true };
  if (size && isBomb(size)) return { obstacle: 'tooManyPixels', kind };
  if (kind !== 'svg') return outlook;
  const svg = svgOf(window, new TextDecoder().decode(bytes));
  return svg ? { ...outlook, size: svg.size } : { obstacle: 'unreadable', kind };
}

/** Decodes what was opened; a drawing of lines in the given size. Undefined when it cannot be read. */
export async function decodeOpened(
  window: Window & typeof globalThis,
  { kind }: Outlook,
  picture: Blob,
  size: ImageSize | undefined,
): Promise<Decoded | undefined> {
  if (kind !== 'svg') return decoded(window, picture);
  const svg = svgOf(window, new TextDecoder().decode(await bytesOf(picture)));
  const image = await svg?.draw(size ?? svg.size).catch(() => undefined);
  return image && { image, isPartial: false };
}

/** Says why a picture cannot be attached, and calls it by its name. */
export function refusal(
  t: Translate,
  picture: Blob,
  { label }: Pick<Purpose, 'label'>,
): (obstacle: Obstacle, kind: Outlook['kind']) => Unusable {
  const own = 'name' in picture && typeof picture.name === 'string' ? picture.name : '';
  const name = label || own || t('The picture');
  return (obstacle, kind) => ({ problem: problemOf(t, obstacle, name, kind) });
}

/** Undefined when the file is there no more. */
export async function bytesOf(picture: Blob): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return new Uint8Array(await picture.arrayBuffer());
  } catch {
    return undefined;
  }
}
