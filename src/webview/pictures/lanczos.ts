/**
 * Resampling with Lanczos' kernel of three lobes, the best that is in common use for making pictures smaller. Browsers
 * draw between the nearest px instead, whatever quality they are asked for; of small letters a tenth is lost by that.
 */

/** Which px of a line make each px of a shorter line, and how much they count. */
export interface Taps {
  /** How many px count for each. */
  readonly count: number;
  /** The first of them. */
  readonly starts: Int32Array;
  /** `count` for each px; together 1. */
  readonly weights: Float32Array;
  /** The same in parts of `WHOLE`. */
  readonly whole: Int32Array;
}

const LOBES = 3;
/** As fine as it can be without sums beyond 32 bits. */
const WHOLE = 2 ** 20;

/** Taps from a line of `from` px to one of `to`. */
export function tapsFor(from: number, to: number): Taps {
  const scale = from / to;
  const reach = LOBES * Math.max(1, scale);
  const count = Math.min(from, Math.ceil(2 * reach));
  const starts = new Int32Array(to);
  const weights = new Float32Array(to * count);
  for (let index = 0; index < to; index++) {
    const center = (index + 0.5) * scale;
    const start = Math.max(0, Math.min(from - count, Math.ceil(center - reach - 0.5)));
    starts[index] = start;
    weights.set(weightsAround(center - start, count, Math.max(1, scale)), index * count);
  }
  return { count, starts, weights, whole: Int32Array.from(weights, (weight) => Math.round(weight * WHOLE)) };
}

/**
 * Makes a line shorter: RGBA in, RGBA out from `to` on, colors multiplied with their opacity (0 to 255) so that what is
 * transparent has none.
 */
export function shortenRow(
  row: Uint8ClampedArray,
  taps: Taps,
  isOpaque: boolean,
  into: Float32Array,
  to: number,
): void {
  if (isOpaque) shortenOpaque(row, taps, into, to);
  else shortenTransparent(row, taps, into, to);
}

/**
 * Adds up lines to one: line `index` of the picture. `lines` holds those that count at their number modulo `capacity`.
 * RGBA out from `to` on.
 */
export function joinRows(
  lines: Float32Array,
  capacity: number,
  { count, starts, weights }: Taps,
  index: number,
  into: Uint8ClampedArray,
  to: number,
): void {
  const length = lines.length / capacity;
  const sum = new Float32Array(length);
  const start = starts[index] ?? 0;
  const weightOf = (tap: number): number => (tap < count ? (weights[index * count + tap] ?? 0) : 0);
  const lineOf = (tap: number): Float32Array => {
    const line = ((start + Math.min(tap, count - 1)) % capacity) * length;
    return lines.subarray(line, line + length);
  };
  // Four lines at a time, because fetching and storing the sums takes longer than adding.
  for (let tap = 0; tap < count; tap += 4) {
    const [a, b, c, d] = [weightOf(tap), weightOf(tap + 1), weightOf(tap + 2), weightOf(tap + 3)];
    const [one, two, three, four] = [lineOf(tap), lineOf(tap + 1), lineOf(tap + 2), lineOf(tap + 3)];
    for (let at = 0; at < length; at++)
      sum[at] =
        (sum[at] ?? 0) + a * (one[at] ?? 0) + b * (two[at] ?? 0) + c * (three[at] ?? 0) + d * (four[at] ?? 0);
  }
  for (let at = 0; at < length; at += 4) {
    const alpha = sum[at + 3] ?? 0;
    // Beside an edge the kernel goes beyond what is opaque, colors and opacity alike.
    const share = alpha > 0 ? 255 / alpha : 0;
    into[to + at] = (sum[at] ?? 0) * share;
    into[to + at + 1] = (sum[at + 1] ?? 0) * share;
    into[to + at + 2] = (sum[at + 2] ?? 0) * share;
    into[to + at + 3] = alpha;
  }
}

/** Whole numbers, because most pictures are opaque and this is where the time goes. */
function shortenOpaque(
  row: Uint8ClampedArray,
  { count, starts, whole }: Taps,
  into: Float32Array,
  to: number,
): void {
  let tap = 0;
  let target = to;
  for (let index = 0; index < starts.length; index++) {
    let at = (starts[index] ?? 0) * 4;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (const end = tap + count; tap < end; tap++, at += 4) {
      const weight = whole[tap] ?? 0;
      red = (red + Math.imul(weight, row[at] ?? 0)) | 0;
      green = (green + Math.imul(weight, row[at + 1] ?? 0)) | 0;
      blue = (blue + Math.imul(weight, row[at + 2] ?? 0)) | 0;
    }
    into[target] = red / WHOLE;
    into[target + 1] = green / WHOLE;
    into[target + 2] = blue / WHOLE;
    into[target + 3] = 255;
    target += 4;
  }
}

function shortenTransparent(
  row: Uint8ClampedArray,
  { count, starts, weights }: Taps,
  into: Float32Array,
  to: number,
): void {
  for (let index = 0; index < starts.length; index++) {
    let at = (starts[index] ?? 0) * 4;
    let red = 0;
    let green = 0;
    let blue = 0;
    let alpha = 0;
    for (let tap = index * count; tap < (index + 1) * count; tap++, at += 4) {
      const opacity = (weights[tap] ?? 0) * (row[at + 3] ?? 0);
      alpha += opacity;
      red += (opacity / 255) * (row[at] ?? 0);
      green += (opacity / 255) * (row[at + 1] ?? 0);
      blue += (opacity / 255) * (row[at + 2] ?? 0);
    }
    into.set([red, green, blue, alpha], to + index * 4);
  }
}

function weightsAround(center: number, count: number, scale: number): Float32Array {
  const weights = Float32Array.from({ length: count }, (_, index) => lanczos((index + 0.5 - center) / scale));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function lanczos(x: number): number {
  if (x === 0) return 1;
  if (Math.abs(x) >= LOBES) return 0;
  const angle = Math.PI * x;
  return (LOBES * Math.sin(angle) * Math.sin(angle / LOBES)) / (angle * angle);
}
