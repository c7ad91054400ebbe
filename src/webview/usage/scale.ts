/** A vertical axis: round values from 0 to the first that is not below the largest one. */
export interface Scale {
  readonly ticks: readonly number[];
  readonly top: number;
  /** Digits after the point that tell the ticks apart. */
  readonly digits: number;
}

/** An axis for values from 0 to `most`, with at most five steps of 1, 2 or 5 times a power of ten. */
export function scaleFor(most: number): Scale {
  if (!(most > 0)) return { ticks: [0], top: 1, digits: 0 };
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10) * power;
  const steps = Math.ceil(most / step - ROUNDING);
  const ticks = Array.from({ length: steps + 1 }, (_, index) => index * step);
  return { ticks, top: steps * step, digits: Math.max(0, -Math.floor(Math.log10(step) + ROUNDING)) };
}

/** A sum of floating point numbers may be this much too large. */
const ROUNDING = 1e-9;
