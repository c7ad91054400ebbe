import { createHash } from 'node:crypto';
import type { ImagePart } from '../../../src/core/conversation/parts.ts';

/** An image part and its bytes as base64: a PNG file as far as its header goes. */
export function picture(
  width: number,
  height: number,
): { readonly part: ImagePart; readonly sha256: string; readonly data: string } {
  const file = Buffer.alloc(33);
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(file);
  file.writeUInt32BE(width, 16);
  file.writeUInt32BE(height, 20);
  const sha256 = createHash('sha256').update(file).digest('hex');
  const source = {
    type: 'stored',
    sha256,
    mediaType: 'image/png',
    bytes: file.length,
    width,
    height,
  } as const;
  const label = `${width}x${height}.png`;
  return { part: { kind: 'image', label, source }, sha256, data: file.toString('base64') };
}
