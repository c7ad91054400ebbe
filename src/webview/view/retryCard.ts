import { html, type TemplateResult } from 'lit-html';
import type { Waiting } from '../../core/conversation/model.ts';
import { adviseOn } from '../../core/failure.ts';
import { icon } from './parts.ts';
import type { Tools } from './tools.ts';

/** The wait for the next attempt: why, how long, and what can be done meanwhile. Said once, not every second. */
export function retryCard(waiting: Waiting, { countdowns, format, send, t }: Tools): TemplateResult {
  const show = (left: number): string => format.duration(Math.ceil(left / 1000) * 1000);
  const time = countdowns.left({ until: waiting.until, show });
  // The time is an element of its own, wherever the language puts it.
  const [before, after] = t('Attempt {0} of {1} in {2}', waiting.attempt, waiting.attempts, GAP).split(GAP);
  return html`<div class="card" data-part="retry">
    <p role="status">${icon('sync')} ${adviseOn(waiting.failure, t, { partial: false }).sentence}
      ${before}${time}${after}</p>
    <button type="button" class="button" data-writes @click=${() => send({ type: 'retryNow' })}>${t('Retry Now')}</button>
    <button type="button" class="button secondary" data-writes @click=${() => send({ type: 'stop' })}>${t('Cancel')}</button>
  </div>`;
}

const GAP = '\u0000';
