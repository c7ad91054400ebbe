import type { PaintedText } from './inPage.ts';

/** A picture of one channel, 0 to 255 (grays: red, green and blue are the same). */
export interface Gray {
  readonly width: number;
  readonly height: number;
  readonly values: Float64Array;
}

/** What every letter looks like in a picture of text that is made smaller. */
export type Templates = ReadonlyMap<string, ReadonlyMap<string, Float64Array>>;

/** Printable letters in an order that looks like none. */
export function scrambled(seed: number): readonly string[] {
  let next = seed;
  return Array.from({ length: 9973 }, () => {
    next = (Math.imul(next, 1103515245) + 12345) & 0x7fffffff;
    return String.fromCharCode(33 + ((next >> 12) % 94));
  });
}

/** A picture as the page hands it over. */
export function grayOf(decoded: {
  readonly width: number;
  readonly height: number;
  readonly gray: string;
}): Gray {
  const { width, height, gray } = decoded;
  return { width, height, values: Float64Array.from(Buffer.from(gray, 'base64')) };
}

/**
 * Makes a picture smaller as the API is taken to do it: Lanczos' kernel, as Pillow has it. Straight from the textbook and
 * not made to be fast, so that it shares nothing with what is tested.
 */
export function scaledByReference(gray: Gray, width: number, height: number): Gray {
  const narrow = transposed(narrowed(gray, width));
  const { values, ...size } = transposed(narrowed(narrow, height));
  return { ...size, values: values.map((value) => Math.min(255, Math.max(0, Math.round(value)))) };
}

/** Learns what letters look like from a text that is known. */
export function learnLetters(gray: Gray, { cells }: PaintedText, scale: number): Templates {
  const sums = new Map<string, Map<string, { readonly sum: Float64Array; count: number }>>();
  for (const [letter, ...place] of cells) {
    const { phase, pixels } = cellOf(gray, place, scale);
    const letters = sums.get(phase) ?? new Map();
    const known = letters.get(letter) ?? { sum: new Float64Array(pixels.length), count: 0 };
    pixels.forEach((value, at) => {
      known.sum[at] = (known.sum[at] ?? 0) + value;
    });
    known.count += 1;
    sums.set(phase, letters.set(letter, known));
  }
  const mean = ({ sum, count }: { sum: Float64Array; count: number }) => sum.map((value) => value / count);
  return new Map(
    [...sums].map(([phase, letters]) => [
      phase,
      new Map([...letters].map(([letter, known]) => [letter, mean(known)])),
    ]),
  );
}

/** The share of letters that look most like themselves, 0 to 1. */
export function legibility(gray: Gray, { cells }: PaintedText, scale: number, templates: Templates): number {
  const right = cells.filter(([letter, ...place]) => {
    const { phase, pixels } = cellOf(gray, place, scale);
    return nearest(pixels, templates.get(phase) ?? new Map()) === letter;
  });
  return right.length / cells.length;
}

const LOBES = 3;
/** Px of the window in which a letter is looked at, before scaling. */
const WIDTH = 12;
const ABOVE = 10;
const BELOW = 4;
/** A px is told apart in so many parts: where a letter begins within it changes its look. */
const PHASES = 4;

function narrowed({ width: from, height, values }: Gray, width: number): Gray {
  const scale = from / width;
  const made = new Float64Array(width * height);
  for (let x = 0; x < width; x++) {
    const center = (x + 0.5) * scale - 0.5;
    const first = Math.max(0, Math.ceil(center - LOBES * Math.max(1, scale)));
    const last = Math.min(from - 1, Math.floor(center + LOBES * Math.max(1, scale)));
    const weights = Array.from({ length: last - first + 1 }, (_, at) =>
      kernel((first + at - center) / Math.max(1, scale)),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (let y = 0; y < height; y++) {
      let sum = 0;
      for (let at = first; at <= last; at++) sum += (weights[at - first] ?? 0) * (values[y * from + at] ?? 0);
      made[y * width + x] = sum / total;
    }
  }
  return { width, height, values: made };
}

function transposed({ width, height, values }: Gray): Gray {
  const turned = new Float64Array(values.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) turned[x * height + y] = values[y * width + x] ?? 0;
  }
  return { width: height, height: width, values: turned };
}

function kernel(x: number): number {
  const sinc = (value: number): number => (value === 0 ? 1 : Math.sin(Math.PI * value) / (Math.PI * value));
  return Math.abs(x) < LOBES ? sinc(x) * sinc(x / LOBES) : 0;
}

/** What is seen where a letter stands; the advance decides how much of the window is its own. */
function cellOf(
  { width, values }: Gray,
  [left, baseline, advance]: readonly [number, number, number],
  scale: number,
): { readonly phase: string; readonly pixels: Float64Array } {
  const x = left * scale;
  const y = (baseline - ABOVE) * scale;
  const across = Math.ceil(WIDTH * scale);
  const own = Math.min(across, Math.ceil(advance * scale) + (scale < 1 ? 1 : 0));
  const down = Math.ceil((ABOVE + BELOW) * scale);
  const pixels = new Float64Array(across * down).fill(Number.NaN);
  for (let row = 0; row < down; row++) {
    for (let column = 0; column < own; column++) {
      pixels[row * across + column] = values[(Math.floor(y) + row) * width + Math.floor(x) + column] ?? 0;
    }
  }
  return { phase: `${phaseOf(x)} ${phaseOf(y)}`, pixels };
}

function phaseOf(value: number): number {
  return Math.floor((value - Math.floor(value)) * PHASES);
}

/** Only px that both have count. */
function nearest(pixels: Float64Array, letters: ReadonlyMap<string, Float64Array>): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const [letter, template] of letters) {
    let sum = 0;
    let count = 0;
    for (let at = 0; at < pixels.length; at++) {
      const difference = (pixels[at] ?? 0) - (template[at] ?? 0);
      if (Number.isNaN(difference)) continue;
      sum += difference * difference;
      count += 1;
    }
    if (sum / count < least) {
      least = sum / count;
      best = letter;
    }
  }
  return best;
}
