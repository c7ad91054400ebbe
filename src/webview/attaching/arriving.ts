import type { ShownAttachment } from '../../core/attaching.ts';
import type { Translate } from '../../core/failure.ts';
import type { PageState } from '../state.ts';
import { collectingHere } from './collecting.ts';

/** What a picture will be when it is prepared; read from its header. */
export interface PictureFacts {
  /** In px. */
  readonly width: number;
  readonly height: number;
  readonly tokens: number;
  /** False where the figure is an estimate. */
  readonly exact: boolean;
  /** What will be done to it, as a sentence; empty when nothing will. */
  readonly note: string;
}

/** A picture that the host does not have yet. Its bytes lie in `originals`. */
export interface Arriving {
  readonly id: string;
  /** The conversation it was given to. */
  readonly conversation: string;
  readonly label: string;
  /** `sent` went up and is not confirmed; `refused` stays until it is dismissed. */
  readonly state: 'preparing' | 'sent' | 'refused';
  readonly facts?: PictureFacts;
  /** Why it was refused, as a sentence. */
  readonly problem?: string;
  /** True for one that takes the place of the attachment with its id. */
  readonly replaces: boolean;
  /** Names what is being made of it; another name when it is made anew meanwhile. */
  readonly making: string;
}

/** Pictures of the conversation shown that are not attached yet. */
export function arrivingHere({ arriving, chat }: PageState): readonly Arriving[] {
  return arriving.filter(({ conversation }) => conversation === chat?.conversation.id);
}

/** How many of them a question has to wait for, and what else is under way to it. */
export function awaited(state: PageState): number {
  const pictures = arrivingHere(state).filter(({ state: its }) => its !== 'refused');
  return pictures.length + collectingHere(state).length;
}

/** Images that the next request would carry: what was sent, what is attached, what arrives. */
export function imagesInAll(state: PageState): number {
  const { chat } = state;
  if (!chat) return 0;
  const attached = chat.attachments.filter(({ part }) => part.kind === 'image').length;
  const arriving = arrivingHere(state).filter(({ state: its, replaces }) => its !== 'refused' && !replaces);
  return chat.status.images.sent + attached + arriving.length;
}

/** A label that no other picture of the draft has: `image.png`, `image 2.png`. */
export function freeLabel(state: PageState, wanted: string): string {
  const taken = new Set([
    ...arrivingHere(state).map(({ label }) => label),
    ...(state.chat?.attachments ?? []).map(({ part }) => ('label' in part ? part.label : '')),
  ]);
  const [, name = wanted, extension = ''] = /^(.+?)(\.\w{1,8})?$/s.exec(wanted.trim() || 'image') ?? [];
  const fit = (number: string): string =>
    `${name.slice(0, LONGEST_LABEL - extension.length - number.length)}${number}${extension}`;
  let label = fit('');
  for (let number = 2; taken.has(label); number += 1) label = fit(` ${number}`);
  return label;
}

/** A picture starts on its way; a second one with its id is the same. */
export function addArriving(state: PageState, picture: Omit<Arriving, 'state'>): PageState {
  const known = state.arriving.some(({ id }) => id === picture.id);
  const attached = state.chat?.attachments.some(({ id }) => id === picture.id) ?? false;
  if (known || attached !== picture.replaces) return state;
  return { ...state, arriving: [...state.arriving, { ...picture, state: 'preparing' }] };
}

/** An attached picture is made anew, whatever was being made of it. */
export function arriveAnew(state: PageState, picture: Omit<Arriving, 'state'>): PageState {
  const arriving = state.arriving.filter(({ id }) => id !== picture.id);
  return { ...state, arriving: [...arriving, { ...picture, state: 'preparing' }] };
}

/** What has become known of a picture; one that was removed or is made anew meanwhile stays as it is. */
export function learn(state: PageState, making: string, more: Partial<Omit<Arriving, 'id'>>): PageState {
  if (!state.arriving.some((picture) => picture.making === making)) return state;
  const arriving = state.arriving.map((picture) =>
    picture.making === making ? { ...picture, ...more } : picture,
  );
  return { ...state, arriving };
}

/** A picture cannot be attached. Its text stays, and a question that waited for it does not go without it. */
export function refuse(state: PageState, making: string, problem: string): PageState {
  const next = learn(state, making, { state: 'refused', problem });
  return isHere(state, making) ? stopWaiting(next) : next;
}

/** A picture is not made anew, so what is attached stays; a question that waited for it does not go with that. */
export function abandon(state: PageState, making: string): PageState {
  const next = endArriving(state, making);
  return isHere(state, making) ? stopWaiting(next) : next;
}

/** What was made of a picture is attached. */
export function endArriving(state: PageState, making: string): PageState {
  const arriving = state.arriving.filter((picture) => picture.making !== making);
  return arriving.length === state.arriving.length ? state : { ...state, arriving };
}

/** A picture, or something else that is under way, is not wanted any more, and the question does not go by itself either. */
export function dropArriving(state: PageState, id: string): PageState {
  const arriving = state.arriving.filter((picture) => picture.id !== id);
  const collecting = state.collecting.filter((wish) => wish.id !== id && wish.attachment !== id);
  const isSame = arriving.length === state.arriving.length && collecting.length === state.collecting.length;
  return isSame ? state : stopWaiting({ ...state, arriving, collecting });
}

/** The question goes without what was refused. */
export function dropRefused(state: PageState): PageState {
  const refused = new Set(arrivingHere(state).filter(({ state: its }) => its === 'refused'));
  if (refused.size === 0) return state;
  return { ...state, arriving: state.arriving.filter((picture) => !refused.has(picture)) };
}

/** The question stays where it is. */
export function stopWaiting(state: PageState): PageState {
  return state.waiting ? { ...state, waiting: false, hint: '' } : state;
}

/** The question goes as soon as everything is attached; the line above the text box says so. */
export function waitForPictures(state: PageState, t: Translate): PageState {
  return {
    ...state,
    waiting: true,
    hint: waitingHint(awaited(state), collectingHere(state).length === 0, t),
  };
}

function waitingHint(count: number, isPictures: boolean, t: Translate): string {
  if (isPictures) {
    return count === 1
      ? t('Waiting for 1 picture… Escape stops waiting.')
      : t('Waiting for {0} pictures… Escape stops waiting.', count);
  }
  return count === 1
    ? t('Waiting for 1 attachment… Escape stops waiting.')
    : t('Waiting for {0} attachments… Escape stops waiting.', count);
}

/** Takes the host's list: pictures in it have arrived. Of those that take another's place the host says so. */
export function settleArriving(state: PageState, attachments: readonly ShownAttachment[]): PageState {
  const attached = new Set(attachments.map(({ id }) => id));
  const here = state.chat?.conversation.id;
  const arriving = state.arriving.filter(
    ({ id, conversation, replaces }) => conversation !== here || replaces || !attached.has(id),
  );
  return arriving.length === state.arriving.length ? state : { ...state, arriving };
}

const LONGEST_LABEL = 200;

function isHere(state: PageState, making: string): boolean {
  return arrivingHere(state).some((picture) => picture.making === making);
}
