import { html, nothing, type TemplateResult } from 'lit-html';
import { dismissBudget } from '../changes.ts';
import type { PageState } from '../state.ts';
import { dismissButton, icon } from './parts.ts';
import type { Tools } from './tools.ts';

/** A request that a budget has stopped before it left. */
export function budgetCard({ budget }: PageState, tools: Tools): TemplateResult | typeof nothing {
  if (!budget) return nothing;
  const { allow, change, send, t } = tools;
  const settings = (): void => send({ type: 'openSettings', query: 'parley.budget' });
  return html`<div class="failure" role="alert" data-failure="budget">
    <p>${icon('error')} ${budget.sentence}</p>
    <button type="button" class="button" @click=${allow}>${t('Send Once Anyway')}</button>
    <button type="button" class="button secondary" @click=${settings}>${t('Open Settings')}</button>
    ${dismissButton(t, () => change(dismissBudget))}
  </div>`;
}
