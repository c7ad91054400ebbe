import { html, nothing, type TemplateResult } from 'lit-html';
import { dismissRefusal, write } from '../changes.ts';
import { wishOfKey } from '../input/keyboard.ts';
import { isStreaming, type OpenChat, type PageState } from '../state.ts';
import { shortModelName } from './answer.ts';
import { attachments } from './attachments.ts';
import { icon } from './parts.ts';
import type { Tools } from './tools.ts';

/** Where the next question is written. Its text box is uncontrolled: the page fills it only when told to. */
export function composer(state: PageState, chat: OpenChat, tools: Tools): TemplateResult {
  return html`<section class="composer" aria-label=${tools.t('Your question')}>
    ${refusal(state, tools)}
    <p class="hint" role="status">${state.hint}</p>
    ${attachments(chat.attachments, tools)}
    <div class="composer-box">
      ${textBox(state, chat, tools)}
      <div class="composer-bar">${addButton(tools)}${modelButtons(chat, tools)}${sendButton(state, tools)}</div>
    </div>
  </section>`;
}

function refusal({ refusal: sentence }: PageState, { change, t }: Tools): TemplateResult | typeof nothing {
  if (sentence === '') return nothing;
  const name = t('Dismiss');
  return html`<div class="notice" role="alert"><span>${sentence}</span>
    <button type="button" class="icon-button" title=${name} aria-label=${name}
      @click=${() => change(dismissRefusal)}>${icon('close')}</button>
  </div>`;
}

function textBox(state: PageState, { status }: OpenChat, tools: Tools): TemplateResult {
  const written = (event: Event): void => {
    const box = event.currentTarget as HTMLTextAreaElement;
    tools.change((now) => write(now, box.value, box.selectionStart));
  };
  const pressed = (event: KeyboardEvent): void => {
    const wish = wishOfKey(event, status.sendKey, isStreaming(state));
    if (wish === undefined) return;
    event.preventDefault();
    if (wish === 'send') tools.submit();
    if (wish === 'stop') tools.send({ type: 'stop' });
  };
  return html`<textarea class="text-box" rows="2" aria-label=${tools.t('Message Claude')}
    placeholder=${tools.t('Ask Claude …')} @input=${written} @keydown=${pressed}></textarea>`;
}

function addButton({ send, t }: Tools): TemplateResult {
  const name = t('Add Selection');
  return html`<button type="button" class="icon-button" title=${name} aria-label=${name}
    @click=${() => send({ type: 'run', command: 'parley.addSelection' })}>${icon('add')}</button>`;
}

function modelButtons({ status }: OpenChat, { send, t }: Tools): TemplateResult {
  const { modelName, effort } = status;
  return html`<button type="button" class="choice" aria-label=${t('Model: {0}', modelName)} title=${t('Select Model')}
      @click=${() => send({ type: 'run', command: 'parley.selectModel' })}
    ><span>${shortModelName(modelName)}</span>${icon('chevron-down')}</button>
    ${
      effort === undefined
        ? nothing
        : html`<button type="button" class="choice" aria-label=${t('Effort: {0}', effort)} title=${t('Select Effort')}
          @click=${() => send({ type: 'run', command: 'parley.selectEffort' })}
        ><span>${effort}</span>${icon('chevron-down')}</button>`
    }`;
}

/** One button with two meanings, so that the focus stays where it is when the meaning changes. */
function sendButton(state: PageState, { send, submit, t }: Tools): TemplateResult {
  const streaming = isStreaming(state);
  const name = streaming ? t('Stop') : t('Send');
  const clicked = (event: MouseEvent): void => {
    // The second click of a double click on "Send" must not stop what the first one started.
    if (event.detail > 1) return;
    if (streaming) send({ type: 'stop' });
    else submit();
  };
  return html`<button type="button" class="icon-button send ${streaming ? 'stop' : ''}" title=${name}
    aria-label=${name} @click=${clicked}>${icon(streaming ? 'debug-stop' : 'send')}</button>`;
}
