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

const SECRET = '48.2082 N 16.3738 E';
const planted = (start = '', length = 0) => utf8(`${start}${SECRET}`.padEnd(length, '.'));

/** Files that hold the secret somewhere, with what each is called in a message. */
function* secretKeepers(): Generator<readonly [string, Buffer]> {
  for (let marker = 1; marker < 0xff; marker++) {
    const isPicture =
      (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc8) || (marker >= 0xd9 && marker <= 0xdd);
    if (!isPicture) yield [`JPEG segment ${marker.toString(16)}`, jpeg(3, 2, segment(marker, planted()))];
  }
  const thumbnail = planted('JFIF\0\x01\x01\0\0\x01\0\x01\x02\x04', 14 + 3 * 8);
  yield ['JFIF thumbnail', jpeg(3, 2, segment(0xe0, thumbnail))];
  for (const start of ['JFXX\0', 'Adobe', 'Adobe\0\x64\0\0\0\0\x01', 'Exif\0\0', 'MPF\0']) {
    for (const marker of [0xe0, 0xe1, 0xe2, 0xee]) {
      yield [`JPEG ${marker.toString(16)} ${start}`, jpeg(3, 2, segment(marker, planted(start)))];
    }
  }
  const types = 'gAMA cHRM sRGB sBIT cICP cLLI acTL bKGD pHYs tEXt zTXt iTXt eXIf tIME hIST sPLT prVt IEND';
  for (const type of types.split(' ')) yield [`PNG chunk ${type}`, png(3, 2, chunk(type, planted('', 40)))];
  for (let label = 0; label <= 0xff; label++) {
    yield [`GIF extension ${label.toString(16)}`, gif(1, 1, 2, extension(label, SECRET))];
  }
  for (const name of ['NETSCAPE2.0', 'ANIMEXTS1.0', 'XMP DataXMP']) {
    yield [`GIF application ${name}`, gif(1, 1, 2, extension(0xff, name, SECRET))];
  }
  for (const type of ['EXIF', 'XMP ', 'ANIM', 'VP8X', 'abcd']) {
    yield [`WebP chunk ${type}`, webp(3, 2, riffChunk(type, planted()))];
  }
  yield ['WebP frame', webp(3, 2, riffChunk('ANMF', frame(riffChunk('EXIF', planted()))))];
  yield ['WebP frame with a rest', webp(3, 2, riffChunk('ANMF', frame(planted('', 30))))];
  for (const file of [png(3, 2), jpeg(3, 2), gif(1, 1), webp(3, 2)]) {
    yield ['behind the end', Buffer.concat([file, planted()])];
  }
}

/** The data of a frame: where it stands and how long it is shown, its picture, and more. */
const frame = (...more: readonly Buffer[]) =>
  Buffer.concat([Buffer.alloc(16), riffChunk('VP8L', utf8('/pixels.')), ...more]);

test('Nothing is left that tells more than the picture shows, wherever it stood', () => {
  let bare = 0;
  for (const [where, file] of secretKeepers()) {
    assert.ok(file.includes(SECRET), where);
    const result = stripped(file);
    assert.equal(Buffer.from(result ?? []).includes(SECRET), false, where);
    if (result) bare++;
  }
  assert.ok(bare > 300, 'most of them need not be written anew');
});

test('A PNG with data in its end, a thumbnail in JFIF, an unknown marker: the picture has to be written anew', () => {
  const end = chunk('IEND', planted());
  const { length } = chunk('IEND', Buffer.alloc(0));
  for (const file of [
    Buffer.concat([png(3, 2).subarray(0, -length), end]),
    jpeg(3, 2, segment(0xe0, planted('JFIF\0\x01\x01\0\0\x01\0\x01\x02\x04', 14 + 3 * 8))),
    jpeg(3, 2, segment(0xee, planted('Adobe'))),
    jpeg(3, 2, segment(0x02, planted())),
    jpeg(3, 2, segment(0xf0, planted())),
  ]) {
    assert.equal(stripped(file), undefined);
  }
});

test('An animated WebP keeps its frames', () => {
  const file = webp(3, 2, riffChunk('ANIM', Buffer.alloc(6)), riffChunk('ANMF', frame()));
  const bytes = new Uint8Array(file);
  assert.equal(stripMetadata(bytes), bytes);
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
