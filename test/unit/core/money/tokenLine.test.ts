import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokenLine } from '../../../../src/core/money/tokenLine.ts';

test('known places are exact, and places between them follow the estimates', () => {
  const line = tokenLine([
    { estimated: 100, tokens: 150 },
    { estimated: 300, tokens: 250 },
  ]);
  assert.deepEqual(line(100), { tokens: 150, slack: 0 });
  assert.deepEqual(line(50), { tokens: 75, slack: 75 });
  assert.deepEqual(line(150), { tokens: 175, slack: 25 });
  assert.deepEqual(line(300), { tokens: 250, slack: 0 });
  assert.equal(line(600).tokens, 500);
});

test('of places that contradict each other the later one told is believed', () => {
  const line = tokenLine([
    { estimated: 100, tokens: 900 },
    { estimated: 300, tokens: 250 },
    { estimated: 300, tokens: 260 },
  ]);
  assert.equal(line(300).tokens, 260);
  assert.equal(line(150).tokens, 130);
});

test('with nothing known the estimate is taken as it is', () => {
  assert.equal(tokenLine([])(70).tokens, 70);
  assert.deepEqual(tokenLine([])(0), { tokens: 0, slack: 0 });
});
