import { html, nothing, type TemplateResult } from 'lit-html';
import type { AssistantTurn, Failure } from '../../core/conversation/model.ts';
import { adviseOn, type FailureAdvice } from '../../core/failure.ts';
import type { ToHost } from '../../core/protocol.ts';
import { startEditing } from '../changes.ts';
import { hasText } from './answerEnd.ts';
import { icon } from './parts.ts';
import type { Tools } from './tools.ts';

/** The failure of the newest answer: one sentence, one action, the request id on demand. */
export function failureCard(
  turn: AssistantTurn,
  failure: Failure,
  compactable: boolean,
  tools: Tools,
): TemplateResult {
  const advice = adviseOn(failure, tools.t, { partial: hasText(turn), compactable });
  return html`<div class="failure" role="alert" data-failure=${failure.kind}>
    <p>${icon('error')} ${advice.sentence}</p>
    <button type="button" class="button" data-writes @click=${() => act(advice, turn, tools)}>${advice.action}</button>
    ${details(failure.requestId ?? turn.requestId, tools)}
  </div>`;
}

/** The failure of an older answer: there is nothing left to do about it. */
export function failureNote(turn: AssistantTurn, failure: Failure, { t }: Tools): TemplateResult {
  return html`<p class="note" data-part="end">${adviseOn(failure, t, { partial: hasText(turn) }).sentence}</p>`;
}

function act(advice: FailureAdvice, turn: AssistantTurn, { change, send }: Tools): void {
  const question = turn.parent;
  if (advice.remedy !== 'editQuestion') send(wishFor(advice.remedy, advice));
  else if (question !== null) change((state) => startEditing(state, question));
}

function wishFor(
  remedy: Exclude<FailureAdvice['remedy'], 'editQuestion'>,
  { link = '', settings = 'parley' }: FailureAdvice,
): ToHost {
  switch (remedy) {
    case 'retry':
      return { type: 'retry' };
    case 'continue':
      return { type: 'continueAnswer' };
    case 'compact':
      return { type: 'compact', instructions: '' };
    case 'openConsole':
      return { type: 'openLink', href: link };
    case 'setApiKey':
      return { type: 'run', command: 'parley.setApiKey' };
    case 'selectModel':
      return { type: 'run', command: 'parley.selectModel' };
    case 'openSettings':
      return { type: 'openSettings', query: settings };
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
