import { html, nothing, type TemplateResult } from 'lit-html';
import type { PageState } from '../state.ts';
import { icon } from './parts.ts';
import type { Tools } from './tools.ts';

/** Lies over the page while something is dragged over it; the page itself takes the drop. */
export function dropTarget({ dragging }: PageState, { t }: Tools): TemplateResult | typeof nothing {
  if (!dragging) return nothing;
  return html`<div class="drop-target" aria-hidden="true"><p>${icon('attach')} ${t('Drop to attach')}</p>
    <p class="note">${t('From the Explorer of VS Code, hold Shift until you drop.')}</p></div>`;
}
