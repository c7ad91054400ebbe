/** What several repetitions of one measurement gave, all in the figure's unit. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly values: readonly number[];
}

/** One figure of Parley beside what it is to be held against. */
export interface Figure {
  readonly area: string;
  readonly what: string;
  readonly unit: 'ms' | 'µs' | 'KB' | 'USD' | '%' | '×' | '';
  readonly parley: Spread;
  /** A measurement of the same run, or a limit. */
  readonly yardstick?: { readonly what: string; readonly value: Spread };
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = (sorted.length - 1) / 2;
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const median = (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2;
  return { median, least: at(0), most: at(sorted.length - 1), values };
}

/** Figures of one area, made from two lists of values that were measured alternately. */
export function compare(
  area: string,
  what: string,
  unit: Figure['unit'],
  parley: readonly number[],
  yardstick?: { readonly what: string; readonly values: readonly number[] },
): Figure {
  return {
    area,
    what,
    unit,
    parley: spreadOf(parley),
    ...(yardstick && { yardstick: { what: yardstick.what, value: spreadOf(yardstick.values) } }),
  };
}
