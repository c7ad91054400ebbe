import { html, nothing, type TemplateResult } from 'lit-html';
import { type AssistantTurn, answerText } from '../../core/conversation/model.ts';
import { quietButton } from './parts.ts';
import type { Tools } from './tools.ts';

/** What can be done with an answer that is over. */
export function answerActions(turn: AssistantTurn, newest: boolean, tools: Tools): TemplateResult {
  const { copy, send, t } = tools;
  // An interrupted answer offers it where it says so.
  const isOffered = newest && turn.state !== 'interrupted';
  const copyable = turn.blocks.some((block) => block.content.type === 'text');
  return html`<span class="answer-actions">
    ${copyable ? quietButton('copy', t('Copy as Markdown'), (event) => copy(answerText(turn), event.currentTarget)) : nothing}
    ${isOffered ? html`<span data-writes>${quietButton('refresh', t('Regenerate'), () => send({ type: 'retry' }))}</span>` : nothing}
    ${quietButton('repo-forked', t('Fork from Here'), () => send({ type: 'fork', turn: turn.id }))}
  </span>`;
}
