/**
 * How long the server asks to wait, in ms from `now` (ms since the epoch), rounded up; undefined when it
 * does not say, or says something that is no time to come. It may be hours.
 */
export function retryAfterOf(headers: Headers, now: number): number | undefined {
  const wait = milliseconds(headers, now);
  return Number.isFinite(wait) && wait > 0 ? Math.ceil(wait) : undefined;
}

function milliseconds(headers: Headers, now: number): number {
  const exact = Number.parseFloat(headers.get('retry-after-ms') ?? '');
  if (Number.isFinite(exact)) return exact;
  const value = headers.get('retry-after') ?? '';
  return /^\s*[\d.]+\s*$/.test(value) ? Number.parseFloat(value) * 1000 : Date.parse(value) - now;
}
