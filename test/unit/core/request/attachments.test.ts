import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DocumentPart, ExcerptPart, ImagePart } from '../../../../src/core/conversation/parts.ts';
import type { ModelInfo } from '../../../../src/core/modelInfo.ts';
import { estimateText } from '../../../../src/core/money/estimateText.ts';
import {
  apiImageType,
  checkAttachment,
  estimatePart,
  type FileCandidate,
  isPicture,
  pictureFacts,
  recognize,
  type Situation,
} from '../../../../src/core/request/attachments.ts';
import { questionBlocks } from '../../../../src/core/request/request.ts';
import { code } from '../../../support/conversations.ts';
import { pdfOf } from '../../../support/pdf.ts';
import { createRandom } from '../../../support/random.ts';
import { gif, jpeg, png, utf8, webp } from './pictureFiles.ts';

const MB = 1024 * 1024;
const MODEL: ModelInfo = { id: 'm', name: 'M', maxInput: 1_000_000, images: true, pdf: true };
const SMALL: ModelInfo = { ...MODEL, maxInput: 200_000 };
const NOTHING: Situation = { model: MODEL, modelId: 'claude-sonnet-5-5', images: 0, pages: 0, bytes: 0 };

function image(width: number, height: number, bytes = 1000): ImagePart {
  const source = { type: 'stored', sha256: 'a', mediaType: 'image/png', bytes, width, height } as const;
  return { kind: 'image', label: 'shot.png', source };
}

function document(pages: number | undefined, bytes = 1000): DocumentPart {
  const counted = pages === undefined ? {} : { pages };
  const source = { type: 'stored', sha256: 'a', mediaType: 'application/pdf', bytes, ...counted } as const;
  return { kind: 'document', label: 'paper.pdf', source };
}

function excerpt(text: string): ExcerptPart {
  return { kind: 'excerpt', origin: 'terminal', label: 'Terminal: zsh', languageId: 'plaintext', text };
}

const BY_ADDRESS: ImagePart = {
  kind: 'image',
  label: 'a.png',
  source: { type: 'url', url: 'https://example.com/a.png' },
};

const BMP = Buffer.concat([utf8('BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0'), Buffer.alloc(40)]);
const ISO = (brand: string, ...others: readonly string[]) =>
  utf8(`\0\0\0\x20ftyp${brand}\0\0\0\0${others.join('')}`);

test('files are known by their content', () => {
  for (const [kind, file] of [
    ['png', png(1, 1)],
    ['jpeg', jpeg(1, 1)],
    ['gif', gif(1, 1)],
    ['webp', webp(1, 1)],
    ['pdf', pdfOf(1)],
    ['pdf', utf8('\xef\xbb\xbf\r\n%PDF-1.7')],
    ['bmp', BMP],
    ['tiff', utf8('II*\0\x08\0\0\0')],
    ['tiff', utf8('MM\0*\0\0\0\x08')],
    ['ico', utf8('\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0')],
    ['heic', ISO('heic', 'mif1', 'heic')],
    ['heic', ISO('mif1', 'mif1', 'heic')],
    ['avif', ISO('avif', 'mif1')],
    ['avif', ISO('mif1', 'mif1', 'avif')],
    ['svg', utf8('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['svg', utf8('\xef\xbb\xbf<?xml version="1.0"?>\n<!-- made <by> me -->\n<svg width="3">')],
    ['svg', utf8('<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "u" [ <!ENTITY a "b"> ]>\n<svg:svg>')],
    ['empty', Buffer.alloc(0)],
    ['unknown', utf8('hello')],
    ['unknown', utf8('BMW builds cars, and this is a text about them.')],
    ['unknown', utf8('const header = "%PDF-1.4";')],
    ['unknown', utf8('<html><svg></svg></html>')],
    ['unknown', utf8('<!-- <svg> -->')],
    ['unknown', utf8('<svgfoo>')],
    ['unknown', utf8('RIFF\0\0\0\0WAVEfmt ')],
    ['unknown', ISO('isom', 'mp41')],
    ['unknown', utf8('\0\0\0\x14ftypisomheicmp41')],
    ['unknown', utf8('\0\0\x01\0\0\0')],
  ] as const) {
    assert.equal(recognize(file), kind, file.toString('latin1', 0, 60));
  }
});

test('all pictures are told from the rest, and the four that the API takes have their type', () => {
  for (const kind of ['bmp', 'svg', 'heic', 'avif', 'tiff', 'ico'] as const) {
    assert.equal(isPicture(kind), true);
    assert.equal(apiImageType(kind), undefined);
  }
  for (const kind of ['png', 'jpeg', 'gif', 'webp'] as const) {
    assert.equal(isPicture(kind), true);
    assert.equal(apiImageType(kind), `image/${kind}`);
  }
  for (const kind of ['pdf', 'empty', 'unknown'] as const) {
    assert.equal(isPicture(kind), false);
    assert.equal(apiImageType(kind), undefined);
  }
});

test('any bytes are something, and nothing throws', () => {
  const random = createRandom(17);
  const starts = [
    '',
    'BM',
    'II*\0',
    '\0\0\x01\0',
    '\0\0\0\x20ftyp',
    '<!--',
    '<?',
    '<!',
    '%PDF-',
    'RIFF',
    '<',
  ];
  for (let run = 0; run < 3000; run++) {
    const noise = Buffer.from(Array.from({ length: random.below(60) }, () => random.below(256)));
    const file = Buffer.concat([utf8(random.pick(['', ...starts])), noise]);
    assert.equal(typeof recognize(file), 'string');
    pictureFacts(file);
  }
  for (const start of ['<!---->', '<??>', '<!>', '<![', ' ']) {
    assert.equal(recognize(utf8(start.repeat(40_000))), 'unknown');
  }
});

test('a PNG that is really a JPEG is a JPEG', () => {
  const renamed = jpeg(30, 20);
  assert.equal(recognize(renamed), 'jpeg');
  assert.equal(pictureFacts(renamed)?.mediaType, 'image/jpeg');
});

test('a file of zero bytes is empty, whatever it is called', () => {
  assert.equal(recognize(new Uint8Array()), 'empty');
  const file: FileCandidate = { kind: 'file', recognized: 'empty', bytes: 0 };
  assert.deepEqual(checkAttachment(file, NOTHING), { verdict: 'refused', why: 'empty' });
  for (const part of [image(1, 1, 0), document(1, 0), code(''), excerpt('')]) {
    assert.deepEqual(checkAttachment(part, NOTHING), { verdict: 'refused', why: 'empty' });
  }
});

test('a truncated JPEG and an animated GIF are told by their facts', () => {
  assert.equal(pictureFacts(jpeg(300, 200).subarray(0, -3))?.complete, false);
  assert.equal(pictureFacts(gif(300, 200, 12))?.animated, true);
});

test('what a model does not read is refused, and what nobody knows is not', () => {
  const blind = { ...NOTHING, model: { ...MODEL, images: false, pdf: false } };
  const unknown = { ...NOTHING, model: undefined };
  assert.deepEqual(checkAttachment(image(9, 9), blind), { verdict: 'refused', why: 'noImages' });
  assert.deepEqual(checkAttachment(BY_ADDRESS, blind), { verdict: 'refused', why: 'noImages' });
  assert.deepEqual(checkAttachment(document(1), blind), { verdict: 'refused', why: 'noPdf' });
  assert.deepEqual(checkAttachment(excerpt('x'), blind), { verdict: 'ok' });
  for (const part of [image(9, 9), BY_ADDRESS, document(600), code('let a;')]) {
    assert.deepEqual(checkAttachment(part, unknown), { verdict: 'ok' });
  }
});

test('files that cannot be opened are refused for their own reason', () => {
  const pdf: FileCandidate = { kind: 'file', recognized: 'pdf', bytes: 1000 };
  const say = (file: FileCandidate) => checkAttachment(file, NOTHING);
  assert.deepEqual(say({ ...pdf, encrypted: true }), { verdict: 'refused', why: 'encrypted' });
  assert.deepEqual(say({ ...pdf, readable: false }), { verdict: 'refused', why: 'notReadable' });
  assert.deepEqual(say({ ...pdf, pages: 3 }), { verdict: 'ok' });
  assert.deepEqual(say({ ...pdf, pages: 601 }), {
    verdict: 'refused',
    why: 'tooManyPages',
    pages: 601,
    most: 600,
  });
  assert.deepEqual(say({ ...pdf, recognized: 'heic' }), { verdict: 'ok' });
  assert.deepEqual(say({ ...pdf, recognized: 'unknown' }), { verdict: 'ok' });
});

test('a 700-page PDF is refused, and one of 101 pages where the window is small', () => {
  const refused = (pages: number, most: number) => ({ verdict: 'refused', why: 'tooManyPages', pages, most });
  assert.deepEqual(checkAttachment(document(700), NOTHING), refused(700, 600));
  assert.equal(checkAttachment(document(600), NOTHING).verdict, 'doubtful');
  assert.deepEqual(checkAttachment(document(101), { ...NOTHING, model: SMALL }), refused(101, 100));
  assert.deepEqual(checkAttachment(document(100), { ...NOTHING, model: SMALL }), { verdict: 'ok' });
});

test('pages that are too many together leave out the oldest', () => {
  const situation = { ...NOTHING, model: SMALL, pages: 60 };
  assert.deepEqual(checkAttachment(document(40), situation), { verdict: 'ok' });
  assert.deepEqual(checkAttachment(document(41), situation), {
    verdict: 'changed',
    why: 'tooMuchMedia',
    images: 0,
    pages: 101,
    most: 100,
  });
  assert.equal(checkAttachment(document(undefined), { ...situation, pages: 100 }).verdict, 'changed');
});

test('an image above 10 MB of base64 is refused, one that just fits is not', () => {
  const most = (10 * MB * 3) / 4;
  assert.deepEqual(checkAttachment(image(9, 9, most), NOTHING), { verdict: 'ok' });
  assert.deepEqual(checkAttachment(image(9, 9, most + 1), NOTHING), {
    verdict: 'refused',
    why: 'fileTooLarge',
    bytes: most + 1,
    most,
  });
});

test('a PDF has to fit into a request, and what is too much together leaves out the oldest', () => {
  const most = (31 * MB * 3) / 4;
  assert.deepEqual(checkAttachment(document(9, most), NOTHING), { verdict: 'ok' });
  const large = checkAttachment(document(9, most + 1), NOTHING);
  assert.deepEqual(large, { verdict: 'refused', why: 'fileTooLarge', bytes: most + 1, most });
  const full = { ...NOTHING, bytes: most - 2000 };
  assert.deepEqual(checkAttachment(document(1, 2000), full), { verdict: 'ok' });
  for (const part of [document(1, 3000), image(9, 9, 3000)]) {
    const verdict = checkAttachment(part, full);
    assert.ok(verdict.verdict === 'changed' && verdict.why === 'fileTooLarge', JSON.stringify(verdict));
    assert.ok(verdict.bytes > verdict.most && verdict.most === 31 * MB);
  }
  assert.deepEqual(checkAttachment(BY_ADDRESS, full), { verdict: 'ok' });
});

test('the 21st image makes large ones smaller, where there are any', () => {
  const twenty = { ...NOTHING, images: 20 };
  const smaller = { verdict: 'changed', why: 'manyImages', count: 21, maxSide: 2000 };
  assert.deepEqual(checkAttachment(image(9, 9), { ...NOTHING, images: 19 }), { verdict: 'ok' });
  assert.deepEqual(checkAttachment(image(9, 9), twenty), smaller);
  assert.deepEqual(checkAttachment(image(9, 9), { ...twenty, longestSide: 2001 }), smaller);
  assert.deepEqual(checkAttachment(image(9, 9), { ...twenty, longestSide: 2000 }), { verdict: 'ok' });
  assert.deepEqual(checkAttachment(image(9, 2001), { ...twenty, longestSide: 2000 }), smaller);
  assert.deepEqual(checkAttachment(BY_ADDRESS, { ...twenty, longestSide: 2001 }), smaller);
});

test('images and pages are one limit', () => {
  const both = { ...NOTHING, model: SMALL, images: 60, pages: 39 };
  const verdict = { verdict: 'changed', why: 'tooMuchMedia', most: 100 };
  assert.deepEqual(checkAttachment(document(1), both), { verdict: 'ok' });
  assert.deepEqual(checkAttachment(document(60), both), { ...verdict, images: 60, pages: 99 });
  assert.deepEqual(checkAttachment(image(9, 9), { ...both, longestSide: 0 }), { verdict: 'ok' });
  assert.deepEqual(checkAttachment(image(9, 9), { ...both, pages: 40 }), {
    ...verdict,
    images: 61,
    pages: 40,
  });
  for (const part of [document(60), image(9, 9)]) {
    assert.notEqual(checkAttachment(part, { ...both, model: MODEL }).verdict, 'refused');
    const half = { ...SMALL, maxInput: 500_000 };
    assert.equal(checkAttachment(part, { ...both, model: half, pages: 40 }).verdict, 'changed');
  }
});

test('images above what a request takes leave out the oldest', () => {
  const say = (images: number, model: ModelInfo) =>
    checkAttachment(image(9, 9), { ...NOTHING, model, images });
  const tooMuch = { verdict: 'changed', why: 'tooMuchMedia', pages: 0 };
  assert.deepEqual(say(100, SMALL), { ...tooMuch, images: 101, most: 100 });
  const hundredth = say(99, SMALL);
  assert.ok(hundredth.verdict === 'changed' && hundredth.why === 'manyImages');
  assert.deepEqual(say(600, MODEL), { ...tooMuch, images: 601, most: 600 });
});

test('a PDF that by its estimate does not fit into the window gets a warning, as estimates may be off', () => {
  const doubtful = (tokens: number, window: number) => ({
    verdict: 'doubtful',
    why: 'largerThanWindow',
    tokens,
    window,
  });
  assert.deepEqual(checkAttachment(document(500), NOTHING), { verdict: 'ok' });
  assert.deepEqual(checkAttachment(document(501), NOTHING), doubtful(1_002_000, 1_000_000));
  const uncounted = document(undefined, 9 * MB);
  assert.deepEqual(checkAttachment(uncounted, { ...NOTHING, model: SMALL }), doubtful(378_000, 200_000));
  assert.deepEqual(checkAttachment(document(501), { ...NOTHING, model: undefined }), { verdict: 'ok' });
});

test('a text of 300,000 lines is refused where it is much larger than the window', () => {
  const lines = 'const name = 12;\n'.repeat(300_000);
  const verdict = checkAttachment(code(lines), NOTHING);
  assert.ok(verdict.verdict === 'refused' && verdict.why === 'largerThanWindow');
  assert.ok(verdict.window === 1_000_000 && verdict.tokens > 1_000_000);
  assert.equal(checkAttachment(excerpt(lines), { ...NOTHING, model: SMALL }).verdict, 'refused');
  assert.deepEqual(checkAttachment(excerpt(lines), { ...NOTHING, model: undefined }), { verdict: 'ok' });
});

test('a text that is a little larger than the window by its estimate gets a warning', () => {
  const text = code('let a = 1;\n'.repeat(100));
  const { tokens } = estimatePart(text, NOTHING.modelId);
  const check = (window: number) =>
    checkAttachment(text, { ...NOTHING, model: { ...MODEL, maxInput: window } });
  assert.equal(check(tokens).verdict, 'ok');
  assert.deepEqual(check(tokens - 1), {
    verdict: 'doubtful',
    why: 'largerThanWindow',
    tokens,
    window: tokens - 1,
  });
  assert.equal(check(Math.ceil(tokens / 1.25)).verdict, 'doubtful');
  assert.equal(check(Math.ceil(tokens / 1.25) - 1).verdict, 'refused');
});

test('above eight million characters nothing is attached, whatever the window', () => {
  const long = excerpt('a'.repeat(8_000_001));
  const verdict = checkAttachment(long, { ...NOTHING, model: { ...MODEL, maxInput: 1e9 } });
  assert.ok(verdict.verdict === 'refused' && verdict.why === 'largerThanWindow');
  assert.ok(verdict.window === undefined && verdict.tokens > 1_000_000);
});

test('an image is reckoned by rule, one by address at the most there is', () => {
  assert.deepEqual(estimatePart(image(1920, 1080), 'claude-sonnet-5-5'), { tokens: 2691, exact: true });
  assert.deepEqual(estimatePart(image(1920, 1080), 'claude-haiku-4-5'), { tokens: 1560, exact: true });
  assert.deepEqual(estimatePart(BY_ADDRESS, 'claude-sonnet-5-5'), { tokens: 4784, exact: false });
  assert.deepEqual(estimatePart(BY_ADDRESS, 'claude-haiku-4-5'), { tokens: 1568, exact: false });
});

test('a PDF is reckoned by its pages, or by its weight where nobody has counted them', () => {
  assert.deepEqual(estimatePart(document(12), 'claude-sonnet-5-5'), { tokens: 24_000, exact: false });
  assert.equal(estimatePart(document(undefined, 1), 'claude-sonnet-5-5').tokens, 2000);
  assert.equal(estimatePart(document(undefined, 500_000), 'claude-sonnet-5-5').tokens, 20_000);
  assert.equal(estimatePart(document(undefined, 1e9), 'claude-sonnet-5-5').tokens, 1_200_000);
});

test('text is reckoned as it is sent, in the tokens of the model', () => {
  for (const part of [code('let a = 1;\n'.repeat(50)), excerpt('$ npm test\nok\n'.repeat(50))]) {
    const [block] = questionBlocks([part]);
    const sent = estimateText(block?.type === 'text' ? block.text : '');
    assert.deepEqual(estimatePart(part, 'claude-sonnet-5-5'), { tokens: sent, exact: false });
    assert.equal(estimatePart(part, 'claude-haiku-4-5').tokens, Math.round(sent / 1.3));
  }
  assert.equal(estimatePart({ kind: 'text', text: ' ' }, 'claude-sonnet-5-5').tokens, 0);
});
