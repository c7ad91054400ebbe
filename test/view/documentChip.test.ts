import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DocumentPart } from '../../src/core/conversation/parts.ts';
import { documentTokens } from '../../src/core/money/documentTokens.ts';
import { openPage } from './support.ts';

function titleOf(pages: number | undefined): string {
  const counted = pages === undefined ? {} : { pages };
  const source = { type: 'stored', sha256: 'x', mediaType: 'application/pdf', bytes: 9, ...counted } as const;
  const part: DocumentPart = { kind: 'document', label: 'a.pdf', source };
  const page = openPage({ attachments: [{ id: 'a', part, tokens: 24_000, exact: false }] });
  const title = page.all('.draft-chips .chip-label')[0]?.title ?? '';
  page.close();
  return title;
}

test('The chip of a PDF says how its tokens are reckoned', () => {
  assert.equal(documentTokens(12, 9), 12 * 2000, 'the figure that the title tells');
  assert.equal(
    titleOf(12),
    [
      'a.pdf 12 pages',
      '~24,000 tok',
      'About 2,000 tokens a page, text and picture; the API counts exactly when typing rests.',
    ].join('\n'),
  );
  assert.match(titleOf(undefined), /\nTokens by its size, as its pages could not be counted; the API counts/);
});
