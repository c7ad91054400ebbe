import { performance } from 'node:perf_hooks';

/**
 * Milliseconds since the epoch with fractions, in step with `Date.now()` of every process on this machine.
 * (`performance.timeOrigin` is off by milliseconds where the system's clock was adjusted.)
 */
export function createWallClock(): () => number {
  const before = Date.now();
  let tick = before;
  while (tick === before) tick = Date.now();
  const offset = tick - performance.now();
  return () => offset + performance.now();
}
