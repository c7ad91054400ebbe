import type { UserTurn } from '../conversation/model.ts';
import type { CodePart, DocumentPart, ExcerptPart, ImagePart, Part } from '../conversation/parts.ts';
import { PAGES, type UserBlock } from './messageRequest.ts';
import { wellFormed } from './wellFormed.ts';

/** Gives the bytes of an attachment as base64; undefined when they are gone. */
export type AttachmentReader = (sha256: string) => string | undefined;

/** A block of a question and the position of the part it shows. */
export interface QuestionBlock {
  readonly block: UserBlock;
  readonly part: number;
}

/**
 * What goes out of a question: documents and images first, then code and excerpts, the words last, nothing blank. A part
 * that the API refused is replaced by a sentence that says so; the same goes for one whose bytes are gone.
 */
export function questionContent(
  { parts, leftOut = [] }: Pick<UserTurn, 'parts' | 'leftOut'>,
  attachment: AttachmentReader,
): readonly QuestionBlock[] {
  return ORDER.flatMap((kinds) =>
    parts.flatMap((part, index): readonly QuestionBlock[] => {
      if (!kinds.includes(part.kind)) return [];
      const block = leftOut.includes(index) ? placeholder(part) : render(part, attachment);
      const isBlank = block.type === 'text' && block.text.trim() === '';
      return isBlank ? [] : [{ block, part: index }];
    }),
  );
}

/** Long and unchanging things go before what asks about them (API docs, vision and long context). */
const ORDER: readonly (readonly Part['kind'][])[] = [['document'], ['image'], ['code', 'excerpt'], ['text']];

function render(part: Part, attachment: AttachmentReader): UserBlock {
  switch (part.kind) {
    case 'image':
      return renderImage(part, attachment);
    case 'document':
      return renderDocument(part, attachment);
    case 'code':
      return textBlock(renderCode(part));
    case 'excerpt':
      return textBlock(renderExcerpt(part));
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

function renderDocument({ label, source }: DocumentPart, attachment: AttachmentReader): UserBlock {
  const data = attachment(source.sha256) ?? '';
  if (data === '') return textBlock(`[Document "${label}" is no longer sent: its file is gone.]`);
  const { mediaType, pages } = source;
  return {
    type: 'document',
    source: { type: 'base64', media_type: mediaType, data },
    title: wellFormed(label),
    ...(pages === undefined ? {} : { [PAGES]: pages }),
  };
}

function renderCode(part: CodePart): string {
  const unsaved = part.unsaved ? ', with unsaved changes' : '';
  return `${part.path}${placeIn(part)}${unsaved}:\n${fenced(part.text, part.languageId)}`;
}

function placeIn({ scope, symbol, startLine, endLine }: CodePart): string {
  if (scope === 'file') return '';
  const lines = startLine === endLine ? `line ${startLine}` : `lines ${startLine}-${endLine}`;
  return scope === 'symbol' && symbol !== undefined ? `, ${symbol}, ${lines}` : `, ${lines}`;
}

function renderExcerpt({ label, languageId, text }: ExcerptPart): string {
  return `${label}:\n${fenced(text, languageId === 'plaintext' ? '' : languageId)}`;
}

/** A fence longer than any run of backticks inside keeps a text that holds Markdown whole. */
function fenced(text: string, languageId: string): string {
  let longest = 2;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  const fence = '`'.repeat(longest + 1);
  return `${fence}${languageId}\n${text.endsWith('\n') ? text : `${text}\n`}${fence}`;
}

/** Its bytes are part of the cached prefix: the same at every later request. */
function placeholder(part: Part): UserBlock {
  const why = 'is no longer sent: the API did not accept it.';
  switch (part.kind) {
    case 'image':
      return textBlock(`[Image "${part.label}" ${why}]`);
    case 'document':
      return textBlock(`[Document "${part.label}" ${why}]`);
    case 'code':
      return textBlock(`[Code from ${part.path} ${why}]`);
    case 'excerpt':
      return textBlock(`[${part.label} ${why}]`);
    case 'text':
      return textBlock(`[A text of this message ${why}]`);
  }
}

function textBlock(text: string): UserBlock {
  return { type: 'text', text: wellFormed(text) };
}
