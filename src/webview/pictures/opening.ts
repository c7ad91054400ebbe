import type { Translate } from '../../core/failure.ts';
import type { ImageSize } from '../../core/ports.ts';
import { MAX_FILE } from '../../core/protocol.ts';
import type { Purpose, Unusable } from '../attaching/picturing.ts';
import { type Decoded, decoded } from './decoding.ts';
import { isBomb, type Outlook, outlookOf } from './planning.ts';
import { type Obstacle, problemOf } from './sentences.ts';
import { type Svg, svgOf } from './svg.ts';

/** A file whose header was read. */
export interface Opened {
  readonly outlook: Outlook;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Set for a drawing of lines. */
  readonly svg?: Svg;
}

/** Reads a file and looks at its header; why not, where that is enough to refuse it. Never rejects. */
export async function openPicture(
  window: Window & typeof globalThis,
  picture: Blob,
): Promise<Opened | { readonly obstacle: Obstacle; readonly kind: Outlook['kind'] }> {
  if (picture.size > MAX_FILE) return { obstacle: 'tooLarge', kind: 'unknown' };
  const bytes = await bytesOf(picture);
  if (!bytes) return { obstacle: 'unreadable', kind: 'unknown' };
  const outlook = outlookOf(bytes);
  const { kind, size } = outlook;
  if (kind === 'empty') return { obstacle: 'empty', kind };
  if (kind === 'pdf') return { obstacle: 'unreadable', kind };
  if (size && isBomb(size)) return { obstacle: 'tooManyPixels', kind };
  if (kind !== 'svg') return { outlook, bytes };
  const svg = svgOf(window, new TextDecoder().decode(bytes));
  return svg ? { outlook: { ...outlook, size: svg.size }, bytes, svg } : { obstacle: 'unreadable', kind };
}

/** Decodes what was opened; a drawing of lines in the given size. Undefined when it cannot be read. */
export async function decodeOpened(
  window: Window & typeof globalThis,
  { svg, outlook }: Opened,
  picture: Blob,
  size: ImageSize | undefined,
): Promise<Decoded | undefined> {
  if (!svg) return decoded(window, picture);
  const image = await svg.draw(size ?? outlook.size ?? svg.size).catch(() => undefined);
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
async function bytesOf(picture: Blob): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return new Uint8Array(await picture.arrayBuffer());
  } catch {
    return undefined;
  }
}
