import type { ShownAttachment } from '../../core/attaching.ts';
import type { Translate } from '../../core/failure.ts';
import type { PageState } from '../state.ts';

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
  /** SHA-256 of the attached picture whose place it takes. */
  readonly replaces?: string;
  /** True when the host has said something since it went up: a next list without it means that it was not taken. */
  readonly doubted?: boolean;
}

/** Pictures of the conversation shown that are not attached yet. */
export function arrivingHere({ arriving, chat }: PageState): readonly Arriving[] {
  return arriving.filter(({ conversation }) => conversation === chat?.conversation.id);
}

/** How many of them a question has to wait for. */
export function awaited(state: PageState): number {
  return arrivingHere(state).filter(({ state: its }) => its !== 'refused').length;
}

/** Images that the next request would carry: what was sent, what is attached, what arrives. */
export function imagesInAll(state: PageState): number {
  const { chat } = state;
  if (!chat) return 0;
  const attached = chat.attachments.filter(({ part }) => part.kind === 'image').length;
  const arriving = arrivingHere(state).filter(
    ({ state: its, replaces }) => its !== 'refused' && replaces === undefined,
  );
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
  if (known || (attached && picture.replaces === undefined)) return state;
  return { ...state, arriving: [...state.arriving, { ...picture, state: 'preparing' }] };
}

/** What has become known of a picture; one that was removed meanwhile stays away. */
export function learn(state: PageState, id: string, more: Partial<Omit<Arriving, 'id'>>): PageState {
  if (!state.arriving.some((picture) => picture.id === id)) return state;
  const arriving = state.arriving.map((picture) => (picture.id === id ? { ...picture, ...more } : picture));
  return { ...state, arriving };
}

/** A picture cannot be attached. Its text stays, and a question that waited for it does not go without it. */
export function refuse(state: PageState, id: string, problem: string): PageState {
  const next = learn(state, id, { state: 'refused', problem });
  return next === state ? state : stopWaiting(next);
}

/** A picture is not wanted any more, and the question does not go by itself either. */
export function dropArriving(state: PageState, id: string): PageState {
  const arriving = state.arriving.filter((picture) => picture.id !== id);
  return arriving.length === state.arriving.length ? state : stopWaiting({ ...state, arriving });
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

/** The question goes as soon as all pictures are attached; the line above the text box says so. */
export function waitForPictures(state: PageState, t: Translate): PageState {
  const count = awaited(state);
  const hint =
    count === 1
      ? t('Waiting for 1 picture… Escape stops waiting.')
      : t('Waiting for {0} pictures… Escape stops waiting.', count);
  return { ...state, waiting: true, hint };
}

/** The host has spoken: what is said next of its list decides about pictures that went up before. */
export function doubtArriving(state: PageState): PageState {
  if (!arrivingHere(state).some(({ state: its }) => its === 'sent')) return state;
  const here = state.chat?.conversation.id;
  const arriving = state.arriving.map((picture) =>
    picture.state === 'sent' && picture.conversation === here ? { ...picture, doubted: true } : picture,
  );
  return { ...state, arriving };
}

/** Takes the host's list: pictures in it have arrived. */
export function settleArriving(state: PageState, attachments: readonly ShownAttachment[]): PageState {
  const shas = new Map(attachments.map((attachment) => [attachment.id, shaOf(attachment)]));
  const here = state.chat?.conversation.id;
  let lost = false;
  const arriving = state.arriving.flatMap((picture): Arriving[] => {
    if (picture.conversation !== here) return [picture];
    if (hasArrived(picture, shas)) return [];
    if (picture.state !== 'sent' || !picture.doubted) return [picture];
    lost = true;
    return picture.replaces === undefined ? [{ ...picture, state: 'refused' }] : [];
  });
  const next = { ...state, arriving };
  return lost ? stopWaiting(next) : next;
}

const LONGEST_LABEL = 200;

function shaOf({ part }: ShownAttachment): string {
  return part.kind === 'image' && part.source.type === 'stored' ? part.source.sha256 : '';
}

/** One that takes another's place has arrived when the bytes there are no longer the old ones. */
function hasArrived({ id, replaces, state }: Arriving, shas: ReadonlyMap<string, string>): boolean {
  if (replaces === undefined) return shas.has(id);
  return state !== 'preparing' && shas.get(id) !== replaces;
}
