import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byPath, sortedByPath } from '../../../../src/core/context/ordering.ts';
import { finished } from '../../../../src/core/steps.ts';
import { createRandom } from '../../../support/random.ts';

test('sorting in steps gives what sorting at once gives, and leaves equal ones as they come', () => {
  for (const length of [0, 1, 999, 1_000, 1_001, 3_500, 10_000]) {
    const random = createRandom(length + 1);
    const items = Array.from({ length }, (_, at) => ({ path: `p${random.below(length)}`, at }));
    const sorted = finished(sortedByPath(items));
    assert.deepEqual(sorted, items.toSorted(byPath));
  }
});

test('no step of sorting is as long as the whole', () => {
  const items = Array.from({ length: 20_000 }, (_, at) => ({ path: `p${(at * 7919) % 20_000}` }));
  assert.ok([...sortedByPath(items)].length > 30);
});
