import assert from 'node:assert/strict';
import { matchesGlob } from 'node:path';
import { test } from 'node:test';
import { globFor, plainNames } from '../../../src/host/mentions/searchGlobs.ts';

test('plain names of an ignore file become globs, with and without a slash at either end', () => {
  const lines = '/target\n/build\ndist\nnode_modules/\n/out/\n# a comment\n\n*.log\na/b\n';
  assert.deepEqual(plainNames(lines), ['target', 'build', '**/dist', '**/node_modules/**', 'out/**']);
  assert.deepEqual(plainNames('target\r\n'), ['**/target']);
});

test('a line that brings something back drops only the names that it could mean', () => {
  const names = (...lines: readonly string[]): readonly string[] => plainNames(lines.join('\n'));
  assert.deepEqual(names('dist', '*.local', '.vscode/*', '!.vscode/extensions.json'), ['**/dist']);
  assert.deepEqual(names('lib', 'build', '!web/src/lib'), ['**/build']);
  assert.deepEqual(names('lib', 'build', '!l?b/'), ['**/build']);
  assert.deepEqual(names('lib', 'build', '!*'), []);
  assert.deepEqual(names('lib', 'build', '!kept/**'), []);
  assert.deepEqual(names('lib', '!**/x.[ch]'), ['**/lib']);
  assert.deepEqual(names('!lib', 'lib'), ['**/lib']);
});

test('a query becomes a glob for names with its letters in their order, in either case', () => {
  const fits = (query: string, path: string): boolean => matchesGlob(path, globFor(query) ?? '');
  assert.ok(fits('zblist', 'deep/er/ZebraList.ts'));
  assert.ok(fits('ZB', 'zebra'));
  assert.ok(!fits('zblist', 'deep/listZebra.ts'));
  assert.ok(fits('src/zb', 'a/src/deep/zebra.ts'));
  assert.ok(!fits('src/zb', 'a/lib/zebra.ts'));
  assert.ok(fits('a zebra', 'x/zebra.ts'));
  assert.ok(fits('[id]', 'routes/[id].ts'));
  assert.ok(fits('größe', 'die Größe.txt'));
  assert.equal(globFor('** {}'), undefined);
});
