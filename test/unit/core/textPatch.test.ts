import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeToHost } from '../../../src/core/protocol.ts';
import { patchBetween, patched } from '../../../src/core/textPatch.ts';

test('a patch leads from one text to the other and holds no more than what is new', () => {
  const cases: [string, string, string][] = [
    ['', 'abc', 'abc'],
    ['abc', '', ''],
    ['abc', 'abc', ''],
    ['abc', 'abXc', 'X'],
    ['aaa', 'aaaa', 'a'],
    ['aaaa', 'aa', ''],
    ['abcabc', 'abc', ''],
    ['one two three', 'one 2 three', '2'],
    ['😀', '😁', '\ude01'],
  ];
  for (const [before, after, fresh] of cases) {
    const patch = patchBetween(before, after);
    assert.equal(patched(before, patch), after, `${before} → ${after}`);
    assert.equal(patch.text, fresh, `${before} → ${after}`);
  }
});

test('a patch for a text of another length changes nothing', () => {
  assert.equal(patched('abc', { start: 2, end: 4, text: '' }), undefined);
  assert.equal(patched('abc', { start: 2, end: 1, text: '' }), undefined);
});

test('of a draft only what fits is let in, and a conversation is never a path', () => {
  const change = { type: 'changeDraft', conversation: 'c1', text: 'a', caret: 1, revision: 3 };
  const patch = { ...change, type: 'patchDraft', of: 2, length: 0, start: 0, end: 0 };
  const unfinished = { type: 'changeUnfinished', conversation: 'c1', editing: null, instructions: 'x' };
  const edited = { ...unfinished, editing: { turn: 'q', text: '' } };
  for (const wish of [change, patch, unfinished, edited]) {
    assert.deepEqual(decodeToHost(wish), wish);
    assert.equal(decodeToHost({ ...wish, conversation: '../../elsewhere' }), undefined);
    assert.equal(decodeToHost({ ...wish, more: 1 }), undefined);
  }
  for (const broken of [
    { ...change, revision: -1 },
    { ...patch, start: 0.5 },
    { ...patch, of: undefined },
    { ...unfinished, instructions: 7 },
    { ...edited, editing: { turn: 'q' } },
    { ...edited, editing: { turn: 'q', text: 'x', more: 1 } },
  ]) {
    assert.equal(decodeToHost(broken), undefined, JSON.stringify(broken));
  }
});
