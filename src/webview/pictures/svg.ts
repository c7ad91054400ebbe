import type { ImageSize } from '../../core/ports.ts';
import { loaded } from './decoding.ts';

/** A drawing of lines, which has a size only when somebody gives it one. */
export interface Svg {
  /** Px it says it wants, or a size of its shape that shows what is in it. */
  readonly size: ImageSize;
  /** Draws it. Neither its scripts run nor does it load anything. Rejects when it is no drawing. */
  draw(size: ImageSize): Promise<ImageBitmap>;
}

/** Reads an SVG; undefined when it is not well-formed. */
export function svgOf(window: Window & typeof globalThis, text: string): Svg | undefined {
  const document = new window.DOMParser().parseFromString(text, 'image/svg+xml');
  const root = document.documentElement;
  if (root.localName !== 'svg' || document.querySelector('parsererror')) return undefined;
  const asked = askedSize(root);
  const side = Math.max(asked.width, asked.height);
  const size = scaled(asked, Math.max(side, LEAST_SIDE));
  if (!root.hasAttribute('viewBox')) root.setAttribute('viewBox', `0 0 ${asked.width} ${asked.height}`);
  const draw = async ({ width, height }: ImageSize): Promise<ImageBitmap> => {
    root.setAttribute('width', String(width));
    root.setAttribute('height', String(height));
    const drawing = new window.XMLSerializer().serializeToString(document);
    // From an address of another kind, or made a bitmap directly, a drawing with HTML in it cannot be read back.
    const element = await loaded(window, `data:image/svg+xml,${encodeURIComponent(drawing)}`);
    const canvas = new window.OffscreenCanvas(width, height);
    canvas.getContext('2d')?.drawImage(element, 0, 0, width, height);
    return canvas.transferToImageBitmap();
  };
  return { size, draw };
}

/** Px of the longer side where the drawing has no size. */
const USUAL_SIDE = 1024;
/** Px of the longer side below which an icon would show nothing; lines can be drawn larger without loss. */
const LEAST_SIDE = 512;

function askedSize(root: Element): ImageSize {
  const box =
    root
      .getAttribute('viewBox')
      ?.trim()
      .split(/[\s,]+/)
      .map(Number) ?? [];
  const [, , boxWidth = 0, boxHeight = 0] = box;
  const ratio = boxWidth > 0 && boxHeight > 0 ? boxWidth / boxHeight : undefined;
  const width = lengthOf(root.getAttribute('width'));
  const height = lengthOf(root.getAttribute('height'));
  if (width && height) return { width, height };
  if (width) return { width, height: width / (ratio ?? 1) };
  if (height) return { width: height * (ratio ?? 1), height };
  return scaled({ width: ratio ?? 1, height: 1 }, USUAL_SIDE);
}

function scaled({ width, height }: ImageSize, side: number): ImageSize {
  const factor = side / Math.max(width, height);
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
}

/** Px of a length (CSS, absolute units); undefined for a share of something else. */
function lengthOf(value: string | null): number | undefined {
  const [, number, unit = ''] =
    /^\s*(\d*\.?\d+(?:e[+-]?\d+)?)(px|pt|pc|mm|cm|in)?\s*$/i.exec(value ?? '') ?? [];
  const length = Number(number) * (UNITS[unit.toLowerCase()] ?? 1);
  return length > 0 && Number.isFinite(length) ? length : undefined;
}

const UNITS: Readonly<Record<string, number>> = {
  pt: 96 / 72,
  pc: 16,
  mm: 96 / 25.4,
  cm: 96 / 2.54,
  in: 96,
};
