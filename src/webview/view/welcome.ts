import { html, nothing, type TemplateResult } from 'lit-html';
import type { ChatStatus } from '../../core/protocol.ts';
import type { Tools } from './tools.ts';

/** What stands where the first question will be. */
export function welcome(status: ChatStatus, tools: Tools): TemplateResult {
  switch (status.key) {
    case 'missing':
      return noKey(tools);
    case 'importable':
      return foundKey(tools);
    case 'present':
      return ready(status, tools);
  }
}

function noKey({ send, t }: Tools): TemplateResult {
  return html`<section class="welcome">
    <p>${t('Parley talks to Claude with your own API key. It is kept in the secret storage of VS Code.')}</p>
    <button type="button" class="button" @click=${() => send({ type: 'run', command: 'parley.setApiKey' })}>
      ${t('Set API Key')}
    </button>
  </section>`;
}

function foundKey({ send, t }: Tools): TemplateResult {
  return html`<section class="welcome">
    <p>${t('There is an API key in the environment of VS Code. It is used only when you say so.')}</p>
    <button type="button" class="button" @click=${() => send({ type: 'importKey' })}>
      ${t('Use the key from ANTHROPIC_API_KEY')}
    </button>
    <button type="button" class="button secondary"
      @click=${() => send({ type: 'run', command: 'parley.setApiKey' })}
    >${t('Set another key')}</button>
  </section>`;
}

function ready({ sendKey, profile }: ChatStatus, { t }: Tools): TemplateResult {
  const key = sendKey === 'enter' ? t('Enter') : t('Ctrl+Enter');
  return html`<section class="welcome">
    <ul>
      <li>${t('Ask anything; {0} sends, and the answer appears here.', key)}</li>
      <li>${t('Select code and choose "Ask About Selection" in its context menu to talk about it.')}</li>
      <li>${t('Paste or drop a screenshot, or type @ for files, symbols, problems and changes.')}</li>
      <li>${t('Each answer says how many tokens it took. Nothing you write is sent before you press {0}.', key)}</li>
    </ul>
    ${profile === undefined ? nothing : html`<p class="note">${t('Profile: {0}', profile)}</p>`}
  </section>`;
}
