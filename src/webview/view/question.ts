import { html, nothing, type TemplateResult } from 'lit-html';
import type { UserTurn } from '../../core/conversation/model.ts';
import { setOpen } from '../changes.ts';
import { icon, partLabel, partTitle } from './parts.ts';
import type { Tools } from './tools.ts';

/** A question: its text as it was typed, and a chip for each piece of code. */
export function question(turn: UserTurn, whole: boolean, tools: Tools): TemplateResult {
  return html`<article class="turn question" data-turn=${turn.id} data-state="done" aria-label=${tools.t('You')}>
    ${questionText(turn, whole, tools)}${chips(turn, tools)}
  </article>`;
}

/** The key under which it is kept that a question is shown whole. */
export function wholeKey(turn: string): string {
  return `whole:${turn}`;
}

/** More than this is put on the page only when the reader asks for it. */
const MOST_CHARACTERS = 800;
const MOST_LINES = 10;

function questionText(turn: UserTurn, whole: boolean, tools: Tools): TemplateResult | typeof nothing {
  const text = turn.parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
  if (text === '') return nothing;
  const short = shorten(text);
  if (short === text) return html`<div class="question-text short">${text}</div>`;
  const toggle = (): void => tools.change((state) => setOpen(state, wholeKey(turn.id), !whole));
  return html`<div class="question-text">${whole ? text : `${short}…`}</div>
    <button type="button" class="link-button" aria-expanded=${whole ? 'true' : 'false'} @click=${toggle}>
      ${whole ? tools.t('Show less') : tools.t('Show more')}
    </button>`;
}

function shorten(text: string): string {
  let end = -1;
  for (let line = 0; line < MOST_LINES; line += 1) {
    end = text.indexOf('\n', end + 1);
    if (end < 0 || end > MOST_CHARACTERS) break;
  }
  return text.slice(0, end < 0 ? MOST_CHARACTERS : Math.min(end, MOST_CHARACTERS));
}

function chips(turn: UserTurn, { send, t }: Tools): TemplateResult | typeof nothing {
  const code = turn.parts.flatMap((part, at) => (part.kind === 'code' ? [{ part, at }] : []));
  if (code.length === 0) return nothing;
  return html`<div class="chips">
    ${code.map(
      ({ part, at }) =>
        html`<button type="button" class="chip chip-label" title=${partTitle(part, t)}
          @click=${() => send({ type: 'openPart', turn: turn.id, part: at })}
        >${icon('file-code')}<span>${partLabel(part)}</span></button>`,
    )}
  </div>`;
}
