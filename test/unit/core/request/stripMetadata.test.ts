import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripMetadata } from '../../../../src/core/request/stripMetadata.ts';
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

const stripped = (file: Buffer) => stripMetadata(new Uint8Array(file));
const assertBecomes = (file: Buffer, bare: Buffer) =>
  assert.equal(Buffer.from(stripped(file) ?? []).toString('hex'), bare.toString('hex'));

const PROFILE = segment(0xe2, utf8('ICC_PROFILE\0\x01\x01colors'));
const ADOBE = segment(0xee, utf8('Adobe\0\x64\0\0\0\0\x01'));
const PLACE = segment(0xe1, Buffer.concat([utf8('Exif\0\0'), exif(1)]));

test('A file without metadata is given back as the same bytes', () => {
  for (const file of [png(3, 2), jpeg(3, 2, PROFILE), gif(1, 1), webp(3, 2)]) {
    const bytes = new Uint8Array(file);
    assert.equal(stripMetadata(bytes), bytes);
  }
});

test('A PNG loses texts, EXIF, times and what nobody knows, and keeps what its colors need', () => {
  const kept = [
    chunk('gAMA', Buffer.alloc(4)),
    chunk('iCCP', utf8('p\0\0x')),
    chunk('tRNS', Buffer.alloc(6)),
  ];
  const lost = ['tEXt', 'zTXt', 'iTXt', 'eXIf', 'tIME', 'iDOT', 'caBX'].map((type) =>
    chunk(type, utf8('secret')),
  );
  assertBecomes(png(3, 2, ...lost, ...kept, ...lost), png(3, 2, ...kept));
});

test('A JPEG loses EXIF with its place, XMP, IPTC, previews and comments, and keeps profile and color transform', () => {
  const lost = [
    PLACE,
    segment(0xe1, utf8('http://ns.adobe.com/xap/1.0/\0<x/>')),
    segment(0xed, utf8('Photoshop 3.0\0')),
    segment(0xe2, utf8('MPF\0')),
    segment(0xe0, utf8('JFXX\0')),
    segment(0xee, utf8('Other')),
    segment(0xfe, utf8('a comment')),
  ];
  assertBecomes(jpeg(3, 2, ...lost, PROFILE, ADOBE, ...lost), jpeg(3, 2, PROFILE, ADOBE));
});

test('What lies behind the end of a picture goes, such as what was cropped away', () => {
  const rest = utf8('the rest of the picture');
  for (const file of [png(3, 2), jpeg(3, 2), gif(1, 1), webp(3, 2)]) {
    assertBecomes(Buffer.concat([file, rest]), file);
  }
});

test('Scans of a JPEG are kept whole: stuffed bytes, restarts, further scans, padding', () => {
  const picture = jpeg(3, 2);
  const more = Buffer.concat([
    segment(0xc4, utf8('table')),
    Buffer.from([0xff]),
    segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
    Buffer.from([9, 0xff, 0xd7, 9, 0xff, 0x00, 9]),
  ]);
  const end = Buffer.from([0xff, 0xd9]);
  const body = picture.subarray(0, -2);
  const comment = segment(0xfe, utf8('between scans'));
  const whole = Buffer.concat([body, comment, more, comment, end]);
  const expected = Buffer.concat([body, segment(0xc4, utf8('table')), more.subarray(5 + 4 + 1), end]);
  assertBecomes(whole, expected);
});

test('A WebP loses EXIF and XMP with their flags, and its lengths are right', () => {
  const file = webp(
    3,
    2,
    riffChunk('ICCP', utf8('odd')),
    riffChunk('EXIF', exif(1)),
    riffChunk('XMP ', utf8('<x/>')),
  );
  file[20] = 0x20 | 0x10 | 0x08 | 0x04;
  const bare = webp(3, 2, riffChunk('ICCP', utf8('odd')));
  bare[20] = 0x20 | 0x10;
  assertBecomes(file, bare);
});

test('A simple WebP with something behind its picture becomes one without', () => {
  const picture = riffChunk('VP8L', utf8('/pixels.'));
  assertBecomes(riff(picture, riffChunk('EXIF', exif(1))), riff(picture));
});

test('A GIF loses comments and data of applications, and keeps loops and frames', () => {
  const loop = extension(0xff, 'NETSCAPE2.0', '\x01\0\0');
  const control = extension(0xf9, '\0\0\0\0');
  const lost = [extension(0xfe, 'a comment', 'and more'), extension(0xff, 'XMP DataXMP', '<x/>')];
  assertBecomes(gif(1, 1, 2, loop, ...lost, control), gif(1, 1, 2, loop, control));
});

test('A file that is cut off anywhere, or no picture, is not taken for understood', () => {
  const files = [png(3, 2, chunk('tEXt', utf8('x'))), jpeg(3, 2, PLACE), gif(1, 1, 2), webp(3, 2)];
  for (const file of files) {
    for (let length = 0; length < file.length; length++) {
      assert.equal(stripped(file.subarray(0, length)), undefined, `${length} of ${file.length}`);
    }
  }
  assert.equal(stripped(utf8('text')), undefined);
});
