/** Days, months and times as the reader's language writes them. */
export interface Dates {
  /** A day `2026-11-22`, short as on an axis: `Nov 22`. */
  day(day: string): string;
  /** A day with its year: `Sun, Nov 22, 2026`. */
  wholeDay(day: string): string;
  /** A month `2026-11`: `Nov 2026`. */
  month(month: string): string;
  /** A moment given in ms since the epoch: `Nov 22, 3:04 PM`. */
  moment(at: number): string;
  /** A time of day with seconds: `3:04:05 PM`. */
  time(at: number): string;
}

/** `locale` is one that `Intl` knows. Days are named by the host; only moments depend on the time zone here. */
export function createDates(locale: string): Dates {
  const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, options);
  const day = format({ month: 'short', day: 'numeric', timeZone: 'UTC' });
  const wholeDay = format({
    weekday: 'short',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    timeZone: 'UTC',
  });
  const month = format({ year: 'numeric', month: 'short', timeZone: 'UTC' });
  const moment = format({ month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' });
  const time = format({ hour: 'numeric', minute: '2-digit', second: '2-digit' });
  const write =
    (style: Intl.DateTimeFormat) =>
    (value: string): string => {
      const at = Date.parse(value);
      return Number.isNaN(at) ? value : style.format(at);
    };
  return {
    day: write(day),
    wholeDay: write(wholeDay),
    month: write(month),
    moment: (at) => moment.format(at),
    time: (at) => time.format(at),
  };
}

/** The day so many days before a day `2026-11-22`. */
export function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(day) - days * DAY).toISOString().slice(0, 10);
}

/** The month so many months before a month `2026-11`. */
export function monthsBefore(month: string, months: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 - months, 1)).toISOString().slice(0, 7);
}

const DAY = 24 * 60 * 60 * 1000;
