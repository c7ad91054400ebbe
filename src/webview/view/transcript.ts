import { html, nothing, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Turn } from '../../core/conversation/model.ts';
import { follow } from '../changes.ts';
import type { OpenChat, PageState } from '../state.ts';
import { answer } from './answer.ts';
import { compactionCard, divider, type Fold, foldOf, openCompactions } from './compaction.ts';
import { instructions } from './instructions.ts';
import { foldable, partLabel } from './parts.ts';
import { question, updatesKey, wholeKey } from './question.ts';
import type { Tools } from './tools.ts';
import { welcome } from './welcome.ts';

/** All turns, oldest first. Each is rendered anew only when it or what it depends on has changed. */
export function transcript(state: PageState, chat: OpenChat, tools: Tools): TemplateResult {
  const { turns } = chat.conversation;
  const fold = foldOf(chat);
  // Not announced while it grows: the end of an answer is said once, elsewhere.
  return html`<div class="transcript" role="log" aria-label=${tools.t('Conversation')} aria-live="off" tabindex="0"
    ?data-read-only=${chat.readOnly}>
    ${instructions(state, chat, tools)}
    ${fold ? folded(fold, state, chat, tools) : olderButton(chat, tools)}
    ${cardsWithoutTurn(chat, tools)}
    ${stretches(turns.slice(fold?.end ?? 0), chat.older + (fold?.end ?? 0), state, chat, tools)}
    ${turns.length === 0 ? welcome(chat.status, tools) : nothing}
  </div>`;
}

/** Turns that Claude sees as a summary are put away, but stay within reach. */
function folded(fold: Fold, state: PageState, chat: OpenChat, tools: Tools): TemplateResult {
  const turns = chat.conversation.turns.slice(0, fold.end);
  const inside = (): TemplateResult =>
    html`${olderButton(chat, tools)}${stretches(turns, chat.older, state, chat, tools)}`;
  const key = `folded:${fold.compaction.id}`;
  return html`${foldable(key, state.open, tools.t('Show the summarized turns'), inside, tools)}
    ${divider(fold, chat.older, state.open, tools)}`;
}

/** Neighboring turns. What happens in one stretch costs nothing in the others, however many there are. */
interface Stretch {
  readonly number: number;
  readonly turns: readonly Turn[];
}

const STRETCH = 50;

function stretches(
  turns: readonly Turn[],
  before: number,
  state: PageState,
  chat: OpenChat,
  tools: Tools,
): unknown {
  return repeat(
    stretchesOf(turns, before),
    ({ number }) => number,
    (stretch) => oneStretch(stretch, state, chat, tools),
  );
}

/** Cut by the place in the whole conversation, so that turns stay in their stretch when older ones come in. */
function stretchesOf(turns: readonly Turn[], before: number): Stretch[] {
  const cut: Stretch[] = [];
  for (let at = 0; at < turns.length; ) {
    const number = Math.floor((before + at) / STRETCH);
    const end = (number + 1) * STRETCH - before;
    cut.push({ number, turns: turns.slice(at, end) });
    at = end;
  }
  return cut;
}

function oneStretch({ turns }: Stretch, state: PageState, chat: OpenChat, tools: Tools): unknown {
  const { conversation, status } = chat;
  const newest = conversation.turns.at(-1);
  const hasNewest = turns.at(-1) === newest;
  const edited = turns.some(({ id }) => id === state.editing?.turn) ? state.editing : undefined;
  return guard(
    [
      hasNewest,
      status.showThinking,
      status.prices,
      status.compaction.possible,
      status.sendKey,
      conversation.compactions,
      state.open,
      edited,
      ...turns,
    ],
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
  const cards = openCompactions(chat.conversation).filter(({ through }) => through === turn.id);
  const { showThinking, prices, sendKey, compaction } = chat.status;
  const compactable = compaction.possible;
  const shown =
    turn.role === 'user'
      ? oneQuestion(turn, state, sendKey, tools)
      : guard([turn, newest, showThinking, prices, compactable], () => {
          const labelOf = (id: string, part: number): string => labelIn(chat, id, part, tools);
          const place = { newest, showThinking, prices, compactable, open: state.open, labelOf };
          return answer(turn, place, tools);
        });
  return html`${shown}${cards.map((compaction) => compactionCard(compaction, prices, tools))}`;
}

function oneQuestion(
  turn: Turn & { readonly role: 'user' },
  state: PageState,
  sendKey: OpenChat['status']['sendKey'],
  tools: Tools,
): unknown {
  const whole = state.open.has(wholeKey(turn.id));
  const updates = state.open.has(updatesKey(turn.id));
  const edited = state.editing?.turn === turn.id ? state.editing.text : undefined;
  return guard([turn, whole, updates, edited, sendKey], () =>
    question(turn, { whole, updates, edited, sendKey }, tools),
  );
}

/** Cards whose turn has not been fetched stand above all that has. */
function cardsWithoutTurn({ conversation, older, status }: OpenChat, tools: Tools): unknown {
  if (older === 0) return nothing;
  return openCompactions(conversation)
    .filter(({ through }) => !conversation.turns.some(({ id }) => id === through))
    .map((compaction) => compactionCard(compaction, status.prices, tools));
}

function labelIn({ conversation }: OpenChat, id: string, at: number, { t }: Tools): string {
  const turn = conversation.turns.find((other) => other.id === id);
  const part = turn?.role === 'user' ? turn.parts[at] : undefined;
  return part ? partLabel(part) : t('An attachment');
}

function olderButton(
  { conversation, older }: OpenChat,
  { change, send, t }: Tools,
): TemplateResult | typeof nothing {
  const [first] = conversation.turns;
  if (older === 0 || !first) return nothing;
  const show = (): void => {
    change((state) => follow(state, false));
    send({ type: 'showOlder', before: first.id });
  };
  return html`<button type="button" class="link-button older" @click=${show}>${t('Show earlier messages')}</button>`;
}
