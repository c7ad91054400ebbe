import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import type { FrozenSystem } from '../../core/conversation/model.ts';
import { instruct } from '../changes.ts';
import type { OpenChat, PageState } from '../state.ts';
import { foldable } from './parts.ts';
import type { Tools } from './tools.ts';

/** What Claude is told before the first question: to be written until that is sent, to be read after it. */
export function instructions(
  state: PageState,
  chat: OpenChat,
  tools: Tools,
): TemplateResult | typeof nothing {
  const { system, turns, id } = chat.conversation;
  if (!system && turns.length > 0) return nothing;
  const inside = (): TemplateResult => (system ? frozen(system, state, id, tools) : open(state, chat, tools));
  return html`<div class="instructions" data-part="instructions">
    ${foldable(`instructions:${id}`, state.open, tools.t('Instructions'), inside, tools)}
  </div>`;
}

function open(state: PageState, { conversation, status }: OpenChat, tools: Tools): TemplateResult {
  const { change, format, t } = tools;
  const written = ({ currentTarget: box }: Event): void =>
    change((now) => instruct(now, (box as HTMLTextAreaElement).value));
  return html`<ul>
      ${status.systemPrompt.map(
        ({ source, tokens }) =>
          html`<li>${nameOf(source, t)} <span class="note">~${t('{0} tok', format.count(tokens))}</span></li>`,
      )}
    </ul>
    <label>${t('Instructions for this conversation')}<textarea class="field" rows="3"
      .value=${live(state.instructions ?? conversation.instructions ?? '')} @input=${written}></textarea></label>`;
}

function frozen(
  { texts, sources = [], pack }: FrozenSystem,
  state: PageState,
  id: string,
  tools: Tools,
): TemplateResult {
  const { format, t } = tools;
  const packed = (files: number, tokens: number): string =>
    t('Pinned files of the workspace: {0}, about {1} tok', format.count(files), format.count(tokens));
  return html`<p class="note">${t('Frozen with the first question, so that the prompt cache stays valid. A new conversation takes new ones.')}</p>
    ${pack ? html`<p class="note">${packed(pack.files, pack.tokens)}</p>` : nothing}
    ${texts.map((text, at) =>
      foldable(
        `system:${id}:${at}`,
        state.open,
        nameOf(sources[at] ?? '', t),
        () => html`<pre class="system-text" tabindex="0">${text}</pre>`,
        tools,
      ),
    )}`;
}

function nameOf(source: string, t: Tools['t']): string {
  switch (source) {
    case '':
      return t('Text');
    case 'base':
      return t('Parley itself');
    case 'pack':
      return t('Pinned files of the workspace');
    case 'settings':
      return t('Your settings');
    case 'conversation':
      return t('This conversation');
    default:
      return source;
  }
}
