import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Candidate, choose, KINDS } from '../../../../src/core/context/choosing.ts';
import { byPath } from '../../../../src/core/context/ordering.ts';
import { estimateText } from '../../../../src/core/money/estimateText.ts';
import { packOf } from '../../../../src/core/request/pack.ts';
import { createRandom } from '../../../support/random.ts';
import { numbered, pinned } from './files.ts';

function candidate(path: string, tokens: number, via: Candidate['via'] = 'folder'): Candidate {
  return { path, uri: `file:///w/${path}`, tokens, via };
}

function paths(entries: readonly { readonly path: string }[]): readonly string[] {
  return entries.map(({ path }) => path);
}

/** Which of two files goes out when only one can. */
function winner(one: Candidate, other: Candidate): string | undefined {
  const most = Math.max(one.tokens, other.tokens) + 300;
  return choose([other, one], most).files[0]?.path;
}

test('all that fit go out, in the order of the pack', () => {
  const { files, leftOut } = choose([candidate('b', 10), candidate('a', 10, 'workspace')], 1_000);
  assert.deepEqual(paths(files), ['a', 'b']);
  assert.deepEqual(leftOut, []);
});

test('what is pinned by name goes before open editors, these before the branch, globs, folders and the workspace', () => {
  for (const [index, via] of KINDS.slice(1).entries()) {
    const stronger = KINDS[index];
    assert.ok(stronger);
    assert.equal(winner(candidate('z/z/z', 9_000, stronger), candidate('a', 9_000, via)), 'z/z/z');
  }
});

test('of one kind ordinary files go before large ones, then those at the top, then by path', () => {
  assert.equal(winner(candidate('b/b', 4_000), candidate('a', 6_000)), 'b/b');
  assert.equal(winner(candidate('b', 4_000), candidate('a/a', 1_000)), 'b');
  assert.equal(winner(candidate('a', 4_000), candidate('b', 1_000)), 'a');
});

test('a file that does not fit is left out whole, with its tokens, and smaller ones after it still go out', () => {
  const { files, leftOut } = choose([candidate('a', 500), candidate('b', 4_900), candidate('c', 500)], 1_500);
  assert.deepEqual(paths(files), ['a', 'c']);
  assert.deepEqual(leftOut, [
    { path: 'b', uri: 'file:///w/b', kind: 'file', reason: 'overBudget', tokens: 4_900 },
  ]);
});

test('an edit that keeps a file of its size keeps the choice', () => {
  const all = Array.from({ length: 40 }, (_, index) => candidate(`f${index}`, 400 + index));
  const edited = all.map((file) => (file.path === 'f3' ? { ...file, tokens: file.tokens + 5 } : file));
  assert.deepEqual(paths(choose(edited, 8_000).files), paths(choose(all, 8_000).files));
});

test('whatever is pinned, the choice is the same in any order, loses no file and its pack keeps to the limit', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = createRandom(seed);
    const files = Array.from({ length: 1 + random.below(60) }, (_, index) => ({
      ...pinned(
        `${random.pick(['', 'src/', 'src/deep/er/', 'é/'])}f${index}.ts`,
        numbered(1 + random.below(80)),
      ),
      via: random.pick<Candidate['via']>(['file', 'openEditors', 'branch', 'glob', 'folder', 'workspace']),
    }));
    const most = 200 + random.below(20_000);
    const { files: chosen, leftOut, room } = choose(files, most);
    assert.deepEqual(choose(files.toReversed(), most), { files: chosen, leftOut, room });
    assert.deepEqual([...paths(chosen), ...paths(leftOut)].sort(), [...paths(files)].sort());
    assert.deepEqual(chosen, chosen.toSorted(byPath));
    assert.ok(chosen.length === 0 || estimateText(packOf(chosen).text) <= most - room, `seed ${seed}`);
  }
});
