import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Failure, FailureKind } from '../../../src/core/conversation/model.ts';
import { isRetryable, retryDelay } from '../../../src/core/retry.ts';

const KINDS: Readonly<Record<FailureKind, boolean>> = {
  rateLimit: true,
  overloaded: true,
  server: true,
  timeout: true,
  network: true,
  stalled: true,
  cutOff: true,
  compaction: true,
  noKey: false,
  badKey: false,
  forbidden: false,
  billing: false,
  spendLimit: false,
  invalidRequest: false,
  unknownModel: false,
  noEndpoint: false,
  tooLarge: false,
  tooLong: false,
  badAddress: false,
  proxy: false,
  certificate: false,
  malformed: false,
  captivePortal: false,
  refusal: false,
  empty: false,
  onHold: false,
  storage: false,
  unexpected: false,
};

test('What may pass by itself is tried again, and nothing that needs the user', () => {
  for (const [kind, retryable] of Object.entries(KINDS) as [FailureKind, boolean][]) {
    assert.equal(isRetryable({ kind }), retryable, kind);
  }
});

test('A wish to wait does not make a failure one that passes', () => {
  for (const kind of ['certificate', 'spendLimit', 'badKey'] as const) {
    assert.equal(isRetryable({ kind, retryAfter: 1000 }), false, kind);
  }
});

test('A compaction that is refused for good is not tried again', () => {
  assert.equal(isRetryable({ kind: 'compaction', status: 529 }), true);
  assert.equal(isRetryable({ kind: 'compaction', status: 400 }), false);
});

const failure: Failure = { kind: 'overloaded' };
const middle = 0.5;

test('The wait doubles from one second up to a minute', () => {
  const delays = [1, 2, 3, 4, 5, 6, 7, 8, 20, 5000].map((attempt) => retryDelay(failure, attempt, middle));
  assert.deepEqual(delays, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000]);
  assert.equal(retryDelay(failure, 0, middle), 1000);
});

test('Chance moves the wait by a quarter to both sides', () => {
  for (const [attempt, planned] of [
    [1, 1000],
    [4, 8000],
    [9, 60_000],
  ] as const) {
    assert.equal(retryDelay(failure, attempt, 0), planned * 0.75);
    assert.equal(retryDelay(failure, attempt, 1 - Number.EPSILON), planned * 1.25);
  }
});

test('The wait is in whole milliseconds', () => {
  for (const random of [0.1, 0.123_456, 0.987_654]) {
    assert.equal(Number.isInteger(retryDelay(failure, 1, random)), true);
  }
});

test('The wait is never shorter than the server asks for, and longer where the plan is', () => {
  assert.equal(retryDelay({ kind: 'rateLimit', retryAfter: 3_600_000 }, 1, 0), 3_600_000);
  assert.equal(retryDelay({ kind: 'rateLimit', retryAfter: 900 }, 1, 0), 900);
  assert.equal(retryDelay({ kind: 'rateLimit', retryAfter: 900 }, 1, middle), 1000);
});
