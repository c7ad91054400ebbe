import { textOf, type Wire } from '../wire.ts';

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** The pixel size of a base64 image source, read from the file's own header; undefined when it is none of the four kinds. */
export function imageSize(source: Wire): ImageSize | undefined {
  const file = Buffer.from(textOf(source.data).slice(0, HEADER_CHARS), 'base64');
  const reader = READERS.find((candidate) => candidate.type === fileType(file));
  return reader?.read(file);
}

/** The media type that the first bytes tell; undefined when it is none that the API takes. */
export function fileType(file: Buffer): string | undefined {
  return READERS.find((reader) => reader.test(file))?.type;
}

/** Base64 characters in which the size is found, also behind a camera's own data. */
const HEADER_CHARS = 400_000;

const READERS: readonly {
  readonly type: string;
  readonly test: (file: Buffer) => boolean;
  readonly read: (file: Buffer) => ImageSize | undefined;
}[] = [
  {
    type: 'image/png',
    test: (file) => file.length >= 24 && file.readUInt32BE(0) === 0x89504e47,
    read: (file) => ({ width: file.readUInt32BE(16), height: file.readUInt32BE(20) }),
  },
  {
    type: 'image/gif',
    test: (file) => file.length >= 10 && file.toString('latin1', 0, 4) === 'GIF8',
    read: (file) => ({ width: file.readUInt16LE(6), height: file.readUInt16LE(8) }),
  },
  {
    type: 'image/webp',
    test: (file) =>
      file.length >= 30 &&
      file.toString('latin1', 0, 4) === 'RIFF' &&
      file.toString('latin1', 8, 12) === 'WEBP',
    read: webpSize,
  },
  {
    type: 'image/jpeg',
    test: (file) => file.length >= 4 && file.readUInt16BE(0) === 0xffd8,
    read: jpegSize,
  },
];

function webpSize(file: Buffer): ImageSize | undefined {
  switch (file.toString('latin1', 12, 16)) {
    case 'VP8X':
      return { width: 1 + file.readUIntLE(24, 3), height: 1 + file.readUIntLE(27, 3) };
    case 'VP8 ':
      return { width: file.readUInt16LE(26) & 0x3fff, height: file.readUInt16LE(28) & 0x3fff };
    case 'VP8L': {
      const bits = file.readUInt32LE(21);
      return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
    }
    default:
      return undefined;
  }
}

/** Walks the segments to the frame header (SOF), which alone holds the size. */
function jpegSize(file: Buffer): ImageSize | undefined {
  let at = 2;
  while (at + 9 <= file.length && file[at] === 0xff) {
    const marker = file[at + 1] ?? 0;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: file.readUInt16BE(at + 5), width: file.readUInt16BE(at + 7) };
    at += 2 + file.readUInt16BE(at + 2);
  }
  return undefined;
}
