import { html, type TemplateResult } from 'lit-html';
import type { CodePart, Part } from '../../core/conversation/model.ts';
import type { Translate } from '../../core/failure.ts';

/** A codicon that says nothing by itself. */
export function icon(name: string): TemplateResult {
  return html`<span class="codicon codicon-${name}" aria-hidden="true"></span>`;
}

/** What a chip says: the file's name and lines, `a.ts:10-24` or `a.ts:7`. */
export function partLabel(part: Part): string {
  if (part.kind === 'text') return clipped(part.text.trim(), LONGEST_LABEL);
  const name = part.path.split(/[\\/]/).at(-1) || part.path;
  return `${name}:${lines(part)}`;
}

/** What a chip says when the pointer rests on it. */
export function partTitle(part: Part, t: Translate): string {
  if (part.kind === 'text') return clipped(part.text, LONGEST_TITLE);
  const place = `${part.path}:${lines(part)}`;
  return part.unsaved ? t('{0} (not saved to disk when attached)', place) : place;
}

/** At most `length` characters of a text. */
export function clipped(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

const LONGEST_LABEL = 40;
const LONGEST_TITLE = 200;

function lines({ startLine, endLine }: CodePart): string {
  return startLine === endLine ? String(startLine) : `${startLine}-${endLine}`;
}
