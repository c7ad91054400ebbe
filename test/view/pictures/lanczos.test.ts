import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinRows, shortenRow, tapsFor } from '../../../src/webview/pictures/lanczos.ts';

function shortened(row: readonly (readonly number[])[], to: number, isOpaque: boolean): readonly number[] {
  const made = new Float32Array(to * 4);
  shortenRow(Uint8ClampedArray.from(row.flat()), tapsFor(row.length, to), isOpaque, made, 0);
  return [...made];
}

test('The weights of every px add up to 1, within the line, whatever its length', () => {
  for (const [from, to] of [
    [3, 1],
    [7, 3],
    [100, 99],
    [2560, 1456],
    [12_000, 2352],
    [5, 5],
    [1, 1],
  ] as const) {
    const { count, starts, weights } = tapsFor(from, to);
    for (let index = 0; index < to; index++) {
      const own = weights.subarray(index * count, (index + 1) * count);
      assert.ok(Math.abs(own.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-5);
      const start = starts[index] ?? -1;
      assert.ok(start >= 0 && start + count <= from, `${from} to ${to}: ${start} + ${count}`);
    }
  }
});

test('A line keeps its color, and mirrors as it was', () => {
  const even = Array.from({ length: 20 }, () => [10, 20, 30, 255]);
  const made = shortened(even, 7, true);
  for (let at = 0; at < made.length; at++)
    assert.ok(Math.abs((made[at] ?? 0) - ([10, 20, 30, 255][at % 4] ?? 0)) < 0.01);
  const row = Array.from({ length: 20 }, (_, at) => [at * 12, 0, (at * 37) % 256, 255]);
  const pixels = (line: readonly number[]) =>
    Array.from({ length: 7 }, (_, at) => line.slice(at * 4, at * 4 + 4));
  const mirrored = pixels(shortened(row.toReversed(), 7, true)).toReversed();
  pixels(shortened(row, 7, true)).forEach((pixel, at) => {
    pixel.forEach((value, channel) => {
      assert.ok(Math.abs(value - (mirrored[at]?.[channel] ?? 0)) < 0.01);
    });
  });
});

test('What is transparent has no say in the color', () => {
  const row = Array.from({ length: 20 }, (_, at) => (at < 10 ? [200, 100, 50, 255] : [0, 255, 255, 0]));
  const lines = new Float32Array(7 * 4);
  lines.set(shortened(row, 7, false));
  const made = new Uint8ClampedArray(7 * 4);
  joinRows(lines, 1, tapsFor(1, 1), 0, made, 0);
  for (let at = 0; at < 28; at += 4) {
    if ((made[at + 3] ?? 0) < 64) continue;
    assert.deepEqual([...made.subarray(at, at + 3)], [200, 100, 50]);
  }
});

test('Lines are found where they lie, round the end of what holds them', () => {
  const capacity = 5;
  const lines = new Float32Array(capacity * 4);
  const taps = tapsFor(4, 2);
  const start = taps.starts[1] ?? 0;
  assert.equal(taps.count, 4);
  for (let tap = 0; tap < taps.count; tap++)
    lines.fill(tap * 50, ((start + tap) % capacity) * 4, ((start + tap) % capacity) * 4 + 3);
  for (let line = 0; line < capacity; line++) lines[line * 4 + 3] = 255;
  const made = new Uint8ClampedArray(8);
  joinRows(lines, capacity, taps, 1, made, 4);
  assert.deepEqual([...made.subarray(0, 4)], [0, 0, 0, 0]);
  assert.ok((made[4] ?? 0) > 100 && made[7] === 255);
});
