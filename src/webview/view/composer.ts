import { html, nothing, type TemplateResult } from 'lit-html';
import type { ThinkingMode } from '../../core/conversation/model.ts';
import type { ChatStatus } from '../../core/protocol.ts';
import type { PageCommand } from '../../core/settings.ts';
import { stopWaiting } from '../attaching/arriving.ts';
import { isFollowed, offered } from '../attaching/mentioning.ts';
import { dismissRefusal, write } from '../changes.ts';
import { takesOffer, wishOfKey } from '../input/keyboard.ts';
import { isStreaming, type OpenChat, type PageState } from '../state.ts';
import { shortModelName } from './answer.ts';
import { attachments } from './attachments.ts';
import { budgetCard } from './budgetCard.ts';
import { cacheLoss } from './cacheMiss.ts';
import { compactOffer } from './compactOffer.ts';
import { ELSEWHERE, elsewhere, spokenElsewhere } from './elsewhere.ts';
import { MENTION_LIST, mentionId, mentionList } from './mentionList.ts';
import { dismissButton, icon } from './parts.ts';
import { figures } from './quote.ts';
import type { Tools } from './tools.ts';

/** Where the next question is written. Its text box is uncontrolled: the page fills it only when told to. */
export function composer(state: PageState, chat: OpenChat, tools: Tools): TemplateResult {
  return html`<section class="composer" aria-label=${tools.t('Your question')}>
    ${chat.readOnly ? nothing : compactOffer(state, chat, tools)}${refusal(state, tools)}${budgetCard(state, tools)}
    <p class="hint" role="status">${state.hint}</p>${spokenElsewhere(state, chat, tools)}
    ${chat.readOnly ? nothing : cacheLoss(chat, tools)}${attachments(state, chat, tools)}
    <div class="composer-box">
      ${mentionList(state, tools)}${textBox(state, chat, tools)}
      ${chat.readOnly ? elsewhere(state, tools) : bar(state, chat, tools)}
    </div>
  </section>`;
}

function bar(state: PageState, chat: OpenChat, tools: Tools): TemplateResult {
  return html`<div class="composer-bar">
    <div class="choices">${addButton(tools)}${choices(chat, tools)}</div>
    ${figures(state, chat, tools)}${sendButton(state, tools)}
  </div>`;
}

function refusal({ refusal: sentence }: PageState, { change, t }: Tools): TemplateResult | typeof nothing {
  if (sentence === '') return nothing;
  return html`<div class="notice" role="alert"><span>${sentence}</span>
    ${dismissButton(t, () => change(dismissRefusal))}
  </div>`;
}

function textBox(state: PageState, { status, offer, readOnly }: OpenChat, tools: Tools): TemplateResult {
  const { mentions } = tools;
  const written = (event: InputEvent): void => {
    const box = event.currentTarget as HTMLTextAreaElement;
    tools.change((now) => write(now, box.value, box.selectionStart));
    if (!event.isComposing) mentions.follow(box, !PASTED.has(event.inputType));
  };
  const moved = ({ currentTarget }: Event): void => {
    if (state.mentioning) mentions.follow(currentTarget as HTMLTextAreaElement, false);
  };
  const pressed = (event: KeyboardEvent): void => {
    if (mentions.press(event)) {
      event.preventDefault();
      return;
    }
    if (offer && !isFollowed(state) && takesOffer(event, tools.document)) {
      event.preventDefault();
      tools.acceptOffer();
      return;
    }
    const wish = wishOfKey(event, status.sendKey, state.waiting || (isStreaming(state) && !readOnly));
    if (wish === undefined) return;
    event.preventDefault();
    if (wish === 'send') tools.submit();
    if (wish !== 'stop') return;
    if (state.waiting) tools.change(stopWaiting);
    else tools.send({ type: 'stop' });
  };
  const isOpen = (offered(state)?.length ?? 0) > 0;
  return html`<textarea class="text-box" rows="2" aria-label=${tools.t('Message Claude')}
    placeholder=${tools.t('Ask Claude …')} aria-autocomplete="list"
    aria-describedby=${readOnly ? ELSEWHERE : nothing}
    aria-controls=${isOpen ? MENTION_LIST : nothing}
    aria-activedescendant=${isOpen ? mentionId(state.mentioning?.chosen ?? 0) : nothing}
    @input=${written} @keydown=${pressed} @keyup=${moved} @click=${moved} @compositionend=${moved}
    @blur=${mentions.close}></textarea>`;
}

/** What was brought in as a whole is no name that somebody begins to write. */
const PASTED: ReadonlySet<string> = new Set([
  'insertFromPaste',
  'insertFromDrop',
  'historyUndo',
  'historyRedo',
]);

function addButton({ send, t }: Tools): TemplateResult {
  const name = t('Add Context');
  return html`<button type="button" class="icon-button" title=${name} aria-label=${name}
    @click=${() => send({ type: 'run', command: 'parley.attach' })}>${icon('add')}</button>`;
}

function choices({ status }: OpenChat, tools: Tools): TemplateResult {
  const { t } = tools;
  const { modelName, effort, thinking, leaving } = status;
  const leaves = leaving ? html`<span class="codicon codicon-warning"></span>` : nothing;
  const model = html`${leaves}<span>${shortModelName(modelName)}</span>`;
  const title = leaving ? leavingSentence(modelName, leaving, t) : t('Select Model');
  return html`${choice('parley.selectModel', t('Model: {0}', modelName), title, model, tools)}
    ${effort === undefined ? nothing : choice('parley.selectEffort', t('Effort: {0}', effort), t('Select Effort'), html`<span>${effort}</span>`, tools)}
    ${thinking === undefined ? nothing : thinkingChoice(thinking, tools)}`;
}

function thinkingChoice(mode: ThinkingMode, tools: Tools): TemplateResult {
  const { t } = tools;
  const state = mode === 'on' ? t('on') : t('off');
  const shown = html`${icon('lightbulb')}<span>${state}</span>`;
  return choice(
    'parley.selectThinking',
    t('Thinking: {0}', state),
    t('Whether Claude thinks first'),
    shown,
    tools,
  );
}

function choice(
  command: PageCommand,
  name: string,
  title: string,
  shown: TemplateResult,
  { send }: Tools,
): TemplateResult {
  return html`<button type="button" class="choice" aria-label=${name} title=${title}
    @click=${() => send({ type: 'run', command })}>${shown}${icon('chevron-down')}</button>`;
}

function leavingSentence(
  model: string,
  { lifecycle, until }: NonNullable<ChatStatus['leaving']>,
  t: Tools['t'],
): string {
  if (lifecycle === 'unlisted') return t('{0} is not in the list of this address; it may be retired', model);
  if (lifecycle === 'retired') return t('{0} is retired; select another model', model);
  return until === undefined ? t('{0} will be retired', model) : t('{0} retires on {1}', model, until);
}

/** One button with several meanings, so that the focus stays where it is when the meaning changes. */
function sendButton(state: PageState, { change, send, submit, t }: Tools): TemplateResult {
  const streaming = isStreaming(state);
  const stops = streaming || state.waiting;
  const name = stops ? t('Stop') : t('Send');
  const title = state.waiting && !streaming ? t('Stop waiting for what is being attached') : name;
  const clicked = (event: MouseEvent): void => {
    // The second click of a double click on "Send" must not stop what the first one started.
    if (event.detail > 1) return;
    if (streaming) send({ type: 'stop' });
    else if (state.waiting) change(stopWaiting);
    else submit();
  };
  return html`<button type="button" class="icon-button send ${stops ? 'stop' : ''}" title=${title}
    aria-label=${name} @click=${clicked}>${icon(stops ? 'debug-stop' : 'send')}</button>`;
}
