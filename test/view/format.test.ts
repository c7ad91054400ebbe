import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Translate } from '../../src/core/failure.ts';
import { createFormat } from '../../src/webview/format.ts';

const t: Translate = (message, ...args) =>
  message.replace(/\{(\d)\}/g, (_, at: string) => String(args[Number(at)]));

test('Dollars are as exact as two digits are, on either side of nothing', () => {
  const { usd } = createFormat('en-US', t);
  assert.deepEqual([0, 12.4, 0.13, 0.0041, -0.0006, -2].map(usd), [
    '$0.00',
    '$12.40',
    '$0.13',
    '$0.0041',
    '-$0.0006',
    '-$2.00',
  ]);
});

test('A range of dollars says its sign once', () => {
  const { usdRange } = createFormat('en-US', t);
  assert.equal(usdRange(0.004, 0.13), '$0.004–0.13');
  assert.equal(usdRange(0.5, 0.5), '$0.50');
});
