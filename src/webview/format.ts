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
}

/** `language` is a BCP 47 tag; one that nobody knows is read as English. */
export function createFormat(language: string, t: Translate): Format {
  const locale = supported(language);
  const whole = new Intl.NumberFormat(locale);
  const tenth = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const share = new Intl.NumberFormat(locale, { style: 'percent' });
  return {
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

function supported(language: string): string {
  try {
    return Intl.NumberFormat.supportedLocalesOf([language])[0] ?? 'en-US';
  } catch {
    return 'en-US';
  }
}
