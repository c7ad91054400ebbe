import type { Translate } from '../core/failure.ts';

/** Figures as the reader's language writes them. */
export interface Format {
  /** A whole number: `12,431`. */
  count(value: number): string;
  /** Tokens in few letters: `980`, `62k`, `1.2M`. */
  tokens(value: number): string;
  /** A share between 0 and 1: `98%`. */
  percent(share: number): string;
  /** A time span given in ms: `3.2 s`, `41 s`, `2 min 5 s`. */
  duration(ms: number): string;
  /** What is left of a time given in ms, minutes and seconds: `4:23`. */
  left(ms: number): string;
  /** Dollars, as exact as two digits are: `$0.0041`, `$0.13`, `$12.40`. */
  usd(value: number): string;
  /** From one sum to another: `$0.004–0.13`. */
  usdRange(low: number, high: number): string;
}

/** `language` is a BCP 47 tag; one that nobody knows is read as English. */
export function createFormat(language: string, t: Translate): Format {
  const locale = supported(language);
  const whole = new Intl.NumberFormat(locale);
  const tenth = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const share = new Intl.NumberFormat(locale, { style: 'percent' });
  const usd = (value: number): string => money(locale, value, { style: 'currency', currency: 'USD' });
  return {
    usd,
    usdRange: (low, high) => {
      if (usd(low) === usd(high)) return usd(high);
      // The sign stands once, on the side where the language puts it.
      return /^\d/.test(usd(high))
        ? `${money(locale, low)}–${usd(high)}`
        : `${usd(low)}–${money(locale, high)}`;
    },
    left: (ms) => {
      const seconds = Math.max(0, Math.ceil(ms / 1000));
      return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    },
    count: (value) => whole.format(value),
    tokens: (value) => {
      if (value < 1000) return whole.format(value);
      const thousands = Math.round(value / 1000);
      return thousands < 1000 ? `${whole.format(thousands)}k` : `${tenth.format(value / 1_000_000)}M`;
    },
    percent: (value) => share.format(value),
    duration: (ms) => {
      const seconds = Math.max(0, ms) / 1000;
      if (seconds < 10) return t('{0} s', tenth.format(seconds));
      const rounded = Math.round(seconds);
      if (rounded < 60) return t('{0} s', rounded);
      return t('{0} min {1} s', whole.format(Math.floor(rounded / 60)), rounded % 60);
    },
  };
}

/** Small sums keep two significant digits, up to a millionth of a dollar. */
function money(locale: string, value: number, style: Intl.NumberFormatOptions = {}): string {
  const size = Math.abs(value);
  const digits = size > 0 && size < 1 ? Math.min(6, 1 - Math.floor(Math.log10(size))) : 2;
  const maximumFractionDigits = Math.max(2, digits);
  return new Intl.NumberFormat(locale, { ...style, minimumFractionDigits: 2, maximumFractionDigits }).format(
    value,
  );
}

function supported(language: string): string {
  try {
    return Intl.NumberFormat.supportedLocalesOf([language])[0] ?? 'en-US';
  } catch {
    return 'en-US';
  }
}
