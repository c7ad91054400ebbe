import type { UsageTools } from './tools.ts';

/** The figures that only this page writes. `locale` is one that `Intl` knows. */
export function createNumbers(locale: string): Pick<UsageTools, 'axisUsd' | 'price' | 'deviation'> {
  const dollars = (least: number, most: number): Intl.NumberFormat =>
    new Intl.NumberFormat(locale, {
      style: 'currency',
      currency: 'USD',
      minimumFractionDigits: least,
      maximumFractionDigits: most,
    });
  const price = dollars(2, 4);
  const share = new Intl.NumberFormat(locale, {
    style: 'percent',
    maximumFractionDigits: 1,
    signDisplay: 'exceptZero',
  });
  return {
    axisUsd(value, digits) {
      const most = digits === 0 ? 0 : Math.max(2, Math.min(digits, MOST_DIGITS));
      return dollars(most, most).format(value);
    },
    price: (value) => price.format(value),
    deviation: (value) => share.format(value),
  };
}

/** The closest locale that `Intl` knows; English for a language that nobody knows. */
export function localeOf(language: string): string {
  try {
    return Intl.NumberFormat.supportedLocalesOf([language])[0] ?? 'en-US';
  } catch {
    return 'en-US';
  }
}

const MOST_DIGITS = 9;
