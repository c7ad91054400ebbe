import type { UserTurn } from '../conversation/model.ts';
import {
  type CodePart,
  type DocumentPart,
  type ExcerptPart,
  type ImagePart,
  type Part,
  storedIn,
  type UpdatePart,
} from '../conversation/parts.ts';
import { PAGES, type UserBlock } from './messageRequest.ts';
import { removedText } from './packRemovals.ts';
import { pathLine } from './pathLine.ts';
import { wellFormed } from './wellFormed.ts';

/** Gives the bytes of an attachment as base64; undefined when they are gone. */
export type AttachmentReader = (sha256: string) => string | undefined;

/** A block of a question and the position of the part it shows. */
export interface QuestionBlock {
  readonly block: UserBlock;
  readonly part: number;
}

/**
 * What goes out of a question: updates of pinned files, then documents and images first, then code and excerpts, the words last, nothing blank. A part
 * that the API refused is replaced by a sentence that says so; the same goes for one whose bytes are gone.
 */
export function questionContent(
  { parts, leftOut = [], gone = [], superseded }: Pick<UserTurn, 'parts' | 'leftOut' | 'gone' | 'superseded'>,
  attachment: AttachmentReader,
): readonly QuestionBlock[] {
  return ORDER.flatMap((kinds) =>
    parts.flatMap((part, index): readonly QuestionBlock[] => {
      if (!kinds.includes(part.kind) || (superseded && part.kind === 'update')) return [];
      const isSent = !leftOut.includes(index);
      const block = isSent ? blockOf(part, attachment) : placeholder(part, gone.includes(index));
      return block ? [{ block, part: index }] : [];
    }),
  );
}

/** Long and unchanging things go before what asks about them (API docs, vision and long context). */
const ORDER: readonly (readonly Part['kind'][])[] = [
  ['update'],
  ['document'],
  ['image'],
  ['code', 'excerpt'],
  ['text'],
];

/** The block of a part; undefined when it is blank. The same part and bytes give the same object, see `rendered`. */
function blockOf(part: Part, attachment: AttachmentReader): UserBlock | undefined {
  const sha256 = storedIn(part)?.sha256;
  const data = sha256 === undefined ? '' : (attachment(sha256) ?? '');
  const known = rendered.get(part);
  if (known?.data === data) return known.block;
  const made = render(part, data);
  const block = made.type === 'text' && made.text.trim() === '' ? undefined : made;
  rendered.set(part, { data, block });
  return block;
}

/**
 * Parts never change, so their blocks hold as long as they live. What is remembered of a block elsewhere (its hash, its
 * tokens) is found again at the next request, which makes a key cheap in a conversation with megabytes in it.
 */
const rendered = new WeakMap<Part, { readonly data: string; readonly block: UserBlock | undefined }>();

function render(part: Part, data: string): UserBlock {
  switch (part.kind) {
    case 'image':
      return renderImage(part, data);
    case 'document':
      return renderDocument(part, data);
    case 'code':
      return textBlock(renderCode(part));
    case 'excerpt':
      return textBlock(renderExcerpt(part));
    case 'update':
      return textBlock(renderUpdate(part));
    case 'text':
      return textBlock(part.text);
  }
}

function renderImage(part: ImagePart, data: string): UserBlock {
  const { source } = part;
  if (source.type === 'url') return { type: 'image', source: { type: 'url', url: source.url } };
  if (data === '') return placeholder(part, true);
  return { type: 'image', source: { type: 'base64', media_type: source.mediaType, data } };
}

function renderDocument(part: DocumentPart, data: string): UserBlock {
  if (data === '') return placeholder(part, true);
  const { mediaType, pages } = part.source;
  return {
    type: 'document',
    source: { type: 'base64', media_type: mediaType, data },
    title: wellFormed(part.label),
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

/** Part of cached prefixes: the words must stay. */
function renderUpdate({ path: file, change, from: origin, form, text, removed }: UpdatePart): string {
  if (removed) return removedText(removed);
  const path = pathLine(file);
  const from = origin === undefined ? undefined : pathLine(origin);
  if (change === 'removed') return `The file ${path} is no longer among the workspace's files given above.`;
  const renamed = from === undefined ? '' : `The file ${from} is now called ${path}. `;
  if (form === 'none') return `${renamed}Its text is the same.`;
  const said = form === 'diff' ? `The file ${path} has changed` : `The file ${path} now reads`;
  const fence = fenced(text, form === 'diff' ? 'diff' : '');
  return `${renamed}${change === 'added' && from === undefined ? `The file ${path} was added` : said}:\n${fence}`;
}

/** A fence longer than any run of backticks inside keeps a text that holds Markdown whole. */
function fenced(text: string, languageId: string): string {
  let longest = 2;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  const fence = '`'.repeat(longest + 1);
  return `${fence}${languageId}\n${text.endsWith('\n') ? text : `${text}\n`}${fence}`;
}

/** Its bytes are part of the cached prefix: the same at every later request. */
function placeholder(part: Part, isGone: boolean): UserBlock {
  const why = `is no longer sent: ${isGone ? 'its file is gone' : 'the API did not accept it'}.`;
  switch (part.kind) {
    case 'image':
      return textBlock(`[Image "${part.label}" ${why}]`);
    case 'document':
      return textBlock(`[Document "${part.label}" ${why}]`);
    case 'code':
    case 'update':
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
