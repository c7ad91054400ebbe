import type { PinnedFile } from '../../../../src/core/context/pinned.ts';
import { estimateText } from '../../../../src/core/money/estimateText.ts';
import { fileHash, normalizePath, normalizeText } from '../../../../src/core/request/pack.ts';

/** A pinned file as the host makes one of what a disk holds. */
export function pinned(path: string, text: string): PinnedFile {
  const plain = normalizeText(text);
  return {
    path: normalizePath(path),
    uri: `file:///w/${path}`,
    text: plain,
    hash: fileHash(plain),
    tokens: estimateText(plain),
  };
}

export function numbered(count: number, name = 'line'): string {
  return Array.from({ length: count }, (_, index) => `${name} ${index + 1}\n`).join('');
}
