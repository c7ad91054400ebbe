import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bare, decodeToHost } from '../../../src/core/protocol.ts';

const NAME = { id: 'x', conversation: 'c1' };
const BYTES = new Uint8Array([1]);

test('what attaches or changes an attachment is taken only with the conversation for which it was meant', () => {
  const wishes = [
    { type: 'removeAttachment', ...NAME },
    { type: 'keepPicture', ...NAME, label: 'a.png', bytes: BYTES },
    { type: 'giveUpPicture', ...NAME },
    {
      type: 'attachImage',
      ...NAME,
      making: 'm',
      label: 'a.png',
      mediaType: 'image/png',
      bytes: BYTES,
      width: 1,
      height: 1,
      note: '',
    },
    { type: 'attachFile', ...NAME, name: 'a.txt', bytes: new Uint8Array() },
    { type: 'attachUris', ...NAME, uris: 'file:///a' },
    { type: 'attachText', ...NAME, text: 'a' },
    { type: 'attachMention', ...NAME, mention: 'm1' },
    { type: 'acceptSelection', ...NAME },
    { type: 'refreshAttachment', ...NAME, attachment: 'a' },
  ];
  for (const wish of wishes) {
    assert.equal(decodeToHost(wish), wish, wish.type);
    for (const name of ['id', 'conversation']) {
      const { [name]: _, ...rest } = wish as Record<string, unknown>;
      assert.equal(decodeToHost(rest), undefined, wish.type);
      assert.equal(decodeToHost({ ...wish, [name]: '' }), undefined, wish.type);
    }
  }
  assert.equal(
    decodeToHost({ type: 'keepPicture', ...NAME, label: 'a', bytes: new Uint8Array() }),
    undefined,
  );
});

test('pinning is not attaching: it names what was found, and no question', () => {
  const wish = { type: 'pinMention', mention: 'm1' };
  assert.equal(decodeToHost(wish), wish);
  for (const bad of [{ type: 'pinMention' }, { ...wish, mention: '' }, { ...wish, ...NAME }]) {
    assert.equal(decodeToHost(bad), undefined);
  }
});

test('the page gets an update without its text', () => {
  const update = {
    kind: 'update',
    path: 'a',
    change: 'changed',
    form: 'diff',
    text: '+',
    hash: 'h',
  } as const;
  assert.deepEqual(bare(update), { ...update, text: '' });
});

test('of files that were removed at once the page gets the folders and how many, not each name', () => {
  const update = {
    kind: 'update',
    path: 'a/',
    change: 'removed',
    form: 'none',
    text: '',
    hash: '',
    removed: [
      { folder: 'a/b/', files: 9 },
      { folder: 'a/', files: 2, names: ['c', 'd'] },
      { folder: 'c/', files: 30, kept: ['e'] },
    ],
  } as const;
  assert.deepEqual(bare(update), {
    ...update,
    removed: [
      { folder: 'a/b/', files: 9, names: [] },
      { folder: 'a/', files: 2, names: [] },
      { folder: 'c/', files: 30, names: [] },
    ],
  });
});
