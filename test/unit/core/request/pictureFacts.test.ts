import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pictureFacts } from '../../../../src/core/request/attachments.ts';
import { plainPng } from '../../../support/png.ts';
import { createRandom } from '../../../support/random.ts';
import {
  chunk,
  exif,
  extension,
  gif,
  jpeg,
  png,
  riff,
  riffChunk,
  segment,
  utf8,
  webp,
} from './pictureFiles.ts';

const PLAIN = { orientation: 1, animated: false, complete: true };
const FILES = [png(640, 480), jpeg(640, 480), gif(640, 480), webp(640, 480)] as const;

test('type and size are read from every kind of picture that the API takes', () => {
  const types = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
  for (const [index, file] of FILES.entries()) {
    const size = { width: 640, height: 480 };
    assert.deepEqual(pictureFacts(file), { mediaType: types[index], ...size, ...PLAIN });
  }
  const real = { mediaType: 'image/png', width: 12, height: 3, ...PLAIN };
  assert.deepEqual(pictureFacts(plainPng(12, 3)), real);
});

test('the other forms of WebP have their size too', () => {
  const bits = 99 | (49 << 14);
  const lossless = Buffer.from([0x2f, bits & 255, (bits >> 8) & 255, (bits >> 16) & 255, bits >> 24]);
  const facts = pictureFacts(riff(riffChunk('VP8L', lossless)));
  assert.deepEqual([facts?.width, facts?.height, facts?.complete], [100, 50, true]);
  const lossy = Buffer.from([0, 0, 0, 0x9d, 1, 0x2a, 0x2c, 0x41, 0xc8, 0x40]);
  assert.equal(pictureFacts(riff(riffChunk('VP8 ', lossy)))?.width, 0x12c);
});

test('the orientation is read from EXIF wherever it lies, in either byte order', () => {
  for (let orientation = 1; orientation <= 8; orientation++) {
    for (const order of ['II', 'MM'] as const) {
      const data = exif(orientation, order);
      const marked = Buffer.concat([utf8('Exif\0\0'), data]);
      for (const file of [
        jpeg(30, 20, segment(0xe1, marked)),
        png(30, 20, chunk('eXIf', data)),
        webp(30, 20, riffChunk('EXIF', data)),
        webp(30, 20, riffChunk('EXIF', marked)),
      ]) {
        const facts = pictureFacts(file);
        assert.deepEqual([facts?.width, facts?.height], [30, 20], 'as stored, not as turned');
        assert.equal(facts?.orientation, orientation);
      }
    }
  }
});

test('of several EXIF segments the first one counts', () => {
  const marked = (orientation: number) => segment(0xe1, Buffer.concat([utf8('Exif\0\0'), exif(orientation)]));
  assert.equal(pictureFacts(jpeg(3, 2, marked(6), marked(3)))?.orientation, 6);
});

test('an orientation that there is none of counts as upright', () => {
  for (const bad of [0, 9, 65_535]) {
    const marked = Buffer.concat([utf8('Exif\0\0'), exif(bad)]);
    assert.equal(pictureFacts(jpeg(3, 2, segment(0xe1, marked)))?.orientation, 1);
  }
  const strange = Buffer.concat([utf8('Exif\0\0'), utf8('XX\0*'), exif(6).subarray(4)]);
  assert.equal(pictureFacts(jpeg(3, 2, segment(0xe1, strange)))?.orientation, 1);
});

test('only what has several frames is animated', () => {
  const frames = (count: number) => chunk('acTL', Buffer.from([0, 0, 0, count, 0, 0, 0, 0]));
  const moving = riffChunk('ANMF', Buffer.alloc(17));
  assert.equal(pictureFacts(gif(9, 9, 1))?.animated, false);
  assert.equal(pictureFacts(gif(9, 9, 2))?.animated, true);
  assert.equal(pictureFacts(png(9, 9, frames(1)))?.animated, false);
  assert.equal(pictureFacts(png(9, 9, frames(2)))?.animated, true);
  assert.equal(pictureFacts(webp(9, 9, moving))?.animated, false);
  assert.equal(pictureFacts(webp(9, 9, moving, moving))?.animated, true);
});

test('a file that was cut off says so, at whatever byte, once its size can be read', () => {
  const comment = segment(0xfe, Buffer.from([1, 0xff, 0xd9, 2]));
  for (const file of [...FILES, jpeg(8, 8, comment), gif(8, 8, 3, extension(0xfe, 'a;b', ';'))]) {
    for (let length = 0; length < file.length; length++) {
      const facts = pictureFacts(file.subarray(0, length));
      assert.notEqual(facts?.complete, true, `${facts?.mediaType} ${length} of ${file.length}`);
    }
    assert.equal(pictureFacts(file)?.complete, true);
  }
  assert.equal(pictureFacts(jpeg(8, 8).subarray(0, -2))?.complete, false, 'a JPEG without its last marker');
});

test('what cameras put behind a JPEG does not make it incomplete', () => {
  const behind = Buffer.concat([jpeg(8, 8), Buffer.alloc(4000), utf8('SEFT')]);
  assert.equal(pictureFacts(behind)?.complete, true);
});

test('what is no picture, or has no size, is undefined', () => {
  for (const file of [
    Buffer.alloc(0),
    utf8('hello'),
    utf8('%PDF-1.4'),
    png(0, 4),
    jpeg(4, 0),
    gif(0, 0),
    utf8('\x89PNG'),
    utf8('\xff\xd8\xff'),
    utf8('GIF89a'),
    utf8('RIFF\0\0\0\0WEBP'),
    utf8('RIFF\0\0\0\0WEBPVP8Z                        '),
  ]) {
    assert.equal(pictureFacts(file), undefined, file.toString('latin1'));
  }
});

test('bytes that were made to confuse are read without a throw, each a few times at most', () => {
  const random = createRandom(13);
  const sources = [
    ...FILES,
    jpeg(9, 9, segment(0xe1, Buffer.concat([utf8('Exif\0\0'), exif(6)]))),
    png(9, 9, chunk('eXIf', exif(6)), chunk('acTL', Buffer.alloc(8))),
    webp(9, 9, riffChunk('EXIF', exif(6)), riffChunk('ANMF', Buffer.alloc(20))),
    gif(9, 9, 4, extension(0xfe, 'abc', 'def')),
  ];
  for (let run = 0; run < 8000; run++) {
    const bytes = Buffer.from(sources[run % sources.length] ?? []);
    for (let change = random.below(6); change >= 0; change--) {
      bytes[random.below(bytes.length)] = random.pick([0, 255, random.below(256)]);
    }
    const file = bytes.subarray(0, random.below(3) === 0 ? random.below(bytes.length) : bytes.length);
    const facts = pictureFacts(file);
    if (!facts) continue;
    assert.ok(facts.width > 0 && facts.height > 0);
    assert.ok(facts.orientation >= 1 && facts.orientation <= 8);
  }
});

test('the work grows with the file and no faster, whatever the file claims', () => {
  const size = 60_000;
  const header = { png: png(9, 9).subarray(0, 33), webp: webp(9, 9).subarray(0, 30) };
  for (const file of [
    Buffer.concat([header.png, Buffer.alloc(size)]),
    Buffer.concat([header.png, repeated(chunk('eXIf', endless('MM')), size)]),
    Buffer.concat([jpeg(9, 9).subarray(0, 20), Buffer.alloc(size, 0xff)]),
    Buffer.concat([
      jpeg(9, 9).subarray(0, 20),
      repeated(segment(0xe1, Buffer.concat([utf8('Exif\0\0'), endless('II')])), size),
    ]),
    Buffer.concat([jpeg(9, 9).subarray(0, -2), Buffer.alloc(size)]),
    Buffer.concat([gif(9, 9).subarray(0, 19), repeated(Buffer.from([0x21, 0xfe, 0]), size)]),
    Buffer.concat([gif(9, 9).subarray(0, 19), repeated(Buffer.from([0x21, 0xfe, 1]), size)]),
    Buffer.concat([header.webp, repeated(riffChunk('EXIF', endless('II')), size)]),
  ]) {
    const { bytes, reads } = watched(file);
    pictureFacts(bytes);
    assert.ok(
      reads.single + reads.sought < file.length * 20,
      `${reads.single} reads of ${file.length} bytes`,
    );
  }
});

test('what is missing at the end of a large JPEG is not sought byte by byte', () => {
  const { bytes, reads } = watched(Buffer.concat([jpeg(9, 9).subarray(0, -2), Buffer.alloc(60_000)]));
  assert.equal(pictureFacts(bytes)?.complete, false);
  assert.ok(reads.single < 1000, `${reads.single} reads`);
});

/** Counts how often a byte is read, and over how many the runtime itself has searched. */
function watched(file: Buffer) {
  const reads = { single: 0, sought: 0 };
  const lastIndexOf = (value: number, from = file.length - 1): number => {
    const at = file.lastIndexOf(value, from);
    reads.sought += from - at + 1;
    return at;
  };
  const get = (target: Buffer, key: string | symbol): unknown => {
    if (key === 'lastIndexOf') return lastIndexOf;
    reads.single++;
    return Reflect.get(target, key);
  };
  return { bytes: new Proxy(file, { get }), reads };
}

/** EXIF data that claim as many entries as there can be. */
function endless(order: 'II' | 'MM'): Buffer {
  const file = exif(6, order);
  file.fill(0, 10);
  file.fill(255, 8, 10);
  return file;
}

function repeated(piece: Buffer, size: number): Buffer {
  return Buffer.concat(Array.from({ length: Math.ceil(size / piece.length) }, () => piece));
}
