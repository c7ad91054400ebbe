import { html, nothing, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Turn } from '../../core/conversation/model.ts';
import type { ToHost } from '../../core/protocol.ts';
import { follow } from '../changes.ts';
import type { OpenChat, PageState } from '../state.ts';
import { answer } from './answer.ts';
import { compactionCard, divider, type Fold, foldKey, foldOf, openCompactions } from './compaction.ts';
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
    ${stretches(fold?.end ?? 0, turns.length, state, chat, tools)}
    ${turns.length === 0 ? welcome(chat.status, tools) : nothing}
  </div>`;
}

/** Turns that Claude sees as a summary are put away, but stay within reach. */
function folded(fold: Fold, state: PageState, chat: OpenChat, tools: Tools): TemplateResult {
  const inside = (): TemplateResult =>
    html`${olderButton(chat, tools)}${stretches(0, fold.end, state, chat, tools)}`;
  return html`${foldable(foldKey(fold), state.open, tools.t('Show the summarized turns'), inside, tools)}
    ${divider(fold, state.open, tools)}`;
}

/** Neighboring turns. What happens in one stretch costs nothing in the others, however many there are. */
interface Stretch {
  readonly key: string;
  readonly turns: readonly Turn[];
  /** True for the one above which turns are missing. */
  readonly followsGap: boolean;
}

const STRETCH = 50;

/** The turns from one index up to but not including another. */
function stretches(from: number, end: number, state: PageState, chat: OpenChat, tools: Tools): unknown {
  return repeat(
    stretchesOf(chat, from, end),
    ({ key }) => key,
    (stretch) =>
      html`${stretch.followsGap ? gapButtons(chat, tools) : nothing}${oneStretch(stretch, state, chat, tools)}`,
  );
}

/** Cut by the place in the whole conversation, so that turns stay in their stretch when others come in. */
function stretchesOf(
  { conversation: { turns }, older, gap }: OpenChat,
  from: number,
  end: number,
): Stretch[] {
  const cut: Stretch[] = [];
  for (let at = from; at < end; ) {
    const isBeyond = gap !== undefined && at >= gap.at;
    const before = older + (isBeyond ? gap.count : 0);
    const number = Math.floor((before + at) / STRETCH);
    const last = Math.min((number + 1) * STRETCH - before, gap && !isBeyond ? gap.at : end, end);
    const key = isBeyond && cut.at(-1)?.key === `${number}` ? `${number} after the gap` : `${number}`;
    cut.push({ key, turns: turns.slice(at, last), followsGap: at === gap?.at });
    at = last;
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
function cardsWithoutTurn({ conversation, older, gap, status }: OpenChat, tools: Tools): unknown {
  if (older === 0 && !gap) return nothing;
  return openCompactions(conversation)
    .filter(({ through }) => !conversation.turns.some(({ id }) => id === through))
    .map((compaction) => compactionCard(compaction, status.prices, tools));
}

function labelIn({ conversation }: OpenChat, id: string, at: number, { t }: Tools): string {
  const turn = conversation.turns.find((other) => other.id === id);
  const part = turn?.role === 'user' ? turn.parts[at] : undefined;
  return part ? partLabel(part) : t('An attachment');
}

function olderButton({ conversation, older }: OpenChat, tools: Tools): TemplateResult | typeof nothing {
  const [first] = conversation.turns;
  if (older === 0 || !first) return nothing;
  return fetchButton({ type: 'showOlder', before: first.id }, tools.t('Show earlier messages'), tools);
}

/** What stands where turns are missing: from above one reads on, from below one reads back. */
function gapButtons({ conversation, gap }: OpenChat, tools: Tools): TemplateResult | typeof nothing {
  const { t, format } = tools;
  const above = gap && conversation.turns[gap.at - 1];
  const below = gap && conversation.turns[gap.at];
  if (!gap || !above || !below) return nothing;
  const sentence =
    gap.count === 1
      ? t('1 message is not shown here')
      : t('{0} messages are not shown here', format.count(gap.count));
  return html`<div class="gap" role="group" aria-label=${sentence}>
    ${fetchButton({ type: 'showNewer', after: above.id }, t('Show later messages'), tools)}
    <p class="note">${sentence}</p>
    ${fetchButton({ type: 'showOlder', before: below.id }, t('Show earlier messages'), tools)}
  </div>`;
}

function fetchButton(
  wish: Extract<ToHost, { type: 'showOlder' | 'showNewer' }>,
  name: string,
  { change, send }: Tools,
): TemplateResult {
  const fetch = (): void => {
    change((state) => follow(state, false));
    send(wish);
  };
  return html`<button type="button" class="link-button older" @click=${fetch}>${name}</button>`;
}
