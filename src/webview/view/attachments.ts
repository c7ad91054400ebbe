import { html, nothing, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import { repeat } from 'lit-html/directives/repeat.js';
import type { SelectionOffer } from '../../core/attaching.ts';
import { arrivingHere } from '../attaching/arriving.ts';
import { collectingHere } from '../attaching/collecting.ts';
import { endOffer, say } from '../changes.ts';
import type { OpenChat, PageState } from '../state.ts';
import { type Chip, chipsOf, withCollecting } from './chip.ts';
import { icon } from './parts.ts';
import type { Tools } from './tools.ts';

/** What goes along with the next question, what is on its way to that, and what is offered. */
export function attachments(state: PageState, chat: OpenChat, tools: Tools): unknown {
  const { attachments: attached, offer, status } = chat;
  return guard(
    [attached, state.arriving, state.collecting, offer, status.images.possible, status.modelName],
    () => {
      const own = chipsOf(attached, arrivingHere(state), status, tools);
      const chips = withCollecting(own, collectingHere(state));
      const attachedChips = html`<div class="chips draft-chips">${list(chips, tools)}</div>`;
      // Beside the list, so that it hides no chip and is in sight however far they scroll.
      const offered = offer ? html`<div class="chips">${ghost(offer, tools)}</div>` : nothing;
      return html`${chips.length === 0 ? nothing : attachedChips}${offered}`;
    },
  );
}

function list(chips: readonly Chip[], tools: Tools): TemplateResult {
  return html`<ul role="list" aria-label=${tools.t('Attachments')}>
    ${repeat(
      chips,
      ({ id }) => id,
      (chip) => draftChip(chip, tools),
    )}
  </ul>`;
}

function draftChip(chip: Chip, tools: Tools): TemplateResult {
  const { id, label, state, tokens, title } = chip;
  const remove = tools.t('Remove {0}', label);
  const isBusy = state === 'arriving';
  const away = (): void => {
    tools.arrivals.remove(id);
    tools.change((now) => say(now, tools.t('{0} removed', label)));
  };
  return html`<li class="chip" data-state=${state ?? nothing} aria-busy=${isBusy ? 'true' : 'false'}>
    <button type="button" class="chip-label" title=${title} aria-disabled=${chip.open ? nothing : 'true'}
      @click=${() => chip.open?.()}
    >${chip.picture ?? icon(chip.glyph)}${name(chip)}</button>
    ${tokens === '' ? nothing : html`<span class="chip-tokens">${tokens}</span>`}
    ${marker(chip)}${staleness(chip, tools)}
    ${chip.problem === undefined ? nothing : html`<span class="chip-problem" role="alert">${icon('error')} ${chip.problem}</span>`}
    <button type="button" class="icon-button chip-remove" title=${remove} aria-label=${remove}
      data-removes=${id} @click=${away}
    >${icon('close')}</button>
  </li>`;
}

function name({ label, size }: Chip): TemplateResult {
  return html`<span class="chip-name">${label}</span>${size === '' ? nothing : html` <span class="chip-size">${size}</span>`}`;
}

/** A sign for what the title says at length; screen readers get the words. */
function marker({ warning, notes }: Chip): TemplateResult | typeof nothing {
  const words = [...(warning === undefined ? [] : [warning]), ...notes].join('\n');
  if (words === '') return nothing;
  const glyph = warning === undefined ? 'info' : 'warning';
  return html`<span class="chip-marker" data-marker=${glyph} title=${words}>${icon(glyph)}<span class="hidden">${words}</span></span>`;
}

function staleness(
  { id, label, state }: Chip,
  { refresh: takeAnew, t }: Tools,
): TemplateResult | typeof nothing {
  if (state === 'gone') {
    return html`<span class="badge" title=${t('It is not there any more; what was taken stays.')}>${t('gone')}</span>`;
  }
  if (state !== 'changed') return nothing;
  const refresh = t('Refresh {0}', label);
  return html`<span class="badge" title=${t('It has changed since it was attached.')}>${t('changed')}</span>
    <button type="button" class="icon-button chip-remove" title=${refresh} aria-label=${refresh}
      @click=${() => takeAnew(id, label)}
    >${icon('refresh')}</button>`;
}

/** Not attached yet: the selection of the active editor. */
function ghost({ label, title, tokens }: SelectionOffer, tools: Tools): TemplateResult {
  const { acceptOffer, change, format, send, t } = tools;
  const decline = (): void => {
    change(endOffer);
    send({ type: 'declineSelections' });
  };
  const never = t('Do not offer selections');
  return html`<div class="chip ghost" data-part="offer">
    <button type="button" class="chip-label" aria-label=${t('Attach {0}', label)} @click=${acceptOffer}
      title=${`${title}\n${t('Tab in the text box attaches it.')}`}
    >${icon('list-selection')}<span class="chip-name">${label}</span></button>
    <span class="chip-tokens">~${t('{0} tok', format.count(tokens))}</span><kbd class="chip-key" aria-hidden="true">Tab</kbd>
    <button type="button" class="icon-button chip-remove" title=${never} aria-label=${never} @click=${decline}
    >${icon('close')}</button>
  </div>`;
}
