import { html, nothing, type TemplateResult } from 'lit-html';
import { type AssistantTurn, answerText } from '../../core/conversation/model.ts';
import { icon } from './parts.ts';
import type { Tools } from './tools.ts';

/** What can be done with an answer that is over. */
export function answerActions(
  turn: AssistantTurn,
  newest: boolean,
  tools: Tools,
): TemplateResult | typeof nothing {
  const copyable = turn.blocks.some((block) => block.content.type === 'text');
  const unfinished = turn.state === 'stopped' || turn.state === 'interrupted';
  return html`<span class="answer-actions">
    ${newest && unfinished ? tryAgain(tools) : nothing}${copyable ? copyButton(turn, tools) : nothing}
  </span>`;
}

function tryAgain({ send, t }: Tools): TemplateResult {
  return html`<button type="button" class="button secondary" @click=${() => send({ type: 'retry' })}>
    ${t('Try Again')}
  </button>`;
}

function copyButton(turn: AssistantTurn, { copy, t }: Tools): TemplateResult {
  const name = t('Copy as Markdown');
  return html`<button type="button" class="icon-button quiet" title=${name} aria-label=${name}
    @click=${(event: Event) => copy(answerText(turn), event.currentTarget)}
  >${icon('copy')}</button>`;
}
