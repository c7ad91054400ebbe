import { crc32, deflateSync } from 'node:zlib';

/** The color of a pixel: red, green and blue, 0 to 255. */
export type Paint = (x: number, y: number) => readonly [number, number, number];

/** A real PNG file, painted pixel by pixel; `level` 0 leaves it uncompressed. */
export function pngOf(width: number, height: number, paint: Paint, level = 6): Buffer {
  const row = 1 + width * 3;
  const pixels = Buffer.alloc(row * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) pixels.set(paint(x, y), y * row + 1 + x * 3);
  }
  return fileOf(width, height, pixels, level);
}

/** A real PNG of one color; fast at any size. */
export function plainPng(width: number, height: number, gray = 200): Buffer {
  const pixels = Buffer.alloc((1 + width * 3) * height, gray);
  for (let y = 0; y < height; y++) pixels[y * (1 + width * 3)] = 0;
  return fileOf(width, height, pixels, 1);
}

function fileOf(width: number, height: number, pixels: Buffer, level: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels, { level })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
