import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PinnedFile } from '../../../../src/core/context/pinned.ts';
import { packOf } from '../../../../src/core/request/pack.ts';
import { heldFiles, updatesOf } from '../../../../src/core/request/packUpdates.ts';
import { questionContent } from '../../../../src/core/request/question.ts';
import { numbered, pinned } from './files.ts';

/** What Claude reads of an update. */
function words(before: readonly PinnedFile[], now: readonly PinnedFile[]): readonly string[] {
  const { manifest, text } = packOf(before);
  const parts = updatesOf(heldFiles(manifest, text, []), now);
  return questionContent({ parts }, () => undefined).map(({ block }) =>
    block.type === 'text' ? block.text : '',
  );
}

test('each update says which file it is of, and what became of it', () => {
  const long = numbered(40);
  assert.deepEqual(
    words(
      [pinned('changed', 'a\n'), pinned('gone', 'b\n'), pinned('old', 'c\n')],
      [pinned('added', '```\n'), pinned('changed', 'A'), pinned('new', 'c\n')],
    ),
    [
      'The file added was added:\n````\n```\n````',
      'The file changed now reads:\n```\nA\n```',
      'The file old is now called new. Its text is the same.',
      "The file gone is no longer among the workspace's files given above.",
    ],
  );
  assert.deepEqual(words([pinned('x/a', long)], [pinned('y/a', long.replace('line 1\n', 'line one\n'))]), [
    'The file x/a is now called y/a. The file y/a has changed:\n```diff\n@@ -1,4 +1,4 @@\n-line 1\n+line one\n line 2\n line 3\n line 4\n```',
  ]);
});

test('a name with a line end stays in its sentence', () => {
  assert.deepEqual(words([pinned('a\nb', 'x')], []), [
    "The file a\\nb is no longer among the workspace's files given above.",
  ]);
});

const GIVEN = "the workspace's files given above";

test('of a folder with nothing left one sentence is said, whatever it held', () => {
  const before = ['a/x', 'a/deep/y', 'b'].map((path) => pinned(path, path));
  assert.deepEqual(words(before, [pinned('b', 'b')]), [
    `The files in the folder a/ and below it are no longer among ${GIVEN}.`,
  ]);
  assert.deepEqual(words(before, []), [
    "None of the files given above is among the workspace's files any more.",
  ]);
});

test('of folders with something left the files that are gone are listed, each folder once', () => {
  const before = ['a/1', 'a/2', 'a/3', 'b/1', 'b/c/2', 'd/only', 'd/kept', 'top'];
  const files = before.map((path) => pinned(path, path));
  assert.deepEqual(words(files, [pinned('a/3', 'a/3'), pinned('d/kept', 'd/kept')]), [
    [
      `These are no longer among ${GIVEN}.`,
      'All files in these folders and below them:',
      'b/',
      'And these files:',
      'a/',
      '  1',
      '  2',
      'd/only',
      'top',
    ].join('\n'),
  ]);
  assert.deepEqual(
    words(
      ['e\n1', 'e\n2', 'f'].map((path) => pinned(path, path)),
      [pinned('f', 'f')],
    ),
    [`These are no longer among ${GIVEN}.\ne\\n1\ne\\n2`],
  );
});

test('where few of many files of a folder are left, those are named, and what is below it is not meant', () => {
  const many = Array.from({ length: 30 }, (_, at) => pinned(`a/${at}`, 'x'));
  const top = Array.from({ length: 30 }, (_, at) => pinned(`t${at}`, 'x'));
  const kept = ['a/kept', 'a/below/1', 'a/below/2'].map((path) => pinned(path, path));
  const gone = [pinned('b/gone', 'b'), pinned('b/too', 'b')];
  assert.deepEqual(words([...many, ...kept, ...top, ...gone], [...kept, pinned('t7', 'x')]), [
    [
      `These are no longer among ${GIVEN}.`,
      'All files in these folders and below them:',
      'b/',
      'In these folders, but not below them, all files but those that are named:',
      'a/',
      '  kept',
      './',
      '  t7',
    ].join('\n'),
  ]);
});

test('updates of earlier versions, which told of each file by itself, keep their words', () => {
  const removed = { kind: 'update', change: 'removed', form: 'none', text: '', hash: '' } as const;
  const parts = ['a/x', 'a/y'].map((path) => ({ ...removed, path }));
  assert.deepEqual(
    questionContent({ parts }, () => undefined).map(({ block }) => block),
    [
      { type: 'text', text: `The file a/x is no longer among ${GIVEN}.` },
      { type: 'text', text: `The file a/y is no longer among ${GIVEN}.` },
    ],
  );
  const { manifest, text } = packOf([pinned('a/x', '1'), pinned('a/y', '2'), pinned('a/z', '3')]);
  assert.deepEqual([...heldFiles(manifest, text, parts).keys()], ['a/z']);
});

test('a listing that the API refused is named by the folder that holds it all', () => {
  const { manifest, text } = packOf(['s/a/1', 's/b/2', 'z'].map((path) => pinned(path, path)));
  const parts = updatesOf(heldFiles(manifest, text, []), [pinned('z', 'z')]);
  const [first] = questionContent({ parts, leftOut: [0] }, () => undefined);
  assert.deepEqual(first?.block, {
    type: 'text',
    text: '[Code from s/ is no longer sent: the API did not accept it.]',
  });
});
