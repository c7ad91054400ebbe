import type { PinnedFile } from '../../../src/core/context/pinned.ts';
import type { CodePart } from '../../../src/core/conversation/parts.ts';
import { fileHash, packOf } from '../../../src/core/request/pack.ts';
import type { PackFile } from './script.ts';

/** Files as one text, as Parley packs them. */
export function renderPack(files: readonly PackFile[]): string {
  return packOf(files.map(pinnedFile)).text;
}

function pinnedFile({ path, text }: PackFile): PinnedFile {
  return { path, uri: `file:///workspace/${path}`, text, hash: fileHash(text), tokens: 0 };
}

/** A file that has changed since the pack, as it goes out with a question. */
export function updatePart({ path, text }: PackFile): CodePart {
  return {
    kind: 'code',
    path,
    uri: `file:///workspace/${path}`,
    languageId: 'typescript',
    startLine: 1,
    endLine: text.split('\n').length,
    unsaved: false,
    text,
  };
}
