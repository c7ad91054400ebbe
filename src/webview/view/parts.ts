import { html, nothing, type TemplateResult } from 'lit-html';
import type { CodePart, ExcerptOrigin, ImagePart, Part, UpdatePart } from '../../core/conversation/parts.ts';
import type { Translate } from '../../core/failure.ts';
import { documentTokens } from '../../core/money/documentTokens.ts';
import { setOpen } from '../changes.ts';
import type { Tools } from './tools.ts';

/** A codicon that says nothing by itself. */
export function icon(name: string): TemplateResult {
  return html`<span class="codicon codicon-${name}" aria-hidden="true"></span>`;
}

/** A button that shows only a codicon, and that only when it is near the pointer or the focus. */
export function quietButton(glyph: string, name: string, click: (event: Event) => void): TemplateResult {
  return html`<button type="button" class="icon-button quiet" title=${name} aria-label=${name} @click=${click}
  >${icon(glyph)}</button>`;
}

/** A button that closes what it stands in. */
export function dismissButton(t: Translate, click: () => void): TemplateResult {
  const name = t('Dismiss');
  return html`<button type="button" class="icon-button" title=${name} aria-label=${name} @click=${click}
  >${icon('close')}</button>`;
}

/** A `details` whose inside is made only when it is open, and which stays as the reader left it. */
export function foldable(
  key: string,
  open: ReadonlySet<string>,
  summary: string,
  inside: () => unknown,
  { change }: Pick<Tools, 'change'>,
  summaryClass = '',
): TemplateResult {
  const keep = ({ currentTarget: details }: Event): void =>
    change((state) => setOpen(state, key, (details as HTMLDetailsElement).open));
  return html`<details class="foldable" ?open=${open.has(key)} @toggle=${keep}>
    <summary class=${summaryClass}>${summary}</summary>${open.has(key) ? inside() : nothing}
  </details>`;
}

/**
 * What a chip says: the file's name and lines, `a.ts:10-24` or `a.ts:7`, the name alone for a whole file, the
 * symbol's, or the label that the part brings along.
 */
export function partLabel(part: Part): string {
  if (part.kind === 'text') return clipped(part.text.trim(), LONGEST_LABEL);
  if (part.kind === 'update') return clipped(part.path.split('/').at(-1) || part.path, LONGEST_LABEL);
  if (part.kind !== 'code') return clipped(part.label, LONGEST_LABEL);
  if (part.scope === 'symbol' && part.symbol) return clipped(part.symbol, LONGEST_LABEL);
  const name = part.path.split(/[\\/]/).at(-1) || part.path;
  return part.scope === 'file' ? name : `${name}:${lines(part)}`;
}

/** Size of an image in px, or of a document in pages; empty for everything else. */
export function partSize(part: Part, t: Translate): string {
  if (part.kind === 'image') return pixels(part);
  const pages = part.kind === 'document' ? part.source.pages : undefined;
  if (pages === undefined) return '';
  return pages === 1 ? t('1 page') : t('{0} pages', pages);
}

/** The codicon of a part. */
export function partGlyph(part: Part): string {
  switch (part.kind) {
    case 'text':
      return 'quote';
    case 'code':
      return part.scope === 'symbol' ? 'symbol-method' : 'file-code';
    case 'image':
      return 'file-media';
    case 'document':
      return 'file-pdf';
    case 'excerpt':
      return EXCERPT_GLYPHS[part.origin];
    case 'update':
      return 'sync';
  }
}

/** What became of a pinned file. */
function updateTitle({ path, change, from, removed }: UpdatePart, t: Translate): string {
  if (removed) return t('Files that are no longer pinned, or gone');
  if (change === 'removed') return t('{0} is no longer pinned, or gone', path);
  if (from !== undefined) return t('{0}, renamed from {1}', path, from);
  return change === 'added'
    ? t('{0}, added to the context', path)
    : t('{0}, as it reads since the context was packed', path);
}

/** How many files an update tells of. */
export function filesOfUpdate({ removed }: UpdatePart): number {
  return removed ? removed.reduce((sum, { files }) => sum + files, 0) : 1;
}

/** How a pinned file went out again, in a few words. */
export function updateWords({ change, from, form }: UpdatePart, t: Translate): string {
  if (change === 'removed') return t('removed');
  const renamed = from === undefined ? '' : t('renamed from {0}', from);
  if (form === 'none') return renamed || t('changed');
  if (change === 'added' && renamed === '') return t('added');
  const how = form === 'diff' ? t('changed, as a diff') : t('changed, whole');
  return renamed === '' ? how : `${renamed}, ${how}`;
}

/** What a chip says when the pointer rests on it. */
export function partTitle(part: Part, t: Translate): string {
  if (part.kind === 'text') return clipped(part.text, LONGEST_TITLE);
  if (part.kind === 'update') return updateTitle(part, t);
  if (part.kind !== 'code') return clipped(`${part.label} ${partSize(part, t)}`.trim(), LONGEST_TITLE);
  const place = `${part.path}:${lines(part)}`;
  return part.unsaved ? t('{0} (not saved to disk when attached)', place) : place;
}

/** How the tokens of a part are reckoned until the API has counted them; empty where the figure needs no word. */
export function partReckoning(part: Part, { t, format }: Pick<Tools, 't' | 'format'>): string {
  if (part.kind !== 'document') return '';
  if (part.source.pages === undefined)
    return t(
      'Tokens by its size, as its pages could not be counted; the API counts exactly when typing rests.',
    );
  return t(
    'About {0} tokens a page, text and picture; the API counts exactly when typing rests.',
    format.count(documentTokens(1, 0)),
  );
}

/** At most `length` characters of a text. */
export function clipped(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

const LONGEST_LABEL = 40;
const LONGEST_TITLE = 200;

const EXCERPT_GLYPHS: Readonly<Record<ExcerptOrigin, string>> = {
  terminal: 'terminal',
  debugConsole: 'debug-console',
  problems: 'warning',
  testFailure: 'beaker',
  changes: 'git-compare',
  folder: 'folder',
  notebook: 'notebook',
  conversation: 'comment-discussion',
  file: 'file',
  pasted: 'clippy',
};

function lines({ startLine, endLine }: CodePart): string {
  return startLine === endLine ? String(startLine) : `${startLine}-${endLine}`;
}

function pixels({ source }: ImagePart): string {
  return source.type === 'stored' ? `${source.width}×${source.height}` : '';
}
