import type { ImageSize } from '../../core/ports.ts';
import type { Rect } from '../attaching/viewing.ts';
import { joinRows, shortenRow, type Taps, tapsFor } from './lanczos.ts';
import { createSlices, type Slices } from './slices.ts';

/** Something to draw from, and what of it is to be seen. */
export interface Source {
  readonly image: ImageBitmap | OffscreenCanvas;
  /** Nothing but this; all of it when absent. Whole px. */
  readonly crop?: Rect;
  /** Opaque black. Whole px of the image. */
  readonly blackOut?: readonly Rect[];
}

/**
 * Draws a picture in the given size, which is at most its own, on a canvas of its own. Works in slices of a few ms and
 * resamples itself, because what browsers do costs legibility (see `lanczos.ts`).
 */
export async function drawn(
  window: Window & typeof globalThis,
  source: Source,
  size: ImageSize,
): Promise<OffscreenCanvas> {
  const canvas = new window.OffscreenCanvas(size.width, size.height);
  const context = contextOf(canvas);
  const rows = createRows(window, source, size);
  const slices = createSlices(window);
  const isSame = rows.width === size.width && rows.height === size.height;
  await (isSame ? copy(rows, context, slices) : shorten(rows, context, size, slices));
  return canvas;
}

/** Px that are drawn; the size of the picture when nothing is cropped. */
export function sizeOf({ image, crop }: Source): ImageSize {
  const { width, height } = crop ?? image;
  return { width, height };
}

/** Rows that are read at a time: a few ms for the widest pictures. */
const BAND = 16;

type Context = OffscreenCanvasRenderingContext2D;

function contextOf(canvas: OffscreenCanvas): Context {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('There is nothing to draw on.');
  return context;
}

/** The rows of a picture, a band at a time. */
interface Rows extends ImageSize {
  /** RGBA of `BAND` rows from the given one on; what lies below the picture is nonsense. */
  read(from: number): ImageData;
}

function createRows(window: Window & typeof globalThis, source: Source, size: ImageSize): Rows {
  const { image, blackOut = [] } = source;
  const { x, y } = source.crop ?? { x: 0, y: 0 };
  const full = sizeOf(source);
  // Halving by drawing is exact, each px the mean of four, and saves most of the work on huge pictures.
  const isHuge = Math.min(full.width / size.width, full.height / size.height) >= 4 && blackOut.length === 0;
  const factor = isHuge ? 2 : 1;
  const width = Math.floor(full.width / factor);
  const height = Math.floor(full.height / factor);
  const context = contextOf(new window.OffscreenCanvas(width, BAND));
  context.imageSmoothingQuality = 'low';
  const read = (from: number): ImageData => {
    const count = Math.min(BAND, height - from);
    const top = y + from * factor;
    context.clearRect(0, 0, width, BAND);
    context.drawImage(image, x, top, width * factor, count * factor, 0, 0, width, count);
    context.fillStyle = '#000';
    for (const rect of blackOut) context.fillRect(rect.x - x, rect.y - top, rect.width, rect.height);
    return context.getImageData(0, 0, width, BAND);
  };
  return { width, height, read };
}

async function copy(rows: Rows, context: Context, slices: Slices): Promise<void> {
  for (let from = 0; from < rows.height; from += BAND) {
    context.putImageData(rows.read(from), 0, from);
    await slices.breathe();
  }
}

async function shorten(rows: Rows, context: Context, size: ImageSize, slices: Slices): Promise<void> {
  const across = tapsFor(rows.width, size.width);
  const down = tapsFor(rows.height, size.height);
  const capacity = down.count + BAND;
  const lines = new Float32Array(capacity * size.width * 4);
  const band = context.createImageData(size.width, Math.min(BAND, size.height));
  let loaded = 0;
  for (let index = 0; index < size.height; index++) {
    const needed = (down.starts[index] ?? 0) + down.count;
    while (loaded < needed) {
      shortenBand(rows.read(loaded), across, lines, capacity, loaded);
      loaded += BAND;
      await slices.breathe();
    }
    const row = index % band.height;
    joinRows(lines, capacity, down, index, band.data, row * size.width * 4);
    if (row === band.height - 1 || index === size.height - 1) context.putImageData(band, 0, index - row);
    await slices.breathe();
  }
}

function shortenBand(
  { data, width, height }: ImageData,
  across: Taps,
  lines: Float32Array,
  capacity: number,
  first: number,
): void {
  const isOpaque = hasOnlyOpaque(data);
  const length = lines.length / capacity;
  for (let row = 0; row < height; row++) {
    const pixels = data.subarray(row * width * 4, (row + 1) * width * 4);
    shortenRow(pixels, across, isOpaque, lines, ((first + row) % capacity) * length);
  }
}

function hasOnlyOpaque(data: Uint8ClampedArray): boolean {
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 255) return false;
  return true;
}
