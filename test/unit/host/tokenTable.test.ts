import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type TokenReport, tokenTable, totalOf } from '../../../src/host/counting/tokenTable.ts';
import { createRandom } from '../../support/random.ts';

const t = (message: string, ...args: readonly (string | number)[]): string =>
  message.replace(/\{(\d)\}/g, (_, at) => String(args[Number(at)]));

function report(more: Partial<TokenReport>): TokenReport {
  return { title: 'src', model: 'Claude Sonnet 5.5', rows: [], leftOut: [], state: '', ...more };
}

test('files are listed from the largest to the smallest, aligned, with shares and a sum', () => {
  const rows = [
    { label: 'src/a.ts', tokens: 250, exactness: 'exact' },
    { label: 'src/b.ts', tokens: 1250, exactness: 'exact' },
    { label: 'src/c.ts', tokens: 0, exactness: 'exact' },
  ] as const;
  assert.equal(
    tokenTable(report({ rows }), t),
    [
      'Tokens of src for Claude Sonnet 5.5',
      '',
      'Tokens    Share  File',
      '---------------------',
      ' 1,250   83.3 %  src/b.ts',
      '   250   16.7 %  src/a.ts',
      '     0    0.0 %  src/c.ts',
      '---------------------',
      ' 1,500  100.0 %  3 files',
      '',
    ].join('\n'),
  );
});

test('what is no exact figure is marked, and the marks are explained', () => {
  const rows = [
    { label: 'a', tokens: 3, exactness: 'shared' },
    { label: 'b', tokens: 2, exactness: 'estimated' },
  ] as const;
  const text = tokenTable(report({ rows, state: 'The API is asked.' }), t);
  assert.match(text, /\nThe API is asked\.\n/);
  assert.match(text, /≈ 3 +60\.0 % {2}a/);
  assert.match(text, /~ 2 +40\.0 % {2}b/);
  assert.match(text, /~ 5 +100\.0 % {2}2 files/);
  assert.match(text, /≈ marks a share/);
  assert.match(text, /~ marks an estimate/);
});

test('shares of exact sums leave the sum exact', () => {
  const rows = [{ label: 'a', tokens: 3, exactness: 'shared' }] as const;
  const text = tokenTable(report({ rows }), t);
  assert.match(text, /\n +3 +100\.0 % {2}1 file\n/);
  assert.doesNotMatch(text, /~/);
});

test('below the sum stands how far the estimate was off', () => {
  const rows = [{ label: 'a', tokens: 1_000, exactness: 'exact' }] as const;
  const below = (estimate: number): string => tokenTable(report({ rows, estimate }), t);
  assert.match(below(1_022), /1 file\nThe sum: estimate 1,022, 2\.2 % more\.\n$/);
  assert.match(below(900), /The sum: estimate 900, 10\.0 % less\./);
  assert.match(below(1_000), /The sum: as estimated\./);
  assert.doesNotMatch(tokenTable(report({ rows }), t), /The sum/);
});

test('what is left out follows with its reasons, and no more of it than one can read', () => {
  const leftOut = Array.from({ length: 305 }, (_, at) => ({ label: `x${at}`, reason: 'binary' }));
  const text = tokenTable(report({ leftOut }), t);
  assert.match(text, /Not counted\n {2}x0 +binary\n/);
  assert.match(text, /x299 +binary\n {2}and 5 more\n$/);
});

test('of very many files the smallest are summed up in a line, and everything still adds up', () => {
  const random = createRandom(3);
  const rows = Array.from({ length: 2_500 }, (_, at) => ({
    label: `f${at}`,
    tokens: random.below(5_000),
    exactness: 'exact' as const,
  }));
  const lines = tokenTable(report({ rows }), t).split('\n');
  const [rest] = lines.filter((line) => line.endsWith('500 more files'));
  assert.ok(rest);
  const figures = lines
    .filter((line) => /% {2}(f\d+|500 more files)$/.test(line))
    .map((line) => line.trim().split(/\s+/));
  const added = (at: number): number =>
    figures.reduce((sum, cells) => sum + Number(cells[at]?.replaceAll(',', '')), 0);
  assert.equal(added(0), totalOf(rows));
  assert.equal(added(1).toFixed(1), '100.0');
});
