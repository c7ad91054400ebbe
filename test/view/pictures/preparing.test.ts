import '../dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_FILE } from '../../../src/core/protocol.ts';
import type { PictureFacts } from '../../../src/webview/attaching/arriving.ts';
import type { Purpose } from '../../../src/webview/attaching/picturing.ts';
import { createTranslate } from '../../../src/webview/l10n.ts';
import { createPictures } from '../../../src/webview/pictures/pictures.ts';
import { createTurns } from '../../../src/webview/pictures/turns.ts';
import { chunk, gif, png, utf8 } from '../../unit/core/request/pictureFiles.ts';
import { dom } from '../dom.ts';

const PURPOSE: Purpose = { tier: 'high', detail: 'auto', images: 1 };

/** A browser that decodes every file as a picture of this size, and has not even that to draw on. */
function pictures(size?: { readonly width: number; readonly height: number }) {
  const closed: string[] = [];
  const window = Object.assign(Object.create(dom), {
    createImageBitmap: async () => {
      if (!size) throw new Error('no picture');
      return { ...size, close: () => closed.push('closed') };
    },
    URL: dom.URL,
  }) as typeof dom;
  return { ...createPictures(window, createTranslate(undefined)), closed };
}

/** A file without a browser's means. */
function fileOf(bytes: Uint8Array, more: object = {}): Blob {
  const arrayBuffer = async () => new Uint8Array(bytes).buffer;
  return { size: bytes.length, type: '', arrayBuffer, ...more } as unknown as Blob;
}

test('A picture that is good as it is comes back at once, with the facts told before', async () => {
  const file = png(30, 20);
  const learned: PictureFacts[] = [];
  const { prepare, closed } = pictures({ width: 30, height: 20 });
  const made = await prepare(fileOf(file), PURPOSE, (facts) => learned.push(facts));
  const facts = { width: 30, height: 20, tokens: 2, exact: true, note: '' };
  assert.deepEqual(learned, [facts]);
  assert.deepEqual(made, { ...facts, mediaType: 'image/png', bytes: new Uint8Array(file) });
  // The picture, and the small one for its chip.
  assert.deepEqual(closed, ['closed', 'closed']);
});

test('Texts in a picture do not go along', async () => {
  const { prepare } = pictures({ width: 30, height: 20 });
  const made = await prepare(fileOf(png(30, 20, chunk('tEXt', utf8('Author\0me')))), PURPOSE, () => {});
  assert.deepEqual('bytes' in made && made.bytes, new Uint8Array(png(30, 20)));
});

test('A file that is larger than it may be is not even read', async () => {
  const { prepare } = pictures();
  const huge = fileOf(new Uint8Array(), {
    size: MAX_FILE + 1,
    name: 'huge.png',
    arrayBuffer: () => assert.fail('It was read.'),
  });
  assert.deepEqual(await prepare(huge, PURPOSE, () => assert.fail('It has facts.')), {
    problem: 'huge.png has more than 64 MB. Make it smaller and attach that.',
  });
});

test('A sentence names the label, else the file, else says what it is', async () => {
  const { prepare } = pictures();
  const problem = async (more: object, label?: string) =>
    prepare(fileOf(new Uint8Array(), more), { ...PURPOSE, ...(label ? { label } : {}) }, () => {});
  assert.deepEqual(await problem({ name: 'a.png' }, 'b.png'), { problem: 'b.png is empty.' });
  assert.deepEqual(await problem({ name: 'a.png' }), { problem: 'a.png is empty.' });
  assert.deepEqual(await problem({}), { problem: 'The picture is empty.' });
});

test('A file that vanished, and a picture that cannot be drawn, end in a sentence', async () => {
  const sentence = { problem: 'x cannot be read as a picture. Save it as PNG and attach that.' };
  const purpose = { ...PURPOSE, label: 'x' };
  const gone = fileOf(new Uint8Array(3), { arrayBuffer: () => Promise.reject(new Error('gone')) });
  assert.deepEqual(await pictures().prepare(gone, purpose, () => {}), sentence);
  const { prepare, edit, thumbnail, closed } = pictures({ width: 5000, height: 20 });
  const large = fileOf(png(5000, 20));
  assert.deepEqual(await prepare(large, purpose, () => {}), sentence);
  assert.deepEqual(await edit(large, { blackOut: [] }, purpose), sentence);
  assert.equal(await thumbnail(large), undefined);
  // Its thumbnail, drawn in two steps, was tried when it was decoded.
  assert.equal(closed.length, 3);
});

test('Of many pictures and their thumbnails one is decoded at a time, each once, and one file read for its header', async () => {
  let open = 0;
  let most = 0;
  let decodings = 0;
  let reading = 0;
  const window = Object.assign(Object.create(dom), {
    createImageBitmap: async (from: unknown) => {
      const isFile = typeof from === 'object' && from !== null && 'arrayBuffer' in from;
      if (isFile) decodings += 1;
      open += isFile ? 1 : 0;
      most = Math.max(most, open);
      await new Promise((resolve) => setImmediate(resolve));
      return { width: 30, height: 20, close: () => (open -= isFile ? 1 : 0) };
    },
  }) as typeof dom;
  const { prepare, thumbnail } = createPictures(window, createTranslate(undefined));
  const arrayBuffer = async () => {
    reading += 1;
    // Besides the one that is being worked on.
    assert.ok(reading <= 2, `${reading} files are read`);
    await new Promise((resolve) => setImmediate(resolve));
    reading -= 1;
    return new Uint8Array(png(30, 20)).buffer;
  };
  const files = Array.from({ length: 10 }, () => fileOf(png(30, 20), { arrayBuffer }));
  const prepared = files.map((file) => prepare(file, PURPOSE, () => {}));
  await Promise.all([...prepared, ...files.map((file) => thumbnail(file))]);
  assert.deepEqual([most, decodings, open], [1, 10, 0]);
  await thumbnail(fileOf(png(30, 20)));
  assert.deepEqual([most, decodings], [1, 11], 'a stored one is decoded for its thumbnail');
});

test('A document or a text under the name of a picture is told apart from a picture that cannot be read', async () => {
  const { prepare } = pictures();
  const isOther = async (bytes: Uint8Array) => {
    const made = await prepare(fileOf(bytes), PURPOSE, () => {});
    return 'problem' in made && (made.isOther ?? false);
  };
  assert.equal(await isOther(utf8('%PDF-1.7')), true);
  assert.equal(await isOther(utf8('just a text')), true);
  // The letter at the end of what is looked at is cut in two.
  assert.equal(await isOther(Buffer.from(`${'x'.repeat(65_535)}é and more`)), true);
  assert.equal(await isOther(Buffer.from([0x41, 0, 0x42])), false);
  assert.equal(await isOther(Buffer.from([0xff, 0xfe, 0x42])), false);
  assert.equal(await isOther(png(30, 20).subarray(0, 40)), false);
});

test('A picture that decodes to another size than it says is not sent as it is', async () => {
  const { prepare } = pictures({ width: 31, height: 20 });
  assert.ok('problem' in (await prepare(fileOf(png(30, 20)), PURPOSE, () => {})));
});

test('A picture that decodes to more than memory is for is refused', async () => {
  const { prepare } = pictures({ width: 40_000, height: 40_000 });
  assert.deepEqual(await prepare(fileOf(gif(1, 1, 2)), { ...PURPOSE, label: 'x' }, () => {}), {
    problem: 'x has too many pixels to work with. Crop it and attach that.',
  });
});

test('Facts tell of what will be done', async () => {
  const notes: string[] = [];
  const { prepare } = pictures({ width: 4032, height: 3024 });
  const many = { ...PURPOSE, images: 21 };
  await prepare(fileOf(png(4032, 3024)), many, ({ width, note }) => notes.push(`${width}: ${note}`));
  await prepare(fileOf(gif(10, 10, 2)), PURPOSE, ({ note }) => notes.push(note));
  assert.deepEqual(notes, [
    '2000: Made smaller: 4032 × 3024 to 2000 × 1500 px',
    'Only its first frame is sent',
  ]);
});

test('Work is done one after the other, also when some of it fails', async () => {
  const inTurn = createTurns();
  const log: string[] = [];
  const work = (name: string, fails: boolean) => async () => {
    log.push(`${name} begins`);
    await Promise.resolve();
    log.push(`${name} ends`);
    if (fails) throw new Error(name);
    return name;
  };
  const all = [inTurn(work('a', true)), inTurn(work('b', false)), inTurn(work('c', false))];
  const ends = await Promise.allSettled(all);
  assert.deepEqual(
    ends.map(({ status }) => status),
    ['rejected', 'fulfilled', 'fulfilled'],
  );
  assert.deepEqual(log, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});
