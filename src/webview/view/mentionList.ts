import { html, nothing, type TemplateResult } from 'lit-html';
import type { Mention, MentionKind } from '../../core/attaching.ts';
import { isCurrent, isFollowed, offered } from '../attaching/mentioning.ts';
import { isPinnable } from '../attaching/mentions.ts';
import { pinKeys } from '../input/keyNames.ts';
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

function entry(mention: Mention, at: number, chosen: boolean, tools: Tools): TemplateResult {
  const { kind, label, detail } = mention;
  const canPin = isPinnable(mention);
  const description = canPin ? tools.t('{0} pins it to the context', keysOf(tools)) : nothing;
  return html`<div class="mention" role="option" id=${mentionId(at)} aria-selected=${chosen ? 'true' : 'false'}
    aria-description=${description} aria-keyshortcuts=${canPin ? 'Alt+Enter' : nothing}
    title=${detail === '' ? label : `${label}\n${detail}`} @click=${() => tools.mentions.choose(at)}
  >${icon(GLYPHS[kind] ?? 'file')}<span class="mention-label">${label}</span><span class="mention-detail">${detail}</span>${canPin ? pinSign(at, tools) : nothing}</div>`;
}

/** For the pointer only: an option holds no buttons, and the keyboard has its own way, which its description tells. */
function pinSign(at: number, tools: Tools): TemplateResult {
  const pin = (event: Event): void => {
    event.stopPropagation();
    tools.mentions.pin(at);
  };
  return html`<span class="mention-pin" aria-hidden="true" title=${tools.t('Pin to Context ({0})', keysOf(tools))}
    @click=${pin}>${icon('pin')}<kbd>${keysOf(tools)}</kbd></span>`;
}

function keysOf({ document }: Tools): string {
  return pinKeys(document.defaultView ?? undefined);
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
