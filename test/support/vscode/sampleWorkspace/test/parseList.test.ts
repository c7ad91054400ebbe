import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseList, total } from '../src/parseList.ts';

test('an item without an amount counts once', () => {
  assert.deepEqual(parseList('milk @ 1.20'), [{ name: 'milk', amount: 1, price: 120 }]);
});

test('comments and empty lines are passed over', () => {
  assert.equal(parseList('# this week\n\n2 x bread\n').length, 1);
});

test('prices add up to the cent', () => {
  assert.equal(total(parseList('1 x tea @ 0.29\n2 x jam @ 1.15')), 259);
});
