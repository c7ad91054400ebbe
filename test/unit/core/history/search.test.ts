import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findLine } from '../../../../src/core/history/foundLine.ts';
import { searchedTurns } from '../../../../src/core/history/searchedText.ts';
import { fold, foldInPlace, queryTerms, termsOf } from '../../../../src/core/history/searchTerms.ts';
import { code, conversationOf, image, question } from '../../../support/conversations.ts';
import { createRandom } from '../../../support/random.ts';

test('words are found without case and accents, and by the parts of names in code', () => {
  assert.deepEqual(termsOf('The Café'), ['the', 'cafe']);
  assert.deepEqual(termsOf('parseHeader(HTTPServer, snake_case)'), [
    'parseheader',
    'parse',
    'header',
    'httpserver',
    'http',
    'server',
    'snake',
    'case',
  ]);
  assert.deepEqual(queryTerms('parseHeader'), ['parseheader']);
});

test('scripts without spaces are found by pairs of characters, and by a single one', () => {
  assert.deepEqual(termsOf('検索する'), ['検索', '索す', 'する', 'る']);
  assert.deepEqual(queryTerms('検索'), ['検索']);
  assert.deepEqual(queryTerms('る'), ['る']);
  assert.deepEqual(queryTerms('한국어'), ['한국', '국어']);
  assert.deepEqual(termsOf('用React写'), ['用', 'react', '写']);
});

test('every term of a query that stands in a text is one of its terms, or begins one', () => {
  const random = createRandom(5);
  for (let run = 0; run < 300; run++) {
    const text = `${random.text(40)} Größe日本語テスト naïveWord ${random.text(40)}`;
    const terms = termsOf(text);
    const words = text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
    for (const term of queryTerms(words[random.below(words.length)] ?? '')) {
      assert.ok(
        terms.some((other) => other.startsWith(term)),
        `${term} of ${JSON.stringify(text)}`,
      );
    }
  }
});

test('folding in place keeps each character where it was', () => {
  for (const text of ['Ünïcode', 'ﬁne Straße', '𝔘niversity', '한국어', 'İstanbul']) {
    assert.equal(foldInPlace(text).length, text.length, text);
  }
  assert.equal(foldInPlace('Ünïcode'), fold('Ünïcode'));
});

test('questions, names of attachments and answers are searched, thinking and attached text are not', () => {
  const asked = question(
    'q',
    null,
    'Look at this',
    code('const secretText = 1;'),
    image('1'.repeat(64), 'shot.png'),
  );
  const { turns } = conversationOf('Hello');
  const texts = searchedTurns({ ...conversationOf(), turns: [asked, ...turns.slice(1)] });
  const all = texts.map(({ text }) => text).join('\n');
  assert.match(all, /Look at this/);
  assert.match(all, /src\/a\.ts/);
  assert.match(all, /shot\.png/);
  assert.match(all, /Answer to Hello/);
  assert.doesNotMatch(all, /secretText|Let me see/);
});

test('the line that has the most of what was searched for is found, with where it stands', () => {
  const turns = [
    { turn: 'a', text: 'A parser reads.\nNothing here.' },
    { turn: 'b', text: 'Before.\n  The Parser fails on an empty file.' },
  ];
  const found = findLine(turns, ['parser', 'empty']);
  assert.equal(found?.turn, 'b');
  assert.equal(found?.line, 'The Parser fails on an empty file.');
  assert.deepEqual(
    found?.marks.map(([from, to]) => found.line.slice(from, to)),
    ['Parser', 'empty'],
  );
  assert.equal(findLine(turns, ['zebra']), undefined);
});

test('of a long line the stretch around what was found is shown', () => {
  const found = findLine([{ turn: 'a', text: `${'x '.repeat(500)}needle${' y'.repeat(500)}` }], ['needle']);
  assert.ok(found && found.line.length < 170 && found.line.startsWith('…') && found.line.endsWith('…'));
  assert.deepEqual(
    found.marks.map(([from, to]) => found.line.slice(from, to)),
    ['needle'],
  );
});

test('marks lie inside the line, in order and apart, whatever is found', () => {
  const random = createRandom(9);
  for (let run = 0; run < 300; run++) {
    const text = Array.from({ length: 1 + random.below(3) }, () => random.text(400)).join('\n');
    const terms = termsOf(text).filter(() => random.below(4) === 0);
    const found = findLine([{ turn: 'a', text }], terms);
    let end = 0;
    for (const [from, to] of found?.marks ?? []) {
      assert.ok(from >= end && to > from && to <= (found?.line.length ?? 0));
      end = to;
    }
  }
});
