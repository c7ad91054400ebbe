import { html, type TemplateResult } from 'lit-html';
import { isStreaming, type OpenChat, type PageState } from '../state.ts';
import { icon } from './parts.ts';
import type { Tools } from './tools.ts';

/**
 * Stands where the question is sent otherwise: another window writes this conversation. What is typed stays, and goes nowhere
 * until the conversation is continued here.
 */
export function elsewhere(state: PageState, { send, t }: Tools): TemplateResult {
  const title = t('Has the other window hand this conversation over');
  return html`<div class="composer-bar elsewhere" data-part="elsewhere">
    <p id=${ELSEWHERE}>${icon('multiple-windows')} <span>${sentence(state, t)}</span></p>
    <button type="button" class="button secondary" title=${title}
      @click=${() => send({ type: 'continueHere' })}>${t('Continue Here')}</button>
  </div>`;
}

/** The id of the sentence, which belongs to the text box as well. */
export const ELSEWHERE = 'elsewhere';

/** Says it to a screen reader when it changes, for which the element has to have been there before. */
export function spokenElsewhere(state: PageState, { readOnly }: OpenChat, { t }: Tools): TemplateResult {
  return html`<div class="hidden" role="status">${readOnly ? sentence(state, t) : ''}</div>`;
}

function sentence(state: PageState, t: Tools['t']): string {
  return isStreaming(state) ? t('Answering in another window') : t('Open in another window');
}
