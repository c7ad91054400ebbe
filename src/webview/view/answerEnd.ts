import { html, nothing, type TemplateResult } from 'lit-html';
import { type AssistantTurn, answerText } from '../../core/conversation/model.ts';
import type { ToHost } from '../../core/protocol.ts';
import type { AnswerPlace } from './answer.ts';
import type { Tools } from './tools.ts';

/** Why an answer ended, where the reader must know it, and how to get the rest. */
export function answerEnd(
  turn: AssistantTurn,
  place: AnswerPlace,
  tools: Tools,
): TemplateResult | typeof nothing {
  const sentence = endSentence(turn, tools.t);
  if (sentence === '') return nothing;
  const ways = place.newest ? waysOn(turn, place.compactable, tools) : [];
  return html`<div class="end"><p class="note" data-part="end">${sentence}</p>
    ${ways.map(({ wish, name }) => html`<button type="button" class="button secondary" data-writes @click=${() => tools.send(wish)}>${name}</button>`)}
  </div>`;
}

/** True when an answer says something that can be gone on with. */
export function hasText(turn: AssistantTurn): boolean {
  return answerText(turn).trim() !== '';
}

interface WayOn {
  readonly wish: ToHost;
  readonly name: string;
}

function waysOn(turn: AssistantTurn, compactable: boolean, { t }: Tools): readonly WayOn[] {
  const { state, stopReason } = turn;
  if (stopReason === 'model_context_window_exceeded') {
    return [
      compactable
        ? { wish: { type: 'compact', instructions: '' }, name: t('Compact Conversation') }
        : { wish: { type: 'run', command: 'parley.newConversation' }, name: t('New Conversation') },
    ];
  }
  const rest: WayOn = { wish: { type: 'continueAnswer' }, name: t('Continue') };
  // Nobody has chosen to end it here, so both are offered where they are seen.
  if (state === 'interrupted') {
    const anew: WayOn = { wish: { type: 'retry' }, name: t('Regenerate') };
    return hasText(turn) ? [rest, anew] : [anew];
  }
  if (state !== 'stopped' && !CUT.has(stopReason ?? '')) return [];
  return [hasText(turn) ? rest : { wish: { type: 'retry' }, name: t('Try Again') }];
}

const CUT = new Set(['max_tokens', 'pause_turn']);

function endSentence({ state, stopReason, failure }: AssistantTurn, t: Tools['t']): string {
  if (failure) return '';
  if (state === 'stopped') return t('You stopped this answer.');
  if (state === 'interrupted') return t('Interrupted: Parley was closed before the answer had ended.');
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
    case 'pause_turn':
      return t('The server paused and did not go on.');
    case 'tool_use':
      return t('Claude asked for a tool that Parley does not have.');
    default:
      return t('The answer ended with "{0}".', stopReason);
  }
}
