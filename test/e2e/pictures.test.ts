import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Prepared, Purpose } from '../../src/webview/attaching/picturing.ts';
import type { Edit } from '../../src/webview/pictures/editing.ts';
import { type BrowserPage, openBrowserPage } from '../support/browserPage.ts';
import type { Outcome, PaintedText } from '../support/pictures/inPage.ts';
import {
  type Gray,
  grayOf,
  learnLetters,
  legibility,
  scaledByReference,
  scrambled,
} from '../support/pictures/legibility.ts';
import { type Paint, plainPng, pngOf } from '../support/png.ts';
import { chunk, exif, gif, jpeg, png, segment, utf8 } from '../unit/core/request/pictureFiles.ts';

/** Pictures are prepared in a real browser, under the rules of Parley's page, without VS Code. */

let opened: BrowserPage;

before(async () => {
  opened = await openBrowserPage(join(import.meta.dirname, '../support/pictures/inPage.ts'));
});

after(() => opened?.close());

const HIGH: Purpose = { tier: 'high', detail: 'auto', images: 1 };
const STANDARD: Purpose = { ...HIGH, tier: 'standard' };

function prepare(file: Buffer, purpose: Purpose = HIGH, edit?: Edit): Promise<Outcome> {
  const given = { base64: file.toString('base64'), purpose, ...(edit ? { edit } : {}) };
  return opened.page.evaluate(
    ({ base64, purpose, edit }) => window.pictures.prepare(base64, purpose, edit),
    given,
  );
}

/** The picture made of a file; fails when it was refused. */
async function made(file: Buffer, purpose?: Purpose, edit?: Edit) {
  const { result, learned } = await prepare(file, purpose, edit);
  assert.ok(!('problem' in result), 'problem' in result ? result.problem : '');
  const { base64, ...facts } = result;
  return { ...facts, learned, bytes: Buffer.from(base64, 'base64') };
}

async function problem(file: Buffer, label?: string): Promise<string> {
  const { result } = await prepare(file, { ...HIGH, ...(label ? { label } : {}) });
  return 'problem' in result ? result.problem : '';
}

function decode(file: Buffer) {
  return opened.page.evaluate((base64) => window.pictures.decode(base64), file.toString('base64'));
}

/** RGBA at a place. */
async function look(file: Buffer): Promise<(x: number, y: number) => readonly number[]> {
  const { width, rgba } = await decode(file);
  const pixels = Buffer.from(rgba, 'base64');
  return (x, y) => [...pixels.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)];
}

/** Left red, right blue; the lower half darker. */
const quarters =
  (width: number, height: number): Paint =>
  (x, y) => {
    const light = y < height / 2 ? 255 : 128;
    return x < width / 2 ? [light, 0, 0] : [0, 0, light];
  };

/** Colors that no two px share and no compression knows. */
const noise: Paint = (x, y) => {
  const value = Math.imul(Math.imul(x + 1, 0x9e3779b1) ^ Math.imul(y + 1, 0x85ebca6b), 0xc2b2ae35);
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255];
};

async function photo(width: number, height: number, type = 'image/jpeg'): Promise<Buffer> {
  const paint = ([width, height, type]: readonly [number, number, string]) =>
    window.pictures.paintPhoto(width, height, type);
  return Buffer.from(await opened.page.evaluate(paint, [width, height, type] as const), 'base64');
}

function sizeOf({ width, height }: Pick<Prepared, 'width' | 'height'>): readonly number[] {
  return [width, height];
}

test('A picture that is good as it is stays the same, byte for byte', async () => {
  for (const file of [pngOf(40, 30, quarters(40, 30)), await photo(300, 200, 'image/webp')]) {
    const { bytes, note, learned, width, height, tokens, exact } = await made(file);
    assert.ok(bytes.equals(file));
    assert.equal(note, '');
    assert.deepEqual(learned, [{ width, height, tokens, exact, note }]);
  }
});

test('A large screenshot is made as small as the model sees it, and stays a PNG', async () => {
  const { bytes, learned, ...facts } = await made(plainPng(3840, 2160));
  const note = 'Made smaller: 3840 × 2160 to 2576 × 1449 px';
  assert.deepEqual(facts, {
    width: 2576,
    height: 1449,
    tokens: 4784,
    exact: true,
    note,
    mediaType: 'image/png',
  });
  assert.deepEqual(learned, [{ width: 2576, height: 1449, tokens: 4784, exact: true, note }]);
  const seen = await look(bytes);
  for (const [x, y] of [
    [0, 0],
    [2575, 0],
    [0, 1448],
    [2575, 1448],
    [1300, 700],
  ] as const) {
    assert.deepEqual(seen(x, y), [200, 200, 200, 255]);
  }
});

for (const [font, background, color] of [
  ['11px sans-serif', '#1e1e1e', '#cccccc'],
  ['bold 11px sans-serif', '#ffffff', '#333333'],
] as const) {
  test(`Small text is as legible as in what the API would make of the original: ${font} on ${background}`, async () => {
    const known = await paintText(font, [background, color], 1);
    const text = await paintText(font, [background, color], 2);
    const original = Buffer.from(text.base64, 'base64');
    const small = await made(original, STANDARD);
    const scale = small.width / 2560;
    const reference = async ({ base64 }: PaintedText) =>
      scaledByReference(await decodeGray(Buffer.from(base64, 'base64')), small.width, small.height);
    const letters = learnLetters(await reference(known), known, scale);
    const some = { ...text, cells: text.cells.filter((_, at) => at % 10 === 0) };
    const best = legibility(await reference(text), some, scale, letters);
    const ours = legibility(await decodeGray(small.bytes), some, scale, letters);
    assert.ok(best > 0.9, `${best} of the letters can be told at all`);
    assert.ok(ours >= best - 0.005, `${ours} instead of ${best}`);
    // Where the model sees all of it, no px is touched.
    assert.ok((await made(original, HIGH)).bytes.equals(original));
  });
}

async function decodeGray(file: Buffer): Promise<Gray> {
  const read = (base64: string) => window.pictures.decodeGray(base64);
  return grayOf(await opened.page.evaluate(read, file.toString('base64')));
}

function paintText(font: string, colors: readonly [string, string], seed: number): Promise<PaintedText> {
  return opened.page.evaluate(([font, colors, letters]) => window.pictures.paintText(font, colors, letters), [
    font,
    colors,
    scrambled(seed),
  ] as const);
}

test('Soft edges of what is transparent stay as they are when it is made smaller', async () => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="4000"><rect width="2000" height="4000" fill="#ff8000"/></svg>`;
  const large = await made(Buffer.from(svg), { ...HIGH, detail: 'full' });
  const { bytes } = await made(large.bytes, STANDARD);
  const { width, rgba } = await decode(bytes);
  const pixels = Buffer.from(rgba, 'base64');
  for (let x = 0; x < width; x++) {
    const [red = 0, green = 0, blue = 0, alpha = 0] = pixels.subarray(x * 4, x * 4 + 4);
    if (alpha > 128)
      assert.ok(red > 250 && Math.abs(green - 128) < 6 && blue < 6, `${[red, green, blue, alpha]}`);
  }
  assert.deepEqual([...pixels.subarray(0, 4), pixels[width * 4 - 1]], [255, 128, 0, 255, 0]);
});

test('A photo loses the place where it was taken, and nothing else', async () => {
  const plain = await photo(320, 240);
  const place = segment(0xe1, Buffer.concat([utf8('Exif\0\0'), exif(1), utf8('GPS 52.5200 N 13.4050 E')]));
  const { bytes, mediaType } = await made(Buffer.concat([plain.subarray(0, 2), place, plain.subarray(2)]));
  assert.equal(mediaType, 'image/jpeg');
  assert.ok(!bytes.includes('Exif') && !bytes.includes('GPS'));
  assert.deepEqual(await decode(bytes), await decode(plain));
});

test('A photo that was held sideways comes out upright, as a JPEG without EXIF', async () => {
  const flat = await jpegOf(320, 240);
  const turned = segment(0xe1, Buffer.concat([utf8('Exif\0\0'), exif(6)]));
  const { bytes, learned, ...facts } = await made(
    Buffer.concat([flat.subarray(0, 2), turned, flat.subarray(2)]),
  );
  assert.deepEqual([...sizeOf(facts), facts.mediaType, facts.note], [240, 320, 'image/jpeg', '']);
  assert.deepEqual(learned.map(sizeOf), [[240, 320]]);
  assert.ok(!bytes.includes('Exif'));
  const seen = await look(bytes);
  const names = [seen(20, 20), seen(220, 20), seen(20, 300), seen(220, 300)].map(([red = 0, , blue = 0]) =>
    red > blue ? (red > 200 ? 'red' : 'dark red') : blue > 200 ? 'blue' : 'dark blue',
  );
  // Orientation 6: the left edge of what is stored is on top.
  assert.deepEqual(names, ['dark red', 'red', 'dark blue', 'blue']);
});

/** A JPEG of four quarters: those of `quarters`. */
async function jpegOf(width: number, height: number): Promise<Buffer> {
  const paint = async ([width, height]: readonly [number, number]): Promise<string> => {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    if (!context) return '';
    for (const [color, x, y] of [
      ['#f00', 0, 0],
      ['#00f', width / 2, 0],
      ['#800000', 0, height / 2],
      ['#000080', width / 2, height / 2],
    ] as const) {
      context.fillStyle = color;
      context.fillRect(x, y, width / 2, height / 2);
    }
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 1 });
    return btoa(String.fromCharCode(...new Uint8Array(await blob.arrayBuffer())));
  };
  return Buffer.from(await opened.page.evaluate(paint, [width, height] as const), 'base64');
}

test('BMP and ICO are converted to PNG, px for px', async () => {
  for (const [file, name] of [
    [bmp(4, 2), 'BMP'],
    [icon(4, 2), 'ICO'],
  ] as const) {
    const { bytes, mediaType, note, learned, ...facts } = await made(file);
    assert.deepEqual([mediaType, note, ...sizeOf(facts)], ['image/png', `Converted from ${name}`, 4, 2]);
    // The header of an icon tells what may be in it only.
    assert.deepEqual(learned.map(sizeOf), name === 'BMP' ? [[4, 2]] : []);
    const seen = await look(bytes);
    assert.deepEqual([seen(0, 0), seen(3, 0), seen(0, 1)].map(String), [
      '255,0,0,255',
      '0,0,255,255',
      '128,0,0,255',
    ]);
  }
});

test('AVIF is converted to WebP', async () => {
  const file = Buffer.from(AVIF, 'base64');
  const { mediaType, note, learned, ...facts } = await made(file);
  assert.deepEqual([mediaType, note, ...sizeOf(facts)], ['image/webp', 'Converted from AVIF', 2, 2]);
  assert.deepEqual(learned.map(sizeOf), [[2, 2]]);
  const bomb = Buffer.from(file);
  bomb.fill(0xff, file.indexOf('ispe') + 10, file.indexOf('ispe') + 12);
  bomb.fill(0xff, file.indexOf('ispe') + 14, file.indexOf('ispe') + 16);
  assert.equal(await problem(bomb, 'x'), 'x has too many pixels to work with. Crop it and attach that.');
});

/** 2 by 2 px; no browser writes AVIF. */
const AVIF =
  'AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAADybWV0YQAAAAAAAAAoaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAGxpYmF2aWYAAAAADnBpdG0AAAAAAAEAAAAeaWxvYwAAAABEAAABAAEAAAABAAABGgAAAB0AAAAoaWluZgAAAAAAAQAAABppbmZlAgAAAAABAABhdjAxQ29sb3IAAAAAamlwcnAAAABLaXBjbwAAABRpc3BlAAAAAAAAAAIAAAACAAAAEHBpeGkAAAAAAwgICAAAAAxhdjFDgQ0MAAAAABNjb2xybmNseAACAAIAAYAAAAAXaXBtYQAAAAAAAAABAAEEAQKDBAAAACVtZGF0EgAKCBgANogQEAwgMg8f8D///8WfhwB8+ErK42A=';

function bmp(width: number, height: number): Buffer {
  const file = Buffer.alloc(54 + width * height * 4);
  file.write('BM');
  file.writeUInt32LE(54, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(-height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(32, 28);
  const paint = quarters(width, height);
  for (let at = 0; at < width * height; at++) {
    const [red, green, blue] = paint(at % width, Math.floor(at / width));
    file.set([blue, green, red, 255], 54 + at * 4);
  }
  return file;
}

function icon(width: number, height: number): Buffer {
  const picture = pngOf(width, height, quarters(width, height));
  const head = Buffer.alloc(22);
  head.set([0, 0, 1, 0, 1, 0, width, height, 0, 0, 1, 0, 32, 0]);
  head.writeUInt32LE(picture.length, 14);
  head.writeUInt32LE(22, 18);
  return Buffer.concat([head, picture]);
}

test('A drawing of lines is drawn in its size, or in one that shows it', async () => {
  const svg = (attributes: string, content = '<rect width="100%" height="100%" fill="#00ff00"/>') =>
    Buffer.from(
      `<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" ${attributes}>${content}</svg>`,
    );
  const sizes = [
    ['width="600" height="300px"', 600, 300],
    ['viewBox="0 0 20 10"', 1024, 512],
    ['', 1024, 1024],
    ['width="24" height="24"', 512, 512],
    ['width="10in" viewBox="0 0 4 2"', 960, 480],
    ['width="100%" height="100%" viewBox="0 0 1 2"', 512, 1024],
    ['width="10000" height="5000" style="width: 7px"', 2576, 1288],
  ] as const;
  for (const [attributes, width, height] of sizes) {
    const { bytes, note, ...facts } = await made(svg(attributes));
    assert.deepEqual([...sizeOf(facts), note], [width, height, 'Converted from SVG'], attributes);
    const seen = await look(bytes);
    for (const [x, y] of [
      [0, 0],
      [width - 1, height - 1],
    ] as const)
      assert.deepEqual(seen(x, y), [0, 255, 0, 255], attributes);
  }
  const enlarged = await made(svg('width="24" height="24"', '<rect width="24" height="24" fill="#00ff00"/>'));
  assert.deepEqual((await look(enlarged.bytes))(511, 511), [0, 255, 0, 255]);
});

test('A drawing runs no script and loads nothing, and HTML in it is drawn', async () => {
  const loads: string[] = [];
  opened.page.on('request', (request) => loads.push(request.url()));
  const file = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="600" height="600">
    <script>window.top.hacked = true; document.documentElement.innerHTML = ''</script>
    <image href="http://127.0.0.1:9/leak.png" width="10" height="10"/>
    <foreignObject width="600" height="600"><div xmlns="http://www.w3.org/1999/xhtml"
      style="width:600px;height:600px;background:#00f">é</div></foreignObject></svg>`);
  const { bytes } = await made(file);
  assert.deepEqual((await look(bytes))(300, 300), [0, 0, 255, 255]);
  assert.deepEqual(
    loads.filter((url) => !/^(data|blob):/.test(url)),
    [],
  );
  assert.equal(await opened.page.evaluate(() => 'hacked' in window), false);
});

test('Of an animation the first frame is sent, and the note tells it', async () => {
  const { mediaType, note, bytes } = await made(gif(1, 1, 2));
  assert.deepEqual([mediaType, note], ['image/png', 'Only its first frame is sent']);
  assert.equal(bytes.toString('latin1', 1, 4), 'PNG');
  assert.ok((await made(gif(1, 1))).bytes.equals(gif(1, 1)));
});

test('Of a file that is cut short what can be read is attached, with a note', async () => {
  const note = 'The file is cut short; what could be read is attached';
  for (const file of [await photo(400, 300), pngOf(400, 300, noise)]) {
    const made_ = await made(file.subarray(0, file.length * 0.6));
    assert.deepEqual([made_.note, ...sizeOf(made_)], [note, 400, 300]);
    assert.deepEqual(
      made_.learned.map(({ note }) => note),
      [note],
    );
    const [seen, original] = [await look(made_.bytes), await look(file)];
    const far = original(200, 20).map((value, at) => Math.abs(value - (seen(200, 20)[at] ?? 0)));
    assert.ok(Math.max(...far) < 40, String(far));
  }
});

test('What cannot be attached is refused with a sentence that names the file and says what to do', async () => {
  const cut = await photo(400, 300);
  const ftyp = (brand: string) => Buffer.concat([Buffer.from([0, 0, 0, 16]), utf8(`ftyp${brand}\0\0\0\0`)]);
  const sentences = [
    [Buffer.alloc(0), 'x is empty.'],
    [Buffer.from('text'), 'x cannot be read as a picture. Save it as PNG and attach that.'],
    [png(30_000, 30_000), 'x has too many pixels to work with. Crop it and attach that.'],
    [bmpHeader(40_000, 40_000), 'x has too many pixels to work with. Crop it and attach that.'],
    [
      cut.subarray(0, 200),
      'x is cut short and nothing of it can be read. Get the file anew and attach that.',
    ],
    [jpeg(40, 30), 'x cannot be read as a picture. Save it as PNG and attach that.'],
    [ftyp('heic'), 'x is a HEIC file, which cannot be read here. Save it as PNG and attach that.'],
    [utf8('II*\0\0\0\0\0'), 'x is a TIFF file, which cannot be read here. Save it as PNG and attach that.'],
    [utf8('%PDF-1.7'), 'x is a PDF file, which cannot be read here. Save it as PNG and attach that.'],
    [
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><'),
      'x is an SVG file, which cannot be read here. Save it as PNG and attach that.',
    ],
  ] as const;
  for (const [file, sentence] of sentences) assert.equal(await problem(file, 'x'), sentence);
  assert.equal(await problem(Buffer.alloc(0)), 'The picture is empty.');
});

function bmpHeader(width: number, height: number): Buffer {
  const file = bmp(1, 1);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  return file;
}

test('A PNG too heavy for the API becomes a WebP of the same size, and a note says so', async () => {
  const heavy = pngOf(2000, 1500, noise, 1);
  const { bytes, mediaType, note, ...facts } = await made(heavy);
  assert.ok(heavy.length > 7_864_320 && bytes.length <= 7_864_320);
  assert.deepEqual(
    [mediaType, note, ...sizeOf(facts)],
    ['image/webp', 'Kept as WebP, otherwise it would be too large', 2000, 1500],
  );
});

test('A screenshot of 12,000 px is made smaller evenly', async () => {
  const { bytes, ...facts } = await made(
    pngOf(12_000, 500, (x) => (x % 2 ? [0, 0, 0] : [255, 255, 255]), 1),
    STANDARD,
  );
  assert.equal(facts.width, 1568);
  const seen = await look(bytes);
  for (const x of [0, 1, 783, 1566, 1567]) {
    const [gray = 0] = seen(x, 30);
    assert.ok(gray > 115 && gray < 140, `${gray} at ${x}`);
  }
});

test('What is blacked out is black in every byte, and the rest is as it was', async () => {
  const paint: Paint = (x, y) => [255, x % 256, y % 256];
  const edit: Edit = { blackOut: [{ x: 10, y: 20, width: 30, height: 15 }] };
  const { bytes, note, ...facts } = await made(pngOf(200, 100, paint), HIGH, edit);
  assert.deepEqual([...sizeOf(facts), note], [200, 100, 'Partly blacked out']);
  const seen = await look(bytes);
  for (let y = 0; y < 100; y++) {
    for (let x = 0; x < 200; x++) {
      const isBlack = x >= 10 && x < 40 && y >= 20 && y < 35;
      assert.deepEqual(seen(x, y), isBlack ? [0, 0, 0, 255] : [...paint(x, y), 255], `${x}, ${y}`);
    }
  }
});

test('A picture is cropped to what was chosen, with black where it was painted over', async () => {
  const paint: Paint = (x, y) => [255, x % 256, y % 256];
  const edit: Edit = {
    crop: { x: 50, y: 30, width: 60, height: 40 },
    blackOut: [{ x: 40, y: 60, width: 20, height: 50 }],
  };
  const { bytes, note, learned, ...facts } = await made(pngOf(200, 100, paint), HIGH, edit);
  assert.deepEqual([...sizeOf(facts), note], [60, 40, 'Cropped. Partly blacked out']);
  const seen = await look(bytes);
  assert.deepEqual(seen(0, 0), [255, 50, 30, 255]);
  assert.deepEqual(seen(59, 39), [255, 109, 69, 255]);
  assert.deepEqual(
    [seen(9, 30), seen(9, 29), seen(10, 30)].map(([red]) => red),
    [0, 255, 255],
  );
});

test('Black stays black where a huge picture is made smaller, up to its edges', async () => {
  const edit: Edit = { blackOut: [{ x: 4001, y: 101, width: 2001, height: 203 }] };
  const { bytes, width } = await made(plainPng(12_001, 501, 255), STANDARD, edit);
  const seen = await look(bytes);
  const scale = width / 12_001;
  for (let x = Math.ceil(4001 * scale) + 3; x < 6002 * scale - 3; x++) {
    for (let y = Math.ceil(101 * scale) + 3; y < 304 * scale - 3; y++)
      assert.deepEqual(seen(x, y), [0, 0, 0, 255]);
  }
});

test('Marks on a drawing of lines lie where they were seen', async () => {
  // An image element shows this one 300 px wide; it is drawn larger.
  const file = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="150" viewBox="0 0 2 1"><rect width="2" height="1" fill="#fff"/></svg>',
  );
  const { bytes, ...facts } = await made(file, HIGH, {
    blackOut: [{ x: 150, y: 0, width: 150, height: 150 }],
  });
  assert.deepEqual(sizeOf(facts), [512, 256]);
  const seen = await look(bytes);
  assert.deepEqual(
    [seen(255, 100), seen(256, 100), seen(511, 255)].map(([red]) => red),
    [255, 0, 0],
  );
});

test('Marks on a photo that was held sideways lie where they were seen', async () => {
  const flat = await jpegOf(320, 240);
  const turned = segment(0xe1, Buffer.concat([utf8('Exif\0\0'), exif(6)]));
  const file = Buffer.concat([flat.subarray(0, 2), turned, flat.subarray(2)]);
  const { bytes, ...facts } = await made(file, HIGH, {
    blackOut: [],
    crop: { x: 120, y: 160, width: 120, height: 160 },
  });
  assert.deepEqual(sizeOf(facts), [120, 160]);
  const [red = 0, , blue = 0] = (await look(bytes))(60, 80);
  assert.ok(blue > 200 && red < 50);
});

test('A thumbnail fits its square, keeps the shape and is never larger than the picture', async () => {
  const sizes = [
    [plainPng(3000, 1000), { width: 64, height: 21 }],
    [plainPng(20, 10), { width: 20, height: 10 }],
    [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 2"/>'), { width: 32, height: 64 }],
    [utf8('text'), null],
  ] as const;
  for (const [file, expected] of sizes) {
    const read = (base64: string) => window.pictures.thumbnail(base64);
    assert.deepEqual(await opened.page.evaluate(read, file.toString('base64')), expected);
  }
});

test('Text chunks of a screenshot go, its px stay', async () => {
  const file = pngOf(40, 30, quarters(40, 30));
  const told = Buffer.concat([file.subarray(0, 33), chunk('tEXt', utf8('Author\0me')), file.subarray(33)]);
  assert.ok((await made(told)).bytes.equals(file));
});
