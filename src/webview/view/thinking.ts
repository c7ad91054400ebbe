import { html, type TemplateResult } from 'lit-html';
import { type AnswerBlock, type AssistantTurn, thinkingOf } from '../../core/conversation/model.ts';
import type { Translate } from '../../core/failure.ts';
import { setOpen } from '../changes.ts';
import type { Tools } from './tools.ts';

/** A thinking block: closed at first; a plain line when its text was left out by the API. */
export function thinking(
  turn: AssistantTurn,
  block: AnswerBlock,
  index: number,
  open: ReadonlySet<string>,
  tools: Tools,
): TemplateResult {
  const growing = turn.state === 'streaming' && block.endedAt === undefined;
  const summary = summaryOf(block, growing, tools.t);
  const kind = growing ? 'growing' : '';
  const text = thinkingOf(block.content);
  if (text === '') return html`<p class="note thinking-line ${kind}">${summary}</p>`;
  const key = `thinking:${turn.id}:${index}`;
  const keep = (event: Event): void => {
    const isOpen = (event.currentTarget as HTMLDetailsElement).open;
    tools.change((state) => setOpen(state, key, isOpen));
  };
  return html`<details class="thinking" ?open=${open.has(key)} @toggle=${keep}>
    <summary class=${kind}>${summary}</summary>
    <div class="thinking-text">${text}</div>
  </details>`;
}

function summaryOf({ startedAt, endedAt }: AnswerBlock, growing: boolean, t: Translate): string {
  if (growing) return t('Thinking…');
  if (endedAt === undefined) return t('Thought');
  const seconds = Math.max(1, Math.round((endedAt - startedAt) / 1000));
  if (seconds < 60) return t('Thought for {0} s', seconds);
  return t('Thought for {0} min {1} s', Math.floor(seconds / 60), seconds % 60);
}
