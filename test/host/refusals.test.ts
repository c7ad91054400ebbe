import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Part } from '../../src/core/conversation/parts.ts';
import { checkAttachment, type Verdict } from '../../src/core/request/attachments.ts';
import { refusalSentence } from '../../src/host/workspace/refusals.ts';
import { code, image } from '../support/conversations.ts';

type Bad = Exclude<Verdict, { readonly verdict: 'ok' }>;

const SENTENCES: readonly (readonly [Bad, string])[] = [
  [
    { verdict: 'refused', why: 'noImages' },
    'Claude X reads no images: shot.png is left out unless you select another model.',
  ],
  [
    { verdict: 'refused', why: 'noPdf' },
    'Claude X reads no PDFs: shot.png is left out unless you select another model.',
  ],
  [{ verdict: 'refused', why: 'empty' }, 'shot.png is empty, so there is nothing to attach.'],
  [{ verdict: 'refused', why: 'notReadable' }, 'shot.png cannot be read; it may be damaged.'],
  [
    { verdict: 'refused', why: 'encrypted' },
    'shot.png is protected by a password; Claude reads only PDFs without one.',
  ],
  [
    { verdict: 'refused', why: 'tooManyPages', pages: 700, most: 600 },
    'shot.png has 700 pages; 600 are the most that can be sent.',
  ],
  [
    { verdict: 'refused', why: 'fileTooLarge', bytes: 11 * 1024 * 1024, most: 7_864_320 },
    'shot.png has 11.0 MB; 7.5 MB are the most that can be sent.',
  ],
  [
    { verdict: 'refused', why: 'largerThanWindow', tokens: 1_200_000, window: 200_000 },
    'shot.png has about 1,200,000 tokens; Claude X reads 200,000 at most.',
  ],
  [
    { verdict: 'refused', why: 'largerThanWindow', tokens: 9_000_000 },
    'shot.png has about 9,000,000 tokens, more than any model reads.',
  ],
  [
    { verdict: 'doubtful', why: 'largerThanWindow', tokens: 1_100_000, window: 1_000_000 },
    'shot.png has about 1,100,000 tokens and Claude X reads 1,000,000 at most: it is sent, but may be refused.',
  ],
  [
    { verdict: 'changed', why: 'tooMuchMedia', images: 101, pages: 0, most: 100 },
    'With it there are 101 images and 100 can be sent: the oldest will be left out.',
  ],
  [
    { verdict: 'changed', why: 'manyImages', count: 21, maxSide: 2_000 },
    'With it there are 21 images: those with a side above 2,000 px will be made smaller.',
  ],
  [
    { verdict: 'changed', why: 'tooMuchMedia', images: 0, pages: 120, most: 100 },
    'With it there are 120 pages and 100 can be sent: the oldest documents will be left out.',
  ],
  [
    { verdict: 'changed', why: 'tooMuchMedia', images: 60, pages: 61, most: 100 },
    'With it there are 60 images and 61 pages of documents, and 100 can be sent together: the oldest will be left out.',
  ],
  [
    { verdict: 'changed', why: 'fileTooLarge', bytes: 40 * 1024 * 1024, most: 31 * 1024 * 1024 },
    'With it the files have 40.0 MB and 31.0 MB can be sent: the oldest will be left out.',
  ],
];

test('every reason has a sentence with its figures', () => {
  for (const [verdict, sentence] of SENTENCES) {
    assert.equal(refusalSentence(verdict, image('a'), 'Claude X'), sentence);
  }
});

test('code is named by its file, and what the limits say becomes a sentence', () => {
  const part: Part = code('');
  const verdict = checkAttachment(part, { model: undefined, modelId: '', images: 0, pages: 0, bytes: 0 });
  assert.ok(verdict.verdict !== 'ok');
  assert.equal(refusalSentence(verdict, part, ''), 'a.ts is empty, so there is nothing to attach.');
});
