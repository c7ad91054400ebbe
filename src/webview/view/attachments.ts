import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { DraftAttachment } from '../../core/protocol.ts';
import { chipContent, icon, partLabel, partTitle } from './parts.ts';
import type { Tools } from './tools.ts';

/** What goes along with the next question. */
export function attachments(
  attached: readonly DraftAttachment[],
  tools: Tools,
): TemplateResult | typeof nothing {
  if (attached.length === 0) return nothing;
  return html`<ul class="chips" role="list" aria-label=${tools.t('Attachments')}>
    ${repeat(
      attached,
      ({ id }) => id,
      (attachment) => chip(attachment, tools),
    )}
  </ul>`;
}

function chip({ id, part }: DraftAttachment, { send, t }: Tools): TemplateResult {
  const label = partLabel(part);
  const remove = t('Remove {0}', label);
  return html`<li class="chip">
    <button type="button" class="chip-label" title=${partTitle(part, t)}
      @click=${() => send({ type: 'openAttachment', id })}
    >${chipContent(part)}</button>
    <button type="button" class="icon-button chip-remove" title=${remove} aria-label=${remove}
      @click=${() => send({ type: 'removeAttachment', id })}
    >${icon('close')}</button>
  </li>`;
}
