/** Files of the four image kinds, true as far as their headers go. */
export const PICTURES = {
  'image/png': (width: number, height: number) => {
    const file = Buffer.alloc(33);
    file.writeUInt32BE(0x89504e47, 0);
    file.writeUInt32BE(0x0d0a1a0a, 4);
    file.writeUInt32BE(13, 8);
    file.write('IHDR', 12, 'latin1');
    file.writeUInt32BE(width, 16);
    file.writeUInt32BE(height, 20);
    return file.toString('base64');
  },
  'image/gif': (width: number, height: number) => {
    const file = Buffer.alloc(13);
    file.write('GIF89a', 0, 'latin1');
    file.writeUInt16LE(width, 6);
    file.writeUInt16LE(height, 8);
    return file.toString('base64');
  },
  'image/jpeg': (width: number, height: number) => {
    const app0 = Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex');
    const frame = Buffer.from('ffc0001108000000000301220002110003110100', 'hex');
    frame.writeUInt16BE(height, 5);
    frame.writeUInt16BE(width, 7);
    return Buffer.concat([app0, frame]).toString('base64');
  },
  'image/webp': (width: number, height: number) => {
    const file = Buffer.alloc(30);
    file.write('RIFF', 0, 'latin1');
    file.write('WEBPVP8X', 8, 'latin1');
    file.writeUIntLE(width - 1, 24, 3);
    file.writeUIntLE(height - 1, 27, 3);
    return file.toString('base64');
  },
} as const;

export type MediaType = keyof typeof PICTURES;

export function picture(width: number, height: number, media_type: MediaType = 'image/png') {
  const source = { type: 'base64', media_type, data: PICTURES[media_type](width, height) } as const;
  return { type: 'image', source } as const;
}
