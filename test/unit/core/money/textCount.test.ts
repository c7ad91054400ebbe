import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bundlesOf,
  type CountItem,
  errorOf,
  frameOf,
  MOST_BUNDLES,
  MOST_BYTES,
  MOST_SINGLE,
  shareOut,
  textRequest,
  tokensInside,
} from '../../../../src/core/money/textCount.ts';
import { createRandom } from '../../../support/random.ts';

const item = (bytes: number): CountItem => ({ bytes, estimate: Math.ceil(bytes / 4) });
const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

test('up to twelve texts are counted one by one, and empty ones not at all', () => {
  const items = [item(10), item(0), ...Array.from({ length: 11 }, () => item(5))];
  assert.deepEqual(
    bundlesOf(items),
    [0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((at) => [at]),
  );
});

test('more texts than twelve share eleven requests of about the same size', () => {
  const bundles = bundlesOf(Array.from({ length: 240 }, (_, at) => item(1000 + at)));
  assert.equal(bundles.length, MOST_BUNDLES);
  const sizes = bundles.map((bundle) => sum(bundle.map((at) => 1000 + at)));
  assert.ok(Math.max(...sizes) - Math.min(...sizes) < 1240, String(sizes));
});

test('a text that is too large is in no bundle, be they few or many', () => {
  assert.deepEqual(bundlesOf([item(MOST_BYTES + 1), item(MOST_BYTES)]), [[1]]);
  const many = [item(MOST_BYTES + 1), ...Array.from({ length: 20 }, () => item(7))];
  assert.ok(!bundlesOf(many).flat().includes(0));
});

test('any texts: each is in one bundle at most, no bundle is too large, and one is left out only where none had room', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = createRandom(seed);
    const largest = random.pick([10, 10_000, MOST_BYTES + 1000] as const);
    const items = Array.from({ length: random.below(60) }, () => item(random.below(largest)));
    const bundles = bundlesOf(items);
    const placed = bundles.flat();
    const bytes = bundles.map((bundle) => sum(bundle.map((at) => items[at]?.bytes ?? 0)));
    assert.ok(bundles.length <= MOST_SINGLE);
    assert.equal(new Set(placed).size, placed.length);
    assert.ok(bytes.every((size) => size > 0 && size <= MOST_BYTES));
    const least = bundles.length < MOST_BUNDLES ? 0 : Math.min(...bytes);
    for (const [at, { bytes: size }] of items.entries()) {
      if (placed.includes(at)) continue;
      assert.ok(size === 0 || size + least > MOST_BYTES, `seed ${seed}: ${size} bytes left out`);
    }
  }
});

test('shares are whole, add up exactly, and are within one token of their proportion', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = createRandom(seed);
    const estimates = Array.from({ length: 1 + random.below(40) }, () =>
      random.below(5) === 0 ? 0 : random.below(100_000),
    );
    const total = random.below(3_000_000);
    const shares = shareOut(total, estimates);
    assert.equal(sum(shares), total, `seed ${seed}`);
    const all = sum(estimates);
    for (const [at, share] of shares.entries()) {
      assert.ok(Number.isInteger(share) && share >= 0);
      const fair = all > 0 ? (total * (estimates[at] ?? 0)) / all : total / estimates.length;
      assert.ok(Math.abs(share - fair) <= 1, `seed ${seed}: ${share} for ${fair}`);
    }
  }
});

test('what is left over goes to the largest remainders, earlier ones first', () => {
  assert.deepEqual(shareOut(10, [1, 1, 1]), [4, 3, 3]);
  assert.deepEqual(shareOut(7, [10, 30, 20]), [1, 4, 2]);
  assert.deepEqual(shareOut(5, [0, 0]), [3, 2]);
  assert.deepEqual(shareOut(0, [3, 4]), [0, 0]);
  assert.deepEqual(shareOut(9, []), []);
});

test('the frame is what two counts of one-token texts leave, and comes off each count', () => {
  const frame = frameOf(8, 10);
  assert.deepEqual(frame, { message: 7, block: 1 });
  assert.equal(tokensInside(107, 1, frame), 100);
  assert.equal(tokensInside(109, 3, frame), 100);
  assert.equal(tokensInside(3, 1, frame), 0);
  assert.deepEqual(frameOf(0, 0), { message: 0, block: 0 });
});

test('a request holds one message with a block for each text, as it is', () => {
  assert.deepEqual(textRequest('m', ['a\r\n', 'b']).messages, [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'a\r\n' },
        { type: 'text', text: 'b' },
      ],
    },
  ]);
  assert.equal(textRequest('m', ['a']).model, 'm');
});

test('the error of an estimate is a part of the exact figure', () => {
  assert.equal(errorOf(90, 100), -0.1);
  assert.equal(errorOf(110, 100), 0.1);
  assert.equal(errorOf(0, 0), 0);
  assert.equal(errorOf(5, 0), 1);
});
