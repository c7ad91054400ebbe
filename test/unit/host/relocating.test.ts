import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linesNow, textIn } from '../../../src/host/workspace/relocating.ts';

const FILE = 'a\nb\nfn {\n  x\n}\nc\nfn {\n  x\n}\n';

test('a text is found at the nearest of its places', () => {
  const text = 'fn {\n  x\n}';
  assert.deepEqual(textIn(FILE, { text, startLine: 1, endLine: 3 }), { startLine: 3, endLine: 5 });
  assert.deepEqual(textIn(FILE, { text, startLine: 3, endLine: 5 }), { startLine: 3, endLine: 5 });
  assert.deepEqual(textIn(FILE, { text, startLine: 6, endLine: 8 }), { startLine: 7, endLine: 9 });
  assert.deepEqual(textIn(FILE, { text, startLine: 70, endLine: 72 }), { startLine: 7, endLine: 9 });
  assert.equal(textIn(FILE, { text: 'gone', startLine: 1, endLine: 1 }), undefined);
});

test('a part of a line is found in its line', () => {
  assert.deepEqual(textIn('one\ntwo three\n', { text: 'three', startLine: 9, endLine: 9 }), {
    startLine: 2,
    endLine: 2,
  });
});

test('lines that have changed inside go from what began them to what ended them', () => {
  const taken = { text: 'fn {\n  x\n}', startLine: 1, endLine: 3 };
  assert.deepEqual(linesNow('new\nfn {\n  y\n  z\n}\nrest\n', taken), {
    text: 'fn {\n  y\n  z\n}',
    startLine: 2,
    endLine: 5,
  });
});

test('where nothing is found again the same lines are taken, as far as there are some', () => {
  const taken = { text: 'p\nq', startLine: 2, endLine: 3 };
  assert.deepEqual(linesNow('a\nb\nc\nd', taken), { text: 'b\nc', startLine: 2, endLine: 3 });
  assert.deepEqual(linesNow('a\nb', taken), { text: 'b', startLine: 2, endLine: 2 });
  assert.equal(linesNow('a', taken), undefined);
});
