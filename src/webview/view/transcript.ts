import { html, nothing, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Turn } from '../../core/conversation/model.ts';
import { follow } from '../changes.ts';
import type { OpenChat, PageState } from '../state.ts';
import { answer } from './answer.ts';
import { question, wholeKey } from './question.ts';
import type { Tools } from './tools.ts';
import { welcome } from './welcome.ts';

/** All turns, oldest first. Each is rendered anew only when it or what it depends on has changed. */
export function transcript(state: PageState, chat: OpenChat, tools: Tools): TemplateResult {
  const { turns } = chat.conversation;
  // Not announced while it grows: the end of an answer is said once, elsewhere.
  return html`<div class="transcript" role="log" aria-label=${tools.t('Conversation')} aria-live="off" tabindex="0">
    ${chat.older > 0 ? olderButton(turns[0], tools) : nothing}
    ${repeat(
      stretchesOf(turns, chat.older),
      ({ number }) => number,
      (stretch) => oneStretch(stretch, state, chat, tools),
    )}
    ${turns.length === 0 ? welcome(chat.status, tools) : nothing}
  </div>`;
}

/** Neighboring turns. What happens in one stretch costs nothing in the others, however many there are. */
interface Stretch {
  readonly number: number;
  readonly turns: readonly Turn[];
}

const STRETCH = 50;

/** Cut by the place in the whole conversation, so that turns stay in their stretch when older ones come in. */
function stretchesOf(turns: readonly Turn[], older: number): Stretch[] {
  const stretches: Stretch[] = [];
  for (let at = 0; at < turns.length; ) {
    const number = Math.floor((older + at) / STRETCH);
    const end = (number + 1) * STRETCH - older;
    stretches.push({ number, turns: turns.slice(at, end) });
    at = end;
  }
  return stretches;
}

function oneStretch({ turns }: Stretch, state: PageState, chat: OpenChat, tools: Tools): unknown {
  const newest = chat.conversation.turns.at(-1);
  const hasNewest = turns.at(-1) === newest;
  return guard(
    [hasNewest, chat.status.showThinking, state.open, ...turns],
    () => html`<div class="stretch">
      ${repeat(
        turns,
        (turn) => turn.id,
        (turn) => oneTurn(turn, turn === newest, state, chat, tools),
      )}
    </div>`,
  );
}

function oneTurn(turn: Turn, newest: boolean, state: PageState, chat: OpenChat, tools: Tools): unknown {
  if (turn.role === 'user') {
    const whole = state.open.has(wholeKey(turn.id));
    return guard([turn, whole], () => question(turn, whole, tools));
  }
  const { showThinking } = chat.status;
  const place = { newest, showThinking, open: state.open };
  return guard([turn, newest, showThinking], () => answer(turn, place, tools));
}

function olderButton(first: Turn | undefined, { change, send, t }: Tools): TemplateResult | typeof nothing {
  if (!first) return nothing;
  const show = (): void => {
    change((state) => follow(state, false));
    send({ type: 'showOlder', before: first.id });
  };
  return html`<button type="button" class="link-button older" @click=${show}>${t('Show earlier messages')}</button>`;
}
