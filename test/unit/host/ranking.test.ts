import assert from 'node:assert/strict';
import { test } from 'node:test';
import { best, createNameIndex, fitOf } from '../../../src/host/mentions/ranking.ts';

const paths = ['src/core/parseList.ts', 'src/view/list.ts', 'src/view/listParser.ts', 'docs/list/notes.md'];
const index = createNameIndex(paths.map((path) => ({ path, name: path.split('/').at(-1) ?? path })));
const found = (query: string): readonly string[] => index.find(query, 10).map(({ item }) => item.path);

test('letters in their order find a name', () => {
  assert.equal(found('plist')[0], 'src/core/parseList.ts');
  assert.equal(found('parselist.ts')[0], 'src/core/parseList.ts');
});

test('a name goes before a folder of that name', () => {
  assert.equal(found('list')[0], 'src/view/list.ts');
  assert.equal(found('list').at(-1), 'docs/list/notes.md');
});

test('a name that fits somewhat goes before a path that fits well', () => {
  const entries = ['list/view.ts', 'src/theLongViewList.ts'].map((path) => ({
    path,
    name: path.split('/').at(-1) ?? path,
  }));
  assert.equal(createNameIndex(entries).find('list', 1)[0]?.item.path, 'src/theLongViewList.ts');
});

test('parts of the path and words in any order find a file', () => {
  assert.deepEqual(found('docs/notes'), ['docs/list/notes.md']);
  assert.ok(found('view list').includes('src/view/list.ts'));
  assert.ok(found('list view').includes('src/view/list.ts'));
});

test('what does not fit is not found, and no more than asked for is given', () => {
  assert.deepEqual(found('zzz'), []);
  assert.equal(index.find('l', 2).length, 2);
});

test('the best of several words counts', () => {
  assert.equal(fitOf('terminal', ['shell', 'terminal']), 1);
  assert.ok(fitOf('err', ['problems', 'errors']) > 0.5);
  assert.equal(fitOf('xyz', ['problems', 'errors']), 0);
  assert.equal(fitOf('xyz', ['extra yellow zebras']), 0, 'letters that are there by chance');
  assert.equal(fitOf('a', []), 0);
});

test('the best come first, equals in their order, nothing that does not fit', () => {
  const ranked = [
    { item: 'b', score: 0.5 },
    { item: 'never', score: 0 },
    { item: 'a', score: 0.9 },
    { item: 'c', score: 0.5 },
  ];
  assert.deepEqual(best(ranked, 2), ['a', 'b']);
  assert.deepEqual(best(ranked, 9), ['a', 'b', 'c']);
});
