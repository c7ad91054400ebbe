import { html, nothing, type TemplateResult } from 'lit-html';
import type { Mention, MentionKind } from '../../core/attaching.ts';
import { isCurrent, isFollowed, offered } from '../attaching/mentioning.ts';
import type { PageState } from '../state.ts';
import { icon } from './parts.ts';
import type { Tools } from './tools.ts';

/** Id of the list, for `aria-controls`. */
export const MENTION_LIST = 'mention-list';

/** Id of the entry at a place, for `aria-activedescendant`. */
export function mentionId(at: number): string {
  return `mention-${at}`;
}

/** What `@` offers, above the text box. The focus stays in there. */
export function mentionList(state: PageState, tools: Tools): TemplateResult | typeof nothing {
  if (!isFollowed(state)) return nothing;
  const mentions = offered(state) ?? [];
  const chosen = state.mentioning?.chosen ?? 0;
  // A press of the mouse on the list must not take the focus.
  const hold = (event: Event): void => event.preventDefault();
  if (mentions.length === 0) {
    const words = isCurrent(state) ? tools.t('Nothing found') : tools.t('Searching…');
    return html`<div class="mentions" role="status" @mousedown=${hold}><p class="note">${words}</p></div>`;
  }
  return html`<div class="mentions" role="listbox" id=${MENTION_LIST} aria-label=${tools.t('Add Context')}
    aria-busy=${isCurrent(state) ? 'false' : 'true'} @mousedown=${hold}>
    ${mentions.map((mention, at) => entry(mention, at, at === chosen, tools))}
  </div>`;
}

function entry({ kind, label, detail }: Mention, at: number, chosen: boolean, tools: Tools): TemplateResult {
  return html`<div class="mention" role="option" id=${mentionId(at)} aria-selected=${chosen ? 'true' : 'false'}
    title=${detail === '' ? label : `${label}\n${detail}`} @click=${() => tools.mentions.choose(at)}
  >${icon(GLYPHS[kind] ?? 'file')}<span class="mention-label">${label}</span><span class="mention-detail">${detail}</span></div>`;
}

const GLYPHS: Readonly<Partial<Record<MentionKind, string>>> = {
  selection: 'list-selection',
  file: 'file',
  folder: 'folder',
  symbol: 'symbol-method',
  problems: 'warning',
  changes: 'git-compare',
  terminal: 'terminal',
  conversation: 'comment-discussion',
};
