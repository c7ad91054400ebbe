import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import type { UserTurn } from '../../core/conversation/model.ts';
import type { Part, UpdatePart } from '../../core/conversation/parts.ts';
import type { Settings } from '../../core/settings.ts';
import { changeEdited, setOpen, startEditing, stopEditing } from '../changes.ts';
import { wishOfKey } from '../input/keyboard.ts';
import { textOfQuestion } from '../state.ts';
import { openImage } from './chip.ts';
import {
  filesOfUpdate,
  foldable,
  icon,
  partGlyph,
  partLabel,
  partSize,
  partTitle,
  updateWords,
} from './parts.ts';
import type { Tools } from './tools.ts';

/** What of the rest of the page a question depends on. */
export interface QuestionPlace {
  /** True when a long text is shown to its end. */
  readonly whole: boolean;
  /** The text that is being written in its place. */
  readonly edited: string | undefined;
  /** True when the files that were updated with it are shown. */
  readonly updates: boolean;
  readonly sendKey: Settings['sendKey'];
}

/** A question: its text as it was typed, and a chip for each thing that came with it. */
export function question(turn: UserTurn, place: QuestionPlace, tools: Tools): TemplateResult {
  const { t } = tools;
  return html`<article class="turn question" data-turn=${turn.id} data-state="done" aria-label=${t('You')}>
    ${place.edited === undefined ? shown(turn, place, tools) : editor(place.edited, place, tools)}
    ${chips(turn, tools)}${updates(turn, place.updates, tools)}
    ${
      turn.filesAsBefore
        ? html`<p class="note" data-part="files-as-before">${icon('history')} ${t('Looking at the pinned files took too long, so this was sent with what was known of them before.')}</p>`
        : nothing
    }
    ${
      turn.withdrawn
        ? html`<p class="note" data-part="withdrawn">${icon('circle-slash')} ${t('The API refused this question; it is no longer sent.')}</p>`
        : nothing
    }
  </article>`;
}

/** The key under which it is kept that a question is shown whole. */
export function wholeKey(turn: string): string {
  return `whole:${turn}`;
}

/** The key under which it is kept that the updates of a question are shown. */
export function updatesKey(turn: string): string {
  return `updates:${turn}`;
}

/** More than this is put on the page only when the reader asks for it. */
const MOST_CHARACTERS = 800;
const MOST_LINES = 10;

function shown(turn: UserTurn, { whole }: QuestionPlace, tools: Tools): TemplateResult {
  const { change, t } = tools;
  if (turn.continues !== undefined)
    return html`<p class="note" data-part="continues">${t('Asked to continue')}</p>`;
  const name = t('Edit');
  return html`<button type="button" class="icon-button quiet edit-button" title=${name} aria-label=${name}
      data-edits=${turn.id} data-writes @click=${() => change((state) => startEditing(state, turn.id))}
    >${icon('edit')}</button>${questionText(turn, whole, tools)}`;
}

function editor(text: string, { sendKey }: QuestionPlace, { change, save, t }: Tools): TemplateResult {
  const written = ({ currentTarget: box }: Event): void =>
    change((state) => changeEdited(state, (box as HTMLTextAreaElement).value));
  const pressed = (event: KeyboardEvent): void => {
    const wish = wishOfKey(event, sendKey, true);
    if (wish === undefined) return;
    event.preventDefault();
    if (wish === 'send') save();
    if (wish === 'stop') change(stopEditing);
  };
  const clicked = ({ detail }: MouseEvent): void => {
    if (detail <= 1) save();
  };
  return html`<textarea class="edit-box field" rows="3" aria-label=${t('Edit your question')}
      .value=${live(text)} @input=${written} @keydown=${pressed}></textarea>
    <p class="note">${t('It is asked anew; what follows it goes aside.')}</p>
    <div class="buttons">
      <button type="button" class="button" @click=${clicked}>${t('Save')}</button>
      <button type="button" class="button secondary" @click=${() => change(stopEditing)}>${t('Cancel')}</button>
    </div>`;
}

function questionText(turn: UserTurn, whole: boolean, tools: Tools): TemplateResult | typeof nothing {
  const text = textOfQuestion(turn);
  if (text === '') return nothing;
  const short = shorten(text);
  if (short === text) return html`<div class="question-text short">${text}</div>`;
  const toggle = (): void => tools.change((state) => setOpen(state, wholeKey(turn.id), !whole));
  return html`<div class="question-text">${whole ? text : `${short}…`}</div>
    <button type="button" class="link-button" aria-expanded=${whole ? 'true' : 'false'} @click=${toggle}>
      ${whole ? tools.t('Show less') : tools.t('Show more')}
    </button>`;
}

function shorten(text: string): string {
  let end = -1;
  for (let line = 0; line < MOST_LINES; line += 1) {
    end = text.indexOf('\n', end + 1);
    if (end < 0 || end > MOST_CHARACTERS) break;
  }
  return text.slice(0, end < 0 ? MOST_CHARACTERS : Math.min(end, MOST_CHARACTERS));
}

function chips({ id, parts, leftOut = [] }: UserTurn, tools: Tools): TemplateResult | typeof nothing {
  const attached = parts.flatMap((part, at) =>
    part.kind === 'text' || part.kind === 'update' ? [] : [{ part, at }],
  );
  if (attached.length === 0) return nothing;
  return html`<div class="chips">
    ${attached.map(({ part, at }) => {
      const gone = leftOut.includes(at);
      const open = (): void => {
        if (part.kind === 'image' && part.source.type === 'stored')
          openImage(part, part.source, [], undefined, tools);
        else tools.send({ type: 'openPart', turn: id, part: at });
      };
      return sentChip(part, gone, open, tools);
    })}
  </div>`;
}

/** The bytes of pictures are fetched when their chip comes into view. */
function sentChip(part: Part, gone: boolean, open: () => void, { t, thumbnails }: Tools): TemplateResult {
  const title = partTitle(part, t);
  const size = partSize(part, t);
  const name = html`<span class="chip-name">${partLabel(part)}</span>${size === '' ? nothing : html` <span class="chip-size">${size}</span>`}`;
  const stored = part.kind === 'image' && part.source.type === 'stored' ? part.source : undefined;
  const sign = stored ? thumbnails.of(stored) : icon(partGlyph(part));
  return html`<button type="button" class="chip chip-label" ?data-left-out=${gone} @click=${open}
    title=${gone ? t('{0}: no longer sent', title) : title}
  >${gone ? icon('circle-slash') : sign}${gone ? html`<s>${name}</s>` : name}</button>`;
}

/** Pinned files that went out again with the question: one line, since nobody attached them. */
function updates(
  { id, parts, leftOut = [] }: UserTurn,
  isOpen: boolean,
  tools: Tools,
): TemplateResult | typeof nothing {
  const { t, format } = tools;
  const updated = parts.flatMap((part, at) => (part.kind === 'update' ? [{ part, at }] : []));
  if (updated.length === 0) return nothing;
  const key = updatesKey(id);
  const files = updated.reduce((sum, { part }) => sum + filesOfUpdate(part), 0);
  const summary =
    files === 1 ? t('1 pinned file updated') : t('{0} pinned files updated', format.count(files));
  const inside = (): TemplateResult => html`<ul>
    ${updated.map(({ part, at }) => html`<li>${update(part, id, at, leftOut.includes(at), tools)}</li>`)}
  </ul>`;
  return html`<div class="updates" data-part="updates">
    ${foldable(key, new Set(isOpen ? [key] : []), summary, inside, tools)}
  </div>`;
}

function update(part: UpdatePart, turn: string, at: number, gone: boolean, tools: Tools): TemplateResult {
  const { send, t } = tools;
  const open = (): void => send({ type: 'openPart', turn, part: at });
  const name = updateName(part, tools);
  const path =
    part.form === 'none' && !part.removed
      ? html`<span>${name}</span>`
      : html`<button type="button" class="link-button" title=${partTitle(part, t)} @click=${open}>${name}</button>`;
  return html`${gone ? html`<s>${path}</s>` : path} <span class="note">${gone ? t('no longer sent') : updateWords(part, t)}</span>`;
}

/** Which of thousands were removed is listed where the part opens. */
function updateName(part: UpdatePart, { t, format }: Tools): string {
  const { path, removed } = part;
  if (!removed) return path;
  const files = format.count(filesOfUpdate(part));
  return path === '.' ? t('{0} files', files) : t('{0} files in {1}', files, path);
}
