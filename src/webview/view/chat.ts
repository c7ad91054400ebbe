import { html, nothing, type TemplateResult } from 'lit-html';
import type { OpenChat, PageState } from '../state.ts';
import { composer } from './composer.ts';
import { dropTarget } from './dropTarget.ts';
import { header } from './header.ts';
import { endOfAnswer, notices } from './notices.ts';
import { icon } from './parts.ts';
import type { Tools } from './tools.ts';
import { transcript } from './transcript.ts';
import { viewer } from './viewer.ts';

/** The whole page as a function of its state. */
export function chatView(state: PageState, tools: Tools): TemplateResult {
  const { chat } = state;
  return html`${chat ? conversation(state, chat, tools) : notices(state, tools)}`;
}

function conversation(state: PageState, chat: OpenChat, tools: Tools): TemplateResult {
  return html`${header(chat, tools)}
    <div class="reading">${transcript(state, chat, tools)}${jumpButton(state, tools)}</div>
    ${notices(state, tools)}${composer(state, chat, tools)}${endOfAnswer(state, chat, tools)}
    ${dropTarget(state, tools)}${viewer(state, tools)}`;
}

function jumpButton({ following }: PageState, { jump, t }: Tools): TemplateResult | typeof nothing {
  if (following) return nothing;
  const name = t('Jump to latest');
  return html`<button type="button" class="jump" aria-label=${name} title=${name} @click=${jump}>${icon('arrow-down')}</button>`;
}
