import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rateLimitRows } from '../../../src/host/usage/rateLimits.ts';

test('limit, remaining and reset of one limit are one row, the usual limits first', () => {
  const rows = rateLimitRows({
    'zebra-remaining': '3',
    'output-tokens-limit': '8000',
    'requests-limit': '50',
    'requests-remaining': '49',
    'requests-reset': '2026-11-22T15:04:05Z',
    'input-tokens-remaining': '0',
  });
  assert.deepEqual(rows, [
    { name: 'requests', limit: 50, remaining: 49, resetsAt: Date.UTC(2026, 10, 22, 15, 4, 5) },
    { name: 'input-tokens', remaining: 0 },
    { name: 'output-tokens', limit: 8000 },
    { name: 'zebra', remaining: 3 },
  ]);
});

test('what has no such form or no figure is left out', () => {
  const headers = {
    'retry-after': '30',
    'requests-limit': 'many',
    'requests-remaining': '',
    'tokens-reset': 'soon',
    '-limit': '7',
    unified: '1',
  };
  assert.deepEqual(rateLimitRows(headers), []);
  assert.deepEqual(rateLimitRows({}), []);
});
