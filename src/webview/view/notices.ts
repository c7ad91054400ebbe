import { html, nothing, type TemplateResult } from 'lit-html';
import { answerText } from '../../core/conversation/model.ts';
import { dismissNotice } from '../changes.ts';
import type { OpenChat, PageState } from '../state.ts';
import { clipped, dismissButton } from './parts.ts';
import type { Tools } from './tools.ts';

/** Sentences of the host, said politely and shown until they are dismissed. */
export function notices(state: PageState, { change, t }: Tools): TemplateResult {
  return html`<div class="notices" role="status">
    ${state.notices.map(
      ({ id, sentence }) => html`<div class="notice"><span>${sentence}</span>
        ${dismissButton(t, () => change((now) => dismissNotice(now, id)))}
      </div>`,
    )}
    ${state.phase === 'outdated' ? outdated(t) : nothing}
  </div>`;
}

/** What a screen reader says, once, when an answer has ended. */
export function endOfAnswer(state: PageState, chat: OpenChat, { t }: Tools): TemplateResult {
  return html`<div class="hidden" role="status" data-part="announcement">${sentence(state, chat, t)}</div>
    <div class="hidden" role="status">${state.said}</div>`;
}

const MOST_SPOKEN = 1000;

function sentence({ ended }: PageState, { conversation }: OpenChat, t: Tools['t']): string {
  const summary = conversation.compactions.find(({ id }) => id === ended);
  if (summary?.state === 'offered') return t('The summary is ready. Use or discard it.');
  const turn = conversation.turns.at(-1);
  if (turn?.role !== 'assistant' || turn.id !== ended) return '';
  if (turn.state === 'stopped') return t('The answer was stopped.');
  if (turn.state !== 'done') return '';
  return t('Claude answered: {0}', clipped(answerText(turn), MOST_SPOKEN));
}

function outdated(t: Tools['t']): TemplateResult {
  return html`<div class="notice">
    <span>${t('This view belongs to another version of Parley. Reload the window to go on.')}</span>
  </div>`;
}
