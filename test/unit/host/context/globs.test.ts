import assert from 'node:assert/strict';
import { test } from 'node:test';
import { globTest, isTooMuch } from '../../../../src/host/context/pinning/globs.ts';

function matching(glob: string, paths: readonly string[], ignoreCase = false): readonly string[] {
  return paths.filter(globTest(glob, ignoreCase));
}

const PATHS = ['a.ts', 'a.tsx', 'src/a.ts', 'src/x/b.ts', 'src/x/y/c.js', 'docs/a.md', 'test/a.ts', 'src'];

test('a star stays within a name, two stars are any number of folders', () => {
  assert.deepEqual(matching('*.ts', PATHS), ['a.ts']);
  assert.deepEqual(matching('**/*.ts', PATHS), ['a.ts', 'src/a.ts', 'src/x/b.ts', 'test/a.ts']);
  assert.deepEqual(matching('src/*', PATHS), ['src/a.ts']);
  assert.deepEqual(matching('src/**', PATHS), ['src/a.ts', 'src/x/b.ts', 'src/x/y/c.js']);
  assert.deepEqual(matching('src/**/*.js', PATHS), ['src/x/y/c.js']);
  assert.deepEqual(matching('**/x/**/*.ts', PATHS), ['src/x/b.ts']);
  assert.deepEqual(matching('**', PATHS), PATHS);
});

test('braces, brackets and question marks', () => {
  assert.deepEqual(matching('{src,test}/*.ts', PATHS), ['src/a.ts', 'test/a.ts']);
  assert.deepEqual(matching('**/*.{md,ts{x,}}', PATHS), [
    'a.ts',
    'a.tsx',
    'src/a.ts',
    'src/x/b.ts',
    'docs/a.md',
    'test/a.ts',
  ]);
  assert.deepEqual(matching('a.ts?', PATHS), ['a.tsx']);
  assert.deepEqual(matching('[a-c][0-9].ts', ['a1.ts', 'd1.ts', 'aa.ts']), ['a1.ts']);
  assert.deepEqual(matching('[!a]?.ts', ['a1.ts', 'd1.ts', '/1.ts']), ['d1.ts']);
});

test('what is special elsewhere is not special here', () => {
  assert.deepEqual(matching('a+(b).ts', ['a+(b).ts', 'aab.ts']), ['a+(b).ts']);
  assert.deepEqual(matching('a.b', ['a.b', 'axb']), ['a.b']);
  assert.deepEqual(matching('./src/a.ts', PATHS), ['src/a.ts']);
  assert.deepEqual(matching('[z-a]', ['z', 'a', '[z-a]']), []);
  assert.deepEqual(matching('SRC/*.TS', PATHS), []);
  assert.deepEqual(matching('SRC/*.TS', PATHS, true), ['src/a.ts']);
});

test('a name that nearly matches many stars is told apart without trying every way to share it', () => {
  const name = 'a'.repeat(4_000);
  assert.deepEqual(matching(`${'*a'.repeat(50)}*b`, [name, `${name}b`]), [`${name}b`]);
  const path = 'a/'.repeat(1_000);
  assert.deepEqual(matching(`${'**/a/'.repeat(50)}b`, [`${path}c`, `${path}b`]), [`${path}b`]);
});

test('stars give back what they took too early', () => {
  assert.deepEqual(matching('*ab*.ts', ['aab.ts', 'abab.ts', 'a.ts', 'ab.tsx']), ['aab.ts', 'abab.ts']);
  assert.deepEqual(matching('**/x/*/y', ['x/x/a/y', 'x/a/y', 'x/y']), ['x/x/a/y', 'x/a/y']);
  assert.deepEqual(matching('src/**/**', PATHS), ['src/a.ts', 'src/x/b.ts', 'src/x/y/c.js']);
});

test('a glob that means too many paths, or is too long, is refused', () => {
  assert.equal(isTooMuch('{a,b}'.repeat(18)), true);
  assert.equal(isTooMuch('a'.repeat(5_000)), true);
  assert.deepEqual(matching('{a,b}'.repeat(18), ['ab'.repeat(9)]), []);
  assert.equal(isTooMuch('{a,b}'.repeat(9)), false);
  assert.deepEqual(matching('{a,b}'.repeat(9), ['ababababa', 'abababab']), ['ababababa']);
});
