import type { ImageSize } from '../../../src/core/ports.ts';
import type { PictureFacts } from '../../../src/webview/attaching/arriving.ts';
import type { Prepared, Purpose, Unusable } from '../../../src/webview/attaching/picturing.ts';
import type { Edit } from '../../../src/webview/pictures/editing.ts';
import { createPictures } from '../../../src/webview/pictures/pictures.ts';

/** The part of the test of pictures that runs in the page. Bytes go to and fro in base64, as the browser's driver wants it. */
export interface InPage {
  prepare(base64: string, purpose: Purpose, edit?: Edit): Promise<Outcome>;
  /** RGBA in base64, as the browser decodes it. */
  decode(base64: string): Promise<{ readonly width: number; readonly height: number; readonly rgba: string }>;
  /** The red channel in base64: that of all of them where a picture is gray. */
  decodeGray(
    base64: string,
  ): Promise<{ readonly width: number; readonly height: number; readonly gray: string }>;
  /** Size of a thumbnail. */
  thumbnail(base64: string): Promise<{ readonly width: number; readonly height: number } | null>;
  /** Paints rows of letters, each in its cell, and writes a PNG; of 2560 by 1440 px where no size is given. */
  paintText(
    font: string,
    colors: readonly [string, string],
    letters: readonly string[],
    size?: readonly [number, number],
  ): Promise<PaintedText>;
  /** Paints a picture of many colors and writes it. */
  paintPhoto(width: number, height: number, type: string): Promise<string>;
  /** What the browser makes by its own means, decoded and made smaller at once, and the ms it takes. */
  bare(
    base64: string,
    size: ImageSize,
    type: string,
  ): Promise<{ readonly ms: number; readonly base64: string }>;
}

export interface Outcome {
  readonly learned: readonly PictureFacts[];
  readonly result: (Omit<Prepared, 'bytes'> & { readonly base64: string }) | Unusable;
  /** Ms from the call until the header was read, and until the end. */
  readonly factsAfter: number;
  readonly preparedAfter: number;
  /** Ms of the longest piece of work that kept the page busy; 0 when none was above 50. */
  readonly longestTask: number;
}

export interface PaintedText {
  readonly base64: string;
  /** Where each letter stands: left, baseline and advance in px. */
  readonly cells: readonly (readonly [string, number, number, number])[];
}

declare global {
  interface Window {
    readonly pictures: InPage;
  }
}

const pictures = createPictures(window, (message, ...args) =>
  message.replace(/\{(\d+)\}/g, (_, index) => String(args[Number(index)])),
);
const tasks: number[] = [];
const observer = new PerformanceObserver((list) =>
  tasks.push(...list.getEntries().map(({ duration }) => duration)),
);
observer.observe({ type: 'longtask' });

const inPage: InPage = {
  prepare: async (base64, purpose, edit) => {
    const picture = new Blob([bytesOf(base64)]);
    const learned: PictureFacts[] = [];
    await rest();
    tasks.length = 0;
    const start = performance.now();
    let factsAfter = 0;
    const work = edit
      ? pictures.edit(picture, edit, purpose)
      : pictures.prepare(picture, purpose, (facts) => {
          factsAfter = performance.now() - start;
          learned.push(facts);
        });
    const made = await work;
    const preparedAfter = performance.now() - start;
    await rest();
    tasks.push(...observer.takeRecords().map(({ duration }) => duration));
    const longestTask = Math.max(0, ...tasks);
    const times = { factsAfter, preparedAfter, longestTask };
    if ('problem' in made) return { learned, result: made, ...times };
    const { bytes, ...facts } = made;
    return { learned, result: { ...facts, base64: base64Of(bytes) }, ...times };
  },
  decode: async (base64) => {
    const { width, height, data } = await pixelsOf(base64);
    return { width, height, rgba: base64Of(data) };
  },
  decodeGray: async (base64) => {
    const { width, height, data } = await pixelsOf(base64);
    const gray = new Uint8Array(width * height);
    for (let at = 0; at < gray.length; at++) gray[at] = data[at * 4] ?? 0;
    return { width, height, gray: base64Of(gray) };
  },
  thumbnail: async (base64) => {
    const made = await pictures.thumbnail(new Blob([bytesOf(base64)]));
    if (!made) return null;
    const { width, height } = await createImageBitmap(made);
    return { width, height };
  },
  paintText: async (font, [background, color], letters, [width, height] = [2560, 1440]) => {
    const context = contextOf(width, height);
    context.fillStyle = background;
    context.fillRect(0, 0, width, height);
    context.fillStyle = color;
    context.font = font;
    const cells: [string, number, number, number][] = [];
    let next = 0;
    for (let baseline = 15; baseline < height - 8; baseline += 15) {
      for (let left = 6; left < width - 16; ) {
        const letter = letters[next++ % letters.length] ?? '';
        const advance = Math.max(1, Math.round(context.measureText(letter).width));
        context.fillText(letter, left, baseline);
        cells.push([letter, left, baseline, advance]);
        left += advance;
      }
    }
    return { base64: await fileOf(context.canvas, 'image/png'), cells };
  },
  paintPhoto: async (width, height, type) => {
    const context = contextOf(width, height);
    const noise = context.createImageData(256, 256);
    let seed = 1;
    for (let at = 0; at < noise.data.length; at++) {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
      noise.data[at] = at % 4 === 3 ? 255 : 96 + ((seed >> 16) & 63);
    }
    for (let y = 0; y < height; y += 256)
      for (let x = 0; x < width; x += 256) context.putImageData(noise, x, y);
    const sky = context.createLinearGradient(0, 0, width, height);
    sky.addColorStop(0, 'rgb(40 90 200 / 0.7)');
    sky.addColorStop(1, 'rgb(220 160 40 / 0.7)');
    context.fillStyle = sky;
    context.fillRect(0, 0, width, height);
    return fileOf(context.canvas, type);
  },
  bare: async (base64, { width, height }, type) => {
    const picture = new Blob([bytesOf(base64)]);
    await rest();
    const start = performance.now();
    const image = await createImageBitmap(picture, {
      resizeWidth: width,
      resizeHeight: height,
      resizeQuality: 'high',
    });
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext('2d')?.drawImage(image, 0, 0);
    const file = await canvas.convertToBlob({ type, quality: 0.92 });
    const bytes = new Uint8Array(await file.arrayBuffer());
    return { ms: performance.now() - start, base64: base64Of(bytes) };
  },
};

Object.assign(window, { pictures: inPage });

async function pixelsOf(base64: string): Promise<ImageData> {
  const image = await createImageBitmap(new Blob([bytesOf(base64)]));
  const context = contextOf(image.width, image.height);
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, image.width, image.height);
}

function contextOf(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('There is nothing to draw on.');
  return context;
}

async function fileOf(canvas: OffscreenCanvas, type: string): Promise<string> {
  const blob = await canvas.convertToBlob({ type, quality: 0.9 });
  return base64Of(new Uint8Array(await blob.arrayBuffer()));
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

function base64Of(bytes: Uint8Array | Uint8ClampedArray): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += 8192) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(binary);
}

/** Lets what is under way be reported. */
function rest(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50)));
}
