import { deflateSync } from 'node:zlib';

/** Files of pictures, built byte by byte, so that a test can say what is in them. */

export const utf8 = (text: string): Buffer => Buffer.from(text, 'latin1');

const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255]);
const u32 = (value: number): Buffer => Buffer.concat([u16(value >>> 16), u16(value & 0xffff)]);

/** A PNG with these chunks between its header and its picture. */
export function png(width: number, height: number, ...chunks: readonly Buffer[]): Buffer {
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', Buffer.concat([u32(width), u32(height), Buffer.from([8, 2, 0, 0, 0])])),
    ...chunks,
    chunk('IDAT', deflateSync(Buffer.alloc(10))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export function chunk(type: string, data: Buffer): Buffer {
  return Buffer.concat([u32(data.length), utf8(type), data, Buffer.alloc(4)]);
}

/** A JPEG with these segments in front of its frame. */
export function jpeg(width: number, height: number, ...segments: readonly Buffer[]): Buffer {
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, utf8('JFIF\0\x01\x01\0\0\x01\0\x01\0\0')),
    ...segments,
    segment(0xc0, Buffer.concat([Buffer.from([8]), u16(height), u16(width), Buffer.from([1, 1, 0x11, 0])])),
    segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
    Buffer.from([0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56]),
    Buffer.from([0xff, 0xd9]),
  ]);
}

export function segment(marker: number, data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0xff, marker]), u16(data.length + 2), data]);
}

/** EXIF data with an orientation between two other entries, in either byte order. */
export function exif(orientation: number, order: 'II' | 'MM' = 'MM'): Buffer {
  const file = Buffer.alloc(8 + 2 + 3 * 12 + 4);
  const put16 = (value: number, at: number) =>
    order === 'MM' ? file.writeUInt16BE(value, at) : file.writeUInt16LE(value, at);
  const put32 = (value: number, at: number) =>
    order === 'MM' ? file.writeUInt32BE(value, at) : file.writeUInt32LE(value, at);
  file.write(order, 0, 'latin1');
  put16(42, 2);
  put32(8, 4);
  put16(3, 8);
  for (const [index, tag] of [0x010f, 0x0112, 0x0131].entries()) {
    const at = 10 + index * 12;
    put16(tag, at);
    put16(3, at + 2);
    put32(1, at + 4);
    put16(tag === 0x0112 ? orientation : 7, at + 8);
  }
  return file;
}

/** A GIF of so many frames, with these blocks in front of them. */
export function gif(width: number, height: number, frames = 1, ...blocks: readonly Buffer[]): Buffer {
  const le = (value: number) => Buffer.from([value & 255, value >> 8]);
  const frame = Buffer.concat([
    Buffer.from([0x2c, 0, 0, 0, 0]),
    le(width),
    le(height),
    Buffer.from([0x80, 1, 2, 3, 4, 5, 6, 2, 2, 0x4c, 0x01, 0]),
  ]);
  const table = Buffer.alloc(6, 0x2c);
  return Buffer.concat([
    utf8('GIF89a'),
    le(width),
    le(height),
    Buffer.from([0x80, 0, 0]),
    table,
    ...blocks,
    ...Array.from({ length: frames }, () => frame),
    Buffer.from([0x3b]),
  ]);
}

/** An extension of a GIF: what it is for, and its data in sub-blocks. */
export function extension(label: number, ...blocks: readonly string[]): Buffer {
  const parts = blocks.map((block) => Buffer.concat([Buffer.from([block.length]), utf8(block)]));
  return Buffer.concat([Buffer.from([0x21, label]), ...parts, Buffer.from([0])]);
}

/** A WebP in its extended form, with these chunks. */
export function webp(width: number, height: number, ...chunks: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(10);
  header.writeUIntLE(width - 1, 4, 3);
  header.writeUIntLE(height - 1, 7, 3);
  return riff(riffChunk('VP8X', header), ...chunks, riffChunk('VP8 ', Buffer.alloc(10)));
}

export function riff(...chunks: readonly Buffer[]): Buffer {
  const body = Buffer.concat([utf8('WEBP'), ...chunks]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([utf8('RIFF'), length, body]);
}

export function riffChunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(data.length);
  return Buffer.concat([utf8(type), length, data, Buffer.alloc(data.length % 2)]);
}
