import type { CodePart, ImagePart, Part, UserTurn } from '../conversation/model.ts';
import type { UserBlock } from './messageRequest.ts';
import { wellFormed } from './wellFormed.ts';

/** Gives the bytes of an attachment as base64; undefined when they are gone. */
export type AttachmentReader = (sha256: string) => string | undefined;

/** A block of a question and the position of the part it shows. */
export interface QuestionBlock {
  readonly block: UserBlock;
  readonly part: number;
}

/**
 * What goes out of a question: images first, then code, the words last, nothing blank. A part that the API refused
 * is replaced by a sentence that says so; the same goes for an image whose bytes are gone.
 */
export function questionContent(
  { parts, leftOut = [] }: Pick<UserTurn, 'parts' | 'leftOut'>,
  attachment: AttachmentReader,
): readonly QuestionBlock[] {
  const kinds: readonly Part['kind'][] = ['image', 'code', 'text'];
  return kinds.flatMap((kind) =>
    parts.flatMap((part, index): readonly QuestionBlock[] => {
      if (part.kind !== kind) return [];
      const block = leftOut.includes(index) ? placeholder(part) : render(part, attachment);
      const isBlank = block.type === 'text' && block.text.trim() === '';
      return isBlank ? [] : [{ block, part: index }];
    }),
  );
}

function render(part: Part, attachment: AttachmentReader): UserBlock {
  switch (part.kind) {
    case 'image':
      return renderImage(part, attachment);
    case 'code':
      return textBlock(renderCode(part));
    case 'text':
      return textBlock(part.text);
  }
}

function renderImage({ label, source }: ImagePart, attachment: AttachmentReader): UserBlock {
  if (source.type === 'url') return { type: 'image', source: { type: 'url', url: source.url } };
  const data = attachment(source.sha256) ?? '';
  if (data === '') return textBlock(`[Image "${label}" is no longer sent: its file is gone.]`);
  return { type: 'image', source: { type: 'base64', media_type: source.mediaType, data } };
}

/** A fence longer than any run of backticks inside keeps code that holds Markdown whole. */
function renderCode(part: CodePart): string {
  let longest = 2;
  for (const [run] of part.text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  const fence = '`'.repeat(longest + 1);
  const lines =
    part.startLine === part.endLine ? `line ${part.startLine}` : `lines ${part.startLine}-${part.endLine}`;
  const unsaved = part.unsaved ? ', with unsaved changes' : '';
  const body = part.text.endsWith('\n') ? part.text : `${part.text}\n`;
  return `${part.path}, ${lines}${unsaved}:\n${fence}${part.languageId}\n${body}${fence}`;
}

/** Its bytes are part of the cached prefix: the same at every later request. */
function placeholder(part: Part): UserBlock {
  const why = 'is no longer sent: the API did not accept it.';
  switch (part.kind) {
    case 'image':
      return textBlock(`[Image "${part.label}" ${why}]`);
    case 'code':
      return textBlock(`[Code from ${part.path} ${why}]`);
    case 'text':
      return textBlock(`[A text of this message ${why}]`);
  }
}

function textBlock(text: string): UserBlock {
  return { type: 'text', text: wellFormed(text) };
}
