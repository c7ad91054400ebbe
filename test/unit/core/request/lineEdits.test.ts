import assert from 'node:assert/strict';
import { test } from 'node:test';
import { structuredPatch } from 'diff';
import { editsBetween, hunksOf } from '../../../../src/core/request/lineEdits.ts';
import { createRandom, type Random } from '../../../support/random.ts';

/** Lines that differ from each other, so that there is one shortest way only, but for the order of what it removes. */
function text(random: Random): string {
  const lines = Array.from({ length: random.below(70) }, (_, at) => `line ${at}\n`).join('');
  return random.below(4) ? lines : lines.slice(0, -1);
}

function edited(random: Random, before: string): string {
  const share = random.pick([3, 10, 40]);
  return before
    .split('\n')
    .flatMap((line) => {
      if (random.below(share) > 0) return [line];
      return random.pick([[], [`${line} x`], [line, `new ${random.below(1e6)}`]]);
    })
    .join('\n');
}

test('hunks are those of the package diff, with any number of lines around', () => {
  const random = createRandom(7);
  let found = 0;
  for (let at = 0; at < 1_500; at++) {
    const before = text(random);
    const now = random.below(3) ? edited(random, before) : before + text(random).replaceAll('line', 'more');
    const { edits } = editsBetween(before, now, 400);
    if (!edits) continue;
    found += 1;
    for (const context of [3, 8, 20]) {
      const expected = structuredPatch('', '', before, now, undefined, undefined, { context }).hunks;
      assert.deepEqual(hunksOf(edits, context), expected, JSON.stringify([before, now]));
    }
  }
  assert.ok(found > 1_000, `${found}`);
});

test('texts with too much between them are given up', () => {
  const lines = Array.from({ length: 900 }, (_, at) => `line ${at}\n`);
  const now = lines.map((line, at) => (at % 9 === 0 ? `new ${line}` : line)).join('');
  assert.equal(editsBetween(lines.join(''), now, 400).edits?.stretches.length, 300);
  assert.equal(editsBetween(lines.join(''), now, 100).edits, undefined);
  assert.equal(editsBetween('one\ntwo\n', 'three\nfour\n', 400).edits, undefined);
});
