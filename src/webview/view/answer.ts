import { html, nothing, type TemplateResult } from 'lit-html';
import type { AssistantTurn } from '../../core/conversation/model.ts';
import { answerActions } from './answerActions.ts';
import { answerBlocks } from './answerBlocks.ts';
import { failureCard, failureNote } from './failureCard.ts';
import type { Tools } from './tools.ts';
import { usageLine } from './usageLine.ts';

/** What of the rest of the page an answer depends on. */
export interface AnswerPlace {
  readonly newest: boolean;
  readonly showThinking: boolean;
  /** Keys of what the reader has opened. */
  readonly open: ReadonlySet<string>;
}

/** An answer: who gave it, what it says, how it ended, and what it took. */
export function answer(turn: AssistantTurn, place: AnswerPlace, tools: Tools): TemplateResult {
  const streaming = turn.state === 'streaming';
  return html`<article class="turn answer" data-turn=${turn.id} data-state=${turn.state}
      aria-label=${tools.t('Claude')} aria-busy=${streaming ? 'true' : 'false'}>
    <header class="answer-header">${tools.t('Claude')} · ${shortModelName(turn.model.name)}</header>
    ${answerBlocks(turn, place, tools)}
    ${streaming && turn.blocks.length === 0 ? waiting(tools) : nothing}
    ${streaming ? nothing : ending(turn, place, tools)}
  </article>`;
}

/** The model's name without the word that already stands before it. */
export function shortModelName(name: string): string {
  return name.replace(/^Claude\s+/, '') || name;
}

function waiting({ t }: Tools): TemplateResult {
  return html`<p class="note growing">${t('Waiting for the answer…')}</p>`;
}

function ending(turn: AssistantTurn, place: AnswerPlace, tools: Tools): TemplateResult {
  return html`${endNote(turn, tools)}${failure(turn, place, tools)}
    <footer class="answer-footer">
      ${usageLine(turn, tools)}${answerActions(turn, place.newest, tools)}
    </footer>`;
}

function failure(turn: AssistantTurn, place: AnswerPlace, tools: Tools): TemplateResult | typeof nothing {
  if (!turn.failure) return nothing;
  return place.newest ? failureCard(turn.failure, turn.requestId, tools) : failureNote(turn.failure, tools);
}

function endNote(turn: AssistantTurn, { t }: Tools): TemplateResult | typeof nothing {
  const sentence = endSentence(turn, t);
  return sentence === '' ? nothing : html`<p class="note" data-part="end">${sentence}</p>`;
}

function endSentence({ state, stopReason, failure }: AssistantTurn, t: Tools['t']): string {
  if (state === 'stopped') return t('Stopped');
  if (state === 'interrupted') return t('Interrupted');
  if (failure) return '';
  switch (stopReason) {
    case undefined:
    case 'end_turn':
    case 'stop_sequence':
      return '';
    case 'max_tokens':
      return t('The answer reached the length limit.');
    case 'model_context_window_exceeded':
      return t('The answer reached the end of the context window.');
    case 'refusal':
      return t('Claude declined to answer this.');
    default:
      return t('The answer ended with "{0}".', stopReason);
  }
}
