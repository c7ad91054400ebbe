import type { Failure, FailureKind } from './conversation/model.ts';

/** Whether the same request may well succeed a little later. Nothing that needs the user is: keys, money, certificates. */
export function isRetryable(failure: Failure): boolean {
  // The API refuses to summarize for good with a 400, and for now with a 529.
  if (failure.kind === 'compaction' && failure.status === 400) return false;
  return RETRYABLE[failure.kind];
}

/**
 * How long to wait in ms after the failure of this attempt, the first being 1: from one second on doubled with each
 * attempt up to a minute, spread by a quarter to both sides so that windows do not come back together, and never
 * less than the server asks for (which may be hours). `random` is at least 0 and below 1.
 */
export function retryDelay(failure: Failure, attempt: number, random: number): number {
  const planned = Math.min(FIRST_DELAY * 2 ** Math.max(0, attempt - 1), LONGEST_DELAY);
  const spread = planned * (1 - SPREAD + 2 * SPREAD * random);
  return Math.max(Math.round(spread), failure.retryAfter ?? 0);
}

/** In ms. */
const FIRST_DELAY = 1000;
const LONGEST_DELAY = 60_000;
const SPREAD = 0.25;

const RETRYABLE: Readonly<Record<FailureKind, boolean>> = {
  noKey: false,
  badKey: false,
  forbidden: false,
  billing: false,
  spendLimit: false,
  rateLimit: true,
  overloaded: true,
  server: true,
  invalidRequest: false,
  unknownModel: false,
  noEndpoint: false,
  tooLarge: false,
  tooLong: false,
  badAddress: false,
  network: true,
  proxy: false,
  certificate: false,
  timeout: true,
  stalled: true,
  cutOff: true,
  malformed: false,
  captivePortal: false,
  refusal: false,
  empty: false,
  onHold: false,
  compaction: true,
  storage: false,
  unexpected: false,
};
