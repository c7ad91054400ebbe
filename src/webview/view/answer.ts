import { html, nothing, type TemplateResult } from 'lit-html';
import type { AssistantTurn } from '../../core/conversation/model.ts';
import type { Prices } from '../../core/money/money.ts';
import { answerActions } from './answerActions.ts';
import { answerBlocks } from './answerBlocks.ts';
import { answerEnd } from './answerEnd.ts';
import { cacheMiss } from './cacheMiss.ts';
import { failureCard, failureNote } from './failureCard.ts';
import { requestNotes } from './requestNotes.ts';
import { retryCard } from './retryCard.ts';
import type { Tools } from './tools.ts';
import { usageLine } from './usageLine.ts';

/** What of the rest of the page an answer depends on. */
export interface AnswerPlace {
  readonly newest: boolean;
  readonly showThinking: boolean;
  readonly prices: Prices;
  /** Whether the model can summarize the conversation. */
  readonly compactable: boolean;
  /** Keys of what the reader has opened. */
  readonly open: ReadonlySet<string>;
  /** What the chip of a part of a question says. */
  readonly labelOf: (turn: string, part: number) => string;
}

/** An answer: who gave it, what it says, how it ended, and what it took. */
export function answer(turn: AssistantTurn, place: AnswerPlace, tools: Tools): TemplateResult {
  const streaming = turn.state === 'streaming';
  return html`<article class="turn answer" data-turn=${turn.id} data-state=${turn.state}
      aria-label=${tools.t('Claude')} aria-busy=${streaming ? 'true' : 'false'}>
    <header class="answer-header">${tools.t('Claude')} · ${shortModelName(turn.model.name)}</header>
    ${requestNotes(turn, place, tools)}${answerBlocks(turn, place, tools)}
    ${streaming ? underway(turn, tools) : ending(turn, place, tools)}
  </article>`;
}

/** The model's name without the word that already stands before it. */
export function shortModelName(name: string): string {
  return name.replace(/^Claude\s+/, '') || name;
}

function underway({ waiting, blocks }: AssistantTurn, tools: Tools): TemplateResult | typeof nothing {
  if (waiting) return retryCard(waiting, tools);
  if (blocks.length > 0) return nothing;
  return html`<p class="note growing">${tools.t('Waiting for the answer…')}</p>`;
}

function ending(turn: AssistantTurn, place: AnswerPlace, tools: Tools): TemplateResult {
  return html`${answerEnd(turn, place, tools)}${failure(turn, place, tools)}
    ${cacheMiss(turn, place.prices, tools)}
    <footer class="answer-footer">
      ${usageLine(turn, place.prices, tools)}${answerActions(turn, place.newest, tools)}
    </footer>`;
}

function failure(turn: AssistantTurn, place: AnswerPlace, tools: Tools): TemplateResult | typeof nothing {
  if (!turn.failure) return nothing;
  return place.newest
    ? failureCard(turn, turn.failure, place.compactable, tools)
    : failureNote(turn, turn.failure, tools);
}
