import { html, nothing, type TemplateResult } from 'lit-html';
import type { ChatStatus } from '../../core/protocol.ts';
import { nextTokens } from '../contextFill.ts';
import type { OpenChat } from '../state.ts';
import type { Tools } from './tools.ts';

/** Which conversation this is, how full it is, and who answers when it is not Anthropic's own address. */
export function header(chat: OpenChat, tools: Tools): TemplateResult {
  const { conversation, status } = chat;
  const title = conversation.title || tools.t('New conversation');
  return html`<header class="header">
    <h1 class="title" title=${title}>${title}</h1>
    ${meter(nextTokens(chat), status.contextWindow, tools)}
    ${badges(status, tools)}
  </header>`;
}

function meter(
  used: number | undefined,
  size: number | undefined,
  { t, format }: Tools,
): TemplateResult | typeof nothing {
  if (used === undefined || !size) return nothing;
  const now = Math.min(used, size);
  const words = `${format.tokens(used)}/${format.tokens(size)}`;
  const title = t('{0} of {1} tokens of the context window', format.count(used), format.count(size));
  return html`<div class="meter" role="meter" aria-label=${t('Context window')} title=${title}
    aria-valuemin="0" aria-valuenow=${now} aria-valuemax=${size} aria-valuetext=${words}
  ><span class="meter-text">${words}</span><svg class="meter-bar" viewBox="0 0 24 6" aria-hidden="true">
      <rect class="meter-track" width="24" height="6" rx="1"></rect>
      <rect class="meter-fill" width=${(24 * now) / size} height="6" rx="1"></rect>
    </svg></div>`;
}

function badges({ endpoint, profile }: ChatStatus, { t }: Tools): TemplateResult | typeof nothing {
  if (endpoint === undefined && profile === undefined) return nothing;
  return html`<div class="badges">
    ${profile === undefined ? nothing : html`<span class="badge" title=${t('Profile: {0}', profile)}>${profile}</span>`}
    ${
      endpoint === undefined
        ? nothing
        : html`<span class="badge foreign" data-part="endpoint" title=${t('Answers come from {0}', endpoint)}
          ><span class="hidden">${t('Answers come from')} </span>${endpoint}</span>`
    }
  </div>`;
}
