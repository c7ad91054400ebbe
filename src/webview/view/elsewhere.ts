import { html, type TemplateResult } from 'lit-html';
import { isStreaming, type PageState } from '../state.ts';
import { icon } from './parts.ts';
import type { Tools } from './tools.ts';

/**
 * Stands where the question is sent otherwise: another window writes this conversation. What is typed stays, and goes nowhere
 * until the conversation is continued here.
 */
export function elsewhere(state: PageState, { send, t }: Tools): TemplateResult {
  const sentence = isStreaming(state) ? t('Answering in another window') : t('Open in another window');
  const title = t('Has the other window hand this conversation over');
  return html`<div class="composer-bar elsewhere" data-part="elsewhere">
    <p role="status">${icon('multiple-windows')} <span>${sentence}</span></p>
    <button type="button" class="button secondary" title=${title}
      @click=${() => send({ type: 'continueHere' })}>${t('Continue Here')}</button>
  </div>`;
}
