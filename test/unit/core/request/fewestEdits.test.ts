import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffArrays } from 'diff';
import { fewestEdits } from '../../../../src/core/request/fewestEdits.ts';
import { createRandom, type Random } from '../../../support/random.ts';

function row(random: Random, length: number, kinds: number): number[] {
  return Array.from({ length }, () => random.below(kinds));
}

function edited(random: Random, numbers: readonly number[], kinds: number): number[] {
  return numbers.flatMap((number) => {
    const what = random.below(8);
    if (what === 0) return [];
    return what === 1 ? [random.below(kinds), number] : [number];
  });
}

test('the edits are those that the package diff finds, whatever the rows', () => {
  const random = createRandom(5);
  for (let at = 0; at < 3_000; at++) {
    const kinds = 1 + random.below(12);
    const old = row(random, random.below(40), kinds);
    const fresh = random.below(2) ? edited(random, old, kinds) : row(random, random.below(40), kinds);
    const most = random.below(3) ? 100 : random.below(12);
    const expected = diffArrays(old, fresh, { maxEditLength: most })?.map(
      ({ added, removed, count }) => `${added ? '+' : removed ? '-' : ' '}${count}`,
    );
    const found = fewestEdits(Int32Array.from(old), Int32Array.from(fresh), most);
    assert.deepEqual(
      found?.runs.map(({ kind, count }) => `${kind}${count}`),
      expected,
      `${old} to ${fresh}, at most ${most}`,
    );
  }
});
