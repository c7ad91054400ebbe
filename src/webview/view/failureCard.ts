import { html, nothing, type TemplateResult } from 'lit-html';
import type { Failure } from '../../core/conversation/model.ts';
import { adviseOn, type Remedy } from '../../core/failure.ts';
import type { ToHost } from '../../core/protocol.ts';
import { icon } from './parts.ts';
import type { Tools } from './tools.ts';

/** The failure of the newest answer: one sentence, one action, the request id on demand. */
export function failureCard(failure: Failure, requestId: string | undefined, tools: Tools): TemplateResult {
  const { sentence, remedy, action } = adviseOn(failure, tools.t);
  return html`<div class="failure" role="alert" data-failure=${failure.kind}>
    <p>${icon('error')} ${sentence}</p>
    <button type="button" class="button" @click=${() => tools.send(wishFor(remedy))}>${action}</button>
    ${details(failure.requestId ?? requestId, tools)}
  </div>`;
}

/** The failure of an older answer: there is nothing left to do about it. */
export function failureNote(failure: Failure, { t }: Tools): TemplateResult {
  return html`<p class="note" data-part="end">${adviseOn(failure, t).sentence}</p>`;
}

function wishFor(remedy: Remedy): ToHost {
  switch (remedy) {
    case 'retry':
      return { type: 'retry' };
    case 'setApiKey':
      return { type: 'run', command: 'parley.setApiKey' };
    case 'selectModel':
      return { type: 'run', command: 'parley.selectModel' };
    case 'openSettings':
      return { type: 'openSettings', query: 'parley.baseUrl' };
    case 'newConversation':
      return { type: 'run', command: 'parley.newConversation' };
    case 'showLog':
      return { type: 'run', command: 'parley.showLog' };
  }
}

function details(requestId: string | undefined, { copy, t }: Tools): TemplateResult | typeof nothing {
  if (requestId === undefined) return nothing;
  const name = t('Copy Request ID');
  return html`<details class="failure-details">
    <summary>${t('Details')}</summary>
    ${t('Request ID')}: <code>${requestId}</code>
    <button type="button" class="icon-button" title=${name} aria-label=${name}
      @click=${(event: Event) => copy(requestId, event.currentTarget)}>${icon('copy')}</button>
  </details>`;
}
