import { html, nothing, type TemplateResult } from 'lit-html';
import { putOffCompaction } from '../changes.ts';
import { contextShare } from '../contextFill.ts';
import { isStreaming, type OpenChat, type PageState } from '../state.ts';
import { foldable } from './parts.ts';
import type { Tools } from './tools.ts';

/** Offers a summary when the context window fills; put off, it comes back after another 5 %. */
export function compactOffer(
  state: PageState,
  chat: OpenChat,
  tools: Tools,
): TemplateResult | typeof nothing {
  const share = contextShare(chat);
  if (share === undefined || !isDue(share, state, chat)) return nothing;
  const { change, format, t } = tools;
  const key = `compact:${chat.conversation.id}`;
  return html`<div class="card offer" data-part="compact-offer">
    <p role="status">${t('This conversation fills {0} of the context window.', format.percent(share))}</p>
    ${foldable(key, state.open, t('Compact…'), () => form(tools), tools, 'button secondary')}
    <button type="button" class="button secondary" @click=${() => change((now) => putOffCompaction(now, share))}>
      ${t('Not Now')}
    </button>
  </div>`;
}

const GROWTH = 0.05;

function isDue(share: number, state: PageState, { conversation, status }: OpenChat): boolean {
  const { mode, threshold, possible } = status.compaction;
  if (mode !== 'ask' || !possible || share < threshold || isStreaming(state)) return false;
  if (conversation.compactions.some((compaction) => OPEN.has(compaction.state))) return false;
  const putOff = state.putOff.get(conversation.id);
  return putOff === undefined || share >= putOff + GROWTH;
}

const OPEN = new Set(['running', 'offered']);

/** The API takes instructions of 16,384 characters. */
function form({ send, t }: Tools): TemplateResult {
  const submitted = (event: SubmitEvent): void => {
    event.preventDefault();
    const box = (event.currentTarget as HTMLFormElement).querySelector('textarea');
    send({ type: 'compact', instructions: box?.value.trim() ?? '' });
  };
  return html`<form class="compact-form" @submit=${submitted}>
    <label>${t('What the summary must keep')}<textarea class="field" rows="2" maxlength="16384"></textarea></label>
    <p class="note">${t('You see the summary and its price before anything changes.')}</p>
    <button type="submit" class="button">${t('Summarize')}</button>
  </form>`;
}
