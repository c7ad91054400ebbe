import type { CodePart } from '../../../src/core/conversation/parts.ts';
import type { PackFile } from './script.ts';

/** Files as one text. */
export function renderPack(files: readonly PackFile[]): string {
  const texts = files.map(({ path, text }) => `<file path="${path}">\n${text}\n</file>\n`);
  return `Files of the workspace:\n\n${texts.join('\n')}`;
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
