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
      "The file gone is no longer among the workspace's files given above.",
      'The file old is now called new. Its text is the same.',
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
